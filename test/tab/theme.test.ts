import assert from 'node:assert/strict';
import { attachment, run, type TabPage } from './tabPage';
import { tabSuite } from './tabSuite';
import { DARK, LIGHT } from './themes';

/** Colours of page and text as they are seen. */
async function colours(tab: TabPage, selector: string): Promise<[background: string, text: string, scheme: string]> {
  return tab.frame.locator(selector).first().evaluate((element) => {
    const style = getComputedStyle(element);
    return [style.backgroundColor, style.color, style.colorScheme];
  });
}

tabSuite('the colours of the tab', (suite) => {
  for (const isDark of [false, true]) {
    it(`takes the host's colours, not the browser's (${isDark ? 'dark' : 'light'} browser), and follows a change at once`, async () => {
      suite().devOps.runs = [run([attachment()])];
      const tab = await suite().open({ theme: isDark ? LIGHT : DARK }, { isDark });
      await tab.report();
      const [light, dark] = [['rgb(255, 255, 255)', 'rgba(0, 0, 0, 0.9)', 'light'], ['rgb(32, 31, 30)', 'rgb(255, 255, 255)', 'dark']];
      assert.deepEqual(await colours(tab, '.audit-report'), isDark ? light : dark);
      const refused = tab.refusedThemes;
      assert.ok(refused > 0, 'the console says so');
      await tab.changeTheme(isDark ? DARK : LIGHT);
      await tab.frame.locator(`.audit-report[data-theme="${isDark ? 'dark' : 'light'}"]`).waitFor();
      assert.deepEqual(await colours(tab, '.audit-report'), isDark ? dark : light);
      assert.deepEqual((await colours(tab, 'body')).slice(0, 2), (isDark ? dark : light).slice(0, 2));
      assert.equal(tab.refusedThemes, 2 * refused, 'and again for each theme');
    });
  }
});
