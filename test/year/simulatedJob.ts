import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resolveInputs } from '../../sandbox/agent/inputs';
import { readTaskDefinition } from '../../sandbox/agent/taskDefinition';
import { agentDirectories, agentIdentity, setNetworkVariables, Variables } from '../../sandbox/agent/variables';
import { findStep } from '../../sandbox/agent/yaml';
import type { JobContext, SandboxNetwork } from '../../sandbox/jobContext';
import { SYSTEM_CONNECTION } from '../../tasks/common/agent/agent';
import { asTaskError, type TaskError } from '../../tasks/common/errors/taskError';
import { DATA_MARKER } from '../../tasks/common/report/writeReport';
import type { Clock } from '../../tasks/common/time/clock';
import type { Random } from '../../tasks/common/time/random';
import type { Sleep } from '../../tasks/common/time/sleep';
import type { InputName, OutputName } from '../../tasks/ExportAuditLog/contract';
import { run } from '../../tasks/ExportAuditLog/run';
import { FakeAgent, type FakeEndpoint } from '../support/fakeAgent';
import { stepYaml } from '../support/packagedTask';

const TASK = path.resolve('tasks/ExportAuditLog');

/** The work folders of agents of this machine; a job leaves its own empty for the next. */
export class WorkFolders {
  readonly #root = mkdtempSync(path.join(tmpdir(), 'audit-log-year-'));
  readonly #free: string[] = [];
  #count = 0;

  take(): string {
    return this.#free.pop() ?? path.join(this.#root, String(this.#count += 1));
  }

  giveBack(folder: string): void {
    for (const name of ['_temp', path.join('1', 'a')]) rmSync(path.join(folder, name), { recursive: true, force: true, maxRetries: 3 });
    this.#free.push(folder);
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 3 });
  }
}

export interface SimulatedJobParts {
  readonly job: JobContext;
  readonly network: SandboxNetwork;
  readonly inputs: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly cancel: AbortSignal;
  readonly folders: WorkFolders;
}

/** What a step left on its agent, before anything of it is uploaded. */
export interface SimulatedStep {
  readonly agent: FakeAgent<InputName, OutputName>;
  readonly failure: TaskError | undefined;
  /** Empties the agent's work folder. */
  readonly clean: () => void;
}

/** Runs the product's own story in this process, on an agent that was set up as the stand-in agent sets up a process. */
export async function runSimulated({ job, network, inputs, folders, ...parts }: SimulatedJobParts): Promise<SimulatedStep> {
  const folder = folders.take();
  const definition = readTaskDefinition(TASK);
  const variables = new Variables();
  for (const values of [agentIdentity(), agentDirectories(folder), job.variables]) variables.setAll(values);
  setNetworkVariables(variables, { network });
  const step = findStep(stepYaml({ azureDevOpsServiceConnection: 'audit-log', ...inputs }), definition);
  const resolved = resolveInputs(definition, step, { variables, job, unknownInputs: 'refuse', processEnvironment: {} });
  const endpoints: Record<string, FakeEndpoint> = { [SYSTEM_CONNECTION]: { url: job.systemConnectionUrl, scheme: 'OAuth', parameters: { AccessToken: job.jobToken } } };
  for (const { id, url, scheme, parameters } of resolved.connections) endpoints[id] = { url, scheme, parameters };
  const agent = new FakeAgent<InputName, OutputName>({
    inputs: resolved.inputs, endpoints,
    variables: Object.fromEntries(variables.list().map(({ name, value }) => [name, value])),
  });
  const clean = (): void => { folders.giveBack(folder); };
  try {
    await run({ agent, productVersion: '1.0.0', reportPage: DATA_MARKER, ...parts });
    return { agent, failure: undefined, clean };
  } catch (thrown) {
    return { agent, failure: asTaskError(thrown), clean };
  }
}
