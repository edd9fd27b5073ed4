import { disarm } from '../common/errors/disarm';
import { GAP_REASONS } from '../common/evidence/gapReasons';
import { formatCount } from '../common/report/markdown';
import { DAY_MS, formatDuration } from '../common/window/duration';
import { epochSeconds, formatDate, formatInstant } from '../common/window/instant';
import { RETENTION_MS } from '../common/window/retention';
import type { FinishedExport } from './exportWindow';
import type { ExportAgent, ExportRequest } from './inputs';
import type { ExportPlan } from './planExports';

/** From how many days before the deletion on a run warns; each step is said louder by being said more urgently. */
const WARNING_DAYS = [7, 14, 30];
const MOST_GAPS_TOLD = 10;

/** Says what the exports of a chain cover, what they lack, and how long there is time for the rest. */
export function tellCoverage(agent: ExportAgent, request: ExportRequest, plan: ExportPlan, finished: readonly FinishedExport[], nowMs: number): void {
  const { log } = agent;
  const last = finished.at(-1)?.manifest;
  if (last === undefined || last.chain === 'none') return;
  const { from, until, gaps } = last.coverage;
  log.info(`Covered without a gap: ${from} to ${until}.`);
  for (const { start, end, reason } of gaps.slice(-MOST_GAPS_TOLD)) log.info(`  Known gap: ${start} to ${end} (${GAP_REASONS[reason]}).`);
  if (gaps.length > MOST_GAPS_TOLD) log.info(`  ${gaps.length - MOST_GAPS_TOLD} more known gaps are in the manifest.`);
  const missing = plan.requested.endSeconds - epochSeconds(until);
  if (missing > 0) log.warning(`Not exported yet: ${until} to ${formatInstant(plan.requested.endSeconds)} (${formatDuration(missing * 1000)}). The next run goes on there.`);
  tellDeletion(agent, until, nowMs);
  for (const made of finished) tellDoubts(agent, request, made);
}

function tellDeletion({ log }: ExportAgent, until: string, nowMs: number): void {
  const deletedMs = epochSeconds(until) * 1000 + RETENTION_MS;
  const days = Math.floor((deletedMs - nowMs) / DAY_MS);
  const sentence = `Azure DevOps deletes the oldest entry that is not exported yet in ${days === 1 ? '1 day' : `${formatCount(days)} days`}, on ${formatDate(deletedMs / 1000)}`;
  const step = WARNING_DAYS.find((limit) => days <= limit);
  if (step === undefined) log.info(`${sentence}.`);
  else log.warning(`${sentence}. Run this pipeline ${step === 7 ? 'now, until nothing is left' : 'more often'}, or raise maxDuration and the job's timeoutInMinutes.`);
}

function tellDoubts({ log }: ExportAgent, request: ExportRequest, { manifest, oldestLateSeconds }: FinishedExport): void {
  const { counts, window, empty, witness, chain } = manifest;
  const overlapMs = request.window.kind === 'sinceLastExport' ? request.window.overlapMs : 0;
  const start = epochSeconds(window.covered.start);
  if (counts.late > 0) {
    log.info(`${counts.late === 1 ? '1 entry' : `${formatCount(counts.late)} entries`} had appeared after the export before; ${counts.late === 1 ? 'it is' : 'they are'} in this one.`);
    if (oldestLateSeconds !== undefined && (start - oldestLateSeconds) * 1000 > overlapMs / 2) {
      log.warning(`An entry of ${formatInstant(oldestLateSeconds)} appeared so late that it was found in the older half of the overlap (${formatDuration(overlapMs)}). Raise overlap or settleTime, and compare older exports with the log: VerifyAuditLog@1 with requery: true.`);
    }
  }
  if (chain !== 'none' && chain.predecessor !== null && window.overlapFrom > formatInstant(start - overlapMs / 1000) && chain.gap === null && overlapMs > 0 && start - epochSeconds(window.overlapFrom) < overlapMs / 1000) {
    log.info(`The overlap begins only at ${window.overlapFrom}: there were too many entries to know them all, or the chain begins there.`);
  }
  if (empty !== null) {
    const auditing = { on: 'Auditing is switched on.', off: 'Auditing is switched off: Organization settings > Policies > Log Audit Events.', unknown: 'Whether auditing is switched on could not be seen.' }[empty.auditing];
    log.warning(`Not one entry from ${window.covered.start} to ${window.covered.end}: empty, not proven. ${auditing}`);
  }
  for (const [name, what] of [['accessLog', 'reading of the log (AuditLog.AccessLog)'], ['serviceConnection', 'use of the service connection (Library.ServiceConnectionExecuted)']] as const) {
    if (witness[name] === 'absent' && witness.everFound[name]) {
      log.warning(`The log does not show the previous run's own ${what}, as it did before. Find out whether auditing was switched off at ${disarm(window.covered.start)} or events are missing.`);
    }
  }
}
