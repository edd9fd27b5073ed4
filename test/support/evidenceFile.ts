import path from 'node:path';
import type { AuditLogEntry } from '../../tasks/common/auditlog/entry';
import { jsonLinesWriter } from '../../tasks/common/export/jsonLines';
import type { EvidenceFile } from '../../tasks/common/report/evidenceText';
import { NOBODY } from './evidenceReport';

/** `audit-log.jsonl.gz`, written as an export writes it. @param entries newest first */
export async function evidenceFile(folder: string, entries: Iterable<AuditLogEntry>): Promise<EvidenceFile> {
  const writer = await jsonLinesWriter(folder, true);
  for (const entry of entries) await writer.write([entry]);
  const [file] = await writer.finish();
  if (file === undefined) throw new Error('The writer wrote no file.');
  return { file: path.join(folder, file.name), bytes: file.bytes, cuts: writer.cuts?.() ?? [], own: NOBODY };
}
