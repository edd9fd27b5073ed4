import assert from 'node:assert/strict';
import fc from 'fast-check';
import { backoffMs, isRetriedStatus, retryAfterMs } from '../../../tasks/common/http/retryDelay';
import { loadedRandom } from '../../support/steppedTime';

const NOW = Date.UTC(2026, 10, 20, 12, 0, 0);

describe('Retry-After', () => {
  const readable: [header: string, ms: number][] = [
    ['0', 0], ['1', 1000], [' 120 ', 120_000], ['34.5', 34_500], ['0.0001', 1], ['9999999999', 9_999_999_999_000],
    ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 11:59:00 GMT', 0],
    ['Friday, 20-Nov-26 12:01:00 GMT', 60_000],
    ['Fri Nov 20 12:00:05 2026', 5000],
    ['Fri Nov  6 12:00:05 2026', 0],
  ];
  for (const [header, ms] of readable) {
    it(`reads "${header}" as ${ms} ms`, () => assert.equal(retryAfterMs(header, NOW), ms));
  }

  const unreadable = [
    '', ' ', '-1', '+5', '1e3', '0x10', '5 s', '5s', 'soon', 'may 2099', 'foo 2099', 'abc 5', '2026-11-20T12:00:30Z', 'NaN', 'Infinity', '12:00',
    'Fri, 99 Nov 2026 12:00:30 GMT', 'Fri, 20 Nov 2026 12:00:30 +0100', '##vso[task.complete]', '1, 2', '99999999999999999999999',
  ];
  for (const header of unreadable) {
    it(`does not read "${header}"`, () => assert.equal(retryAfterMs(header, NOW), undefined));
  }

  it('is nothing where there is no header', () => assert.equal(retryAfterMs(undefined, NOW), undefined));

  it('never asks for a negative or broken time, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const ms = retryAfterMs(text, NOW);
      assert.ok(ms === undefined || (Number.isFinite(ms) && ms >= 0));
    }));
  });

  it('measures every date against the service\'s own clock', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 86_400 }), (seconds) => {
      assert.equal(retryAfterMs(new Date(NOW + seconds * 1000).toUTCString(), NOW), seconds * 1000);
    }));
  });
});

describe('backoff', () => {
  it('lies between half and the whole of its ceiling, which doubles up to 30 s', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, fraction) => {
      const ceiling = Math.min(30_000, 500 * 2 ** (attempt - 1));
      const ms = backoffMs(attempt, loadedRandom(fraction));
      assert.ok(Number.isInteger(ms) && ms >= ceiling / 2 && ms <= ceiling, `${ms} of ${ceiling}`);
    }));
  });

  it('uses the dice', () => {
    assert.deepEqual([1, 2, 3, 7, 8].map((attempt) => backoffMs(attempt, loadedRandom(0))), [250, 500, 1000, 15_000, 15_000]);
    assert.notEqual(backoffMs(3, loadedRandom(0)), backoffMs(3, loadedRandom(0.5)));
  });
});

describe('statuses that are tried again', () => {
  const retried = [408, 429, 500, 502, 503, 504];
  it('are these and no others', () => {
    const found = Array.from({ length: 500 }, (_, index) => index + 100).filter(isRetriedStatus);
    assert.deepEqual(found, retried);
  });
});
