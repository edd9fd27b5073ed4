// Makes build/verify-audit-log.mjs: the verifier as one file for plain Node, and its SHA-256 beside it.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { outsideModules } from "./bundle.mjs";
import { bundledPackages, noticesOf } from "./notices.mjs";
import { productVersion, root } from "./project.mjs";

export const verifierFile = path.join(root, "build", "verify-audit-log.mjs");

/**
 * The text of the single file. It is not minified, because whoever runs it as evidence may want to read it, and depends on
 * nothing but the sources: the same sources give the same bytes everywhere.
 * @returns {Promise<string>}
 */
export async function verifierText() {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [path.join(root, "tasks", "VerifyAuditLog", "cli.ts")],
    bundle: true,
    write: false,
    metafile: true,
    treeShaking: true,
    platform: "node",
    format: "esm",
    target: "node18",
    charset: "utf8",
    mainFields: ["module", "main"],
    nodePaths: [path.join(root, "node_modules")],
    legalComments: "none",
    banner: { js: `// verify-audit-log ${productVersion()}: verifies exports of the audit log of Azure DevOps. Needs Node 18 or newer, and nothing else.` },
    define: { __PRODUCT_VERSION__: JSON.stringify(productVersion()) },
    logLevel: "silent",
  });
  if (result.warnings.length > 0) throw new Error(`esbuild warns about the verifier: ${result.warnings.map((warning) => warning.text).join("; ")}`);
  const [{ text: code = "" } = {}] = result.outputFiles;
  const imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports.map((module) => module.path));
  const outside = [...imports.filter((name) => !name.startsWith("node:")), ...outsideModules(code)];
  if (outside.length > 0) throw new Error(`The verifier still loads modules from elsewhere: ${outside.join("; ")}`);
  const notices = noticesOf(bundledPackages([result.metafile]), []).replaceAll("*/", "* /").replace("Audit Log Export contains", "This file contains parts of");
  return `${code}\n/*\n${notices}*/\n`;
}

/** Writes both files, unless they are there already: others may be running the verifier just now. */
export async function buildVerifier() {
  const text = await verifierText();
  writeWhole(verifierFile, text);
  writeWhole(`${verifierFile}.sha256`, `${createHash("sha256").update(text).digest("hex")}  ${path.basename(verifierFile)}\n`);
}

/** @type {(file: string, text: string) => void} */
function writeWhole(file, text) {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, text);
  renameSync(fresh, file);
}

if (process.argv[1] === import.meta.filename) {
  await buildVerifier();
  console.log(`Built ${path.relative(root, verifierFile)}`);
}
