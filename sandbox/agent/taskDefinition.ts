import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineNotValid } from './pipelineNotValid';

/** What the agent and the server read of a `task.json`. */
export interface TaskDefinition {
  readonly id: string;
  readonly name: string;
  readonly friendlyName: string;
  readonly description: string;
  readonly author: string;
  readonly helpUrl?: string;
  readonly helpMarkDown?: string;
  readonly version: { readonly Major: number | string; readonly Minor: number | string; readonly Patch: number | string };
  readonly inputs?: readonly TaskInput[];
  readonly outputVariables?: readonly { readonly name: string }[];
  readonly restrictions?: Restrictions;
  readonly execution?: Readonly<Record<string, { readonly target: string }>>;
}

export interface TaskInput {
  readonly name: string;
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly required?: boolean;
  readonly defaultValue?: string | boolean;
  readonly visibleRule?: string;
}

/** What a task or a step's `target:` forbids; both apply, the stricter wins. */
export interface Restrictions {
  readonly commands?: { readonly mode?: string };
  readonly settableVariables?: { readonly allowed?: readonly string[] };
}

/** Handlers in the order in which an agent that knows both prefers them (TaskManager.cs of azure-pipelines-agent). */
const HANDLERS = ['Node24', 'Node20_1'] as const;

export function readTaskDefinition(taskDirectory: string): TaskDefinition {
  return JSON.parse(readFileSync(join(taskDirectory, 'task.json'), 'utf8')) as TaskDefinition;
}

export function versionOf(definition: TaskDefinition): string {
  const { Major, Minor, Patch } = definition.version;
  return `${Major}.${Minor}.${Patch}`;
}

/**
 * Full path of the script that the agent would run.
 * @throws PipelineNotValid when the task declares no handler that the stand-in knows
 */
export function handlerTarget(definition: TaskDefinition, taskDirectory: string): string {
  for (const handler of HANDLERS) {
    const target = definition.execution?.[handler]?.target;
    if (target) return join(taskDirectory, target);
  }
  throw new PipelineNotValid('The current operating system is not capable of running this task.');
}
