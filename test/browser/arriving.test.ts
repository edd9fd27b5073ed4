import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { reportPageHtml } from '../../scripts/page.mjs';
import { writeReportPage } from '../../tasks/common/report/writeReport';
import { evidenceReport, NOBODY } from '../support/evidenceReport';
import { REPORT_WINDOW, sampleReport } from '../support/reportData';
import { sandboxEntries } from '../support/sandboxEntries';
import { temporaryFolder } from '../support/temporaryFolder';
import { findChromium, startChromium } from './chromium';
import { cellsOf, statusOf } from './reportPage';

const ROW = '.grid-body .grid-row:not([hidden])';
const ENTRIES = 10_000;
const TITLE = 'report.html, of which the browser has read only the beginning';

const executable = findChromium(TITLE);
(executable === undefined ? describe.skip : describe)(TITLE, function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const entries = [...sandboxEntries(ENTRIES, REPORT_WINDOW)];
  let browser: Browser;
  let server: Server;
  let page: Page;
  let answer: ServerResponse;
  let html: Buffer;

  before(async () => { browser = await startChromium(executable ?? ''); });
  after(async () => browser.close());
  afterEach(async () => {
    await page.close();
    server.closeAllConnections();
    server.close();
  });

  /** Opens the page up to a place in it; the rest is held back. */
  async function openUntil(place: number): Promise<void> {
    const arrived = new Promise<void>((resolve) => {
      server = createServer((request, response) => {
        if (request.url !== '/report.html') {
          response.writeHead(404).end();
          return;
        }
        answer = response.writeHead(200, { 'content-type': 'text/html' });
        answer.write(html.subarray(0, place));
        resolve();
      });
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/report.html`, { waitUntil: 'commit' });
    await arrived;
  }

  async function writtenLines(): Promise<void> {
    const data = await evidenceReport(0, { entries });
    const gzip = Buffer.from(data.rows?.form === 'lines' ? data.rows.gzip : '', 'base64');
    const file = path.join(folder(), 'audit-log.jsonl.gz');
    writeFileSync(file, gzip);
    await writeReportPage(path.join(folder(), 'report.html'), data, await reportPageHtml(), { file, bytes: gzip.length, own: NOBODY, cut: null });
    html = readFileSync(path.join(folder(), 'report.html'));
  }

  async function writtenChunks(): Promise<void> {
    await writeReportPage(path.join(folder(), 'report.html'), await sampleReport(ENTRIES, { entries }), await reportPageHtml());
    html = readFileSync(path.join(folder(), 'report.html'));
  }

  for (const [form, write] of [['lines', writtenLines], ['chunks', writtenChunks]] as const) {
    it(`shows counts, charts and the first rows, and answers; later it has them all: ${form}`, async () => {
      await write();
      await openUntil(html.indexOf('class="report-rows"'));
      await page.locator(ROW).first().waitFor();
      assert.equal(await page.evaluate('document.readyState'), 'loading');
      assert.equal(await page.locator('.tile dd').first().innerText(), '10,000');
      assert.ok(await page.locator('.bars path').count() > 0);
      assert.match(await statusOf(page), /^Loading: [1-9][\d,]* of 10,000 entries$/);
      assert.equal((await cellsOf(page, 'details'))[0], entries[0]!.fields()['details'] ?? '');
      await page.locator(ROW).first().click();
      await page.locator('.panel pre').filter({ hasText: entries[0]!.id.slice(0, 19) }).waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.search').fill(entries[1]!.id);
      await page.waitForFunction((selector) => document.querySelectorAll(selector).length === 1, ROW);
      assert.equal(await page.evaluate('document.readyState'), 'loading');
      answer.end(html.subarray(html.indexOf('class="report-rows"')));
      await page.waitForSelector('#report[data-state="ready"]');
      assert.equal(await statusOf(page), '1 of 10,000 entries');
      await page.locator('.search').fill(entries.at(-1)!.id);
      assert.equal(await statusOf(page), '1 of 10,000 entries');
    });
  }

  it('has more rows with each piece that arrives', async () => {
    await writtenLines();
    // What follows a piece says that it is whole.
    const ends = [...html.toString('latin1').matchAll(/<script type="text\/plain" class="report-rows">/g)].map(({ index, 0: tag }) => index + tag.length);
    assert.ok(ends.length > 11, `${ends.length} pieces`);
    await openUntil(ends[0]!);
    await page.locator(ROW).first().waitFor();
    let shown = Number(/[\d,]+/.exec(await statusOf(page))?.[0].replace(',', ''));
    // What there is is drawn again whenever it has doubled.
    for (const [from, until] of [[0, 1], [1, 4], [4, 10]] as const) {
      answer.write(html.subarray(ends[from], ends[until]));
      await page.waitForFunction((least) => Number(/(?<=Loading: )[\d,]+/.exec(document.querySelector('[role="status"]')?.textContent ?? '')?.[0].replace(',', '')) > least, shown);
      shown = Number(/[\d,]+/.exec(await statusOf(page))?.[0].replace(',', ''));
    }
    assert.ok(shown > 500 && shown < ENTRIES, `${shown}`);
  });
});
