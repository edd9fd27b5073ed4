import { createHash } from 'node:crypto';
import type { AuditLogEntry } from '../auditlog/entry';
import { ContentFile } from './contentFile';
import type { FormatWriter } from './formatWriter';

/**
 * Keeps the original bytes of entries whose JSON was invalid and had to be repaired: one line an entry with `id`, `sha256` of
 * the original bytes and `original` in base64. The file exists only when there is such an entry.
 */
export function anomaliesWriter(folder: string): FormatWriter {
  let file: ContentFile | undefined;
  let count = 0;
  return {
    write: async (entries) => {
      for (const { id, original } of entries) {
        if (!original) continue;
        file ??= await ContentFile.create(folder, 'anomalies.jsonl', 'anomalies');
        count += 1;
        await file.write(Buffer.from(`${JSON.stringify(anomaly(id, original))}\n`));
      }
    },
    finish: async () => (file ? [await file.close(count)] : []),
    abandon: async () => { await file?.abandon(); },
  };
}

function anomaly(id: AuditLogEntry['id'], original: Buffer): { id: string; sha256: string; original: string } {
  return { id, sha256: createHash('sha256').update(original).digest('hex'), original: original.toString('base64') };
}
