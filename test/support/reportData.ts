import { ReportCollector } from '../../tasks/common/report/reportCollector';
import { type ReportFacts } from '../../tasks/common/report/reportFacts';
import { type CollectedReport, type ReportDetail } from '../../tasks/common/report/reportData';
import { type RowLimits } from '../../tasks/common/report/rowLimits';
import { type AuditLogEntry } from '../../tasks/common/auditlog/entry';
import { sandboxEntries } from './sandboxEntries';

/** The ninety days of the reports of tests: they do not move. */
export const REPORT_WINDOW = { startSeconds: Date.UTC(2026, 7, 22) / 1000, endSeconds: Date.UTC(2026, 10, 20) / 1000 };

export interface SampleReport {
  readonly detail?: ReportDetail;
  readonly timeZone?: string;
  readonly limits?: RowLimits | null;
  /** Share of the entries whose texts are hostile, 0 to 1. */
  readonly hostileShare?: number;
  readonly facts?: Partial<ReportFacts>;
  /** Instead of entries of the sandbox; newest first. */
  readonly entries?: Iterable<AuditLogEntry>;
}

/** All rows, and enough bytes for the whole lines of a small report. */
const ALL_ROWS: RowLimits = { rows: Infinity, lineBytes: 4 * 1024 ** 2 };
const NOBODY = { clientId: null, objectId: null, serviceConnectionId: null, pipelineId: null };
const AT_ONCE = 500;

/** A report over entries of *fabrikam*, made by the collector that makes those of exports. */
export async function sampleReport(count: number, { detail = 'full', timeZone = 'UTC', limits = ALL_ROWS, hostileShare = 0, facts = {}, entries }: SampleReport = {}): Promise<CollectedReport> {
  const collector = new ReportCollector({ detail, timeZone, covered: REPORT_WINDOW, own: NOBODY, limits, known: { actors: new Set(), actions: new Set() } });
  let batch: AuditLogEntry[] = [];
  for (const entry of entries ?? sandboxEntries(count, REPORT_WINDOW, hostileShare)) {
    if (batch.push(entry) < AT_ONCE) continue;
    await collector.add(batch);
    batch = [];
  }
  await collector.add(batch);
  return collector.finish({ ...sampleFacts(), ...facts });
}

function sampleFacts(): ReportFacts {
  const window = { start: '2026-08-22T00:00:00Z', end: '2026-11-20T00:00:00Z' };
  return {
    productVersion: '1.0.0', organization: 'fabrikam', artifactName: 'audit-log', repaired: 0, filtered: 0, filter: null, exports: [],
    run: { id: '4711', number: '20261120.1', attempt: 1, stage: 'Export', job: 'Audit log', pipeline: 'audit-log-export', project: 'Fiber' },
    window: { ...window, unsettledFrom: null }, coverage: { isChain: true, from: window.start, until: window.end, gaps: [] },
  };
}
