import assert from 'node:assert/strict';
import { readRateHeaders, type RateNews } from '../../../tasks/common/http/rateHeaders';

const NOW = Date.UTC(2026, 10, 20);

function read(headers: Record<string, string>, dateMs: number | undefined = NOW): RateNews {
  return readRateHeaders({ header: (name) => headers[name.replace(/^x-ratelimit-/, 'x-')], dateMs }, NOW);
}

describe('rate limit headers', () => {
  it('are read as Azure DevOps sends them', () => {
    assert.deepEqual(read({ 'x-limit': '200', 'x-remaining': '57.125', 'x-reset': String(NOW / 1000 + 240), 'x-delay': '1.5' }), {
      limit: 200, remaining: 57.125, resetInMs: 240_000, delayedMs: 1500, isWarning: true,
    });
  });

  it('are no warning where there are none', () => {
    assert.deepEqual(read({}), { limit: undefined, remaining: undefined, resetInMs: undefined, delayedMs: undefined, isWarning: false });
  });

  for (const odd of ['', ' ', '-1', '1e9', 'Infinity', 'NaN', '0x10', '1,5', '12 3', '9'.repeat(40), '##vso[task.complete]']) {
    it(`are not believed where they say "${odd}"`, () => {
      const { limit, remaining, resetInMs, delayedMs } = read({ 'x-limit': odd, 'x-remaining': odd, 'x-reset': odd, 'x-delay': odd });
      assert.deepEqual([limit, remaining, resetInMs, delayedMs], [undefined, undefined, undefined, undefined]);
    });
  }

  it('cannot have more remain than the limit, nor a limit of nothing', () => {
    assert.equal(read({ 'x-limit': '200', 'x-remaining': '1000000' }).remaining, 200);
    assert.equal(read({ 'x-limit': '0', 'x-remaining': '0' }).limit, undefined);
  });

  it('measure the end of usage by the service\'s clock, and do not believe one in the past or years ahead', () => {
    const skewed = NOW - 86_400_000;
    assert.equal(read({ 'x-reset': String(skewed / 1000 + 100) }, skewed).resetInMs, 100_000);
    assert.equal(read({ 'x-reset': String(NOW / 1000 - 1) }).resetInMs, undefined);
    assert.equal(read({ 'x-reset': String(NOW / 1000) }).resetInMs, undefined);
    assert.equal(read({ 'x-reset': String(NOW / 1000 + 601) }).resetInMs, undefined);
    assert.equal(read({ 'x-reset': String(NOW) }).resetInMs, undefined);
  });

  it('name no longer delay than the service documents', () => {
    assert.equal(read({ 'x-delay': '86400' }).delayedMs, 30_000);
  });
});
