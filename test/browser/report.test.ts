import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseStrictCsv } from '../support/strictCsv';
import type { Page } from 'playwright-core';
import type { CollectedReport } from '../../tasks/common/report/reportData';
import { entryAt } from '../support/auditEntries';
import { REPORT_WINDOW, sampleReport } from '../support/reportData';
import { cellsOf, countOf, reportSuite, statusOf } from './reportPage';

const ROW = '.grid-body .grid-row:not([hidden])';

function shown(count: number): string {
  return count.toLocaleString('en-US');
}

/** The value of `columns`, decoded as the page does it. */
async function rowIds(data: CollectedReport): Promise<string[]> {
  const { gunzipSync } = await import('node:zlib');
  return data.rows?.chunks.flatMap(({ columns }) => (JSON.parse(gunzipSync(Buffer.from(columns, 'base64')).toString()) as { id: string[] }).id) ?? [];
}

reportSuite('report.html', (open) => {
  let thousands: CollectedReport;
  before(async () => { thousands = await sampleReport(10_000); });

  it('says that there is nothing where there is nothing', async () => {
    const page = await open(await sampleReport(0));
    assert.equal(await statusOf(page), '0 entries');
    assert.equal(await page.locator('.no-rows').innerText(), 'No entries.');
    assert.match(await page.locator('.findings').innerText(), /^Nothing notable\. 10 rules have looked/);
  });

  it('shows one entry, and its whole JSON', async () => {
    const page = await open(await sampleReport(1));
    assert.equal(await statusOf(page), '1 entry');
    assert.equal(await page.locator(ROW).count(), 1);
    await page.locator(ROW).click();
    const whole = JSON.parse(await page.locator('.panel pre').innerText()) as { id: string };
    assert.equal(whole.id, await page.locator('.panel .fields dd').nth(-2).innerText());
  });

  for (const theme of ['light', 'dark'] as const) {
    it(`shows 10,000 entries, ${theme}`, async () => {
      const page = await open(thousands, { theme });
      assert.equal(await statusOf(page), '10,000 entries');
      const background = await page.locator('#report').evaluate((element) => getComputedStyle(element).backgroundColor);
      assert.equal(background, theme === 'light' ? 'rgb(245, 246, 248)' : 'rgb(22, 24, 28)');
      assert.equal(await page.locator('.list-area .bar-count').first().innerText(), shown(thousands.dimensions.area.values[0]?.entries ?? 0));
    });
  }

  it('shows 100,000 entries, the last of them too', async () => {
    const data = await sampleReport(100_000);
    const page = await open(data);
    assert.equal(await statusOf(page), '100,000 entries');
    assert.ok(await page.locator(ROW).count() < 60, 'Only rows that can be seen are on the page');
    await page.locator(ROW).first().focus();
    await page.keyboard.press('End');
    assert.equal(await page.locator(`${ROW}:focus`).getAttribute('aria-rowindex'), '100001');
    await page.keyboard.press('Enter');
    assert.ok((await page.locator('.panel').innerText()).includes((await rowIds(data)).at(-1) ?? '-'));
  });

  it('shows 500,000 entries', async () => {
    const part = await sampleReport(20_000, { limits: { rows: Infinity, lineBytes: 0 } });
    const chunks = Array.from({ length: 25 }, () => part.rows?.chunks ?? []).flat();
    const page = await open({ ...part, counts: { ...part.counts, entries: 500_000 }, rows: { form: 'chunks', included: 500_000, leftOut: 0, chunks } });
    assert.equal(await statusOf(page), '500,000 entries');
    const [id = ''] = await rowIds(part);
    await page.locator('.search').fill(id);
    assert.equal(await statusOf(page), '25 of 500,000 entries');
    await page.locator('.search').fill('');
    await page.locator('.grid').evaluate((grid) => grid.scrollTo(0, grid.scrollHeight));
    await page.locator(`${ROW}[aria-rowindex="500001"]`).waitFor();
  });

  it('filters by what is clicked in lists, legend and weekday hours, and takes each filter back', async () => {
    const page = await open(thousands);
    await page.locator('.list-area button.bar-row', { hasText: 'Git' }).click();
    const inGit = countOf(thousands, 'area', 'Git');
    assert.equal(await statusOf(page), `${shown(inGit)} of 10,000 entries`);
    assert.deepEqual(new Set(await cellsOf(page, 'area')), new Set(['Git']));
    await page.locator('.legend button', { hasText: 'remove' }).click();
    const both = Number((await statusOf(page)).split(' ')[0]?.replace(',', ''));
    assert.ok(both > 0 && both < inGit, `${both} of ${inGit}`);
    assert.deepEqual(new Set(await cellsOf(page, 'category')), new Set(['remove']));
    // The legend follows the other filters, and not its own.
    await page.waitForFunction((wanted) => [...document.querySelectorAll('.legend-count')].reduce((sum, count) => sum + Number(count.textContent.replace(',', '')), 0) === wanted, inGit);
    await page.locator('.chip', { hasText: 'remove' }).click();
    assert.equal(await statusOf(page), `${shown(inGit)} of 10,000 entries`);
    await page.locator('.clear').click();
    assert.equal(await statusOf(page), '10,000 entries');
    await page.locator('.heat').nth(30).click();
    assert.equal(await statusOf(page), `${shown(thousands.weekdayHours[1]?.[6] ?? -1)} of 10,000 entries`);
  });

  it('counts by kind of actor, and filters by an actor', async () => {
    const page = await open(thousands);
    assert.deepEqual(await page.locator('.list-actor h3').allInnerTexts(), ['People', 'Service principals', 'Azure DevOps itself']);
    const bot = thousands.dimensions.actor.values.find(({ actor }) => actor?.kind === 'servicePrincipal');
    await page.locator('.list-actor button.bar-row', { hasText: bot?.name ?? '' }).first().click();
    assert.equal(await statusOf(page), `${shown(bot?.entries ?? 0)} of 10,000 entries`);
    assert.deepEqual(new Set(await cellsOf(page, 'actor')), new Set([bot?.name]));
  });

  it('finds words in any column, ids of entries and correlations included', async () => {
    const page = await open(thousands);
    const [, id = ''] = await rowIds(thousands);
    await page.locator('.search').fill(id.toUpperCase());
    assert.equal(await statusOf(page), '1 of 10,000 entries');
    await page.locator(ROW).first().click();
    const correlation = await page.locator('.panel .fields dd').last().innerText();
    await page.keyboard.press('Escape');
    await page.locator('.search').fill(correlation);
    assert.match(await statusOf(page), /^[1-9]\d* of 10,000 entries$/);
    await page.locator('.search').fill('git modify');
    const [actions, details, categories] = [await cellsOf(page, 'action'), await cellsOf(page, 'details'), await cellsOf(page, 'category')];
    assert.ok(actions.length > 0);
    for (const [place, action] of actions.entries()) assert.match(`${action} ${details[place] ?? ''} ${categories[place] ?? ''}`, /git|modify/i);
    await page.locator('.search').fill('no entry has this');
    assert.equal(await statusOf(page), '0 of 10,000 entries');
    assert.equal(await page.locator('.no-rows').innerText(), 'No entry matches the filters.');
  });

  it('filters by what columns contain', async () => {
    const page = await open(thousands);
    await page.getByLabel('IP address contains').fill('198.51');
    for (const ip of await cellsOf(page, 'ip')) assert.match(ip, /198\.51/);
    await page.getByLabel('Details contains').fill('POOL');
    const details = await cellsOf(page, 'details');
    assert.ok(details.length > 0);
    for (const text of details) assert.match(text, /pool/i);
  });

  it('selects a range of time by dragging, and by keyboard', async () => {
    const page = await open(thousands, { timeZone: 'UTC' });
    const box = await page.locator('.plot').boundingBox();
    assert.ok(box);
    const at = (share: number): [number, number] => [box.x + box.width * share, box.y + box.height / 2];
    await page.mouse.move(...at(0.25));
    await page.mouse.down();
    await page.mouse.move(...at(0.5), { steps: 4 });
    await page.mouse.up();
    const bars = thousands.overTime.counts.flatMap((counts) => counts.slice(22, 46));
    assert.equal(await statusOf(page), `${shown(bars.reduce((sum, count) => sum + count, 0))} of 10,000 entries`);
    assert.equal(await page.locator('.chip').innerText().then((text) => text.replace(/\s+/g, ' ').trim()), 'Time 2026-09-13 00:00 to 2026-10-07 00:00 ×');
    await page.locator('.chip').click();
    await page.getByLabel('Beginning of the selected time').focus();
    await page.keyboard.press('End');
    const last = thousands.overTime.counts.reduce((sum, counts) => sum + (counts.at(-1) ?? 0), 0);
    assert.equal(await statusOf(page), `${shown(last)} of 10,000 entries`);
    // Charts are drawn after the rows. The end's slider has this text from the beginning on.
    await page.locator('input[aria-label="Beginning of the selected time"][aria-valuetext="2026-11-19"]').waitFor();
  });

  it('is used by keyboard alone', async () => {
    const page = await open(thousands);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.className), 'search');
    await page.keyboard.type('terraform');
    await reach(page, ROW);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('PageDown');
    const row = await page.locator(`${ROW}:focus`).getAttribute('aria-rowindex');
    assert.ok(Number(row) > 5, `${row}`);
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.panel').isVisible(), true);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H2');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.panel').isVisible(), false);
    assert.equal(await page.locator(`${ROW}:focus`).getAttribute('aria-rowindex'), row);
    await page.locator('.heat').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    assert.match(await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? ''), /^Tuesday 01:00, /);
  });

  it('lists what is related to an entry', async () => {
    const entries = Array.from({ length: 9 }, (_, number) => entryAt(-1 - number, number, { correlationId: `run-${number % 3}`, details: `step ${number}` }));
    const page = await open(await sampleReport(0, { entries }));
    await page.locator(ROW).nth(4).click();
    assert.deepEqual(await page.locator('.related .what').allInnerTexts(), ['step 1', 'step 7']);
    await page.locator('.related button').last().click();
    assert.equal(await page.locator('.panel-details').innerText(), 'step 7');
    await page.getByRole('button', { name: 'List 3 entries of this correlation id' }).click();
    await page.keyboard.press('Escape');
    assert.equal(await statusOf(page), '3 of 9 entries');
    assert.deepEqual(await cellsOf(page, 'details'), ['step 1', 'step 4', 'step 7']);
  });

  it('shows local time, and UTC when it is asked for', async () => {
    const page = await open(await sampleReport(1), { timeZone: 'Asia/Kolkata' });
    const utc = new Date(REPORT_WINDOW.startSeconds * 1000).toISOString();
    assert.equal(utc, '2026-08-22T00:00:00.000Z');
    assert.deepEqual([await cellsOf(page, 'time'), await page.locator('.zone').innerText()], [['2026-08-22 05:30:00'], 'Asia/Calcutta']);
    await page.getByRole('button', { name: 'UTC' }).click();
    assert.deepEqual([await cellsOf(page, 'time'), await page.locator('.zone').innerText()], [['2026-08-22 00:00:00'], 'UTC']);
  });

  it('is the same in a browser without Temporal and idle callbacks', async () => {
    const page = await open(await sampleReport(1), { timeZone: 'Asia/Kolkata' });
    await page.addInitScript('delete globalThis.Temporal; delete globalThis.requestIdleCallback;');
    await page.reload();
    await page.locator('#report[data-state="ready"]').waitFor();
    assert.deepEqual(await page.evaluate(() => ['Temporal', 'requestIdleCallback'].filter((name) => name in globalThis)), []);
    assert.deepEqual([await cellsOf(page, 'time'), await page.locator('.zone').innerText()], [['2026-08-22 05:30:00'], 'Asia/Calcutta']);
    assert.equal(await page.locator('.list-area button.bar-row').count(), 1);
  });

  it('saves the listed rows as CSV that spreadsheets take for text', async () => {
    const details = ['=1+1', '+1', '-1', '@SUM(1)', '\t=1', '\uff1d1', 'two\r\nlines, "quoted"', 'plain', 'elsewhere'];
    const entries = details.map((text, number) => entryAt(-1 - number, number, { details: text, area: text === 'elsewhere' ? 'Git' : 'Build' }));
    const page = await open(await sampleReport(0, { entries }));
    await page.locator('.list-area button.bar-row').first().click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV' }).click()]);
    assert.equal(download.suggestedFilename(), 'audit-log-fabrikam-20260822T000000Z.csv');
    const text = readFileSync(await download.path(), 'utf8');
    assert.equal(text.charCodeAt(0), 0xfeff);
    const [head = [], ...rows] = parseStrictCsv(text.slice(1), ',');
    assert.deepEqual(head.slice(0, 4), ['timestampUtc', 'id', 'correlationId', 'actorDisplayName']);
    assert.deepEqual(rows.map((row) => row.at(-1)), ["'=1+1", "'+1", "'-1", "'@SUM(1)", "'\t=1", "'\uff1d1", 'two\nlines, "quoted"', 'plain']);
    assert.deepEqual(rows[0]?.slice(0, 2), ['2026-11-19T23:59:59.999Z', entries[0]?.id]);
  });

  it('prints charts and the first 500 rows as a plain table', async () => {
    const page = await open(thousands);
    await page.emulateMedia({ media: 'print' });
    await page.locator('.print-only tbody tr').last().waitFor();
    assert.equal(await page.locator('.print-only tbody tr').count(), 500);
    assert.match(await page.locator('.print-only > p').innerText(), /^The first 500 of 10,000 entries\.$/);
    assert.deepEqual([await page.locator('.grid').isVisible(), await page.locator('.time-chart .bars').isVisible()], [false, true]);
    await page.emulateMedia({ media: 'screen' });
    await page.locator('.print-only tbody tr').last().waitFor({ state: 'detached' });
  });

  it('says what is left out beyond the cap, and where all entries are', async () => {
    const page = await open(await sampleReport(3_000, { limits: { rows: 1_000, lineBytes: 0 } }));
    assert.match(await page.locator('.missing').innerText(), /The 1,000 entries listed here are the newest; 2,000 older ones are left out of this page\..*audit-log\.jsonl\.gz holds every entry\./);
    await page.locator(ROW).first().click();
    assert.match(await page.locator('.panel').innerText(), /The whole entry is in audit-log\.jsonl\.gz/);
  });

  it('has no rows, and says why, where only counts may be shown', async () => {
    const page = await open(await sampleReport(2_000, { detail: 'counts' }));
    assert.match(await page.locator('.missing').innerText(), /reportDetail: counts/);
    assert.deepEqual([await page.locator('.grid').count(), await page.locator('.list-actor').count(), await page.locator('button.bar-row').count()], [0, 0, 0]);
    assert.ok(await page.locator('.bar-row').count() > 10);
  });

  it('shows what can be read where a chunk is broken', async () => {
    const [first, ...others] = thousands.rows?.chunks ?? [];
    assert.ok(first);
    const page = await open({ ...thousands, rows: { form: 'chunks', included: 10_000, leftOut: 0, chunks: [{ ...first, columns: 'bm90IGd6aXA=' }, ...others] } });
    assert.match(await page.locator('.missing').innerText(), new RegExp(`^${shown(first.rows)} entries could not be read`));
    assert.equal(await statusOf(page), `${shown(10_000 - first.rows)} entries`);
  });
});

/** Presses Tab until the focus is there. */
async function reach(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 400; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.locator(`${selector}:focus`).count() > 0) return;
  }
  assert.fail(`Tab never reaches ${selector}`);
}
