import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { violations } from './axe';
import { reportFixture } from './reportFixture';
import { attachment, run } from './tabPage';
import { tabSuite } from './tabSuite';
import { DARK, LIGHT } from './themes';

async function focused(frame: Frame): Promise<string> {
  return frame.evaluate(() => document.activeElement?.textContent ?? '');
}

tabSuite('using the tab with the keyboard and a screen reader', (suite) => {
  for (const [theme, variables] of Object.entries({ light: LIGHT, dark: DARK, 'no theme': null })) {
    it(`has no accessibility violation in a report (${theme})`, async () => {
      suite().devOps.runs = [run([attachment(), attachment(reportFixture(), { name: 'fabrikam.20261118T000000Z_20261119T000000Z.run4711-1.json' })])];
      const tab = await suite().open({ theme: variables });
      await tab.report();
      assert.deepEqual(await violations(tab.frame), []);
      await tab.frame.locator('.chart-table summary').press('Enter');
      await tab.frame.locator('.chart-table table').waitFor();
      assert.deepEqual(await violations(tab.frame), []);
    });

    it(`has no accessibility violation in states (${theme})`, async () => {
      suite().devOps.runs = [run([attachment('{')])];
      const broken = await suite().open({ theme: variables });
      await broken.state('unreadable');
      assert.deepEqual(await violations(broken.frame), []);
      suite().devOps.runs = [run([])];
      const empty = await suite().open({ theme: variables });
      await empty.state('nothingAttached');
      assert.deepEqual(await violations(empty.frame), []);
    });
  }

  it('is used with the keyboard alone', async () => {
    const { devOps, open } = suite();
    devOps.runs = [run([])];
    const tab = await open();
    await tab.state('nothingAttached');
    await tab.page.keyboard.press('Tab');
    assert.equal(await focused(tab.frame), 'Check again');
    devOps.runs = [run(['18', '19'].map((day) => attachment(reportFixture({ organization: `fabrikam of ${day}` }), { name: `fabrikam.202611${day}T000000Z_202611${Number(day) + 1}T000000Z.run4711-1.json` })))];
    await tab.page.keyboard.press('Enter');
    await tab.report();
    assert.equal(await tab.frame.evaluate(() => document.activeElement?.id), 'report');
    await tab.page.keyboard.press('Shift+Tab');
    assert.equal(await tab.frame.evaluate(() => document.activeElement?.id), 'export');
    await tab.page.keyboard.press('ArrowDown');
    await tab.frame.getByText('fabrikam of 18').first().waitFor();
    assert.equal(await tab.frame.evaluate(() => document.activeElement?.id), 'export');
  });
});
