// Stages the extension: the folder that holds exactly what goes into the vsix.
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundleTask } from "./bundle.mjs";
import { bundledPackages, noticesOf } from "./notices.mjs";
import { dist, productVersion, readJson, root, taskNames } from "./project.mjs";
import { buildTab } from "./tab.mjs";
import { buildVerifier, verifierFile, verifierText } from "./verifier.mjs";
import { buildView } from "./view.mjs";

/**
 * Builds every task and stages the extension.
 * @param {string} target folder that receives `extension/` (staged), `maps/` and `bundled.json` (the bundled packages' folders)
 */
export async function buildExtension(target) {
  const staged = path.join(target, "extension");
  rmSync(staged, { recursive: true, force: true });
  const bundles = [];
  for (const task of taskNames()) {
    const folder = path.join(staged, "tasks", task);
    bundles.push(await bundleTask(task, folder, path.join(target, "maps")));
    cpSync(path.join(root, "tasks", task, "icon.png"), path.join(folder, "icon.png"));
    writeJson(path.join(folder, "task.json"), stampedTask(task));
  }
  bundles.push(await buildTab(path.join(staged, "tab"), path.join(target, "maps", "tab")));
  // The verifier goes along with the task that does the same, which adds it to the evidence.
  writeFileSync(path.join(staged, "tasks", "VerifyAuditLog", path.basename(verifierFile)), await verifierText());
  for (const name of ["overview.md", "LICENSE", "images"]) {
    cpSync(path.join(root, name), path.join(staged, name), { recursive: true });
  }
  writeJson(path.join(staged, "vss-extension.json"), { ...readJson("vss-extension.json"), version: productVersion() });
  const packages = bundledPackages(bundles.map((bundle) => bundle.metafile));
  assertSingleTaskLibrary(packages);
  writeFileSync(path.join(staged, "ThirdPartyNotices.txt"), noticesOf(packages, bundles.map((bundle) => bundle.legalComments)));
  writeJson(path.join(target, "bundled.json"), packages);
}

/** @type {(task: string) => object} */
function stampedTask(task) {
  const [Major, Minor, Patch] = productVersion().split(".").map(Number);
  return { ...readJson("tasks", task, "task.json"), version: { Major, Minor, Patch } };
}

/**
 * The task library keeps inputs and secrets in the state of its module: with a second copy in the bundle one half would not see them.
 * @type {(packages: string[]) => void}
 */
function assertSingleTaskLibrary(packages) {
  const copies = packages.filter((folder) => folder.endsWith("node_modules/azure-pipelines-task-lib"));
  if (copies.length !== 1) throw new Error(`Expected one copy of azure-pipelines-task-lib in the bundle, found ${copies.length}: ${copies.join(", ")}`);
}

/** @type {(file: string, value: unknown) => void} */
function writeJson(file, value) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value, null, 2) + "\n");
}

if (process.argv[1] === import.meta.filename) {
  await buildExtension(dist);
  await buildVerifier();
  await buildView();
  console.log(`Staged ${path.relative(root, path.join(dist, "extension"))}`);
}
