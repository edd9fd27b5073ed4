// Where things are in this repository, for the scripts.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const root = path.dirname(import.meta.dirname);
export const dist = path.join(root, "dist");

/** The one version of the product: package.json's. */
export function productVersion() {
  return JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version;
}

/** Names of the task folders, those with a task.json. */
export function taskNames() {
  const tasks = path.join(root, "tasks");
  return readdirSync(tasks)
    .filter((name) => existsSync(path.join(tasks, name, "task.json")))
    .sort();
}
