import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runStep, type StepOptions, type StepResult } from '../../sandbox/agent/agent';
import type { JobContext, SandboxNetwork } from '../../sandbox/jobContext';

/** The task as it is published: inside the unpacked vsix. */
export const TASK_DIRECTORY = path.resolve('dist/unzipped/tasks/ExportAuditLog');
const TASKS = path.dirname(TASK_DIRECTORY);

export interface PackagedRun extends StepResult {
  /** The agent's work folder of this run; removed by {@link removeWorkFolders}. */
  readonly workDirectory: string;
}

/** Anything that a packaged run can take besides the step itself. */
export type PackagedOptions = Partial<Omit<StepOptions, 'yaml' | 'taskDirectory' | 'job' | 'network'>> & {
  /** Which task of the extension runs; default `ExportAuditLog`. */
  readonly task?: 'ExportAuditLog' | 'CheckAuditLogAccess' | 'VerifyAuditLog';
};

interface Azure {
  readonly job: JobContext;
  readonly network: SandboxNetwork;
}

const workFolders: string[] = [];

/**
 * Runs the packaged task as a step with these inputs, on the Node that `TASK_NODE` names or else on this one.
 * Without a window among the inputs, the last day is exported; without a connection, the job's first one of the kind *Azure DevOps* signs in.
 */
export async function runPackaged(azure: Azure, inputs: Readonly<Record<string, string>>, options: PackagedOptions = {}): Promise<PackagedRun> {
  const workDirectory = options.workDirectory ?? await newWorkFolder();
  const node = process.env['TASK_NODE'];
  const result = await runStep({
    ...(node !== undefined && { node }),
    ...options,
    workDirectory,
    yaml: stepYaml(withConnection(azure.job, withWindow(inputs, options.task)), options.task),
    taskDirectory: path.join(TASKS, options.task ?? 'ExportAuditLog'),
    job: azure.job,
    network: azure.network,
  });
  return { ...result, workDirectory };
}

export async function newWorkFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'audit-log-agent-'));
  workFolders.push(folder);
  return folder;
}

export async function removeWorkFolders(): Promise<void> {
  await Promise.all(workFolders.splice(0).map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 3 })));
}

export function stepYaml(inputs: Readonly<Record<string, string>>, task = 'ExportAuditLog'): string {
  const lines = Object.entries(inputs).map(([name, value]) => `      ${name}: ${JSON.stringify(value)}`);
  return ['steps:', `  - task: ${task}@1`, '    name: export', '    inputs:', ...lines, ''].join('\n');
}

/** The default window reads everything that the service still has, and depends on earlier runs: tests of it say so. */
function withWindow(inputs: Readonly<Record<string, string>>, task = 'ExportAuditLog'): Readonly<Record<string, string>> {
  return task === 'ExportAuditLog' ? { window: 'last', ...inputs } : inputs;
}

function withConnection(job: JobContext, inputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if ('azureDevOpsServiceConnection' in inputs || 'azureSubscription' in inputs) return inputs;
  const connection = job.serviceConnections.find(({ type }) => type.toLowerCase() === 'workloadidentityuser');
  return connection ? { azureDevOpsServiceConnection: connection.name, ...inputs } : inputs;
}
