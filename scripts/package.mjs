// Makes dist/<publisher>.<id>-<version>.vsix and unpacks it to dist/unzipped, which is what the process tests and the demo run.
// Does nothing when no input changed since the last time. `--force` packages anyway.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import AdmZip from "adm-zip";
import { buildExtension } from "./build.mjs";
import { dist, productVersion, readJson, root } from "./project.mjs";
import { buildVerifier, verifierFile } from "./verifier.mjs";
import { buildView, viewFile } from "./view.mjs";

const sizeLimitInBytes = 2 * 1024 * 1024;
const inputs = ["tasks", "page", "tab", "view", "images", "scripts", "package.json", "package-lock.json", "vss-extension.json", "overview.md", "LICENSE"];

/** A hash over the names and contents of everything that decides what the package holds. */
function inputsHash() {
  const hash = createHash("sha256");
  /** @param {string} relative */
  const add = (relative) => {
    const full = path.join(root, relative);
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full).sort()) add(path.join(relative, name));
    } else {
      hash.update(relative).update("\0").update(readFileSync(full)).update("\0");
    }
  };
  inputs.forEach(add);
  return hash.digest("hex");
}

/** Name of the vsix file, as the marketplace's own tool would choose it. */
export function vsixName() {
  const { publisher, id } = readJson("vss-extension.json");
  return `${publisher}.${id}-${productVersion()}.vsix`;
}

/**
 * Runs tfx on the staged folder. It needs no network for `extension create`.
 * @param {string} target folder with `extension/`, receives the vsix
 * @throws when tfx fails, or warns: some of its warnings mean a task that no agent can run
 */
function createVsix(target) {
  const vsix = path.join(target, vsixName());
  // A home of its own: tfx would otherwise merge what its user once saved with --save.
  const home = path.join(target, "home");
  mkdirSync(home);
  const tfx = path.join(root, "node_modules", "tfx-cli", "_build", "tfx-cli.js");
  const options = ["--manifests", "vss-extension.json", "--output-path", vsix, "--no-color", "--no-prompt"];
  const run = spawnSync(process.execPath, [tfx, "extension", "create", "--root", ".", ...options], {
    cwd: path.join(target, "extension"),
    env: { ...process.env, HOME: home, USERPROFILE: home },
    encoding: "utf8",
  });
  rmSync(home, { recursive: true, force: true });
  const output = `${run.stdout}${run.stderr}`;
  if (run.status !== 0 || /\b(warn(ing)?|error)\b/i.test(output)) throw new Error(`tfx did not accept the extension:\n${output}`);
  return vsix;
}

/**
 * Puts a folder in the place of dist by renaming, so that whoever starts the task at that moment finds the old one or the new one.
 * @param {string} fresh
 */
function replaceDist(fresh) {
  const old = `${fresh}-old`;
  // Another packaging can take dist away, or put its own there, between these steps.
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (existsSync(dist)) renameSync(dist, `${old}-${attempt}`);
      renameSync(fresh, dist);
      break;
    } catch (error) {
      if (attempt === 5) throw error;
    } finally {
      rmSync(`${old}-${attempt}`, { recursive: true, force: true });
    }
  }
}

/**
 * Packages everything into a fresh folder, and only then puts it in the place of dist.
 * @param {string} hash
 */
async function packageExtension(hash) {
  const fresh = path.join(root, ".cache", `package-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  try {
    await buildExtension(fresh);
    await buildVerifier();
    await buildView();
    const vsix = createVsix(fresh);
    const bytes = statSync(vsix).size;
    if (bytes > sizeLimitInBytes) throw new Error(`${vsixName()} has ${bytes} bytes; at most ${sizeLimitInBytes} are allowed.`);
    new AdmZip(vsix).extractAllTo(path.join(fresh, "unzipped"), true);
    // The repository's package.json makes every .js below it an ES module; the agent's folders have no such file above the task.
    writeFileSync(path.join(fresh, "package.json"), '{ "type": "commonjs" }\n');
    writeFileSync(path.join(fresh, "inputs.sha256"), hash);
    replaceDist(fresh);
    return bytes;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

const hash = inputsHash();
const stamp = path.join(dist, "inputs.sha256");
if (!process.argv.includes("--force") && existsSync(stamp) && existsSync(verifierFile) && existsSync(viewFile) && readFileSync(stamp, "utf8") === hash) {
  console.log(`dist/${vsixName()} is up to date.`);
} else {
  const bytes = await packageExtension(hash);
  console.log(`Packaged dist/${vsixName()} (${Math.ceil(bytes / 1024)} kB) and unpacked it to dist/unzipped.`);
}
