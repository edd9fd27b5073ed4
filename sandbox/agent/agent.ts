import { join } from 'node:path';
import type { JobContext, ServiceConnection } from '../jobContext';
import { CommandProcessor, type AgentCommand } from './commandProcessor';
import { stepEnvironment, systemEnvironment } from './environment';
import { executeHandler } from './execution';
import { resolveInputs } from './inputs';
import { writeTaskHeader } from './log';
import { mergeResults, StepRecord, type Issue, type TaskResult } from './stepRecord';
import { handlerTarget, readTaskDefinition, type TaskDefinition } from './taskDefinition';
import { Uploads, type Artifact, type Attachment } from './uploads';
import { agentDirectories, agentIdentity, expandMacros, setNetworkVariables, Variables, type NetworkChoice } from './variables';
import { findStep, type PipelineStep } from './yaml';

export interface StepOptions extends NetworkChoice {
  /** A pipeline file or a list of steps; the first step with the task of `taskDirectory` runs. */
  readonly yaml: string;
  /** Folder with `task.json` and its target, as in the unzipped vsix. */
  readonly taskDirectory: string;
  readonly job: JobContext;
  /** The agent's work folder; staging, sources and temporary files lie below it, and the artifact storage in `published`. A real agent empties staging and temporary folders between jobs; here they stay. */
  readonly workDirectory: string;
  /** Where artifacts arrive, in a folder each; default `published/BUILDID` below the work folder. */
  readonly artifactStorage?: string;
  /** Path of the node that runs the handler; default this process's. */
  readonly node?: string;
  /** `System.Debug`. */
  readonly debug?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
  readonly secretVariables?: Readonly<Record<string, string>>;
  /** What the agent service was started with, for example `HTTPS_PROXY`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Wraps the command line, for example in a shell that sets a limit and then `exec`s it. */
  readonly wrap?: (command: string, args: readonly string[]) => { readonly command: string; readonly args: readonly string[] };
  /** Cancels the job after so many ms, or when the signal fires, as the agent does: SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL. */
  readonly cancelAfterMs?: number | AbortSignal;
  /** Factor on the agent's waits; default 1. */
  readonly graceScale?: number;
  /** The upload of artifacts fails after the process has exited. */
  readonly failUpload?: boolean;
  /** The service passes undeclared inputs on; the stand-in refuses them unless told otherwise, to find misspelt ones. */
  readonly unknownInputs?: 'refuse' | 'pass';
  readonly onLine?: (masked: string) => void;
  /** The step's process has started. */
  readonly onStart?: (pid: number) => void;
}

export interface StepResult {
  readonly result: TaskResult;
  readonly message: string | undefined;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly durationMs: number;
  readonly peakRssBytes: number | undefined;
  /** Both streams as the process wrote them, in the order of arrival. */
  readonly rawOutput: string;
  /** The log as the agent shows it. */
  readonly maskedLog: string;
  readonly commands: readonly AgentCommand[];
  readonly outputVariables: Readonly<Record<string, string>>;
  readonly buildTags: readonly string[];
  readonly issues: readonly Issue[];
  readonly attachments: readonly Attachment[];
  readonly summaries: readonly Attachment[];
  readonly artifacts: readonly Artifact[];
  /** Every secret that the agent masks. */
  readonly secrets: readonly string[];
  /** What the process was started with. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A step that is ready to run: all that the service and the agent decide before the process starts. */
export interface PreparedStep {
  readonly definition: TaskDefinition;
  readonly step: PipelineStep;
  readonly variables: Variables;
  readonly connections: readonly ServiceConnection[];
  readonly environment: Record<string, string>;
  readonly target: string;
}

/**
 * Runs one step of a pipeline as an Azure Pipelines agent does, from YAML to uploaded artifacts.
 * @throws PipelineNotValid when the service would refuse the pipeline; nothing has run then
 */
export async function runStep(options: StepOptions): Promise<StepResult> {
  const prepared = prepareStep(options);
  const { definition, step, variables } = prepared;
  const record = new StepRecord(variables, options.debug === true, options.onLine);
  record.masks.addJob(options.job);
  for (const { value, secret } of variables.list()) if (secret) record.masks.addVariable(value);
  const uploads = new Uploads(record, options.artifactStorage ?? join(options.workDirectory, 'published', variables.get('Build.BuildId') ?? 'none'));
  const processor = new CommandProcessor(record, uploads, [definition.restrictions ?? {}, step.restrictions], definition);

  const displayName = displayNameOf(step);
  record.section(`Starting: ${displayName}`);
  writeTaskHeader(record, definition);
  const { end, rawOutput, ending } = await executeHandler(prepared, options, record, processor);
  await uploads.finish(ending === 'normal' ? (options.failUpload ? 'broken' : 'normal') : 'canceled');
  if (record.buildTags.length > 0) record.write(`Build '${variables.get('Build.BuildId')}' has following tags now: ${record.buildTags.join(', ')}`);
  const result = finalResult(record, step);
  record.section(`Finishing: ${displayName}`);

  return {
    ...end, result, rawOutput, message: record.message, maskedLog: record.maskedLog, commands: processor.commands,
    outputVariables: record.outputVariables, buildTags: record.buildTags, issues: record.issues, artifacts: uploads.artifacts,
    attachments: uploads.attachments.filter((attachment) => attachment.type !== 'Distributedtask.Core.Summary'),
    summaries: uploads.attachments.filter((attachment) => attachment.type === 'Distributedtask.Core.Summary'),
    secrets: record.masks.secrets, environment: prepared.environment,
  };
}

function prepareStep(options: StepOptions): PreparedStep {
  const definition = readTaskDefinition(options.taskDirectory);
  const step = findStep(options.yaml, definition);
  const variables = new Variables();
  variables.setAll(agentIdentity());
  variables.setAll(agentDirectories(options.workDirectory));
  variables.setAll(options.job.variables);
  setNetworkVariables(variables, options);
  variables.setAll(step.variables);
  variables.setAll(options.variables ?? {});
  variables.setAll(options.secretVariables ?? {}, true);
  variables.set('System.Debug', options.debug ? 'true' : 'false');
  variables.set('System.TaskInstanceName', step.name ?? definition.name);
  variables.set('Task.DisplayName', displayNameOf(step));
  variables.expandOwnValues();

  const processEnvironment = { ...systemEnvironment(), ...options.environment };
  const { inputs, connections } = resolveInputs(definition, step, { variables, job: options.job, unknownInputs: options.unknownInputs ?? 'refuse', processEnvironment });
  const stepEntries = Object.entries(step.environment).map(([name, value]) => [name, expandMacros(value, (variable) => variables.get(variable))]);
  const environment = stepEnvironment({
    job: options.job, variables, inputs, connections,
    stepEnvironment: Object.fromEntries(stepEntries) as Record<string, string>, agentEnvironment: options.environment ?? {},
  });
  return { definition, step, variables, connections, environment, target: handlerTarget(definition, options.taskDirectory) };
}

/** What a YAML step is called in the log; the task's `instanceNameFormat` counts in classic pipelines only. */
function displayNameOf(step: PipelineStep): string {
  return step.displayName ?? step.reference.split('@')[0] ?? step.reference;
}

function finalResult(record: StepRecord, step: PipelineStep): TaskResult {
  const result = record.commandResult === undefined ? record.result : mergeResults(record.result, record.commandResult);
  return result === 'Failed' && step.continueOnError ? 'SucceededWithIssues' : result ?? 'Succeeded';
}
