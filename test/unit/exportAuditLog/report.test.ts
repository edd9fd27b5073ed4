import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { ExportParts } from '../../../tasks/ExportAuditLog/exportWindow';
import { openReport, writeReport, type MadeReport } from '../../../tasks/ExportAuditLog/report';
import type { WrittenExport } from '../../../tasks/common/export/writeEntries';
import type { CollectedReport, EvidenceRows } from '../../../tasks/common/report/reportData';
import { DATA_MARKER } from '../../../tasks/common/report/writeReport';
import { entryAt } from '../../support/auditEntries';
import { evidenceFile } from '../../support/evidenceFile';
import { madeReport } from '../../support/madeReport';
import { temporaryFolder } from '../../support/temporaryFolder';

const KIBIBYTE = 1024;
const ENTRIES = 8_000;

describe('what the tab is given of an export', () => {
  const folder = temporaryFolder();

  /** Entries that compress badly: more than is attached of one export. */
  async function made(entries: number, ofExports: number): Promise<MadeReport['attachment']> {
    const all = Array.from({ length: entries }, (_, index) => entryAt(-index, index, { details: Array.from({ length: 9 }, (_part, part) => createHash('sha512').update(`${index} ${part}`).digest('base64')).join('') }));
    const { bytes, cuts } = await evidenceFile(folder(), all);
    const { manifest } = await madeReport(all);
    const written = { files: [{ name: 'audit-log.jsonl.gz', format: 'jsonl', bytes }], cuts } as unknown as WrittenExport;
    const parts = {
      agent: { variable: (name: string) => (name === 'Agent.TempDirectory' ? folder() : undefined) }, identity: {}, reportPage: DATA_MARKER,
      request: { reportDetail: 'full', formats: ['jsonl'], compressJson: true, filter: undefined, timeZone: 'UTC', isPublished: true, artifactName: 'audit-log' },
    } as unknown as ExportParts;
    const collector = openReport(parts, { startSeconds: Date.parse(manifest.window.covered.start) / 1000, endSeconds: Date.parse(manifest.window.covered.end) / 1000 }, undefined);
    await collector.add(all);
    return (await writeReport(parts, folder(), collector, manifest, written, ofExports)).attachment;
  }

  const rowsOf = ({ file }: MadeReport['attachment']): EvidenceRows => (JSON.parse(readFileSync(file, 'utf8')) as CollectedReport & { rows: EvidenceRows }).rows;

  it('is all of it where that is little', async () => {
    const attachment = await made(100, 1);
    assert.deepEqual([attachment.rows, attachment.isCut, rowsOf(attachment).cut], [100, false, null]);
  });

  // What is attached of all exports together, 20 MiB, is shared among them, but each has 384 KiB.
  for (const [ofExports, most] of [[1, 4 * KIBIBYTE], [10, 2 * KIBIBYTE], [1_000, 384]] as const) {
    it(`is the newest of it, ${most} KiB at most, where there are ${ofExports} exports`, async () => {
      const attachment = await made(ENTRIES, ofExports);
      const { cut, gzip } = rowsOf(attachment);
      assert.ok(attachment.isCut && cut !== null && cut.entries > 0 && cut.entries < ENTRIES);
      assert.equal(attachment.rows, cut.entries);
      // A piece that hardly compresses is 256 KiB, a third more as Base64.
      assert.ok(gzip.length <= most * KIBIBYTE && gzip.length > (most - 342) * KIBIBYTE, `${gzip.length} bytes`);
      assert.equal(attachment.bytes, statSync(attachment.file).size);
    });
  }
});
