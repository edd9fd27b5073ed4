import { azurePipelinesAgent, completeCanceled, completeFailed, completeSucceeded, takeOverFaults } from '../common/agent/azurePipelines';
import { assertNodeVersion } from '../common/agent/nodeVersion';
import { asTaskError, TaskError } from '../common/errors/taskError';
import { systemClock } from '../common/time/clock';
import { systemRandom } from '../common/time/random';
import { systemSleep } from '../common/time/sleep';
import type { InputName, OutputName } from './contract';

/** Replaced by the bundler with the version in package.json. */
declare const __PRODUCT_VERSION__: string;

/** The composition root: builds the real parts, and holds the one catch. */
async function main(): Promise<void> {
  const cancel = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) {
    process.on(signal, () => { cancel.abort(new TaskError('CANCELED', 'The run was canceled; nothing is published.')); });
  }
  try {
    assertNodeVersion(process.versions.node);
    // Loaded only now: an older Node fails while it loads the libraries.
    const { run } = await import('./run');
    completeSucceeded(await run({
      agent: azurePipelinesAgent<InputName, OutputName>(),
      clock: systemClock,
      sleep: systemSleep,
      random: systemRandom,
      cancel: cancel.signal,
      productVersion: __PRODUCT_VERSION__,
    }));
  } catch (thrown) {
    const failure = asTaskError(thrown);
    if (failure.code === 'CANCELED') completeCanceled(failure.message);
    else completeFailed(failure);
  }
}

takeOverFaults();
// A socket or timer left alive must not keep the step running until the job's time-out.
void main().finally(() => process.stdout.write('', () => process.exit()));
