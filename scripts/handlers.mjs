// Runs the process tests with the Node versions that agents bring along: the oldest that the task supports and the newest.
// The versions come from npm, as the platform packages behind the package `node`. They stay in .cache/handlers.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./project.mjs";

/** Oldest: the Node 20 in agent 4.255, which task.json asks for. Newest: whatever the Node 24 line is at. */
export const handlerVersions = ["20.18.2", "24"];

/**
 * The Node of a handler, fetched when it is not here yet.
 * @param {string} version exact version or major
 * @returns {{ node: string, version: string } | { problem: string }} path and exact version, or why it is not to be had
 */
export function handlerNode(version) {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = path.join(root, ".cache", "handlers", version);
  const node = path.join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(node)) {
    const problem = install(folder, `${name}@${version}`);
    if (problem) return { problem };
  }
  const run = spawnSync(node, ["--version"], { encoding: "utf8" });
  if (run.status !== 0) return { problem: `${node} does not start: ${run.error?.message ?? run.stderr}` };
  return { node, version: run.stdout.trim() };
}

/** @type {(folder: string, specifier: string) => string | undefined} */
function install(folder, specifier) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
  const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1", "--loglevel=error"];
  // The names hold no character that a shell reads; on Windows npm is a .cmd, which only a shell can start.
  const run = spawnSync("npm", ["install", ...options, specifier], { cwd: folder, encoding: "utf8", shell: process.platform === "win32", timeout: 300_000 });
  return run.status === 0 ? undefined : `npm could not fetch ${specifier}: ${(run.stderr || run.error?.message || "").trim()}`;
}

/** @type {(text: string) => void} */
function shout(text) {
  const rule = "!".repeat(100);
  console.error(`${rule}\n${text}\n${rule}`);
}

/** @type {(version: string) => "passed" | "failed" | "unreachable"} */
function runProcessTests(version) {
  const handler = handlerNode(version);
  if ("problem" in handler) {
    shout(`NOT TESTED with Node ${version}: ${handler.problem}`);
    return "unreachable";
  }
  console.log(`\nProcess tests with Node ${handler.version} (${path.relative(root, handler.node)})`);
  const mocha = path.join(root, "node_modules", "mocha", "bin", "mocha.js");
  const run = spawnSync(process.execPath, [mocha, "test/process/**/*.test.ts"], { cwd: root, stdio: "inherit", env: { ...process.env, TASK_NODE: handler.node } });
  return run.status === 0 ? "passed" : "failed";
}

function main() {
  const outcomes = handlerVersions.map((version) => ({ version, outcome: runProcessTests(version) }));
  console.log(`\n${outcomes.map(({ version, outcome }) => `Node ${version}: ${outcome}`).join(", ")}`);
  const bad = outcomes.some(({ outcome }) => outcome === "failed" || (outcome === "unreachable" && process.env["CI"] === "true"));
  process.exitCode = bad ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) main();
