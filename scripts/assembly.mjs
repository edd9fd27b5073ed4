// Writes the modules that go through bytes 16 at a time, WebAssembly made of assembly/, as texts into tasks/common/, so that the product runs from its sources.
// `--check` writes nothing and fails when a file does not match.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "./project.mjs";

/** What is made of each source: the file, and its constant. */
const modules = [
  { source: "assembly/entryScan.ts", file: "tasks/common/auditlog/entryScanModule.ts", constant: "ENTRY_SCAN_MODULE" },
  { source: "assembly/csvCells.ts", file: "tasks/common/export/csvCellsModule.ts", constant: "CSV_CELLS_MODULE" },
];
const charactersOfLine = 160;

/**
 * Compiles a source. By its command: types of the compiler would redeclare those of JavaScript for all scripts.
 * @param {string} source
 * @returns {Buffer}
 */
function compiled(source) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "assembly-"));
  try {
    const binary = path.join(folder, "module.wasm");
    const compiler = path.join(root, "node_modules", "assemblyscript", "bin", "asc.js");
    execFileSync(process.execPath, [compiler, source, "--outFile", binary, "--optimizeLevel", "3", "--noAssert", "--runtime", "stub", "--enable", "simd"], { cwd: root, stdio: "inherit" });
    return readFileSync(binary);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @type {(constant: string, source: string, binary: Buffer) => string} */
function textOf(constant, source, binary) {
  const lines = binary.toString("base64").match(new RegExp(`.{1,${charactersOfLine}}`, "g")) ?? [];
  return `/** WebAssembly in base64, made of ${source} by \`npm run assembly\`. */\nexport const ${constant} = [\n${lines.map((line) => `  '${line}',\n`).join("")}].join('');\n`;
}

/** @type {(name: string) => string | null} */
function read(name) {
  try {
    return readFileSync(path.resolve(root, name), "utf8").replaceAll("\r\n", "\n");
  } catch {
    // Not there, or not yet.
    return null;
  }
}

for (const { source, file, constant } of modules) {
  const expected = textOf(constant, source, compiled(source));
  if (read(file) === expected) continue;
  if (process.argv.includes("--check")) {
    process.stderr.write(`${file} does not match ${source}. Run \`npm run assembly\` and commit the result.\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(path.join(root, file), expected);
    process.stdout.write(`Wrote ${file}\n`);
  }
}
