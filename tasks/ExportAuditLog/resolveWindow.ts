import { formatInstant } from '../common/window/instant';
import { clipToRetention, isWhollyExpired, oldestRetained, unsettledFrom } from '../common/window/retention';
import type { Window } from '../common/window/window';
import { TaskError } from '../common/errors/taskError';
import type { ExportAgent, ExportRequest } from './inputs';
import { boundsOf, describeRequest } from './windowInputs';

export interface ResolvedWindow {
  /** What is exported: the requested window without what the service has deleted. */
  readonly bounds: Window;
  /** Seconds since 1970; see {@link unsettledFrom}. */
  readonly unsettledFrom: number | undefined;
}

/**
 * Turns the request into bounds, now that the instant of this run is fixed, and tells them.
 * @throws TaskError INPUTS_INVALID when, by the service's clock, the whole window is older than what it keeps, or has not begun
 */
export function resolveWindow(agent: ExportAgent, request: ExportRequest, nowMs: number): ResolvedWindow {
  const { log } = agent;
  const requested = boundsOf(request.window, nowMs);
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
  log.info(`Window: ${formatInstant(bounds.startSeconds)} to ${formatInstant(bounds.endSeconds)}, end not included (${describeRequest(request.window)}).`);
  if (clippedFrom !== undefined) {
    log.warning(`The window was to begin at ${formatInstant(clippedFrom)}. Azure DevOps keeps audit log entries for 90 days, so it begins at ${formatInstant(bounds.startSeconds)}.`);
  }
  const unsettled = unsettledFrom(bounds, nowMs, request.settleMs);
  if (unsettled !== undefined) log.info(`Entries since ${formatInstant(unsettled)} may not be complete yet: some appear late.`);
  if (request.window.kind === 'last') log.info('Exports of "last" can leave gaps when a scheduled run is late or skipped.');
  return { bounds, unsettledFrom: unsettled };
}
