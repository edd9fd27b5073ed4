import assert from 'node:assert/strict';
import {optimumMs, RateLimit, type RateLimitOptions} from '../../sandbox/rateLimit/rateLimit';
import {startSandboxProcess} from '../../sandbox/sandboxProcess';
import {SandboxClient} from './client';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const LIMIT: RateLimitOptions = {windowMs: 10_000, limit: 100, costPerRequest: 10};
const header = (limit: RateLimit, now: number, name: string): string | undefined => limit.judge('exporter', {now}).headers[name];

describe('the stand-in\'s rate limit', () => {
  it('says nothing, then warns, then delays, then blocks', () => {
    const limit = new RateLimit(LIMIT);
    const verdicts = Array.from({length: 11}, () => limit.judge('exporter', {now: NOW}));
    assert.deepEqual(verdicts.map(({headers}) => headers['x-ratelimit-remaining']), [undefined, undefined, undefined, undefined, '40', '30', '20', '10', '0', '0', '0']);
    assert.deepEqual(verdicts.map(({delayMs}) => delayMs), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1000, 0]);
    assert.deepEqual(verdicts.map(({isBlocked}) => isBlocked).lastIndexOf(false), 9);
    assert.deepEqual(verdicts[4]?.headers, {'x-ratelimit-resource': 'Audit/User', 'x-ratelimit-limit': '90', 'x-ratelimit-remaining': '40', 'x-ratelimit-reset': String(NOW / 1000 + 5)});
    assert.deepEqual([verdicts[9]?.headers['retry-after'], verdicts[9]?.headers['x-ratelimit-delay'], verdicts[10]?.headers['retry-after']], ['2', '1.000', '1']);
    assert.equal(limit.judge('another', {now: NOW}).isBlocked, false);
  });

  it('forgets evenly, or each unit after a window', () => {
    const even = new RateLimit({...LIMIT, headersFrom: 0});
    const late = new RateLimit({...LIMIT, headersFrom: 0, forgets: 'atOnce'});
    for (const limit of [even, late]) for (let count = 0; count < 5; count += 1) limit.judge('exporter', {now: NOW});
    assert.deepEqual([header(even, NOW + 2000, 'x-ratelimit-remaining'), header(late, NOW + 2000, 'x-ratelimit-remaining')], ['50', '30']);
    assert.deepEqual([header(even, NOW + 10_000, 'x-ratelimit-remaining'), header(late, NOW + 10_000, 'x-ratelimit-remaining')], ['80', '70']);
    assert.equal(header(late, NOW + 10_000, 'x-ratelimit-reset'), String(NOW / 1000 + 20));
  });

  it('remembers who was blocked although warned', () => {
    const limit = new RateLimit(LIMIT);
    for (let count = 0; count < 10; count += 1) limit.delivered(limit.judge('exporter', {now: NOW}), NOW + 20);
    limit.judge('exporter', {now: NOW + 30, startedAt: NOW + 10});
    assert.deepEqual([limit.record.blocked, limit.record.blockedAfterWarning, limit.record.firstWarnedAt], [1, 0, NOW + 20]);
    limit.judge('exporter', {now: NOW + 40, startedAt: NOW + 30});
    assert.deepEqual([limit.record.blocked, limit.record.blockedAfterWarning, limit.record.peakShare], [2, 1, 1]);
  });

  it('knows the least time that so many requests take', () => {
    assert.deepEqual([10, 11, 30].map((requests) => optimumMs(LIMIT, requests)), [0, 1000, 20_000]);
    assert.deepEqual([10, 11, 30].map((requests) => optimumMs({...LIMIT, forgets: 'atOnce'}, requests)), [0, 10_000, 20_000]);
  });

  it('holds across processes, with its record, by the identity and not by the token', async () => {
    await using sandbox = await startSandboxProcess({rateLimit: {...LIMIT, windowMs: 600_000, delayFrom: 1}});
    await using client = new SandboxClient(sandbox);
    const bounds = {startTime: '2026-11-18T00:00:00Z', endTime: '2026-11-18T00:00:01Z'};
    let token = await client.token(sandbox.job);
    for (let count = 0; count < 10; count += 1) await client.page(token, bounds);
    token = await client.token(sandbox.job);
    const blocked = await client.page(token, bounds);
    assert.equal(blocked.status, 429);
    assert.match(blocked.text, /TF400733/);
    assert.equal(blocked.headers['retry-after'], '60');
    assert.deepEqual(await sandbox.rateLimit().then((record) => [record?.passed, record?.delayed, record?.blocked]), [10, 0, 1]);
  });
});
