/**
 * How fast the report opens and searches in a Chromium of this machine, medians of 5. The page as an export writes it, with the
 * evidence's own lines in it, and with rows that were made for the report (of many exports, under a filter).
 *
 * Interactive: header, charts and the first rows are painted, and a click has been answered after that. All rows are there some time
 * later; until then, the longest time for which the page answers nothing. Search and filter: until the layout stands that follows a key
 * or a click; each word is searched for 5 times, and the slowest word is named apart. Memory: what the page's process holds in the end.
 * Where the machine is busy, the least of a time says more than its median.
 *
 *   npx tsx bench/page.ts [lines|chunks] [ENTRIES …]
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, type Page } from 'playwright-core';
import { reportPageHtml } from '../scripts/page.mjs';
import { partOf, type EvidencePart } from '../tasks/common/report/evidenceText';
import { MOST_ON_PAGE } from '../tasks/common/report/rowLimits';
import { writeReportPage } from '../tasks/common/report/writeReport';
import { findChromium, startChromium } from '../test/browser/chromium';
import { evidenceFile } from '../test/support/evidenceFile';
import { REPORT_WINDOW, sampleReport } from '../test/support/reportData';
import { sandboxEntries } from '../test/support/sandboxEntries';
import { median, table } from './figures';

const RUNS = 5;
const WORDS = ['terraform', 'policybypassed', '198.51', 'zzz', '00000000-0000', 'a'];
const FORMS = ['lines', 'chunks'] as const;
type Form = (typeof FORMS)[number];

/** Marks, in the page, when a click after the first rows is answered, when all rows are there, and the longest task until then. */
const MARKS = `
globalThis.marks = { longest: 0 };
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) if (marks.loaded === undefined) marks.longest = Math.max(marks.longest, duration);
}).observe({ type: 'longtask', buffered: true });
const painted = (then) => requestAnimationFrame(() => setTimeout(then));
const click = () => {
  const zone = [...document.querySelectorAll('.toggle')].find(({ textContent }) => textContent === 'UTC');
  const before = zone.getAttribute('aria-pressed');
  zone.click();
  if (zone.getAttribute('aria-pressed') !== before) painted(() => { marks.interactive = performance.now(); });
};
const look = () => {
  if (document.querySelector('.grid-body .grid-row:not([hidden])') && marks.rows === undefined) {
    marks.rows = performance.now();
    painted(click);
  }
  if (document.querySelector('#report[data-state="ready"]')) {
    marks.loaded = performance.now();
    console.info('all rows are there');
  } else requestAnimationFrame(look);
};
requestAnimationFrame(look);
`;

/** ms from the navigation's start; the longest task in ms. */
interface Opened {
  readonly interactive: number;
  readonly loaded: number;
  readonly longest: number;
}

interface Answers {
  /** By word. */
  readonly search: number[][];
  readonly filter: number[];
  readonly status: string;
  readonly memory: number;
}

const words = process.argv.slice(2);
const forms = FORMS.filter((form) => words.includes(form));
const amounts = words.map(Number).filter((amount) => amount >= 0);
const executable = findChromium('The speed of the page');
if (executable === undefined) process.exit(1);
const folder = mkdtempSync(path.join(tmpdir(), 'page-bench-'));
const browser = await startChromium(executable);
const template = await reportPageHtml();
console.log(`Chromium ${browser.version()}, ${cpus().length} × ${cpus()[0]?.model ?? ''}, page ${(gzipSync(template).length / 1024).toFixed(1)} KB gzipped without data, medians of ${RUNS}`);
const measured: string[][] = [];
for (const form of forms.length > 0 ? forms : FORMS) {
  for (const amount of amounts.length > 0 ? amounts : [10_000, 100_000]) measured.push(await measure(browser, form, amount));
}
await browser.close();
rmSync(folder, { recursive: true });
console.log(`\n${table(['rows', 'entries', 'file MB', 'in the page', 'interactive ms', 'least', 'all rows ms', 'longest task ms', 'search ms', 'slowest word', 'filter ms', 'memory MB', 'load'], measured)}`);

async function measure(chromium: Browser, form: Form, amount: number): Promise<string[]> {
  const file = await written(form, amount);
  const opened: Opened[] = [];
  for (let run = 0; run < RUNS; run += 1) opened.push(await inPage(chromium, file, timesOf));
  const { search, filter, status, memory } = await inPage(chromium, file, answersOf);
  const interactive = opened.map((times) => times.interactive);
  const times = [median(interactive), Math.min(...interactive), median(opened.map(({ loaded }) => loaded)), median(opened.map(({ longest }) => longest)), median(search.flat()), Math.max(...search.map(median)), median(filter)];
  return [form, amount.toLocaleString('en'), (statSync(file).size / 1e6).toFixed(1), status, ...times.map((time) => time.toFixed(0)), memory.toFixed(0), (loadavg()[0] ?? NaN).toFixed(1)];
}

async function written(form: Form, amount: number): Promise<string> {
  const file = path.join(folder, `${form}-${amount}.html`);
  if (form === 'chunks') await writeReportPage(file, await sampleReport(amount), template);
  else await writeReportPage(file, await sampleReport(amount, { limits: null }), template, await evidenceOf(amount));
  return file;
}

/** The evidence as the export writes it. */
async function evidenceOf(amount: number): Promise<EvidencePart> {
  const evidence = await evidenceFile(mkdtempSync(path.join(folder, 'export-')), sandboxEntries(amount, REPORT_WINDOW));
  return partOf(evidence, MOST_ON_PAGE);
}

async function inPage<Value>(chromium: Browser, file: string, work: (page: Page) => Promise<Value>): Promise<Value> {
  const page = await chromium.newPage({ viewport: { width: 1366, height: 768 }, timezoneId: 'Europe/Berlin' });
  await page.addInitScript(MARKS);
  // Whatever asks the page itself would have it run a large script of the driver while it loads.
  const isReady = page.waitForEvent('console', { timeout: 120_000 });
  await page.goto(pathToFileURL(file).href, { waitUntil: 'commit' });
  await isReady;
  const value = await work(page);
  await page.close();
  return value;
}

async function timesOf(page: Page): Promise<Opened> {
  return page.evaluate<Opened>('globalThis.marks');
}

/** What the reader waits for after a key or a click: until the page has changed and its layout stands. */
async function answersOf(page: Page): Promise<Answers> {
  const memory = await memoryOf(page);
  const status = await page.locator('[role="status"]').innerText();
  const times = await page.evaluate<Pick<Answers, 'search' | 'filter'>>(`(() => {
    const timed = (act) => { const before = performance.now(); act(); document.body.offsetHeight; return performance.now() - before; };
    const field = document.querySelector('.search');
    const type = (text) => { field.value = text; field.dispatchEvent(new Event('input')); };
    const search = ${JSON.stringify(WORDS)}.map((word) => Array.from({ length: ${RUNS} }, () => {
      type('');
      document.body.offsetHeight;
      return timed(() => type(word));
    }));
    type('');
    const filter = Array.from({ length: ${RUNS} }, () => timed(() => document.querySelector('.list-area button').click()));
    return { search, filter };
  })()`);
  return { ...times, status, memory };
}

/** MB that the largest process of a page has in memory, once garbage is collected; NaN where the system does not tell. */
async function memoryOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
  if (process.platform !== 'linux') return NaN;
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]);
  return Math.max(...sizes.map(Number)) * 1024 / 1e6;
}
