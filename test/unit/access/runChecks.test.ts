import assert from 'node:assert/strict';
import { failed, passed, unknown, warning, type Check, type CheckId, type Finding } from '../../../tasks/common/access/check';
import { firstFailure, outcomeLine } from '../../../tasks/common/access/describe';
import type { Observations } from '../../../tasks/common/access/observations';
import { accessReport } from '../../../tasks/common/access/report';
import { CHECKS, runChecks } from '../../../tasks/common/access/runChecks';
import { waitForPermission, type WaitParts } from '../../../tasks/common/access/waitForPermission';
import { TaskError } from '../../../tasks/common/errors/taskError';

const canceled = new TaskError('CANCELED', 'The run was canceled; nothing is published.');

function observations(signal = new AbortController().signal): Observations {
  return { subject: { signal } } as unknown as Observations;
}

function check(id: CheckId, needs: CheckId[], run: () => Finding | Promise<Finding>): Check {
  return { id, title: `Title of ${id}`, needs, run: () => Promise.resolve().then(run) };
}

const wrong = (): Finding => failed('It is wrong.', 'a', 'b', []);

describe('running checks', () => {
  it('skips what means nothing any more, and says because of which failure, through any number of steps', async () => {
    const outcomes = await runChecks([
      check('assertion', [], wrong), check('federation', ['assertion'], () => passed('never')), check('membership', ['federation'], () => passed('never')),
      check('organization', [], () => passed('fine')), check('clock', ['organization'], () => warning('late', 'a', 'b', [])), check('query', ['clock'], () => unknown('dark')), check('auditing', ['query'], () => passed('on')),
    ], observations(), () => undefined);
    assert.deepEqual(outcomes.map(({ id, result, skippedFor }) => [id, result, skippedFor]), [
      ['assertion', 'failed', undefined], ['federation', 'skipped', 'assertion'], ['membership', 'skipped', 'assertion'],
      ['organization', 'passed', undefined], ['clock', 'warning', undefined], ['query', 'unknown', undefined], ['auditing', 'passed', undefined],
    ]);
    assert.equal(firstFailure(outcomes)?.id, 'assertion');
    assert.match(outcomeLine(outcomes[1]!), /^skipped +federation +Title of federation: because assertion failed$/);
    const report = accessReport('fabrikam', 0, outcomes);
    assert.deepEqual([report.result, report.failedChecks, report.checkedAt], ['failed', ['assertion'], '1970-01-01T00:00:00.000Z']);
  });

  it('lets a look that fails hide nothing else, and shows no text of a library', async () => {
    const outcomes = await runChecks([check('assertion', [], () => { throw new Error('secret text'); }), check('organization', [], () => { throw new TaskError('NETWORK_UNREACHABLE', 'No answer.'); })], observations(), () => undefined);
    assert.deepEqual(outcomes.map(({ result }) => result), ['unknown', 'unknown']);
    assert.ok(!JSON.stringify(outcomes).includes('secret text'));
    assert.equal(outcomes[1]?.finding?.line, 'No answer.');
  });

  it('ends at once when the run is canceled', async () => {
    const cancel = new AbortController();
    const going = runChecks([check('assertion', [], () => { cancel.abort(canceled); throw new Error('x'); }), check('organization', [], () => passed('never'))], observations(cancel.signal), () => undefined);
    await assert.rejects(going, canceled);
  });

  it('needs only checks that run before', () => {
    CHECKS.forEach(({ id, needs }, index) => {
      for (const needed of needs) assert.ok(CHECKS.slice(0, index).some((earlier) => earlier.id === needed), `${id} needs ${needed}`);
    });
  });
});

describe('waiting for a permission', () => {
  /** Rounds of checks that fail until the given one; time passes only while waiting. */
  async function wait(failures: number, limitMs: number, id: CheckId = 'permission'): Promise<{ rounds: number; waitedMs: number; result: string }> {
    let [rounds, now] = [0, 0];
    const parts: WaitParts = {
      clock: () => now, random: { fraction: () => 0.5, uuid: () => '' }, signal: new AbortController().signal, onPause: () => undefined,
      sleep: (ms) => { now += ms; return Promise.resolve(); },
    };
    const look = (): ReturnType<typeof runChecks> => {
      rounds += 1;
      return runChecks([check(id, [], () => (rounds <= failures ? wrong() : passed('ok')))], observations(), () => undefined);
    };
    const outcomes = await waitForPermission(look, limitMs, parts);
    return { rounds, waitedMs: now, result: outcomes[0]?.result ?? '' };
  }

  it('looks once when nothing is wrong, or when it is not to wait', async () => {
    assert.deepEqual(await wait(0, 600_000), { rounds: 1, waitedMs: 0, result: 'passed' });
    assert.deepEqual(await wait(5, 0), { rounds: 1, waitedMs: 0, result: 'failed' });
  });

  it('stops at the first success', async () => {
    const { rounds, result, waitedMs } = await wait(3, 900_000);
    assert.deepEqual([rounds, result], [4, 'passed']);
    assert.ok(waitedMs < 60_000);
  });

  it('stops at the limit, neither before nor much after', async () => {
    const { result, waitedMs } = await wait(1_000, 600_000);
    assert.equal(result, 'failed');
    assert.ok(waitedMs >= 600_000 && waitedMs < 602_000, String(waitedMs));
  });

  it('does not wait for what no waiting heals', async () => {
    assert.deepEqual(await wait(5, 600_000, 'service-connection'), { rounds: 1, waitedMs: 0, result: 'failed' });
    assert.deepEqual(await wait(5, 600_000, 'tenant'), { rounds: 1, waitedMs: 0, result: 'failed' });
  });
});
