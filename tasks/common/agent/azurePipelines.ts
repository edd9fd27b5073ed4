import { Writable } from 'node:stream';
import * as tl from 'azure-pipelines-task-lib/task';
import { disarmLine } from '../errors/disarm';
import { asTaskError, type TaskError } from '../errors/taskError';
import type { Agent, Endpoint, Log } from './agent';

/** The real agent, by way of azure-pipelines-task-lib: nothing else imports that library. */
export function azurePipelinesAgent<Input extends string, Output extends string>(): Agent<Input, Output> {
  return {
    log,
    input: (name) => present(tl.getInput(name, false)),
    variable: (name) => present(quietly(() => tl.getVariable(name))),
    endpoint: readEndpoint,
    registerSecret,
    progress: (percent) => { tl.setProgress(Math.max(0, Math.min(100, Math.floor(percent))), 'Reading the audit log'); },
    setOutput: (name, value) => { tl.setVariable(name, value, false, true); },
    publishArtifact: (name, directory) => {
      // Folder and artifact name must be equal: Azure Pipelines finds the files of a Container artifact by that folder.
      tl.command('artifact.upload', { containerfolder: name, artifactname: name }, directory);
    },
    attachFile: (type, name, file) => { tl.command('task.addattachment', { type, name }, file); },
    attachSummary: (title, file) => { tl.command('task.addattachment', { type: SUMMARY_ATTACHMENT, name: title }, file); },
  };
}

/** Attachments of this type are shown as Markdown (microsoft/azure-pipelines-agent: TaskCommandExtension.cs). */
const SUMMARY_ATTACHMENT = 'Distributedtask.Core.Summary';

const log: Log = {
  info: (text) => { print(disarmLine(text)); },
  section: (text) => { print(`##[section]${disarmLine(text)}`); },
  warning: (text) => { tl.warning(disarmLine(text)); },
  error: (text) => { tl.error(disarmLine(text)); },
  debug: (text) => { tl.debug(disarmLine(text)); },
};

export function completeSucceeded(message: string): void {
  tl.setResult(tl.TaskResult.Succeeded, disarmLine(message));
}

/** Ends the step as failed, with the sentence, its advice and what support would ask for. */
export function completeFailed(failure: TaskError): void {
  for (const step of failure.advice) log.info(`  - ${step}`);
  if (failure.activityId !== undefined) log.info(`  Activity id of the request at Azure DevOps: ${failure.activityId}`);
  tl.setResult(tl.TaskResult.Failed, disarmLine(`${failure.message} [${failure.code}]`));
}

/**
 * Ends a canceled step. The agent itself sets the result, and does not know the library's word for it ("Cancelled"); the exit
 * code is for whoever else ended the process, so that nobody takes it for a success.
 */
export function completeCanceled(message: string): void {
  log.info(message);
  process.exitCode = 1;
}

/**
 * A fault that nobody caught ends the step as failed. The library's own handler would print the error's text and stack,
 * which can hold secrets, and would leave the process running.
 */
export function takeOverFaults(): void {
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (thrown) => {
    completeFailed(asTaskError(thrown));
    process.stdout.write('', () => process.exit(0));
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The library echoes whatever it reads, secrets included, as debug lines; the agent hides them, but only if it knows them as secrets. */
function quietly<T>(read: () => T): T {
  tl.setStdStream(SILENCE);
  try {
    return read();
  } finally {
    tl.setStdStream(process.stdout);
  }
}

const SILENCE = new Writable({ write: (_piece, _encoding, done) => { done(); } });

function present(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === undefined || trimmed === '' ? undefined : trimmed;
}

function readEndpoint(id: string): Endpoint | undefined {
  const scheme = present(tl.getEndpointAuthorizationScheme(id, true));
  const url = present(tl.getEndpointUrl(id, true));
  if (scheme === undefined && url === undefined) return undefined;
  return {
    id,
    url,
    scheme: scheme?.toLowerCase(),
    parameter: (name) => present(quietly(() => tl.getEndpointAuthorizationParameter(id, name, true))),
  };
}

function registerSecret(value: string): void {
  // The agent refuses secrets of several lines, and masks line by line.
  for (const line of value.split(/[\r\n]+/)) if (line !== '') tl.setSecret(line);
}
