import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { PipelineNotValid } from './pipelineNotValid';
import type { Restrictions, TaskDefinition } from './taskDefinition';

/** One step of a pipeline file, with what surrounds it. All values are text, as the service reads YAML. */
export interface PipelineStep {
  readonly reference: string;
  readonly name: string | undefined;
  readonly displayName: string | undefined;
  readonly inputs: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** Variables of the pipeline, the stage and the job, the innermost winning. */
  readonly variables: Readonly<Record<string, string>>;
  readonly restrictions: Restrictions;
  readonly continueOnError: boolean;
  readonly timeoutInMinutes: number;
}

/**
 * The first step of a pipeline file (or of a bare list of steps) that names the given task, by `Name@Major` or by its full
 * contribution path. Templates and `${{ }}` are not expanded: the stand-in refuses them instead of guessing.
 * @throws PipelineNotValid when the YAML cannot be read or has no such step
 */
export function findStep(yaml: string, definition: TaskDefinition): PipelineStep {
  // Azure Pipelines keeps every scalar as its text: `true`, `1.0` and `007` reach the task as written.
  const document = parseDocument(yaml, { schema: 'failsafe', uniqueKeys: true });
  const problem = document.errors[0];
  if (problem) throw new PipelineNotValid(`The pipeline is not valid YAML: ${problem.message}`);
  if (yaml.replace(/^\s*#.*$/gm, '').includes('${{')) throw new PipelineNotValid('The stand-in does not expand template expressions (${{ }}).');
  for (const { step, variables } of stepsOf(document.contents, {})) {
    const reference = textOf(step.get('task', true));
    if (reference !== undefined && names(reference, definition)) return readStep(step, reference, variables);
  }
  throw new PipelineNotValid(`The pipeline has no step with the task ${definition.name}@${definition.version.Major}.`);
}

function names(reference: string, definition: TaskDefinition): boolean {
  const [path = '', major] = reference.split('@');
  const name = path.split('.').at(-1) ?? '';
  const sameTask = [definition.name, definition.id].some((known) => known.toLowerCase() === name.toLowerCase());
  return sameTask && major === String(definition.version.Major);
}

interface FoundStep { readonly step: YAMLMap; readonly variables: Record<string, string> }

function* stepsOf(node: unknown, outer: Record<string, string>): Generator<FoundStep> {
  if (isSeq(node)) {
    for (const item of node.items) yield* stepsOf(item, outer);
  } else if (isMap(node)) {
    if (node.has('task')) yield { step: node, variables: outer };
    const variables = { ...outer, ...readVariables(node.get('variables', true)) };
    // A deployment job keeps its steps below strategy.runOnce.deploy and the like.
    for (const key of ['stages', 'jobs', 'strategy', 'runOnce', 'rolling', 'canary', 'deploy', 'steps']) yield* stepsOf(node.get(key, true), variables);
  }
}

function readVariables(node: unknown): Record<string, string> {
  if (!isSeq(node)) return textMap(node);
  const entries: [string, string][] = [];
  for (const item of node.items) {
    const name = isMap(item) ? textOf(item.get('name', true)) : undefined;
    if (isMap(item) && name !== undefined) entries.push([name, textOf(item.get('value', true)) ?? '']);
  }
  return Object.fromEntries(entries);
}

function readStep(step: YAMLMap, reference: string, variables: Record<string, string>): PipelineStep {
  return {
    reference,
    variables,
    name: textOf(step.get('name', true)),
    displayName: textOf(step.get('displayName', true)),
    inputs: textMap(step.get('inputs', true)),
    environment: textMap(step.get('env', true)),
    restrictions: readTarget(step.get('target', true)),
    continueOnError: textOf(step.get('continueOnError', true))?.toLowerCase() === 'true',
    timeoutInMinutes: Number(textOf(step.get('timeoutInMinutes', true)) ?? 0),
  };
}

function readTarget(target: unknown): Restrictions {
  if (!isMap(target)) return {};
  const mode = textOf(target.get('commands', true));
  const settable = target.get('settableVariables', true);
  const list = isSeq(settable) ? settable.items.map((item) => textOf(item) ?? '') : [];
  return {
    ...(mode === undefined ? {} : { commands: { mode } }),
    ...(settable === undefined ? {} : { settableVariables: { allowed: list } }),
  };
}

function textMap(node: unknown): Record<string, string> {
  if (!isMap(node)) return {};
  return Object.fromEntries(node.items.map((pair) => [textOf(pair.key) ?? '', textOf(pair.value) ?? '']));
}

function textOf(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}
