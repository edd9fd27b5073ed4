/* eslint-disable no-console -- a program that is run by hand */
// Makes the pictures of the marketplace page out of the sandbox's fabrikam: the page over 90 days and the tab of one run, in both themes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { buildDirectory } from '../../sandbox/organization/directory';
import { EntryWriter } from '../../sandbox/organization/entryWriter';
import { GeneratedEntries } from '../../sandbox/organization/organization';
import { jsonText } from '../../sandbox/organization/storedEntry';
import { workingHours } from '../../sandbox/organization/timetable';
import { reportPageHtml } from '../../scripts/page.mjs';
import { buildTab } from '../../scripts/tab.mjs';
import { AuditLogEntry } from '../../tasks/common/auditlog/entry';
import { notableRule } from '../../tasks/common/report/notable';
import { ReportCollector } from '../../tasks/common/report/reportCollector';
import type { ReportData, ReportExport } from '../../tasks/common/report/reportData';
import type { ReportFacts } from '../../tasks/common/report/reportFacts';
import { VIEW_LIMITS } from '../../tasks/common/report/rowLimits';
import { writeReportPage } from '../../tasks/common/report/writeReport';
import { ticksOfId } from '../../tasks/common/time/ticks';
import { formatInstant } from '../../tasks/common/window/instant';
import { findChromium, startChromium } from '../browser/chromium';
import { repository } from '../support/taskManifest';
import { FakeDevOps } from './fakeDevOps';
import { attachment, run, TabPage } from './tabPage';
import { DARK, LIGHT } from './themes';

/** As the marketplace shows them, pixels. */
const SIZE = { width: 1366, height: 768 };
/** Shades that differ by no more than this are one, as the sum of the squares of red, green and blue. */
const SAME_COLOUR = 200;
/** Colours of so many pixels are those of areas and stay as they are. */
const OF_AN_AREA = 200;
const DAY = 86_400;
const SEED = 4;
const END = Date.UTC(2026, 10, 1) / 1000;
const ENTRIES_PER_DAY = 320;
const THEMES = { light: LIGHT, dark: DARK };

/** Newest first. Instants in seconds since 1970, UTC. */
function* fabrikam(startSeconds: number, endSeconds: number): Generator<AuditLogEntry> {
  const writer = new EntryWriter(buildDirectory('fabrikam', SEED), SEED, { hostileShare: 0, whitespace: false, strayBackslashShare: 0 });
  for (const block of new GeneratedEntries(SEED, workingHours(SEED, ENTRIES_PER_DAY, undefined), writer).blocks(endSeconds * 1000 - 1, startSeconds * 1000)) {
    for (const stored of block) {
      const entry = new AuditLogEntry(Buffer.from(jsonText(stored)), stored.id, ticksOfId(stored.id) ?? '');
      if (stored.ms >= startSeconds * 1000 && stored.ms < endSeconds * 1000 && isUsual(entry)) yield entry;
    }
  }
}

/** The sandbox does everything equally often, also what an organization does once a month; and not every machine has the letters of all names. */
function isUsual(entry: AuditLogEntry): boolean {
  const text = entry.raw.toString('utf8');
  if (/[^\u0000-\u024f]/.test(text)) return false;
  return notableRule(entry.fields()) === undefined || Number.parseInt(entry.id.slice(-6), 16) % 20 === 0;
}

function factsOf(startSeconds: number, endSeconds: number, more: Partial<ReportFacts>): ReportFacts {
  const [start, end] = [formatInstant(startSeconds), formatInstant(endSeconds)];
  return {
    productVersion: '1.0.0', organization: 'fabrikam', run: null, artifactName: 'audit-log', exports: [], window: { start, end, unsettledFrom: null },
    coverage: { isChain: true, from: formatInstant(END - 90 * DAY), until: end, gaps: [] }, repaired: 0, filter: null, filtered: 0, ...more,
  };
}

async function collect(startSeconds: number, endSeconds: number, known: ConstructorParameters<typeof ReportCollector>[0]['known']): Promise<ReportCollector> {
  const own = { clientId: null, objectId: null, serviceConnectionId: null, pipelineId: null };
  const collector = new ReportCollector({ detail: 'full', timeZone: 'Europe/Berlin', covered: { startSeconds, endSeconds }, own, known, limits: VIEW_LIMITS });
  for (const entry of fabrikam(startSeconds, endSeconds)) await collector.add([entry]);
  return collector;
}

