import { gzipSync } from 'node:zlib';
import type { AuditLogEntry } from '../../tasks/common/auditlog/entry';
import type { OwnFootprint } from '../../tasks/common/auditlog/ownFootprint';
import type { ReportData } from '../../tasks/common/report/reportData';
import { REPORT_WINDOW, sampleReport } from './reportData';
import { sandboxEntries } from './sandboxEntries';

export interface EvidenceReport {
  readonly hostileShare?: number;
  /** Most bytes of the evidence, as the task cuts it. */
  readonly most?: number;
  readonly own?: OwnFootprint;
  /** Instead of entries of the sandbox; newest first. */
  readonly entries?: readonly AuditLogEntry[];
  /** What stands in the file instead of the entries. */
  readonly content?: string | Buffer;
}

export const NOBODY: OwnFootprint = { clientId: null, objectId: null, serviceConnectionId: null, pipelineId: null };

/** A report whose rows are the bytes of `audit-log.jsonl.gz`, as an export makes it. */
export async function evidenceReport(count: number, { hostileShare = 0, most = Infinity, own = NOBODY, entries, content }: EvidenceReport = {}): Promise<ReportData> {
  const all = entries ?? [...sandboxEntries(count, REPORT_WINDOW, hostileShare)];
  const data = await sampleReport(count, { entries: all, limits: null });
  const file = gzipSync(content ?? Buffer.concat(all.flatMap(({ raw }) => [raw, Buffer.from('\n')])), { level: 4 });
  return { ...data, rows: { form: 'lines', own, isCut: file.length > most, gzip: file.subarray(0, most).toString('base64') } };
}
