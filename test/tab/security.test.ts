import assert from 'node:assert/strict';
import { REPORT_ATTACHMENT } from '../../tasks/common/report/reportData';
import { CONTENT_ORIGIN, DEV_AZURE, TOKEN } from './fakeDevOps';
import { reportFixture } from './reportFixture';
import { attachment, run } from './tabPage';
import { tabSuite } from './tabSuite';
import { DARK } from './themes';

const OWN_ORIGINS = new Set([DEV_AZURE, CONTENT_ORIGIN]);

tabSuite('what the tab trusts, and whom', (suite) => {
  it('asks only Azure DevOps, with the token and without cookies, and itself for nothing else', async () => {
    const { devOps, open } = suite();
    devOps.runs = [run([attachment()])];
    const tab = await open();
    await tab.report();
    assert.ok(tab.requests.every(({ url }) => url.startsWith('data:') || OWN_ORIGINS.has(new URL(url).origin)), tab.requests.map(({ url }) => url).join('\n'));
    assert.deepEqual(devOps.rest.map(({ method, headers }) => [method, headers.authorization, headers.cookie]), Array(3).fill(['GET', `Bearer ${TOKEN}`, undefined]));
    assert.deepEqual(devOps.rest.map(({ path }) => path.split('/_apis/')[1]?.split('/').slice(2).filter((part) => part.includes(REPORT_ATTACHMENT)).length), [0, 1, 1]);
  });

  it('sends the token to Azure DevOps only', async () => {
    for (const collection of ['https://evil.example/fabrikam/', 'https://dev.azure.com.evil.example/', 'http://dev.azure.com/fabrikam/', 'https://a@dev.azure.com/fabrikam/', 'https://evil.example/fabrikam.visualstudio.com/']) {
      const tab = await suite().open({ collection });
      await tab.state('unexpectedAnswer');
      assert.deepEqual(suite().devOps.rest, []);
    }
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
