// Where things are in this repository, for the scripts.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const root = path.dirname(import.meta.dirname);

/** Everything that packaging makes; replaced as a whole by `npm run package`. */
export const dist = path.join(root, "dist");

/**
 * The parts of a task.json that the scripts read.
 * @typedef {object} TaskInput
 * @property {string} name
 * @property {string} type
 * @property {string} groupName
 * @property {string} helpMarkDown
 * @property {string} [defaultValue]
 * @property {string[]} [aliases]
 * @property {Record<string, string>} [options]
 * @property {Record<string, string>} [properties]
 *
 * @typedef {object} TaskManifest
 * @property {string} name
 * @property {{ Major: number, Minor: number, Patch: number }} version
 * @property {{ name: string, displayName: string }[]} [groups]
 * @property {TaskInput[]} [inputs]
 * @property {{ name: string, description: string }[]} [outputVariables]
 */

/**
 * Reads a JSON file of the repository.
 * @param {string[]} segments path below the repository's root
 * @returns {any}
 */
export function readJson(...segments) {
  return JSON.parse(readFileSync(path.join(root, ...segments), "utf8"));
}

/**
 * The one version of the product: package.json's.
 * @returns {string}
 */
export function productVersion() {
  return readJson("package.json").version;
}

/** Names of the task folders: those that hold a task.json. */
export function taskNames() {
  const tasks = path.join(root, "tasks");
  return readdirSync(tasks)
    .filter((name) => existsSync(path.join(tasks, name, "task.json")))
    .sort();
}