/** 90 days, an export each. */
async function ofNinetyDays(): Promise<ReportData> {
  const exports = Array.from({ length: 90 }, (_, day): ReportExport => {
    const start = END - (90 - day) * DAY;
    return { folder: `fabrikam/${day}`, start: formatInstant(start), end: formatInstant(start + DAY), entries: ENTRIES_PER_DAY };
  });
  return (await collect(END - 90 * DAY, END, undefined)).finish(factsOf(END - 90 * DAY, END, { exports }));
}

/** A month that one run exported, and what it has that the days before had not. */
async function ofOneRun(): Promise<ReportData> {
  const start = Date.UTC(2026, 9, 1) / 1000;
  const before = (await collect(start - 12 * DAY, start, undefined)).seenNames();
  const known = { actors: new Set(before.actors), actions: new Set(before.actions) };
  const ofRun = { id: '4711', number: '20261101.1', attempt: 1, stage: null, job: null, pipeline: 'Audit log export', project: 'Fabrikam Audit' };
  return (await collect(start, END, known)).finish(factsOf(start, END, { run: ofRun, exports: [{ folder: 'fabrikam/x', start: formatInstant(start), end: formatInstant(END), entries: 0 }] }));
}

async function shootReport(browser: Browser, file: string, theme: keyof typeof THEMES): Promise<void> {
  const context = await browser.newContext({ viewport: SIZE, colorScheme: theme, locale: 'en-US', timezoneId: 'Europe/Berlin' });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.locator('.audit-report[data-state="ready"]').waitFor();
  await shoot(page, `report-${theme}`);
  if (theme === 'dark') return context.close();
  await page.getByRole('searchbox').first().fill('permission');
  await page.locator('[role="row"][aria-rowindex="4"]').first().click();
  await page.locator('.panel:not([hidden])').first().waitFor();
  await shoot(page, 'report-entries');
  await context.close();
}

async function shootTab(browser: Browser, devOps: FakeDevOps, data: ReportData, theme: keyof typeof THEMES): Promise<void> {
  devOps.runs = [run([attachment(data)])];
  const tab = await TabPage.open(browser, devOps, { theme: THEMES[theme] }, { isDark: theme === 'dark' });
  await tab.page.setViewportSize(SIZE);
  await tab.report();
  await shoot(tab.page, `tab-${theme}`);
  await tab.close();
}

async function shoot(page: Page, name: string): Promise<void> {
  const file = path.join(repository, 'images', `${name}.png`);
  writeFileSync(file, inFewColours(await page.screenshot()));
  console.log(path.relative(repository, file));
}

/** The same picture in fewer colours, the most frequent of those that are alike: pictures travel in the extension's package, and what is lost are shades at the edges of letters. */
function inFewColours(picture: Buffer): Buffer {
  const png = PNG.sync.read(picture);
  const pixels = new Uint32Array(png.data.buffer, png.data.byteOffset, png.data.length / 4);
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const kept: number[] = [];
  const shown = new Map<number, number>();
  for (const [colour, count] of [...counts].sort(([, left], [, right]) => right - left)) {
    const alike = count >= OF_AN_AREA ? undefined : kept.find((other) => distance(colour, other) <= SAME_COLOUR);
    if (alike === undefined) kept.push(colour);
    shown.set(colour, alike ?? colour);
  }
  pixels.forEach((colour, at) => { pixels[at] = shown.get(colour) ?? colour; });
  return PNG.sync.write(png, { deflateLevel: 9, deflateStrategy: 0, filterType: 0, colorType: 2 });
}

function distance(left: number, right: number): number {
  return [0, 8, 16].reduce((sum, shift) => sum + (((left >>> shift) & 255) - ((right >>> shift) & 255)) ** 2, 0);
}

async function main(): Promise<void> {
  const executable = findChromium('screenshots');
  if (executable === undefined) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'screenshots-'));
  const report = path.join(folder, 'report.html');
  await writeReportPage(report, await ofNinetyDays(), await reportPageHtml());
  await buildTab(path.join(folder, 'tab'), path.join(folder, 'maps'));
  const [devOps, data] = [await FakeDevOps.start(path.join(folder, 'tab')), await ofOneRun()];
  const here = ['dev.azure.com', '*.gallerycdn.vsassets.io'].map((host) => `MAP ${host} 127.0.0.1:${devOps.port}`);
  const browser = await startChromium(executable, [`--host-resolver-rules=${[...here, 'MAP * ~NOTFOUND'].join(', ')}`]);
  for (const theme of ['light', 'dark'] as const) {
    await shootReport(browser, report, theme);
    await shootTab(browser, devOps, data, theme);
  }
  await browser.close();
  await devOps.close();
  rmSync(folder, { recursive: true });
}

await main();
