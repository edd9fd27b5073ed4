import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { reportPageHtml } from '../../scripts/page.mjs';
import type { EvidencePart } from '../../tasks/common/report/evidenceText';
import type { ReportData } from '../../tasks/common/report/reportData';
import { writeReportPage } from '../../tasks/common/report/writeReport';
import { findChromium, startChromium } from './chromium';

export interface OpenOptions {
  readonly theme?: 'light' | 'dark';
  readonly timeZone?: string;
  /** Takes the policy out of the page, which then has to be safe without it. */
  readonly withoutPolicy?: boolean;
  /** Only so much of the page, from its beginning: the rest was lost on the way. */
  readonly bytes?: number;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** Writes a report as the task does, opens it from the disk, and waits until all its rows are there. */
export type OpenReport = (data: ReportData, options?: OpenOptions) => Promise<Page>;

/** Source of axe-core, which runs inside the page. */
export const AXE = readFileSync(path.resolve('node_modules/axe-core/axe.min.js'), 'utf8');

/**
 * Tests of report.html in a real browser; skipped, and said so, where there is none. After each test the console must be empty, and
 * nothing but the file itself may have been asked for.
 */
export function reportSuite(title: string, define: (open: OpenReport) => void): void {
  const executable = findChromium(title);
  (executable === undefined ? describe.skip : describe)(title, function () {
    this.timeout(120_000);
    let browser: Browser;
    let template: string;
    let folder: string;
    let contexts: BrowserContext[] = [];
    let messages: string[] = [];
    let requests: string[] = [];
    before(async () => {
      template = await reportPageHtml();
      browser = await startChromium(executable ?? '');
      folder = mkdtempSync(path.join(tmpdir(), 'audit-log-report-'));
    });
    after(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    });
    afterEach(async () => {
      const [said, asked] = [messages, requests];
      [messages, requests] = [[], []];
      await Promise.all(contexts.map((context) => context.close()));
      contexts = [];
      assert.deepEqual(said, []);
      assert.deepEqual(asked.filter((address) => !/^(file|blob):/.test(address)), []);
    });
    let reports = 0;
    define(async (data, { theme = 'light', timeZone = 'Europe/Berlin', withoutPolicy = false, bytes = Infinity, viewport = { width: 1366, height: 768 } } = {}) => {
      const file = path.join(folder, `report-${reports += 1}.html`);
      await writeReportPage(file, data, withoutPolicy ? template.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '') : template, evidenceOf(data, `${file}.gz`));
      if (bytes < statSync(file).size) truncateSync(file, bytes);
      const context = await browser.newContext({ colorScheme: theme, timezoneId: timeZone, viewport: { ...viewport }, acceptDownloads: true });
      contexts.push(context);
      const page = await context.newPage();
      page.on('console', (message) => messages.push(message.text()));
      page.on('pageerror', (error) => messages.push(String(error)));
      page.on('request', (request) => requests.push(request.url()));
      page.on('dialog', (dialog) => {
        messages.push(`dialog ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.goto(pathToFileURL(file).href, { waitUntil: 'commit' });
      await page.waitForSelector('#report:is([data-state="ready"], :has(.problem))', { timeout: 100_000 });
      return page;
    });
  });
}

/** A file with the bytes that are the data's rows, as an export has it. Undefined where they are none: then they stay in the data as they are. */
function evidenceOf({ rows }: ReportData, file: string): EvidencePart | undefined {
  if (rows?.form !== 'lines') return undefined;
  const bytes = Buffer.from(rows.gzip, 'base64');
  if (bytes.toString('base64') !== rows.gzip) return undefined;
  writeFileSync(file, bytes);
  return { file, bytes: bytes.length, own: rows.own, cut: rows.cut };
}

/** What stands on the page about how many entries are listed. */
export async function statusOf(page: Page): Promise<string> {
  return page.locator('[role="status"]').innerText();
}

/** Texts of a column of the rows that can be seen now, top first. */
export async function cellsOf(page: Page, column: string): Promise<string[]> {
  const rows = page.locator('.grid-body .grid-row:not([hidden])');
  const cells = await rows.evaluateAll((elements, name) => elements.map((row) => ({
    place: Number(row.getAttribute('aria-rowindex')), text: (row.querySelector(`.cell-${name}`) as { textContent: string | null } | null)?.textContent ?? '',
  })), column);
  return cells.sort((left, right) => left.place - right.place).map(({ text }) => text);
}

/** What the page's data say of a dimension's value. */
export function countOf(data: ReportData, dimension: keyof ReportData['dimensions'], name: string | null): number {
  return data.dimensions[dimension].values.find((value) => value.name === name)?.entries ?? 0;
}
