// Validates every task.json against the official schema for tasks, where a copy of it lies beside the repository.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import { readJson, root, taskNames } from "./project.mjs";

const schemaFile = path.join(root, "..", "shared", "reference", "spec", "tasks.schema.json");

/**
 * What the schema objects to in a task.json.
 * @param {unknown} task
 * @returns {string[]}
 */
function schemaProblems(task) {
  // The schema's pattern ^connectedService\: is not a valid regular expression with the flag u.
  const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
  addFormats(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));
  validate(task);
  return (validate.errors ?? []).map((error) => `${error.instancePath || "/"} ${error.message} ${JSON.stringify(error.params)}`);
}

if (!existsSync(schemaFile)) {
  console.log("The task schema is not here: not checked.");
} else {
  for (const name of taskNames()) {
    const problems = schemaProblems(readJson("tasks", name, "task.json"));
    for (const problem of problems) console.error(`tasks/${name}/task.json: ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
    else console.log(`tasks/${name}/task.json conforms to the official schema.`);
  }
}
