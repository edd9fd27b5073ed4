import { writeSync } from 'node:fs';
import * as adapter from '../../tasks/common/agent/azurePipelines';
import { readNetworkSettings } from '../../tasks/common/agent/networkSettings';
import { TaskError } from '../../tasks/common/errors/taskError';

/** A process that does to the real adapter what its argument says, and writes what it got as JSON to file descriptor 3. */
export type Step =
  | { readonly call: 'input' | 'variable' | 'registerSecret' | 'info' | 'section' | 'warning' | 'error' | 'debug' | 'succeeded' | 'canceled'; readonly text: string }
  | { readonly call: 'progress'; readonly percent: number }
  | { readonly call: 'setOutput' | 'publishArtifact' | 'attachSummary'; readonly name: string; readonly text: string }
  | { readonly call: 'endpoint'; readonly text: string; readonly parameters: readonly string[] }
  | { readonly call: 'failed'; readonly text: string; readonly advice: readonly string[]; readonly activityId?: string }
  | { readonly call: 'networkSettings' | 'throw' | 'reject' | 'throwText' };

const SECRET_ERROR = 'Authorization: Bearer secret-of-the-error ##vso[task.complete result=Succeeded;]';
const agent = adapter.azurePipelinesAgent();

function take(step: Step): unknown {
  switch (step.call) {
    case 'input': return agent.input(step.text) ?? null;
    case 'variable': return agent.variable(step.text) ?? null;
    case 'endpoint': {
      const endpoint = agent.endpoint(step.text);
      return endpoint ? { url: endpoint.url, scheme: endpoint.scheme, parameters: step.parameters.map((name) => endpoint.parameter(name) ?? null) } : null;
    }
    case 'networkSettings': return readNetworkSettings(agent);
    case 'registerSecret': agent.registerSecret(step.text); return null;
    case 'progress': agent.progress(step.percent); return null;
    case 'setOutput': case 'publishArtifact': case 'attachSummary': agent[step.call](step.name, step.text); return null;
    case 'succeeded': adapter.completeSucceeded(step.text); return null;
    case 'canceled': adapter.completeCanceled(step.text); return null;
    case 'failed':
      adapter.completeFailed(new TaskError('UNEXPECTED', step.text, { advice: step.advice, activityId: step.activityId, cause: new Error(SECRET_ERROR) }));
      return null;
    case 'throw': case 'reject': case 'throwText': fault(step.call); return null;
    default: agent.log[step.call](step.text); return null;
  }
}

/** A fault that nobody catches, while something keeps the process alive. */
function fault(kind: 'throw' | 'reject' | 'throwText'): void {
  adapter.takeOverFaults();
  setInterval(() => {}, 1000);
  setTimeout(() => {
    if (kind === 'reject') void Promise.reject(Object.assign(new TypeError(SECRET_ERROR), { code: 'ERR_FAULT' }));
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- libraries do.
    else throw kind === 'throw' ? new Error(SECRET_ERROR) : SECRET_ERROR;
  }, 1);
}

writeSync(3, JSON.stringify((JSON.parse(process.argv[2] ?? '[]') as Step[]).map(take)));
