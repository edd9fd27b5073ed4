// Makes build/verify-audit-log.mjs: the verifier as one file for plain Node, and its SHA-256 beside it.
import path from "node:path";
import { root } from "./project.mjs";
import { buildSingleFile, singleFile, singleFileText } from "./singleFile.mjs";

const verifier = { name: "verify-audit-log", does: "verifies exports of the audit log of Azure DevOps", entry: "tasks/VerifyAuditLog/cli.ts" };

export const verifierFile = singleFile(verifier);

/** The text of the single file: the same sources give the same bytes everywhere. */
export function verifierText() {
  return singleFileText(verifier);
}

/** Writes both files, unless they are there already. */
export function buildVerifier() {
  return buildSingleFile(verifier);
}

if (process.argv[1] === import.meta.filename) {
  await buildVerifier();
  console.log(`Built ${path.relative(root, verifierFile)}`);
}
