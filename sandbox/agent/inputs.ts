import { resolve } from 'node:path';
import type { JobContext, ServiceConnection } from '../jobContext';
import { PipelineNotValid } from './pipelineNotValid';
import type { TaskDefinition, TaskInput } from './taskDefinition';
import { expandMacros, type Variables } from './variables';
import type { PipelineStep } from './yaml';

export interface ResolvedInputs {
  readonly inputs: Readonly<Record<string, string>>;
  /** The service connections that the step's `connectedService:` inputs name, and no others. */
  readonly connections: readonly ServiceConnection[];
}

export interface ResolveOptions {
  readonly variables: Variables;
  readonly job: JobContext;
  /** Pass inputs that the task does not declare, as the service does; otherwise they are refused, so that a misspelt input is found. */
  readonly unknownInputs: 'refuse' | 'pass';
  readonly processEnvironment: Readonly<Record<string, string | undefined>>;
}

/**
 * The inputs as a task receives them: aliases replaced, defaults filled in, macros expanded, connection names turned into ids.
 * @throws PipelineNotValid for what the service refuses before it starts the job
 */
export function resolveInputs(definition: TaskDefinition, step: PipelineStep, options: ResolveOptions): ResolvedInputs {
  const declared = definition.inputs ?? [];
  const inputs = new Map(declared.map((input) => [input.name, String(input.defaultValue ?? '').trim()]));
  for (const [given, value] of Object.entries(step.inputs)) {
    const input = declared.find((candidate) => isNamed(candidate, given));
    if (!input && options.unknownInputs === 'refuse') throw new PipelineNotValid(`${where(step)} input '${given}' is not an input of the task ${definition.name}.`);
    inputs.set(input?.name ?? given, value.trim());
  }
  const connections = declared.flatMap((input) => nameConnections(input, inputs, step, options));
  for (const [name, value] of inputs) inputs.set(name, expand(value, options));
  for (const input of declared) {
    if (input.required && !input.visibleRule && !inputs.get(input.name)) throw new PipelineNotValid(`${where(step)} input '${input.name}' is required.`);
    // The agent roots paths of this type in the sources folder, an empty one included (TaskRunner.cs).
    if (input.type.toLowerCase() === 'filepath') inputs.set(input.name, resolve(options.variables.get('Build.SourcesDirectory') ?? '', inputs.get(input.name) ?? ''));
  }
  return { inputs: Object.fromEntries(inputs), connections };
}

function isNamed(input: TaskInput, given: string): boolean {
  return [input.name, ...(input.aliases ?? [])].some((name) => name.toLowerCase() === given.trim().toLowerCase());
}

function expand(value: string, { variables, processEnvironment }: ResolveOptions): string {
  const withVariables = expandMacros(value, (name) => variables.get(name));
  return expandMacros(withVariables, (name) => processEnvironment[name]);
}

/** Replaces the names in a `connectedService:` input by ids, as the service does before the agent sees the step. */
function nameConnections(input: TaskInput, inputs: Map<string, string>, step: PipelineStep, options: ResolveOptions): ServiceConnection[] {
  const [prefix = '', type = '', schemes] = input.type.split(':');
  const value = expandMacros(inputs.get(input.name) ?? '', (name) => options.variables.get(name));
  if (prefix.toLowerCase() !== 'connectedservice' || value === '') return [];
  const found = value.split(',').map((name) => {
    const wanted = name.trim().toLowerCase();
    const connection = options.job.serviceConnections.find((known) => known.name.toLowerCase() === wanted || known.id === wanted);
    if (!connection) throw notAuthorized(step, input, name.trim());
    const schemeFits = !schemes || schemes.toLowerCase().split(',').includes(connection.scheme.toLowerCase());
    if (connection.type.toLowerCase() !== type.toLowerCase() || !schemeFits) throw wrongType(step, input, connection);
    return connection;
  });
  inputs.set(input.name, found.map((connection) => connection.id).join(','));
  return found;
}

function where(step: PipelineStep): string {
  return `The pipeline is not valid. Job Job: Step ${step.name ?? step.reference.split('@')[0]}`;
}

function notAuthorized(step: PipelineStep, input: TaskInput, name: string): PipelineNotValid {
  return new PipelineNotValid(
    `${where(step)} input ${input.name} references service connection ${name} which could not be found. ` +
      'The service connection does not exist, has been disabled or has not been authorized for use.',
  );
}

function wrongType(step: PipelineStep, input: TaskInput, connection: ServiceConnection): PipelineNotValid {
  return new PipelineNotValid(
    `${where(step)} input ${input.name} expects a service connection of type ${input.type.slice('connectedService:'.length)} ` +
      `but the provided service connection ${connection.name} is of type ${connection.type} (${connection.scheme}).`,
  );
}
