import type { Progress } from '../common/agent/progress';
import type { EntryBatch } from '../common/auditlog/readEntries';
import type { Tally } from '../common/auditlog/tally';
import type { WrittenExport } from '../common/export/writeEntries';
import type { HttpStatistics } from '../common/http/http';
import type { ServiceConnection } from '../common/identity/serviceConnection';
import { formatCount } from '../common/report/markdown';
import { isoOfTicks, millisOfTicks } from '../common/time/ticks';
import { formatDuration } from '../common/window/duration';
import type { Window } from '../common/window/window';
import type { ExportAgent, ExportRequest } from './inputs';

/** The lines of the log between beginning and publishing. */
export const tell = { beginning, progress, written };

function beginning(agent: ExportAgent, request: ExportRequest, connection: ServiceConnection, productVersion: string): void {
  agent.log.section(`Audit log of the organization "${request.organization}"`);
  agent.log.info(`Audit Log Export ${productVersion}`);
  const kind = connection.kind === 'azureDevOps' ? 'Azure DevOps' : 'Azure Resource Manager';
  agent.log.info(`Signing in as ${connection.shownClientId} of the tenant ${connection.tenantId} (${kind} service connection).`);
}

/** Which of how many exports is being made. */
export interface Portion {
  /** From 0 on. */
  readonly index: number;
  readonly count: number;
}

function progress(reporter: Progress, { index, count }: Portion, window: Window, batch: EntryBatch, tally: Tally, elapsedMs: number): void {
  const reachedMs = batch.reached === undefined ? window.endSeconds * 1000 : millisOfTicks(batch.reached);
  const done = batch.ahead?.share ?? (window.endSeconds * 1000 - reachedMs) / ((window.endSeconds - window.startSeconds) * 1000);
  const ahead = batch.ahead === undefined || batch.ahead.entries === 0 ? '' : `, and ${formatCount(batch.ahead.entries)} older ones read ahead`;
  reporter.report((index + done) / count * 100, () =>
    `${formatCount(tally.entries)} entries${ahead} in ${pages(batch.pages)}, ${duration(elapsedMs)}, back to ${batch.reached === undefined ? 'nothing yet' : isoOfTicks(batch.reached).slice(0, 19)}Z.`);
}

function written(agent: ExportAgent, { count }: Portion, result: WrittenExport, statistics: HttpStatistics, elapsedMs: number): void {
  const { log } = agent;
  const waited = statistics.waitedMs >= 1000 ? `, of which ${duration(statistics.waitedMs)} waiting` : '';
  log.info(`${formatCount(result.tally.entries)} entries in ${pages(result.pages)}, ${duration(elapsedMs)}${waited}.`);
  if (result.views !== undefined) tellFilter(log, result.views.leftOut, result.tally.entries);
  if (result.repaired > 0) {
    log.warning(`${result.repaired === 1 ? '1 entry came as invalid JSON and was' : `${formatCount(result.repaired)} entries came as invalid JSON and were`} repaired; the original bytes are in anomalies.jsonl.`);
  }
  // The manifest names the files of each; ninety times the same lines would hide the rest.
  if (count === 1) for (const file of result.files) log.info(`  ${file.name}  ${formatCount(file.bytes)} bytes  sha256 ${file.sha256}`);
}

function tellFilter(log: ExportAgent['log'], leftOut: number, entries: number): void {
  log.info(`The filter (include, exclude) left ${formatCount(leftOut)} of ${formatCount(entries)} entries out of CSV, report and summary. JSON Lines and JSON hold all.`);
  if (leftOut === entries && entries > 0) log.warning('The filter left out every entry: CSV, report and summary are empty. Check the names in include and exclude against those in the JSON Lines.');
}

function pages(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'page' : 'pages'}`;
}

function duration(ms: number): string {
  return formatDuration(Math.max(1000, Math.round(ms / 1000) * 1000));
}
