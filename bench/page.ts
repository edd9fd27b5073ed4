/**
 * How fast the report opens and searches: the page with 100,000 entries in a Chromium of this machine, median of 5. Interactive means
 * that header, charts and the first rows are painted and a click is answered; all rows are there some time after it.
 *
 *   npx tsx bench/page.ts [ENTRIES …]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, type Page } from 'playwright-core';
import { reportPageHtml } from '../scripts/page.mjs';
import { writeReportPage } from '../tasks/common/report/writeReport';
import { findChromium, startChromium } from '../test/browser/chromium';
import { sampleReport } from '../test/support/reportData';

const RUNS = 5;
const WORDS = ['terraform', 'policybypassed', '198.51', 'zzz', '00000000-0000'];

/** Marks, in the page, the first frame in which rows stand in the table, and the moment at which all rows are there. */
const MARKS = `
globalThis.marks = {};
const look = () => {
  if (document.querySelector('.grid-body .grid-row:not([hidden])') && globalThis.marks.interactive === undefined) globalThis.marks.interactive = performance.now();
  const ready = document.querySelector('#report[data-state="ready"]');
  if (ready) globalThis.marks.loaded = performance.now(); else requestAnimationFrame(look);
};
requestAnimationFrame(look);
`;

interface Opened {
  /** ms from the navigation's start until the page could be used, and until all rows were there. */
  readonly interactive: number;
  readonly loaded: number;
}

const executable = findChromium('The speed of the page');
if (executable === undefined) process.exit(1);
const folder = mkdtempSync(path.join(tmpdir(), 'page-bench-'));
const browser = await startChromium(executable);
const template = await reportPageHtml();
console.log(`Chromium ${browser.version()}, ${cpus().length} × ${cpus()[0]?.model ?? ''}, page ${(gzipSync(template).length / 1024).toFixed(1)} KB gzipped without data, median of ${RUNS}\n`);
console.log('| entries | file MB | interactive ms | all rows ms | search ms | filter ms |\n| ---: | ---: | ---: | ---: | ---: | ---: |');
const amounts = process.argv.slice(2).map(Number);
for (const amount of amounts.length > 0 ? amounts : [100_000]) await measure(browser, amount);
await browser.close();
rmSync(folder, { recursive: true });

async function measure(chromium: Browser, amount: number): Promise<void> {
  const file = path.join(folder, `${amount}.html`);
  await writeReportPage(file, await sampleReport(amount), template);
  const opened: Opened[] = [];
  for (let run = 0; run < RUNS; run += 1) opened.push(await inPage(chromium, file, timesOf));
  const answers = await inPage(chromium, file, answerTimes);
  const columns = [amount, (statSync(file).size / 1e6).toFixed(1), median(opened.map(({ interactive }) => interactive)), median(opened.map(({ loaded }) => loaded)), median(answers.search), median(answers.filter)];
  console.log(`| ${columns.join(' | ')} |`);
}

async function inPage<Value>(chromium: Browser, file: string, work: (page: Page) => Promise<Value>): Promise<Value> {
  const page = await chromium.newPage({ viewport: { width: 1366, height: 768 } });
  await page.addInitScript(MARKS);
  await page.goto(pathToFileURL(file).href, { waitUntil: 'commit' });
  await page.waitForSelector('#report[data-state="ready"]', { timeout: 120_000 });
  const value = await work(page);
  await page.close();
  return value;
}

async function timesOf(page: Page): Promise<Opened> {
  return page.evaluate<Opened>('globalThis.marks');
}

/** What the reader waits for after a key or a click: until the page has changed and its layout stands. */
async function answerTimes(page: Page): Promise<{ search: number[]; filter: number[] }> {
  return page.evaluate<{ search: number[]; filter: number[] }>(`(() => {
    const timed = (act) => { const before = performance.now(); act(); document.body.offsetHeight; return performance.now() - before; };
    const field = document.querySelector('.search');
    const type = (text) => { field.value = text; field.dispatchEvent(new Event('input')); };
    const search = ${JSON.stringify(WORDS)}.map((word) => timed(() => type(word)));
    type('');
    const filter = Array.from({ length: ${RUNS} }, () => timed(() => document.querySelector('.list-area button').click()));
    return { search, filter };
  })()`);
}

function median(values: readonly number[]): string {
  return ([...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN).toFixed(0);
}
