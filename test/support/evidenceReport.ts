import { constants, gunzipSync, gzipSync } from 'node:zlib';
import type { AuditLogEntry } from '../../tasks/common/auditlog/entry';
import type { OwnFootprint } from '../../tasks/common/auditlog/ownFootprint';
import type { EvidenceCut, ReportData } from '../../tasks/common/report/reportData';
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
  const file = gzipSync(content ?? Buffer.concat(all.flatMap(({ raw }) => [raw, Buffer.from('\n')])), { level: 3 });
  return { ...data, rows: { form: 'lines', own, cut: file.length > most ? cutAt(file, most) : null, gzip: file.subarray(0, most).toString('base64') } };
}

/** The whole lines that a gzip file still gives that has lost its end. */
function cutAt(file: Buffer, bytes: number): EvidenceCut {
  const content = gunzipSync(file.subarray(0, bytes), { finishFlush: constants.Z_SYNC_FLUSH });
  let entries = 0;
  for (let at = content.indexOf('\n'); at >= 0; at = content.indexOf('\n', at + 1)) entries += 1;
  return { entries, bytes: content.lastIndexOf('\n') + 1 };
}
