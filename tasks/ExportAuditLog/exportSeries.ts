import { advance, type ChainState } from '../common/evidence/chainPlan';
import { asTaskError, type TaskError } from '../common/errors/taskError';
import { formatInstant } from '../common/window/instant';
import { exportWindow, type ExportParts, type FinishedExport } from './exportWindow';

/** The exports of a run, oldest first, and what kept it from making all of them. */
export interface ExportSeries {
  readonly finished: readonly FinishedExport[];
  readonly failure: TaskError | undefined;
}

/**
 * Makes the planned exports one after the other. When one fails, or the time is up, those before it are complete and stay:
 * the next run goes on from there.
 * @throws what the first export throws, and the reason of a cancellation
 */
export async function exportSeries(parts: ExportParts): Promise<ExportSeries> {
  const { windows, chain } = parts.plan;
  const finished: FinishedExport[] = [];
  let state: ChainState | undefined = chain?.state;
  for (const [index, window] of windows.entries()) {
    if (windows.length > 1) parts.agent.log.section(`Export ${index + 1} of ${windows.length}: ${formatInstant(window.startSeconds)} to ${formatInstant(window.endSeconds)}`);
    try {
      const made = await exportWindow(parts, window, state, { index, count: windows.length });
      finished.push(made);
      const { chain: link } = made.manifest;
      if (state !== undefined && link !== 'none') state = advance(state, { ...made.manifest, chain: link }, made.manifestSha256);
    } catch (thrown) {
      const failure = asTaskError(thrown);
      if (finished.length === 0 || failure.code === 'CANCELED') throw failure;
      return { finished, failure };
    }
  }
  return { finished, failure: undefined };
}
