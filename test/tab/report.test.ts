import assert from 'node:assert/strict';
import { OLD_ADDRESS, reply } from './fakeDevOps';
import { reportFixture } from './reportFixture';
import type { HostScenario } from './scenario';
import { attachment, OTHER_RECORD, run, RUN } from './tabPage';
import { tabSuite } from './tabSuite';

const nameOfDay = (day: string, next: string, attempt = 1) => `fabrikam.202611${day}T000000Z_202611${next}T000000Z.run4711-${attempt}.json`;

tabSuite('the tab with a report', (suite) => {
  const ways: Record<string, Partial<HostScenario>> = {
    'the current handshake': {},
    'the handshake before it': { handshake: 'legacy' },
    'the page\'s data service, where the page tells no changes': { hasBuildEvents: false },
    'changes only, where the page has no data service': { hasPageData: false },
    'the data service, where changes are promised and never told': { tellsAtOnce: false },
    'a run without its project': { tellsProject: false },
    'an address without resource areas': { hasResourceAreas: false },
    'an organization at its old address': { collection: `${OLD_ADDRESS}/` },
    'a sandboxed frame, as Azure DevOps Server uses': { sandbox: 'allow-scripts allow-forms allow-downloads' },
  };
  for (const [way, scenario] of Object.entries(ways)) {
    it(`comes with ${way}`, async () => {
      suite().devOps.runs = [run([attachment()])];
      const tab = await suite().open(scenario);
      await tab.report();
      assert.match(await tab.text(), /fabrikam/);
      assert.deepEqual(await tab.calls(), ['initialHandshake', 'notifyLoadSucceeded']);
    });
  }

  it('reads an attachment whose address in the list has the organization\'s old form', async () => {
    suite().devOps.runs = [run([attachment(undefined, { address: OLD_ADDRESS })])];
    const tab = await suite().open();
    await tab.report();
    assert.ok(tab.requests.every(({ url }) => !url.startsWith(OLD_ADDRESS)));
  });

  it('shows the newest of several exports, and another when it is picked', async () => {
    suite().devOps.runs = [run(['18', '17', '19'].map((day) => attachment(reportFixture({ organization: `fabrikam of ${day}` }), { name: nameOfDay(day, String(Number(day) + 1)) })))];
    const tab = await suite().open();
    await tab.report();
    const select = tab.frame.getByLabel('Export (3 in this run)');
    assert.deepEqual(await select.locator('option').allInnerTexts(), ['19', '18', '17'].map((day) => `2026-11-${day} 00:00 – 2026-11-${Number(day) + 1} 00:00 UTC · fabrikam${day === '19' ? ' · Audit / Export' : ''} · attempt 1`));
    assert.match(await tab.text(), /fabrikam of 19/);
    await select.selectOption({ index: 2 });
    await tab.frame.getByText('fabrikam of 17').first().waitFor();
    await tab.report();
    assert.ok(!(await tab.frame.locator('.audit-report').innerText()).includes('fabrikam of 19'));
    assert.match(await select.locator('option').nth(2).innerText(), /Audit \/ Export/);
  });

  it('tells two jobs and two attempts of one window apart', async () => {
    suite().devOps.runs = [run([
      attachment(reportFixture({ job: 'West' }), { name: nameOfDay('19', '20') }),
      attachment(reportFixture({ job: 'East' }), { name: nameOfDay('19', '20'), recordId: OTHER_RECORD }),
      attachment(reportFixture({ job: 'West', attempt: 2 }), { name: nameOfDay('19', '20', 2) }),
    ])];
    const tab = await suite().open();
    await tab.report();
    const select = tab.frame.getByLabel('Export (3 in this run)');
    await tab.frame.locator('option', { hasText: 'East' }).waitFor({ state: 'attached' });
    const labels = await select.locator('option').allInnerTexts();
    assert.deepEqual(labels.map((label) => label.split(' · ').slice(2).join()).sort(), ['Audit / East,attempt 1', 'Audit / West,attempt 1', 'Audit / West,attempt 2']);
    assert.equal(labels[0]?.endsWith('attempt 2'), true);
  });

  it('keeps the choice when the picked export cannot be read', async () => {
    suite().devOps.runs = [run([attachment(), attachment('{', { name: nameOfDay('18', '19') })])];
    const tab = await suite().open();
    await tab.report();
    const select = tab.frame.getByLabel('Export (2 in this run)');
    await select.selectOption({ index: 1 });
    await tab.state('unreadable');
    await select.selectOption({ index: 0 });
    await tab.report();
  });

  it('offers an export that a run in progress adds, and leaves alone what is being read', async () => {
    const { devOps, open } = suite();
    const mine = run([attachment()], { status: 'inProgress' });
    devOps.runs = [mine];
    const tab = await open();
    await tab.report();
    await tab.frame.getByRole('searchbox').first().fill('number 7');
    mine.attachments.push(attachment(reportFixture({ organization: 'another' }), { name: nameOfDay('20', '21') }));
    await tab.buildChanged(RUN);
    const select = tab.frame.getByLabel('Export (2 in this run)');
    await select.waitFor();
    assert.equal(await tab.frame.getByRole('searchbox').first().inputValue(), 'number 7');
    assert.match(await select.locator('option:checked').innerText(), /2026-11-19 00:00 –/);
  });

  it('shows the run that the page told last, whichever answer comes first', async () => {
    const { devOps, open } = suite();
    const later = run([attachment(reportFixture({ organization: 'the later run' }))], { id: RUN + 1 });
    devOps.runs = [run([attachment(reportFixture({ organization: 'the earlier run' }))]), later];
    let answerEarlier: (() => void) | undefined;
    devOps.override = ({ path }, what) => (what !== 'run' || !path.includes(`/${RUN}?`) ? undefined : (response) => {
      answerEarlier = () => reply(response, 200, { status: 'completed' });
    });
    const tab = await open();
    while (!answerEarlier) await tab.page.waitForTimeout(20);
    await tab.buildChanged(RUN + 1);
    await tab.report();
    answerEarlier();
    await tab.page.waitForTimeout(300);
    assert.match(await tab.text(), /the later run/);
  });

  it('does nothing when the page tells the same run again', async () => {
    suite().devOps.runs = [run([attachment()])];
    const tab = await suite().open();
    await tab.report();
    await tab.frame.evaluate(() => document.querySelector('.audit-report')?.setAttribute('data-mark', 'same'));
    await tab.buildChanged(RUN);
    while (suite().devOps.rest.length < 5) await tab.page.waitForTimeout(20);
    await tab.page.waitForTimeout(100);
    assert.equal(await tab.frame.locator('[data-mark="same"]').count(), 1);
    assert.equal(suite().devOps.rest.length, 5, 'the content was not read again');
  });

  it('shows counts without people where the data hold no more', async () => {
    const data = reportFixture({ detail: 'counts' });
    suite().devOps.runs = [run([attachment({ ...data, counts: { ...data.counts, filtered: 3 }, filter: { include: [], exclude: [] } })])];
    const tab = await suite().open();
    await tab.report();
    assert.doesNotMatch(await tab.text(), /actor\d@/);
    assert.match(await tab.text(), /A filter is in force: it leaves out 3 entries\./);
  });

  it('shows an export without entries', async () => {
    suite().devOps.runs = [run([attachment(reportFixture({ rows: 0 }))])];
    await (await suite().open()).report();
  });

  it('asks for a higher frame where the page gives a low one, and only then', async () => {
    suite().devOps.runs = [run([attachment()])];
    const tab = await suite().open({ frameHeight: '150px', resizes: true });
    await tab.report();
    assert.equal(await tab.frame.evaluate(() => innerHeight), 900);
    assert.equal((await tab.calls()).filter((call) => call === 'resize').length, 1);
  });

  it('shows 100,000 entries, scrolls through them and searches them', async () => {
    suite().devOps.runs = [run([attachment(reportFixture({ rows: 100_000, hasLines: false }))])];
    const tab = await suite().open();
    await tab.report();
    const table = tab.frame.locator('[aria-rowcount]');
    assert.equal(await table.getAttribute('aria-rowcount'), '100001');
    assert.ok(await tab.frame.getByRole('row').count() < 200);
    await tab.frame.getByRole('searchbox').first().fill('entry number 99999.');
    await tab.frame.locator('[aria-rowcount="2"]').waitFor();
    assert.match(await table.innerText(), /entry number 99999\./);
  });
});
