// Writes tasks/<Task>/contract.ts from tasks/<Task>/task.json, so that the compiler knows which inputs, values and outputs exist.
// `--check` writes nothing and fails when a contract does not match its task.json.
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import path from "node:path";
import { readJson, root, taskNames } from "./project.mjs";

const quoted = (/** @type {string} */ text) => JSON.stringify(text);
const upperFirst = (/** @type {string} */ text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @type {(name: string, value: string) => [string, string]} */
const pair = (name, value) => [name, value];

/** @type {(constant: string, typeName: string, values: string[]) => string} */
function tupleOf(constant, typeName, values) {
  return [
    `export const ${constant} = [${values.map(quoted).join(", ")}] as const;`,
    `export type ${typeName} = (typeof ${constant})[number];`,
  ].join("\n");
}

/** @type {(constant: string, about: string, pairs: [string, string][]) => string} */
function recordOf(constant, about, pairs) {
  const lines = pairs.map(([name, value]) => `  ${name}: ${quoted(value)},`);
  return [`/** ${about} */`, `export const ${constant} = {`, ...lines, "} as const;"].join("\n");
}

/**
 * The text of contract.ts for one task.json.
 * @param {import("./project.mjs").TaskManifest} task
 */
export function contractOf(task) {
  const inputs = task.inputs ?? [];
  const outputs = task.outputVariables ?? [];
  const defaults = inputs.flatMap(({ name, defaultValue }) => (defaultValue ? [pair(name, defaultValue)] : []));
  const aliases = inputs.flatMap(({ name, aliases: [alias] = [] }) => (alias ? [pair(name, alias)] : []));
  const sections = [
    "// Generated from task.json by `npm run contract`. Do not edit.",
    tupleOf("inputNames", "InputName", inputs.map((input) => input.name)),
    tupleOf("outputNames", "OutputName", outputs.map((output) => output.name)),
    ...inputs
      .filter((input) => input.type === "pickList")
      .map((input) => tupleOf(`${input.name}Values`, `${upperFirst(input.name)}Value`, Object.keys(input.options ?? {}))),
    recordOf(
      "inputDefaults",
      "What the agent fills in for an input that the step leaves out; macros are not yet expanded.",
      defaults,
    ),
    recordOf(
      "inputAliases",
      "The name by which users know an input, where it differs from the name the agent passes on.",
      aliases,
    ),
  ];
  return sections.join("\n\n") + "\n";
}

function main() {
  const check = process.argv.includes("--check");
  let stale = 0;
  for (const name of taskNames()) {
    const folder = path.join(root, "tasks", name);
    const expected = contractOf(readJson("tasks", name, "task.json"));
    const target = path.join(folder, "contract.ts");
    const current = existsSync(target) ? readFileSync(target, "utf8").replaceAll("\r\n", "\n") : "";
    if (current === expected) continue;
    if (check) {
      console.error(`tasks/${name}/contract.ts does not match task.json. Run \`npm run contract\` and commit the result.`);
      stale += 1;
    } else {
      writeFileSync(target, expected);
      console.log(`Wrote tasks/${name}/contract.ts`);
    }
  }
  process.exitCode = stale > 0 ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) main();
