// Writes the reference of every task's inputs and outputs into README.md, out of task.json.
// `--check` writes nothing and fails when README.md does not match.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readJson, root, taskNames } from "./project.mjs";

const readme = path.join(root, "README.md");

/** @type {(input: import("./project.mjs").TaskInput) => string} */
const publicName = (input) => input.aliases?.[0] ?? input.name;

/** @type {(text: string) => string} */
const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** @type {(input: import("./project.mjs").TaskInput) => string} */
function valuesOf(input) {
  if (input.options) {
    const list = Object.keys(input.options).join(" | ");
    return input.properties?.["MultiSelectFlatList"] ? `comma-separated list of ${list}` : list;
  }
  if (input.type.startsWith("connectedService:")) return "service connection";
  return input.type;
}

/**
 * An input as a commented-out line with its default; the first service connection is the one line that stands.
 * @param {import("./project.mjs").TaskInput} input
 * @param {import("./project.mjs").TaskInput[]} inputs
 */
function yamlLine(input, inputs) {
  if (input === inputs.find(({ type }) => type.startsWith("connectedService:"))) return `  ${input.name}: audit-log-reader # ${valuesOf(input)}`;
  const value = input.defaultValue ? ` ${input.defaultValue}` : "";
  return `  # ${publicName(input)}:${value} # ${valuesOf(input)}`;
}

/**
 * The reference of one task as Markdown: all inputs as annotated YAML, then what each means, then the output variables.
 * @param {import("./project.mjs").TaskManifest} task
 */
export function referenceOf(task) {
  const inputs = task.inputs ?? [];
  const yaml = (task.groups ?? []).flatMap((group) => [
    `  # ${group.displayName}`,
    ...inputs.filter((input) => input.groupName === group.name).map((input) => yamlLine(input, inputs)),
  ]);
  const rows = inputs.map((input) => `| \`${publicName(input)}\` | ${input.defaultValue ? `\`${cell(input.defaultValue)}\`` : ""} | ${cell(input.helpMarkDown)} |`);
  const outputs = (task.outputVariables ?? []).map((output) => `| \`${output.name}\` | ${cell(output.description)} |`);
  return [
    "```yaml",
    `- task: ${task.name}@${task.version.Major}`,
    "  name: export # only needed to read output variables",
    "  inputs:",
    ...yaml.map((line) => `  ${line}`),
    "```",
    "",
    "| Input | Default | Meaning |",
    "| --- | --- | --- |",
    ...rows,
    "",
    "| Output variable | Meaning |",
    "| --- | --- |",
    ...outputs,
  ].join("\n");
}

/**
 * A document with the reference of each task between its two markers.
 * @param {string} document Markdown
 * @throws when the markers of a task are missing
 */
export function withReferences(document) {
  return taskNames().reduce((text, name) => {
    const [begin, end] = [`<!-- reference of ${name}: begin -->`, `<!-- reference of ${name}: end -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`README.md lacks the markers ${begin} and ${end}.`);
    return `${text.slice(0, from + begin.length)}\n${referenceOf(readJson("tasks", name, "task.json"))}\n${text.slice(to)}`;
  }, document);
}

function main() {
  const current = readFileSync(readme, "utf8").replaceAll("\r\n", "\n");
  const expected = withReferences(current);
  if (current === expected) return;
  if (process.argv.includes("--check")) {
    console.error("README.md does not match task.json. Run `npm run docs` and commit the result.");
    process.exitCode = 1;
  } else {
    writeFileSync(readme, expected);
    console.log("Wrote README.md");
  }
}

if (process.argv[1] === import.meta.filename) main();
