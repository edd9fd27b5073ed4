// Breaks the product in one way at a time, in copies of the working tree, and demands that a test notices each time.
// npm run mutants [-- PART-OF-A-NAME …] tries only the mutants whose names hold one of the parts.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { mutants } from "./mutantList.mjs";
import { root } from "./project.mjs";

/** How many copies are at work at once. */
const copies = Math.min(2, os.availableParallelism());
/** Tests that run longer than this are stuck; a mutant that makes them so is caught. */
const timeLimitInMs = 10 * 60_000;

/** @typedef {import("./mutantList.mjs").Mutant} Mutant */
/** @typedef {{ mutant: Mutant, outcome: "caught" | "survived" | "does not apply" | "does not run", seconds: number, by: string }} Verdict */

/**
 * A copy of all that git tracks or would track, with the same node_modules.
 * @returns {string}
 */
function copyTree() {
  const copy = mkdtempSync(path.join(os.tmpdir(), "mutants-"));
  const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (listed.status !== 0) throw new Error(`git cannot list the files: ${listed.stderr}`);
  for (const file of listed.stdout.split("\0").filter((name) => name !== "" && existsSync(path.join(root, name)))) {
    mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
    cpSync(path.join(root, file), path.join(copy, file));
  }
  // On Windows a junction needs no rights of an administrator.
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"), "junction");
  return copy;
}

/**
 * Runs a script of Node; whatever it started is ended with it.
 * @param {string} copy
 * @param {string[]} args
 * @param {Record<string, string>} [environment]
 * @returns {Promise<{ passed: boolean, isStuck: boolean, output: string }>}
 */
function runNode(copy, args, environment = {}) {
  const isWindows = process.platform === "win32";
  const child = spawn(process.execPath, args, { cwd: copy, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"], detached: !isWindows });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => { output += text; });
  const end = () => {
    try {
      if (isWindows || child.pid === undefined) child.kill("SIGKILL");
      else process.kill(-child.pid, "SIGKILL");
    } catch {
      // The whole group has ended already.
    }
  };
  let isStuck = false;
  const timer = setTimeout(() => {
    isStuck = true;
    end();
  }, timeLimitInMs);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => {
      clearTimeout(timer);
      // A mutant can leave processes behind that tests had started.
      end();
    });
    child.once("close", (code) => {
      resolve({ passed: code === 0, isStuck, output });
    });
  });
}

/**
 * @param {string} copy
 * @param {string[]} tests
 * @param {Record<string, string>} [environment]
 */
function runTests(copy, tests, environment) {
  // A file that is missing would only make mocha warn.
  const missing = tests.find((test) => !existsSync(path.join(copy, test)));
  if (missing) throw new Error(`There is no ${missing}.`);
  return runNode(copy, [path.join("node_modules", "mocha", "bin", "mocha.js"), "--exit", ...tests], environment);
}

/** @type {(copy: string) => ReturnType<typeof runNode>} */
function packageCopy(copy) {
  return runNode(copy, [path.join("scripts", "package.mjs")]);
}

/**
 * Compiles assembly/, if the mutant is one of it.
 * @type {(copy: string, mutant: Mutant) => Promise<{ passed: boolean, output: string }>}
 */
async function assembleCopy(copy, { file }) {
  return file.startsWith("assembly/") ? runNode(copy, [path.join("scripts", "assembly.mjs")]) : { passed: true, output: "" };
}

/**
 * Without any mutant every test must pass; otherwise nothing would be learnt from a failure.
 * @param {string} copy
 * @param {Iterator<Mutant>} queue one mutant for each set of tests
 */
async function assertSound(copy, queue) {
  const { passed, output } = await packageCopy(copy);
  if (!passed) throw new Error(`The tree cannot be packaged:\n${output}`);
  for (let next = queue.next(); !next.done; next = queue.next()) {
    const run = await runTests(copy, next.value.tests, next.value.environment);
    if (!run.passed) throw new Error(`Tests fail without any mutant (${next.value.tests.join(", ")}):\n${run.output.slice(run.output.search(/^ +\d+ passing/m))}`);
  }
}

/** @type {(copy: string, mutant: Mutant) => Promise<Omit<Verdict, "mutant" | "seconds">>} */
async function judge(copy, mutant) {
  const file = path.join(copy, mutant.file);
  const source = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (source.split(mutant.from).length !== 2) return { outcome: "does not apply", by: `${mutant.file} does not hold its text exactly once` };
  try {
    writeFileSync(file, source.replace(mutant.from, () => mutant.to));
    const assembled = await assembleCopy(copy, mutant);
    if (!assembled.passed) return { outcome: "does not run", by: assembled.output.trim().split("\n").at(-1) ?? "" };
    if (mutant.packaged) {
      const { passed, output } = await packageCopy(copy);
      if (!passed) return { outcome: "does not run", by: output.trim().split("\n").at(-1) ?? "" };
    }
    const { passed, isStuck, output } = await runTests(copy, mutant.tests, mutant.environment);
    if (passed) return { outcome: "survived", by: mutant.tests.join(", ") };
    const failed = failedTests(output);
    if (failed[0]) return { outcome: "caught", by: failed.length === 1 ? failed[0] : `${failed.length} tests, first: ${failed[0]}` };
    return isStuck ? { outcome: "caught", by: "the tests did not come to an end" } : { outcome: "does not run", by: output.trim().split("\n")[0] ?? "" };
  } finally {
    writeFileSync(file, source);
    await assembleCopy(copy, mutant);
  }
}

/**
 * Names of the tests that failed: mocha's reporter numbers them once in its list, and once more with their errors.
 * @type {(output: string) => string[]}
 */
function failedTests(output) {
  const list = output.split(/^ +\d+ passing/m)[0] ?? "";
  return [...list.matchAll(/^ +\d+\) (.+)$/gm)].map(([, name]) => (name ?? "").trim());
}

/** @type {(verdict: Verdict) => void} */
function print({ mutant, outcome, seconds, by }) {
  const mark = outcome === "caught" ? "caught  " : outcome.toUpperCase();
  console.log(`${mark}  ${mutant.name.padEnd(75)} ${String(Math.round(seconds)).padStart(4)} s  ${by.slice(0, 110)}`);
}

/** @type {(copy: string, queue: Iterator<Mutant>) => Promise<Verdict[]>} */
async function work(copy, queue) {
  const verdicts = [];
  for (let next = queue.next(); !next.done; next = queue.next()) {
    const begun = performance.now();
    const verdict = { mutant: next.value, ...(await judge(copy, next.value)), seconds: (performance.now() - begun) / 1000 };
    print(verdict);
    verdicts.push(verdict);
  }
  return verdicts;
}

async function main() {
  const parts = process.argv.slice(2);
  const chosen = mutants.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
  /** @type {string[]} */
  const trees = [];
  try {
    for (let copy = 0; copy < copies; copy += 1) trees.push(copyTree());
    const sound = new Map(chosen.map((mutant) => [JSON.stringify([mutant.tests, mutant.environment]), mutant])).values();
    await Promise.all(trees.map((tree) => assertSound(tree, sound)));
    const queue = chosen.values();
    const verdicts = (await Promise.all(trees.map((tree) => work(tree, queue)))).flat();
    const caught = verdicts.filter(({ outcome }) => outcome === "caught").length;
    console.log(`\n${caught} of ${chosen.length} mutants are caught.`);
    process.exitCode = caught === chosen.length ? 0 : 1;
  } finally {
    for (const tree of trees) rmSync(tree, { recursive: true, force: true });
  }
}

await main().catch((/** @type {unknown} */ error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
