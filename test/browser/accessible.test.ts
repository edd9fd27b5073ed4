import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { sampleReport } from '../support/reportData';
import { AXE, reportSuite } from './reportPage';

/** What axe-core objects to, each with the first place. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: (root: Document) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } };
    const found = await axe.run(document);
    return found.violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]?.html.slice(0, 200) ?? ''} ${nodes[0]?.failureSummary ?? ''}`);
  });
}

reportSuite('report.html for everyone', (open) => {
  for (const theme of ['light', 'dark'] as const) {
    it(`has nothing that axe-core objects to, ${theme}`, async () => {
      const page = await open(await sampleReport(3_000, { limits: { rows: 2_000, lineBytes: 1_000_000 } }), { theme });
      assert.deepEqual(await violations(page), []);
      await page.locator('.list-area button.bar-row').first().click();
      await page.locator('.heat').nth(12).click();
      await page.locator('.chip').first().waitFor();
      await page.locator('.clear').click();
      await page.locator('.legend button').first().click();
      await page.locator('.grid-body .grid-row:not([hidden])').first().click();
      await page.locator('.panel pre').waitFor();
      assert.deepEqual(await violations(page), []);
    });

    it(`has nothing that axe-core objects to where only counts are shown, and where nothing is, ${theme}`, async () => {
      assert.deepEqual(await violations(await open(await sampleReport(500, { detail: 'counts' }), { theme })), []);
      assert.deepEqual(await violations(await open(await sampleReport(0), { theme })), []);
    });
  }

  it('fits a narrow screen without scrolling sideways', async () => {
    const page = await open(await sampleReport(500), { viewport: { width: 700, height: 900 } });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 700);
  });
});
