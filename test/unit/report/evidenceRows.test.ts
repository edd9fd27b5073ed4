import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readReportData } from '../../../tasks/common/report/readReportData';
import type { EvidenceRows } from '../../../tasks/common/report/reportData';
import { DATA_MARKER, writeReportData, writeReportPage } from '../../../tasks/common/report/writeReport';
import { NOBODY } from '../../support/evidenceReport';
import { madeReport } from '../../support/madeReport';
import { temporaryFolder } from '../../support/temporaryFolder';

const PIECE = 192 * 1024;
const own = { ...NOBODY, clientId: '</script><b>' };

describe('a report whose rows are the evidence', () => {
  const folder = temporaryFolder();
  const inside = (name: string): string => path.join(folder(), name);
  const bytesOf = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) % 256));

  for (const [bytes, most] of [[0, 9], [1, 9], [2, 9], [3, 3], [10, 9], [10, 4], [PIECE - 1, Infinity], [PIECE, PIECE], [PIECE + 1, PIECE + 1], [2 * PIECE + 2, 2 * PIECE + 1]] as const) {
    it(`of ${bytes} bytes holds the first ${Math.min(bytes, most)}, in page and file`, async () => {
      const content = bytesOf(bytes);
      writeFileSync(inside('audit-log.jsonl.gz'), content);
      const { report } = await madeReport([], { limits: null });
      const evidence = { file: inside('audit-log.jsonl.gz'), bytes, most, own };
      await writeReportPage(inside('report.html'), report, DATA_MARKER, evidence);
      await writeReportData(inside('report.json'), report, evidence);
      const rows: EvidenceRows = { form: 'lines', own, isCut: bytes > most, gzip: content.subarray(0, most).toString('base64') };
      const [, json = ''] = /^<script[^>]*>([^<]*)<\/script>$/.exec(readFileSync(inside('report.html'), 'utf8')) ?? [];
      for (const written of [json, readFileSync(inside('report.json'), 'utf8')]) {
        assert.deepEqual(JSON.parse(written), { ...report, rows });
        assert.deepEqual(readReportData(JSON.parse(written)), { ...report, rows });
      }
    });
  }

  it('is not written when the file has lost its end', async () => {
    writeFileSync(inside('audit-log.jsonl.gz'), bytesOf(100));
    truncateSync(inside('audit-log.jsonl.gz'), 50);
    const { report } = await madeReport([], { limits: null });
    await assert.rejects(writeReportData(inside('report.json'), report, { file: inside('audit-log.jsonl.gz'), bytes: 100, most: 100, own }), RangeError);
  });

  it('is refused when its form is not what it has to be', async () => {
    const { report } = await madeReport([], { limits: null });
    const rows = { form: 'lines', own: NOBODY, isCut: false, gzip: 'AAAA' };
    for (const wrong of [{ ...rows, gzip: 7 }, { ...rows, isCut: 1 }, { ...rows, own: null }, { ...rows, own: { ...NOBODY, clientId: 7 } }, { ...rows, form: 'other' }, { form: 'chunks' }, [], 7]) {
      assert.deepEqual(readReportData(JSON.parse(JSON.stringify({ ...report, rows: wrong }))), { problem: 'unreadable' });
    }
  });
});
