import assert from 'node:assert/strict';
import { optimumMs, type RateLimitOptions } from '../../../sandbox/rateLimit/rateLimit';
import { runThrottled, type ThrottledRun } from '../../support/throttledService';

const MOST_OF_OPTIMUM = 1.10;
const CONCURRENCIES = [1, 4, 16];
/** Units drain away evenly. */
const DRAINING: RateLimitOptions = { windowMs: 10_000, limit: 200, costPerRequest: 1, forgets: 'evenly' };
/** Each unit counts for a whole window; whole seconds of the headers must not be a tenth of it. */
const EXPIRING: RateLimitOptions = { windowMs: 60_000, limit: 200, costPerRequest: 1, forgets: 'atOnce' };

function assertPolite(run: ThrottledRun, concurrency: number): void {
  assert.equal(run.record.blockedAfterWarning, 0, 'a request that began after a warning was refused');
  assert.ok(run.record.firstWarnedAt !== null, 'the limit was never near');
  assert.ok(run.mostInFlight <= concurrency);
  assert.ok(run.ms <= run.optimumMs * MOST_OF_OPTIMUM, `${run.ms} ms is ${(run.ms / run.optimumMs).toFixed(3)} times the optimum`);
}

/** In simulated time; the same on every machine. */
describe('a throttled export', () => {
  for (const costPerRequest of [2, 4, 10]) {
    for (const delayFrom of [0.8, 0.9, 1]) {
      it(`is never refused after a warning, and takes at most 1.10 times the optimum: cost ${costPerRequest} of 200, delays from ${delayFrom}`, async () => {
        const limit = { ...DRAINING, costPerRequest, delayFrom };
        for (const concurrency of CONCURRENCIES) {
          for (const windows of delayFrom < 0.9 ? [5] : [3, 8]) {
            const run = await runThrottled({ limit, requests: Math.floor(windows * 200 / costPerRequest), concurrency, latencyMs: 20 });
            assertPolite(run, concurrency);
          }
        }
      });

      it(`so too where each unit counts for a whole window: cost ${costPerRequest} of 200, delays from ${delayFrom}`, async () => {
        const limit = { ...EXPIRING, costPerRequest, delayFrom };
        // As many windows as a client needs that is never delayed: within a window, no more than the service bears without delays.
        const optimum = optimumMs({ ...limit, limit: 200 * delayFrom }, Math.floor(4.2 * 200 / costPerRequest));
        for (const concurrency of CONCURRENCIES) {
          const run = await runThrottled({ limit, requests: Math.floor(4.2 * 200 / costPerRequest), concurrency, latencyMs: 20 });
          assertPolite({ ...run, optimumMs: optimum }, concurrency);
        }
      });
    }
  }

  it('of very cheap requests is as good', async () => {
    assertPolite(await runThrottled({ limit: { ...DRAINING, costPerRequest: 0.3 }, requests: 2000, concurrency: 8, latencyMs: 4 }), 8);
  });

  for (const retryAfter of ['undelayed', 'delay'] as const) {
    it(`whose requests cost a tenth of the limit is never refused after a warning: Retry-After "${retryAfter}"`, async () => {
      for (const concurrency of [1, 2, 4, 8, 12, 16]) {
        assertPolite(await runThrottled({ limit: { ...DRAINING, costPerRequest: 20, retryAfter }, requests: 50, concurrency, latencyMs: 20 }), concurrency);
      }
    });
  }

  it('does not depend on the agent\'s clock', async () => {
    for (const skewMs of [-86_400_000, -90_000, 90_000, 86_400_000]) {
      assertPolite(await runThrottled({ limit: { ...DRAINING, costPerRequest: 4 }, requests: 200, concurrency: 8, latencyMs: 20, skewMs }), 8);
    }
  });

  it('of the documented window of five minutes is as good', async () => {
    assertPolite(await runThrottled({ limit: { ...DRAINING, windowMs: 300_000 }, requests: 1000, concurrency: 4, latencyMs: 200 }), 4);
  });

  it('that stays below the limit waits for nothing', async () => {
    const run = await runThrottled({ limit: DRAINING, requests: 99, concurrency: 16, latencyMs: 20 });
    assert.deepEqual([run.ms, run.mostInFlight, run.halts], [140, 16, 0]);
  });
});
