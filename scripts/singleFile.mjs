// Makes one file for plain Node out of a program, with its SHA-256 beside it: what is downloaded and run without installing anything.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { outsideModules } from "./bundle.mjs";
import { bundledPackages, noticesOf } from "./notices.mjs";
import { productVersion, root } from "./project.mjs";

/**
 * @typedef {object} Program
 * @property {string} name of the file, without `.mjs`
 * @property {string} does what stands after the name in the first line
 * @property {string} entry path of its first file, below the repository's root
 * @property {import("esbuild").Plugin[]} [plugins]
 */

/** @type {(program: Program) => string} */
export function singleFile({ name }) {
  return path.join(root, "build", `${name}.mjs`);
}

/**
 * The text of the single file. It is not minified, because whoever runs it on evidence may want to read it, and depends on
 * nothing but the sources: the same sources give the same bytes everywhere.
 * @param {Program} program
 * @returns {Promise<string>}
 */
export async function singleFileText({ name, does, entry, plugins = [] }) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [path.join(root, entry)],
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
    banner: { js: `// ${name} ${productVersion()}: ${does}. Needs Node 18 or newer, and nothing else.` },
    define: { __PRODUCT_VERSION__: JSON.stringify(productVersion()) },
    plugins,
    logLevel: "silent",
  });
  if (result.warnings.length > 0) throw new Error(`esbuild warns about ${name}: ${result.warnings.map((warning) => warning.text).join("; ")}`);
  const [{ text: code = "" } = {}] = result.outputFiles;
  const imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports.map((module) => module.path));
  const outside = [...imports.filter((module) => !module.startsWith("node:")), ...outsideModules(code)];
  if (outside.length > 0) throw new Error(`${name} still loads modules from elsewhere: ${outside.join("; ")}`);
  const notices = noticesOf(bundledPackages([result.metafile]), []).replaceAll("*/", "* /").replace("Audit Log Export contains", "This file contains parts of");
  return `${code}\n/*\n${notices}*/\n`;
}

/**
 * Writes both files, unless they are there already: others may be running the program just now.
 * @param {Program} program
 */
export async function buildSingleFile(program) {
  const file = singleFile(program);
  const text = await singleFileText(program);
  writeWhole(file, text);
  writeWhole(`${file}.sha256`, `${createHash("sha256").update(text).digest("hex")}  ${path.basename(file)}\n`);
}

/** @type {(file: string, text: string) => void} */
function writeWhole(file, text) {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, text);
  renameSync(fresh, file);
}
