import assert from 'node:assert/strict';
import { STATES, type StateName } from '../../tab/states';
import { REPORT_DATA_VERSION } from '../../tasks/common/report/reportData';
import { reply } from './fakeDevOps';
import { reportFixture } from './reportFixture';
import { attachment, run } from './tabPage';
import { tabSuite } from './tabSuite';

const FAILED_RESPONSE = /Failed to load resource/;
const AGAIN = { name: 'Check again' } as const;

tabSuite('the tab without a report to show', (suite) => {
  it('says that nothing was attached, when the run has just ended', async () => {
    suite().devOps.runs = [run([attachment(undefined, { type: 'somebody.elses' })])];
    const tab = await suite().open();
    await tab.state('nothingAttached');
    assert.ok((await tab.text()).includes(STATES.nothingAttached.heading));
    assert.deepEqual(await tab.calls(), ['initialHandshake', 'notifyLoadSucceeded']);
  });

  it('names retention as a cause, when the run ended more than a day ago', async () => {
    suite().devOps.runs = [run([], { finishTime: new Date(Date.now() - 25 * 3_600_000).toISOString() })];
    const tab = await suite().open();
    await tab.state('nothingLeft');
    assert.match(await tab.text(), /retention/);
  });

  it('says that a report was removed that is still listed', async () => {
    const { devOps, expectErrors, open } = suite();
    expectErrors(FAILED_RESPONSE);
    devOps.runs = [run([attachment()])];
    devOps.override = (_, what) => (what === 'content' ? (response) => reply(response, 404, {}) : undefined);
    await (await open()).state('removed');
  });

  it('waits for a run in progress, and shows its report when the page tells that it has ended', async () => {
    const { devOps, open } = suite();
    const mine = run([], { status: 'inProgress' });
    devOps.runs = [mine];
    const tab = await open();
    await tab.state('running');
    Object.assign(mine, run([attachment()]));
    await tab.buildChanged(mine.id);
    await tab.report();
  });

  it('looks by itself whether a run in progress has ended', async () => {
    const { devOps, open } = suite();
    const mine = run([], { status: 'inProgress' });
    devOps.runs = [mine];
    const tab = await open({}, { hasClock: true });
    await tab.state('running');
    Object.assign(mine, run([attachment()]));
    await tab.page.clock.fastForward(31_000);
    await tab.report();
  });

  const refusals: [number, StateName][] = [[401, 'signInExpired'], [203, 'signInExpired'], [403, 'forbidden'], [404, 'runNotFound'], [429, 'unavailable'], [503, 'unavailable'], [400, 'unexpectedAnswer']];
  for (const [status, state] of refusals) {
    for (const refused of ['run', 'list'] as const) {
      it(`has words for ${status} (${refused}), and asks again`, async () => {
        const { devOps, expectErrors, open } = suite();
        expectErrors(FAILED_RESPONSE);
        devOps.runs = [run([attachment()])];
        devOps.override = (_, what) => (what === refused ? (response) => reply(response, status, { message: 'VS800075: the server\'s own words' }) : undefined);
        const tab = await open();
        await tab.state(state);
        assert.ok(!(await tab.text()).includes('VS800075') && !(await tab.text()).includes(String(status)));
        devOps.override = () => undefined;
        await tab.frame.getByRole('button', AGAIN).click();
        await tab.report();
      });
    }
  }

  it('does not show a token that is refused, nor asks twice', async () => {
    const { devOps, expectErrors, open } = suite();
    expectErrors(FAILED_RESPONSE);
    devOps.runs = [run([attachment()])];
    const tab = await open({ token: 'expired-token' });
    await tab.state('signInExpired');
    assert.ok(!(await tab.text()).includes('expired-token'));
    assert.equal(devOps.rest.length, 1);
  });

  it('has words for a network that fails, and asks again', async () => {
    const { devOps, expectErrors, open } = suite();
    expectErrors(FAILED_RESPONSE);
    devOps.runs = [run([attachment()])];
    devOps.override = (_, what) => (what === 'content' ? (response) => response.destroy() : undefined);
    const tab = await open();
    await tab.state('network');
    devOps.override = () => undefined;
    await tab.frame.getByRole('button', AGAIN).click();
    await tab.report();
  });

  it('has words for a connection that breaks in the middle of a report', async () => {
    const { devOps, expectErrors, open } = suite();
    expectErrors(FAILED_RESPONSE);
    devOps.runs = [run([attachment()])];
    devOps.override = (_, what) => (what !== 'content' ? undefined : (response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"reportDataVersion":');
      setTimeout(() => response.destroy(), 50);
    });
    await (await open()).state('network');
  });

  it('follows no redirect', async () => {
    const { devOps, expectErrors, open } = suite();
    expectErrors(/Failed to load resource|redirect/);
    devOps.runs = [run([attachment()])];
    devOps.override = (_, what) => (what === 'list' ? (response) => response.writeHead(302, { location: 'https://dev.azure.com/_signin' }).end() : undefined);
    await (await open()).state('network');
  });

  it('says that it takes long, and then that it took too long', async () => {
    const { devOps, open } = suite();
    devOps.runs = [run([attachment()])];
    devOps.override = (_, what) => (what === 'content' ? () => {} : undefined);
    const tab = await open({}, { hasClock: true });
    await tab.state('loading');
    while (!devOps.rest.some(({ path }) => path.includes('.json'))) await tab.page.waitForTimeout(20);
    await tab.page.clock.fastForward(11_000);
    await tab.state('loadingSlowly');
    await tab.page.clock.fastForward(60_000);
    await tab.state('timedOut');
    devOps.override = () => undefined;
    await tab.frame.getByRole('button', AGAIN).click();
    await tab.report();
  });

  it('says that the page around it did not answer', async () => {
    const tab = await suite().open({ handshake: 'silent' }, { hasClock: true });
    await tab.state('loading');
    await tab.page.clock.fastForward(21_000);
    await tab.state('hostSilent');
  });

  it('says that the page did not tell the run', async () => {
    const { expectErrors, open } = suite();
    expectErrors(/No handler found/);
    const tab = await open({ hasBuildEvents: false, hasPageData: false });
    await tab.state('runUnknown');
  });

  it('has words for a newer version of the data', async () => {
    suite().devOps.runs = [run([attachment(JSON.stringify({ ...reportFixture(), reportDataVersion: REPORT_DATA_VERSION + 1 }))])];
    await (await suite().open()).state('newerVersion');
  });

  for (const [what, content] of Object.entries({ 'cut JSON': '{"reportDataVersion":1,', 'JSON of something else': '[1,2]', 'bytes that are no text': Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'nothing at all': '' })) {
    it(`has words for a report that is ${what}`, async () => {
      suite().devOps.runs = [run([attachment(content)])];
      await (await suite().open()).state('unreadable');
    });
  }

  it('reads no more than 16 MB, whether the answer says its size or not', async () => {
    const { devOps, open } = suite();
    const large = Buffer.alloc(16 * 1024 * 1024 + 1, ' ');
    devOps.runs = [run([attachment(large)])];
    await (await open()).state('tooLarge');
    devOps.override = (_, what) => (what !== 'content' ? undefined : (response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.write(large);
      response.end();
    });
    await (await open()).state('tooLarge');
  });

  it('understands no list that is none', async () => {
    const { devOps, open } = suite();
    for (const answer of ['<html>', '[]', '{"value":{}}', 'null']) {
      devOps.override = (_, what) => (what === 'list' ? (response) => void response.writeHead(200).end(answer) : undefined);
      devOps.runs = [run([])];
      await (await open()).state('unexpectedAnswer');
    }
  });
});
