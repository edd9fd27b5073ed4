import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Frame, Locator, Page } from 'playwright-core';
import { reportPageHtml } from '../../scripts/page.mjs';
import type { CollectedReport } from '../../tasks/common/report/reportData';
import { writeReportPage } from '../../tasks/common/report/writeReport';
import { sampleReport } from '../support/reportData';
import { violations } from './axe';
import { Pixels, type Area } from './pixels';
import { attachment, run } from './tabPage';
import { tabSuite } from './tabSuite';
import { DARK, LIGHT } from './themes';

/** All that the keyboard reaches, one of each kind. */
const REACHED = ['.search', '.toggle', '.legend button', '.heat', '.range input', '.finding summary', '.finding .link', 'button.tag', 'button.bar-row', 'button.more', '.column-filter', '.grid-body .grid-row'];
/** A ring of a pixel around the smallest of them has as many. */
const RING = 60;

tabSuite('colours that the reader forces upon the pages', (suite) => {
  let folder: string;
  let data: CollectedReport;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'audit-log-report-'));
    data = await sampleReport(3_000);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const places: Readonly<Record<string, (scheme: 'light' | 'dark') => Promise<{ page: Page; frame: Page | Frame }>>> = {
    'report.html': async () => {
      const file = path.join(mkdtempSync(path.join(folder, 'page-')), 'report.html');
      await writeReportPage(file, data, await reportPageHtml());
      const page = await suite().openPage();
      await page.goto(pathToFileURL(file).href);
      return { page, frame: page };
    },
    'the tab': async (scheme) => {
      suite().devOps.runs = [run([attachment(data), attachment(data, { name: 'fabrikam.20261118T000000Z_20261119T000000Z.run4711-1.json' })])];
      const { page, frame } = await suite().open({ theme: scheme === 'dark' ? DARK : LIGHT });
      return { page, frame };
    },
  };

  for (const [where, open] of Object.entries(places)) {
    for (const scheme of ['light', 'dark'] as const) {
      it(`leave ${where} readable, ${scheme}`, async () => {
        const { page, frame } = await open(scheme);
        await page.emulateMedia({ forcedColors: 'active', colorScheme: scheme });
        await frame.locator('.audit-report[data-state="ready"]').waitFor();
        assert.deepEqual(await violations(frame), []);
        await assertChartSeen(page, frame);
        await assertBarsSeen(page, frame);
        // Screenshots take their time: of each scheme once.
        if ((where === 'the tab') === (scheme === 'dark')) return;
        await assertPressedSeen(page, frame);
        await page.keyboard.press('Tab');
        for (const selector of where === 'the tab' ? ['#export', ...REACHED] : REACHED) await assertFocusSeen(page, frame, selector);
      });
    }
  }

  it('leave a state of the tab readable', async () => {
    suite().devOps.runs = [run([])];
    const tab = await suite().open({ theme: DARK });
    const { page, frame } = tab;
    await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
    await tab.state('nothingAttached');
    assert.deepEqual(await violations(frame), []);
    await page.keyboard.press('Tab');
    await assertFocusSeen(page, frame, 'button');
  });

  /** The top of every bar of the chart over time that is more than a line. */
  async function assertChartSeen(page: Page, frame: Page | Frame): Promise<void> {
    const chart = frame.locator('.bars');
    const { x, y, width, height } = await areaOf(chart);
    const pixels = await Pixels.of(page, { x: x - 4, y: y - 4, width: width + 8, height: height + 8 });
    const ground = await groundOf(page, frame);
    const [, , slots = 0, top = 0] = (await chart.getAttribute('viewBox') ?? '').split(' ').map(Number);
    const totals = Array.from({ length: slots }, (_, slot) => data.overTime.counts.reduce((sum, counts) => sum + (counts[slot] ?? 0), 0));
    const high = totals.flatMap((total, slot) => (total > top / 20 ? [{ total, slot }] : []));
    assert.ok(high.length > 20);
    for (const { total, slot } of high) assert.ok(pixels.hasLine(x % 1 + 4 + (slot + 0.5) * width / slots, y % 1 + 4 + height * (1 - total / top), 'y', ground), `bar ${slot} of ${total}`);
  }

  /** The right end of every bar of a list. */
  async function assertBarsSeen(page: Page, frame: Page | Frame): Promise<void> {
    const ground = await groundOf(page, frame);
    const list = await areaOf(frame.locator('.list-area'));
    const pixels = await Pixels.of(page, list);
    const bars = await frame.locator('.list-area .bar rect').all();
    assert.ok(bars.length > 5);
    for (const [number, bar] of bars.entries()) {
      const { x, y, width, height } = await bar.boundingBox() ?? list;
      assert.ok(pixels.hasLine(x + width - Math.floor(list.x), y + height / 2 - Math.floor(list.y), 'x', ground), `bar ${number}`);
    }
  }

  /** What is chosen looks other than what is not. */
  async function assertPressedSeen(page: Page, frame: Page | Frame): Promise<void> {
    for (const selector of ['.list-area button.bar-row', '.heat', '.legend button']) {
      const chosen = frame.locator(selector).nth(1);
      const area = grown(await areaOf(chosen));
      const before = await Pixels.of(page, area);
      await chosen.click();
      await frame.locator('.chip').waitFor();
      await blur(frame);
      await page.mouse.move(0, 0);
      const after = await Pixels.of(page, grown(await areaOf(frame.locator(selector).nth(1))));
      assert.ok(after.changed(before) > RING, `${selector}: ${after.changed(before)}`);
      await frame.locator('.clear').click();
      await frame.locator('.chip').waitFor({ state: 'detached' });
    }
  }

  async function assertFocusSeen(page: Page, frame: Page | Frame, selector: string): Promise<void> {
    const element = frame.locator(`${selector}:visible`).first();
    await blur(frame);
    const area = grown(await areaOf(element));
    const before = await Pixels.of(page, area);
    await element.focus();
    const after = await Pixels.of(page, grown(await areaOf(element)));
    assert.ok(after.changed(before) > RING, `${selector}: ${after.changed(before)}`);
  }
});

/** Where an element stands once nothing moves it any more: what comes into view is laid out only then, and moves what is below it. */
async function areaOf(element: Locator): Promise<Area> {
  for (let before = ''; ;) {
    // In one go: between Playwright's steps the page may draw the element anew.
    await element.evaluate((node) => new Promise((resolve) => {
      (node as HTMLElement & { scrollIntoViewIfNeeded: () => void }).scrollIntoViewIfNeeded();
      requestAnimationFrame(() => requestAnimationFrame(resolve));
    }));
    const area = await element.boundingBox();
    assert.ok(area !== null);
    const now = JSON.stringify(area);
    if (now === before) return area;
    before = now;
  }
}

function grown({ x, y, width, height }: Area): Area {
  return { x: Math.max(0, x - 4), y: Math.max(0, y - 4), width: width + 8, height: height + 8 };
}

async function blur(frame: Page | Frame): Promise<void> {
  await frame.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
}

/** The colour behind everything. */
async function groundOf(page: Page, frame: Page | Frame): Promise<readonly [number, number, number]> {
  const { x, y } = await areaOf(frame.locator('.bars'));
  return (await Pixels.of(page, { x: x - 6, y: y - 6, width: 1, height: 1 })).at(0, 0);
}
