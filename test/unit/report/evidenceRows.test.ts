import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
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
      const part = await partOf({ file: file(), bytes, own }, bytes);
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

  it('of a part of it says which whole lines that holds, wherever it ends', async () => {
    const lines = Array.from({ length: 20_000 }, (_, line) => `${createHash('sha256').update(String(line)).digest('hex').slice(line % 60)}\n`);
    const gzip = gzipSync(lines.join(''), { level: 3 });
    writeFileSync(file(), gzip);
    for (const most of [0, 1, 9, 10, 11, 500, Math.floor(gzip.length / 2), gzip.length - 9, gzip.length - 8, gzip.length - 1]) {
      const { bytes, cut } = await partOf({ file: file(), bytes: gzip.length, own }, most);
      const whole = gunzipSync(gzip.subarray(0, most), { finishFlush: constants.Z_SYNC_FLUSH }).toString().split('\n').slice(0, -1).map((line) => `${line}\n`);
      assert.deepEqual({ bytes, cut }, { bytes: most, cut: { entries: whole.length, bytes: whole.join('').length } }, `${most}`);
      assert.deepEqual(whole, lines.slice(0, whole.length));
    }
    assert.deepEqual((await partOf({ file: file(), bytes: gzip.length, own }, gzip.length)).cut, null);
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
