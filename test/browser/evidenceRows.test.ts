import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import type { AuditLogEntry } from '../../tasks/common/auditlog/entry';
import type { ReportData } from '../../tasks/common/report/reportData';
import { evidenceReport } from '../support/evidenceReport';
import { REPORT_WINDOW } from '../support/reportData';
import { sandboxEntries } from '../support/sandboxEntries';
import { reportSuite, statusOf } from './reportPage';

const ROW = '.grid-body .grid-row:not([hidden])';

function sizeOf({ rows }: ReportData): number {
  return rows?.form === 'lines' ? Buffer.byteLength(rows.gzip, 'base64') : 0;
}

/** Ids of the whole lines that a gzip file still gives that has lost its end. */
function idsIn({ rows }: ReportData): string[] {
  const bytes = Buffer.from(rows?.form === 'lines' ? rows.gzip : '', 'base64');
  const lines = gunzipSync(bytes, { finishFlush: 2 }).toString('utf8').split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { id: string }).id);
}

reportSuite('report.html with the evidence as its rows', (open) => {
  let entries: AuditLogEntry[];
  before(() => { entries = [...sandboxEntries(10_000, REPORT_WINDOW, 0.05)]; });

  it('shows 10,000 entries, whole and filtered', async () => {
    const page = await open(await evidenceReport(10_000, { entries }));
    assert.equal(await statusOf(page), '10,000 entries');
    assert.equal(await page.locator('.missing').isVisible(), false);
    await page.locator(ROW).first().focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    const last = entries.at(-1)!;
    await page.locator('.panel pre').filter({ hasText: last.id.slice(0, 19) }).waitFor();
    assert.deepEqual(JSON.parse(await page.locator('.panel pre').innerText()), last.fields());
    await page.locator('.search').fill(`"${entries[4_321]!.id}"`);
    assert.equal(await statusOf(page), '1 of 10,000 entries');
  });

  it('shows 100,000 entries', async () => {
    const page = await open(await evidenceReport(100_000));
    assert.equal(await statusOf(page), '100,000 entries');
    assert.ok(await page.locator(ROW).count() < 60, 'Only rows that can be seen are on the page');
  });

  it('of a file that is cut shows every whole line, wherever the cut is, and says how many are missing', async () => {
    const size = sizeOf(await evidenceReport(0, { entries }));
    for (const most of [1, 4_000, 65_537, Math.floor(size / 2), size - 9, size - 1]) {
      const data = await evidenceReport(0, { entries, most });
      const page = await open(data);
      const ids = idsIn(data);
      const listed = ids.length.toLocaleString('en-US');
      assert.equal(await statusOf(page), `${listed} entries`, `of ${most} bytes`);
      const missing = (10_000 - ids.length).toLocaleString('en-US');
      const note = page.locator('.missing');
      if (ids.length < 10_000) assert.ok((await note.innerText()).startsWith(`The ${listed} entries listed here are the newest; ${missing} older ones are left out of this page.`), await note.innerText());
      else assert.equal(await note.isVisible(), false);
      await page.close();
    }
  });

  it('shows what can be read of lines that are none, and says how many are not', async () => {
    const [first, second] = entries.slice(0, 2).map(({ raw }) => raw.toString());
    const data = await evidenceReport(0, { content: [first, '{"id":7}', '<script>alert(1)</script>', second].join('\n') });
    const page = await open({ ...data, counts: { ...data.counts, entries: 4 } });
    assert.equal(await statusOf(page), '2 entries');
    assert.match(await page.locator('.missing').innerText(), /^2 entries could not be read from this page's data\./);
  });

  it('says so where nothing can be read', async () => {
    const data = await evidenceReport(30);
    for (const gzip of ['AAAA', '!', 'H4sIAAAAAAAA']) {
      const page = await open({ ...data, rows: { ...data.rows, form: 'lines', gzip } as ReportData['rows'] });
      assert.match(await page.locator('.missing').innerText(), /^30 entries could not be read/);
      await page.close();
    }
  });
});
