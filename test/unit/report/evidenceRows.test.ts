import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { partOf } from '../../../tasks/common/report/evidenceText';
import { readReportData } from '../../../tasks/common/report/readReportData';
import type { EvidenceRows } from '../../../tasks/common/report/reportData';
import { DATA_MARKER, writeReportData, writeReportPage } from '../../../tasks/common/report/writeReport';
import { NOBODY } from '../../support/evidenceReport';
import { madeReport } from '../../support/madeReport';
import { reportIn, rowTextsIn } from '../../support/reportFile';
import { temporaryFolder } from '../../support/temporaryFolder';

const FIRST = 24 * 1024;
const PIECE = 192 * 1024;
const own = { ...NOBODY, clientId: '</script><b>' };

describe('a report whose rows are the evidence', () => {
  const folder = temporaryFolder();
  const inside = (name: string): string => path.join(folder(), name);
  const file = (): string => inside('audit-log.jsonl.gz');
  const bytesOf = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) % 256));

  for (const bytes of [0, 1, 2, 3, 10, FIRST - 1, FIRST, FIRST + 1, FIRST + PIECE, FIRST + PIECE + 1, FIRST + 2 * PIECE + 2]) {
    it(`of ${bytes} bytes holds them, in page and file, and in the page piece by piece`, async () => {
      const content = bytesOf(bytes);
      writeFileSync(file(), content);
      const { report } = await madeReport([], { limits: null });
      const part = partOf({ file: file(), bytes, cuts: [], own }, bytes);
      await writeReportPage(inside('report.html'), report, DATA_MARKER, part);
      await writeReportData(inside('report.json'), report, part);
      const rows: EvidenceRows = { form: 'lines', own, cut: null, gzip: content.toString('base64') };
      const written = JSON.parse(readFileSync(inside('report.json'), 'utf8')) as unknown;
      assert.deepEqual(written, { ...report, rows });
      assert.deepEqual(readReportData(written), { ...report, rows });
      assert.deepEqual(reportIn(inside('report.html')), { ...report, rows });
      assert.deepEqual(rowTextsIn(inside('report.html')).map((text) => Buffer.from(text, 'base64')), piecesOf(content));
    });
  }

  it('is cut where that is possible: at the last place that fits', () => {
    const cuts = [100, 250, 300].map((fileBytes, index) => ({ fileBytes, entries: index * 2, bytes: index * 900 }));
    const cutTo = (most: number, places = cuts): unknown[] => {
      const { bytes, cut } = partOf({ file: 'any', bytes: 400, cuts: places, own }, most);
      return [bytes, cut];
    };
    const nothing = [0, { entries: 0, bytes: 0 }];
    assert.deepEqual([400, 1_000].map((most) => cutTo(most)), [[400, null], [400, null]]);
    assert.deepEqual([399, 300].map((most) => cutTo(most)), [[300, { entries: 4, bytes: 1_800 }], [300, { entries: 4, bytes: 1_800 }]]);
    assert.deepEqual([299, 250].map((most) => cutTo(most)), [[250, { entries: 2, bytes: 900 }], [250, { entries: 2, bytes: 900 }]]);
    assert.deepEqual([100, 99, 0].map((most) => cutTo(most)), [[100, { entries: 0, bytes: 0 }], nothing, nothing]);
    assert.deepEqual(cutTo(399, []), nothing);
  });

  it('is not written when the file has lost its end', async () => {
    writeFileSync(file(), bytesOf(100));
    truncateSync(file(), 50);
    const { report } = await madeReport([], { limits: null });
    await assert.rejects(writeReportData(inside('report.json'), report, { file: file(), bytes: 100, cut: null, own }), RangeError);
  });

  it('is refused when its form is not what it has to be', async () => {
    const { report } = await madeReport([], { limits: null });
    const rows = { form: 'lines', own: NOBODY, cut: { entries: 1, bytes: 9 }, gzip: 'AAAA' };
    assert.deepEqual(readReportData({ ...report, rows }), { ...report, rows });
    for (const wrong of [{ ...rows, gzip: 7 }, { ...rows, cut: true }, { ...rows, cut: undefined }, { ...rows, cut: { entries: 1 } }, { ...rows, cut: { entries: 1, bytes: -1 } }, { ...rows, own: null }, { ...rows, own: { ...NOBODY, clientId: 7 } }, { ...rows, form: 'other' }, { form: 'chunks' }, [], 7]) {
      assert.deepEqual(readReportData(JSON.parse(JSON.stringify({ ...report, rows: wrong }))), { problem: 'unreadable' });
    }
  });
});

/** All but the first, which stands among the data. */
function piecesOf(content: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(Math.max(0, content.length - FIRST) / PIECE) }, (_, piece) => content.subarray(FIRST + piece * PIECE, FIRST + (piece + 1) * PIECE));
}
