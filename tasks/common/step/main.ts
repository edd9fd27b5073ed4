import { azurePipelinesAgent, completeCanceled, completeFailed, completeSucceeded, takeOverFaults } from '../agent/azurePipelines';
import { assertNodeVersion } from '../agent/nodeVersion';
import { asTaskError, TaskError } from '../errors/taskError';
import { systemClock } from '../time/clock';
import { systemRandom } from '../time/random';
import { systemSleep } from '../time/sleep';
import type { Agent } from '../agent/agent';
import type { StepParts } from './stepParts';

/** Replaced by the bundler with the version in package.json. */
declare const __PRODUCT_VERSION__: string;

/**
 * Runs a step on the real agent: builds the real parts, tells the story that `load` brings, and holds the one catch.
 * @param load brings the story; called only once Node is known to be new enough, because an older one fails while it loads the libraries
 */
export function main<Input extends string, Output extends string>(load: () => Promise<(parts: StepParts<Agent<Input, Output>>) => Promise<string>>): void {
  takeOverFaults();
  // A socket or timer left alive must not keep the step running until the job's time-out.
  void tell(load).finally(() => process.stdout.write('', () => process.exit()));
}

async function tell<Input extends string, Output extends string>(load: () => Promise<(parts: StepParts<Agent<Input, Output>>) => Promise<string>>): Promise<void> {
  const cancel = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) {
    process.on(signal, () => { cancel.abort(new TaskError('CANCELED', 'The run was canceled; nothing is published.')); });
  }
  try {
    assertNodeVersion(process.versions.node);
    const run = await load();
    completeSucceeded(await run({
      agent: azurePipelinesAgent<Input, Output>(), clock: systemClock, sleep: systemSleep, random: systemRandom, cancel: cancel.signal, productVersion: __PRODUCT_VERSION__,
    }));
  } catch (thrown) {
    const failure = asTaskError(thrown);
    if (failure.code === 'CANCELED') completeCanceled(failure.message);
    else completeFailed(failure);
  }
}
