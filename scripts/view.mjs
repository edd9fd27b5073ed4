// Makes build/view-audit-log.mjs: one report over many exports as one file for plain Node, and its SHA-256 beside it.
import path from "node:path";
import { reportPage } from "./bundle.mjs";
import { root } from "./project.mjs";
import { buildSingleFile, singleFile, singleFileText } from "./singleFile.mjs";

const view = { name: "view-audit-log", does: "makes one report.html out of many exports of the audit log of Azure DevOps", entry: "view/cli.ts", plugins: [reportPage] };

export const viewFile = singleFile(view);

/** The text of the single file: the same sources give the same bytes everywhere. */
export function viewText() {
  return singleFileText(view);
}

/** Writes both files, unless they are there already. */
export function buildView() {
  return buildSingleFile(view);
}

if (process.argv[1] === import.meta.filename) {
  await buildView();
  console.log(`Built ${path.relative(root, viewFile)}`);
}
