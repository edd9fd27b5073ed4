import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { AuditLogEntry } from '../../tasks/common/auditlog/entry';
import { partOf } from '../../tasks/common/report/evidenceText';
import { limitRows } from '../../tasks/common/report/limitRows';
import type { ReportData, RowColumns } from '../../tasks/common/report/reportData';
import { EXPORT_LIMITS, MOST_ATTACHED } from '../../tasks/common/report/rowLimits';
import { writeReportData } from '../../tasks/common/report/writeReport';
import { evidenceFile } from '../support/evidenceFile';
import { REPORT_WINDOW, sampleReport } from '../support/reportData';
import { sandboxEntries } from '../support/sandboxEntries';
import { attachment, run, type TabPage } from './tabPage';
import { tabSuite } from './tabSuite';

const MIB = 1024 ** 2;
/** More than fit: what is beyond reaches no attachment, and is only counted. */
const MOST_MADE = 30_000;
const SIZES = [0, 1, 10_000, 100_000, 500_000];

const many = (count: number): string => count.toLocaleString('en-US');
const entriesText = (count: number): string => `${many(count)} ${count === 1 ? 'entry' : 'entries'}`;

tabSuite('the tab with few and with many entries', (suite) => {
  let folder: string;
  let made: AuditLogEntry[];
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'audit-log-tab-'));
    made = [...sandboxEntries(MOST_MADE, REPORT_WINDOW, 0.02)];
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** As a run attaches it: the rows are the beginning of the evidence. */
  async function asLines(count: number): Promise<Buffer> {
    const entries = made.slice(0, count);
    const within = mkdtempSync(path.join(folder, 'export-'));
    const file = path.join(within, 'attached.json');
    const data = await sampleReport(count, { entries, limits: null });
    const part = partOf(await evidenceFile(within, entries), Math.floor(MOST_ATTACHED / 4) * 3);
    await writeReportData(file, { ...data, counts: { ...data.counts, entries: count } }, part);
    return readFileSync(file);
  }

  /** As a run attaches it where no file of the evidence can be shown as it is, such as under a filter. */
  async function asColumns(count: number): Promise<Buffer> {
    const data = await sampleReport(count, { entries: made.slice(0, count), limits: EXPORT_LIMITS });
    const { rows } = data;
    assert.ok(rows !== null);
    const limited = limitRows({ ...data, counts: { ...data.counts, entries: count }, rows: { ...rows, leftOut: count - rows.included } }, MOST_ATTACHED);
    return Buffer.from(JSON.stringify(limited));
  }

  /** How many entries an attachment lists, found out another way. */
  function listedIn(content: Buffer): number {
    const { rows } = JSON.parse(content.toString()) as ReportData;
    if (rows?.form === 'lines') return gunzipSync(Buffer.from(rows.gzip, 'base64'), { finishFlush: 2 }).toString('latin1').split('\n').length - 1;
    return rows?.chunks.reduce((sum, { columns }) => sum + (JSON.parse(gunzipSync(Buffer.from(columns, 'base64')).toString()) as RowColumns).id.length, 0) ?? 0;
  }

  async function assertShows(tab: TabPage, count: number, listed: number): Promise<void> {
    const { frame } = tab;
    const grid = frame.locator('.grid');
    assert.equal(await frame.locator('.tile dd').first().innerText(), many(count));
    assert.equal(await frame.locator('[role="status"]').innerText(), entriesText(listed));
    assert.equal(await grid.getAttribute('aria-rowcount'), String(listed + 1));
    assert.ok(await frame.locator('.grid-body .grid-row').count() < 100, 'only rows that can be seen are on the page');
    const missing = frame.locator('.missing');
    if (listed === count) assert.equal(await missing.isVisible(), false);
    else assert.ok((await missing.innerText()).startsWith(`The ${entriesText(listed)} listed here are the newest; ${many(count - listed)} older ones are left out of this page.`), await missing.innerText());
    if (listed === 0) {
      assert.equal(await frame.locator('.no-rows').innerText(), 'No entries.');
      return;
    }
    const oldest = made[listed - 1]!;
    await frame.getByRole('searchbox').first().fill(`"${oldest.id}"`);
    await frame.locator('.grid[aria-rowcount="2"]').waitFor();
    await frame.locator('.grid-body .grid-row:not([hidden])').first().click();
    await frame.locator('.panel').getByText(oldest.id.slice(0, 19)).first().waitFor();
  }

  for (const [form, attach] of [['the evidence\'s own lines', asLines], ['columns', asColumns]] as const) {
    for (const count of SIZES) {
      it(`shows ${entriesText(count)} as ${form}`, async () => {
        const content = await attach(count);
        assert.ok(content.length < MOST_ATTACHED + MIB, String(content.length));
        const listed = listedIn(content);
        assert.ok(count <= 1 ? listed === count : listed > 5_000, String(listed));
        if (count > MOST_MADE) assert.ok(listed < MOST_MADE, 'the cap takes some away');
        suite().devOps.runs = [run([attachment(content)])];
        const tab = await suite().open();
        await tab.report();
        await assertShows(tab, count, listed);
      });
    }
  }
});
