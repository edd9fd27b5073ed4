import assert from 'node:assert/strict';
import { startSandbox } from '../../sandbox/sandbox';
import { readLines, artifactFolder } from '../acceptance/rowRun';
import { BETWEEN, SEVERAL_PAGES } from '../acceptance/faultRow';
import { removeWorkFolders, runPackaged } from '../support/packagedTask';

/** The packaged task at a service that limits it, in real time. */
describe('the log of a throttled run', function () {
  this.timeout(120_000);
  after(removeWorkFolders);

  it('says calmly and once that requests are spaced out, how long was waited, and nothing of refusals', async () => {
    await using azure = await startSandbox({ ...SEVERAL_PAGES, switches: { pageCap: 20 }, rateLimit: { windowMs: 8000, limit: 20, costPerRequest: 1 } });
    const run = await runPackaged(azure, BETWEEN);
    if (process.env['SHOW_LOG'] !== undefined) process.stdout.write(run.maskedLog);
    assert.equal(run.result, 'Succeeded', run.maskedLog);
    assert.equal(readLines(artifactFolder(run)).length, Number(run.outputVariables['entryCount']));
    assert.equal(azure.rateLimit?.record.blockedAfterWarning, 0);
    const lines = run.maskedLog.split(/\r?\n/);
    const paced = lines.filter((line) => /auditservice\.dev\.azure\.com warns that \d+ % of its rate limit is left for this identity; requests are spaced out so that it need not refuse any\.$/.test(line));
    assert.equal(paced.length, 1, run.maskedLog);
    assert.ok(lines.filter((line) => /spaced out|asks to wait/.test(line)).length <= 3, run.maskedLog);
    assert.match(run.maskedLog, /entries in \d+ pages, .* of which \d+ seconds? waiting/);
    assert.doesNotMatch(run.maskedLog, /429|##\[warning\].*(?:limit|wait)|MaxListeners/);
  });

  it('names the wait that the service asks for', async () => {
    await using azure = await startSandbox({ ...SEVERAL_PAGES, rateLimit: { windowMs: 4000, limit: 4, costPerRequest: 1, headersFrom: 1, delayFrom: 0.7 } });
    const run = await runPackaged(azure, BETWEEN);
    if (process.env['SHOW_LOG'] !== undefined) process.stdout.write(run.maskedLog);
    assert.equal(run.result, 'Succeeded', run.maskedLog);
    assert.match(run.maskedLog, /auditservice\.dev\.azure\.com asks to wait \d+ seconds?; waiting\./);
    assert.match(run.maskedLog, /of which \d+ seconds? waiting/);
  });
});
