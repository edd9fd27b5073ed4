import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame } from 'playwright-core';
import { reportFixture } from './reportFixture';
import { attachment, run, type TabPage } from './tabPage';
import { tabSuite } from './tabSuite';
import { DARK, LIGHT } from './themes';

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[] }[];
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function violations(frame: Frame): Promise<string[]> {
  await frame.evaluate(axeSource);
  const results = await frame.evaluate(async () => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  return results.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`));
}

/** Colours of page and text as they are seen. */
async function colours(tab: TabPage, selector: string): Promise<[background: string, text: string, scheme: string]> {
  return tab.frame.locator(selector).first().evaluate((element) => {
    const style = getComputedStyle(element);
    return [style.backgroundColor, style.color, style.colorScheme];
  });
}

async function focused(frame: Frame): Promise<string> {
  return frame.evaluate(() => document.activeElement?.textContent ?? '');
}

tabSuite('how the tab looks and is used', (suite) => {
  for (const isDark of [false, true]) {
    it(`takes the host's colours, not the browser's (${isDark ? 'dark' : 'light'} browser), and follows a change at once`, async () => {
      suite().devOps.runs = [run([attachment()])];
      const tab = await suite().open({ theme: isDark ? LIGHT : DARK }, { isDark });
      await tab.report();
      const [light, dark] = [['rgb(255, 255, 255)', 'rgba(0, 0, 0, 0.9)', 'light'], ['rgb(32, 31, 30)', 'rgb(255, 255, 255)', 'dark']];
      assert.deepEqual(await colours(tab, '.audit-report'), isDark ? light : dark);
      await tab.changeTheme(isDark ? DARK : LIGHT);
      await tab.frame.locator(`.audit-report[data-theme="${isDark ? 'dark' : 'light'}"]`).waitFor();
      assert.deepEqual(await colours(tab, '.audit-report'), isDark ? dark : light);
      assert.deepEqual((await colours(tab, 'body')).slice(0, 2), (isDark ? dark : light).slice(0, 2));
    });
  }

  for (const [theme, variables] of Object.entries({ light: LIGHT, dark: DARK, 'no theme': null })) {
    it(`has no accessibility violation in a report (${theme})`, async () => {
      suite().devOps.runs = [run([attachment(), attachment(reportFixture(), { name: 'fabrikam.20261118T000000Z_20261119T000000Z.run4711-1.json' })])];
      const tab = await suite().open({ theme: variables });
      await tab.report();
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

  it('executes no text of the data, whatever it is', async () => {
    const payload = '</script><img src=x onerror="window.top.postMessage(1)"><svg onload=executed()><iframe srcdoc="<script>1</script>">javascript:executed()';
    const { devOps, open } = suite();
    devOps.runs = [run([attachment(reportFixture({ rows: 50, job: payload, text: (field) => `${field} ${payload}` })), attachment(reportFixture(), { name: `${payload}.json` })])];
    const tab = await open({ theme: { ...DARK, 'x:y;}': payload, 'hostile': `red;} body { background: url(https://evil.example/) } ${payload}` } });
    await tab.report();
    const { requests, frame } = tab;
    assert.equal(await frame.locator('img, iframe, script:not([src="tab.js"]), [onerror], [onload], a[href^="javascript"]').count(), 0);
    assert.ok((await frame.locator('body').textContent())?.includes('<img src=x onerror='));
    assert.ok(requests.every(({ url }) => !url.includes('evil') && !url.endsWith('/x')));
  });

  it('would execute nothing even if a text became markup', async () => {
    suite().devOps.runs = [run([attachment()])];
    suite().expectErrors(/Content Security Policy|Executing inline/);
    const tab = await suite().open();
    await tab.report();
    await tab.frame.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="document.body.dataset.executed=1"><form action="https://evil.example/"><button id="send">x</button></form>');
      void window.fetch('https://evil.example/').catch(() => {});
    });
    await tab.frame.locator('#send').click();
    await tab.page.waitForTimeout(300);
    assert.equal(await tab.frame.evaluate(() => document.body.dataset['executed']), undefined);
    assert.ok(tab.errors.some((error) => error.includes('inline event handler')), 'the policy had something to stop');
    assert.deepEqual(tab.requests.filter(({ url }) => url.includes('evil')), []);
  });
});
