import assert from 'node:assert/strict';
import { WaitShare } from '../../../tasks/common/auditlog/waitShare';

describe('the share of waiting', () => {
  it('is that of the time in which there was nothing else to do, of late', async () => {
    let [now, idle] = [5_000, 700];
    const share = new WaitShare({ now: () => now, idle: () => idle });
    assert.equal(share.share, 1);
    await share.during(Promise.resolve().then(() => { now += 300; idle += 300; }));
    assert.equal(share.share, 1);
    await share.during(Promise.resolve().then(() => { now += 300; idle += 100; }));
    assert.equal(share.share, 400 / 600);
    // Idle, but not for want of what is waited for.
    now += 200;
    idle += 200;
    assert.equal(share.share, 400 / 800);
    const later = Array.from({ length: 12 }, () => {
      now += 1_000;
      return share.share;
    });
    assert.ok((later.at(-1) ?? 1) < 0.001, String(later));
  });

  it('takes no work for waiting', async () => {
    const share = new WaitShare();
    await share.during(new Promise((resolve) => {
      const until = performance.now() + 50;
      while (performance.now() < until);
      resolve();
    }));
    assert.ok(share.share < 0.5);
  });

  it('knows waiting from work in a thread that runs', async () => {
    const share = new WaitShare();
    for (let times = 0; times < 5; times += 1) await share.during(new Promise((resolve) => { setTimeout(resolve, 20); }));
    assert.ok(share.share > 0.5);
  });
});
