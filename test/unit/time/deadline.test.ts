import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { startDeadline } from '../../../tasks/common/time/deadline';

describe('a deadline', () => {
  it('lets many requests wait on its signal without a warning in the log of the run', async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error): void => { warnings.push(name); };
    process.on('warning', onWarning);
    const deadline = startDeadline(60_000, new AbortController().signal, () => new Error('over'));
    for (let waiting = 0; waiting < 50; waiting += 1) deadline.signal.addEventListener('abort', () => undefined);
    await setImmediate();
    deadline.stop();
    process.off('warning', onWarning);
    assert.deepEqual(warnings, []);
  });

  it('aborts with its reason when the time is over, and with that of the outer signal before', async () => {
    const outer = new AbortController();
    const soon = startDeadline(5, outer.signal, () => new Error('over'));
    await once(soon.signal, 'abort');
    assert.match(String(soon.signal.reason), /over/);
    const later = startDeadline(60_000, outer.signal, () => new Error('over'));
    outer.abort(new Error('canceled'));
    assert.match(String(later.signal.reason), /canceled/);
    later.stop();
  });
});
