import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import type { AuditLogEntry } from '../../tasks/common/auditlog/entry';
import type { EvidenceRows, ReportData } from '../../tasks/common/report/reportData';
import { MOST_ON_PAGE } from '../../tasks/common/report/rowLimits';
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

  it('shows 100,000 entries, all that an export puts into its page, the oldest as whole as the newest', async () => {
    const all = [...sandboxEntries(100_000, REPORT_WINDOW)];
    const data = await evidenceReport(0, { entries: all });
    assert.ok(sizeOf(data) <= MOST_ON_PAGE, `${sizeOf(data)} bytes`);
    const page = await open(data);
    assert.equal(await statusOf(page), '100,000 entries');
    assert.equal(await page.locator('.missing').isVisible(), false);
    assert.ok(await page.locator(ROW).count() < 60, 'Only rows that can be seen are on the page');
    assert.equal(await page.locator('script.report-rows').count(), 0, 'What has been read is not in memory twice');
    await page.locator(ROW).first().focus();
    for (const [key, entry] of [['End', all.at(-1)], ['Home', all[0]]] as const) {
      await page.keyboard.press(key);
      await page.keyboard.press('Enter');
      await page.locator('.panel pre').filter({ hasText: entry!.id.slice(0, 19) }).waitFor();
      assert.deepEqual(JSON.parse(await page.locator('.panel pre').innerText()), entry!.fields());
      await page.keyboard.press('Escape');
    }
    const area = data.dimensions.area.values[0]!;
    await page.locator('.list-area button.bar-row').first().click();
    assert.equal(await statusOf(page), `${area.entries.toLocaleString('en-US')} of 100,000 entries`);
  });

  it('of 500,000 entries shows those of the cap, counts all, and says how many are missing', async () => {
    const part = [...sandboxEntries(20_000, REPORT_WINDOW)].map(({ raw }) => raw.toString());
    const content = Buffer.from(Array.from({ length: 7 }, () => `${part.join('\n')}\n`).join(''));
    const data = await evidenceReport(0, { content, entries: [], most: MOST_ON_PAGE });
    const { cut } = data.rows as EvidenceRows;
    assert.ok(cut !== null && cut.entries > 100_000, JSON.stringify(cut));
    const page = await open({ ...data, counts: { ...data.counts, entries: 500_000 } });
    const listed = cut.entries.toLocaleString('en-US');
    assert.equal(await statusOf(page), `${listed} entries`);
    assert.equal(await page.locator('.tile dd').first().innerText(), '500,000');
    assert.ok((await page.locator('.missing').innerText()).startsWith(`The ${listed} entries listed here are the newest; ${(500_000 - cut.entries).toLocaleString('en-US')} older ones are left out of this page.`));
    await page.locator('.search').fill(`"${(JSON.parse(part[0]!) as { id: string }).id}"`);
    assert.equal(await statusOf(page), `${Math.ceil(cut.entries / part.length)} of ${listed} entries`);
  });

  it('of which the end was lost shows what is there, and says how much is not', async () => {
    const data = await evidenceReport(10_000, { entries });
    const page = await open(data, { bytes: 1_500_000 });
    const [shown = 0] = (await statusOf(page)).split(' ').map((count) => Number(count.replace(',', '')));
    assert.ok(shown > 1_000 && shown < 10_000, `${shown}`);
    assert.equal(await page.locator('.missing').innerText(), `${(10_000 - shown).toLocaleString('en-US')} entries could not be read from this page's data. audit-log.jsonl.gz holds every entry.`);
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
