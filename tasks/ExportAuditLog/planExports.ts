import { TaskError } from '../common/errors/taskError';
import { dayLongWindows } from '../common/window/backlog';
import { DAY_MS, formatDuration } from '../common/window/duration';
import { formatInstant } from '../common/window/instant';
import { clipToRetention, isWhollyExpired, oldestRetained, unsettledFrom } from '../common/window/retention';
import type { Window } from '../common/window/window';
import type { ChainPlan } from '../common/evidence/chainPlan';
import type { ExportAgent, ExportRequest } from './inputs';
import { boundsOf, describeRequest, type ChainRequest, type SingleWindowRequest } from './windowInputs';

/** What a run exports. */
export interface ExportPlan {
  /** As asked for, before anything was clipped or split. */
  readonly requested: Window;
  /** The windows of the exports, oldest first; none when there is nothing to export. */
  readonly windows: readonly Window[];
  /** Seconds since 1970; see {@link unsettledFrom}. */
  readonly unsettledFrom: number | undefined;
  /** Undefined for an export that belongs to no chain. */
  readonly chain: ChainPlan | undefined;
}

/**
 * Turns a request for a window into bounds, now that the instant of this run is fixed, and tells them.
 * @throws TaskError INPUTS_INVALID when, by the service's clock, the whole window is older than what it keeps, or has not begun
 */
export function planSingle(agent: ExportAgent, window: SingleWindowRequest, settleMs: number, nowMs: number): ExportPlan {
  const { log } = agent;
  const requested = boundsOf(window, nowMs);
  if (isWhollyExpired(requested, nowMs)) {
    throw new TaskError('INPUTS_INVALID', 'The whole window is older than 90 days, and Azure DevOps has deleted its entries.', {
      advice: [`The oldest window that can be exported begins at ${formatInstant(oldestRetained(nowMs))}.`],
    });
  }
  if (requested.startSeconds >= requested.endSeconds) {
    throw new TaskError('INPUTS_INVALID', `The window starts at ${formatInstant(requested.startSeconds)}, and for Azure DevOps it is only ${formatInstant(requested.endSeconds)} now.`, {
      advice: ['startTime: give an instant that has passed. If it has, set the clock of this agent, which is ahead.'],
    });
  }
  const { window: bounds, clippedFrom } = clipToRetention(requested, nowMs);
  log.info(`Window: ${formatInstant(bounds.startSeconds)} to ${formatInstant(bounds.endSeconds)}, end not included (${describeRequest(window)}).`);
  if (clippedFrom !== undefined) {
    log.warning(`The window was to begin at ${formatInstant(clippedFrom)}. Azure DevOps keeps audit log entries for 90 days, so it begins at ${formatInstant(bounds.startSeconds)}.`);
  }
  const unsettled = unsettledFrom(bounds, nowMs, settleMs);
  if (unsettled !== undefined) log.info(`Entries since ${formatInstant(unsettled)} may not be complete yet: some appear late.`);
  if (window.kind === 'last') log.info('Exports of "last" can leave gaps when a scheduled run is late or skipped; window: sinceLastExport does not.');
  return { requested, windows: [bounds], unsettledFrom: unsettled, chain: undefined };
}

/**
 * What a pull request's run exports: enough to see that the pipeline works. It may run what nobody has approved yet, so nothing
 * follows it and it follows nothing.
 */
export function planForPullRequest(agent: ExportAgent, settleMs: number, nowMs: number): ExportPlan {
  agent.log.warning('This is the run of a pull request: it exports the last day for itself, and no later run continues it.');
  const end = Math.floor((nowMs - settleMs) / 1000);
  const window = { startSeconds: end - DAY_MS / 1000, endSeconds: end };
  return { requested: window, windows: [window], unsettledFrom: undefined, chain: undefined };
}

/** The exports with which a chain goes on: a series of about a day each, from where it ended until all that has settled. */
export function planContinuation(agent: ExportAgent, request: ExportRequest, window: ChainRequest, chain: ChainPlan, nowMs: number): ExportPlan {
  const { log } = agent;
  const { state, newlyLost, notes } = chain;
  for (const note of notes) log.info(note);
  const requested = { startSeconds: state.from, endSeconds: Math.floor((nowMs - request.settleMs) / 1000) };
  tellBeginning(agent, chain, window);
  for (const { start, end, reason } of newlyLost) {
    log.warning(reason === 'deleted'
      ? `The exports from ${start} to ${end} were deleted, and Azure DevOps no longer has these entries: they are lost.`
      : `No run exported the entries from ${start} to ${end}, and Azure DevOps has deleted them: they are lost.`);
  }
  if (requested.startSeconds >= requested.endSeconds) return { requested, windows: [], unsettledFrom: undefined, chain };
  const windows = dayLongWindows(requested);
  const series = windows.length === 1 ? '' : `, as ${windows.length} exports, oldest first`;
  log.info(`Window: ${formatInstant(requested.startSeconds)} to ${formatInstant(requested.endSeconds)}, end not included (since the last export${series}). Entries settle for ${formatDuration(request.settleMs)}.`);
  return { requested, windows, unsettledFrom: undefined, chain };
}

function tellBeginning({ log }: ExportAgent, { state }: ChainPlan, { continueFrom }: ChainRequest): void {
  const { predecessor, restartedAfter, from, identity } = state;
  const place = `this pipeline on the branch ${identity.branch}, as the artifact "${identity.artifactName}"`;
  if (predecessor !== null) {
    log.info(`The last export ended at ${predecessor.coveredUntil} (run ${predecessor.run}).`);
  } else if (restartedAfter !== null) {
    log.warning(`A new chain begins at ${formatInstant(from)}, because continueFrom says so. The chain before ended at ${restartedAfter.coveredUntil} (run ${restartedAfter.run}).`);
  } else {
    log.info(`No earlier export was found of ${place}: a chain begins${continueFrom === undefined ? ' with the oldest entries that Azure DevOps still has' : ''}.`);
  }
}
