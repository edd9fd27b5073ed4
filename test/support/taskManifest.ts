import { readFileSync } from "node:fs";
import path from "node:path";

/** What the tests read of a task.json. */
export interface TaskManifest {
  readonly id: string;
  readonly name: string;
  readonly version: { readonly Major: number; readonly Minor: number; readonly Patch: number };
  readonly minimumAgentVersion: string;
  readonly groups: readonly { readonly name: string }[];
  readonly inputs: readonly TaskInput[];
  readonly outputVariables: readonly { readonly name: string; readonly description: string }[];
  readonly restrictions: { readonly commands?: unknown; readonly settableVariables: { readonly allowed: readonly string[] } };
  readonly instanceNameFormat: string;
}

export interface TaskInput {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly type: string;
  readonly groupName: string;
  readonly helpMarkDown: string;
  readonly label: string;
  readonly defaultValue?: string;
  readonly visibleRule?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, string>>;
}

export const repository = path.resolve(import.meta.dirname, "../..");

/** Reads a JSON file below the repository's root. */
export function readRepositoryJson(relative: string): unknown {
  return JSON.parse(readFileSync(path.join(repository, relative), "utf8"));
}

/** The committed task.json of a task. */
export function readTaskManifest(task: string): TaskManifest {
  return readRepositoryJson(`tasks/${task}/task.json`) as TaskManifest;
}
