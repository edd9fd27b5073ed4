import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { createDispatchers } from '../../tasks/common/http/dispatchers';
import { Http, type Wait } from '../../tasks/common/http/http';
import { DEFAULT_TIMEOUTS } from '../../tasks/common/http/settings';
import { systemClock } from '../../tasks/common/time/clock';
import { systemRandom } from '../../tasks/common/time/random';
import { systemSleep } from '../../tasks/common/time/sleep';

/** The real one way out, through the stand-in's proxy, by TLS, in real time. */
function open(sandbox: Sandbox): { http: Http; waits: Wait[]; paces: number } & AsyncDisposable {
  const settings = { userAgent: 'AuditLogExport/1.2.3 (test)', caFile: sandbox.network.caFile, proxy: { url: sandbox.network.proxyUrl, bypass: [] }, timeouts: DEFAULT_TIMEOUTS };
  const waits: Wait[] = [];
  const opened = {
    waits, paces: 0,
    http: new Http({
      settings, dispatchers: createDispatchers(settings, {}), clock: systemClock, sleep: systemSleep, random: systemRandom,
      onWait: (wait) => waits.push(wait), onPace: () => { opened.paces += 1; },
    }),
    [Symbol.asyncDispose]: () => opened.http.close(),
  };
  return opened;
}

/** Without a token the service refuses each request; that counts against its limit all the same. */
async function ask(http: Http, count: number, concurrency: number): Promise<number[]> {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const statuses: number[] = [];
  const worker = async (): Promise<void> => {
    while (statuses.length < count) {
      const { status } = await http.send({ method: 'GET', url: new URL('https://auditservice.dev.azure.com/fabrikam/_apis/audit/auditlog'), signal });
      statuses.push(status);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return statuses;
}

describe('http: a service with a rate limit', function () {
  this.timeout(60_000);

  for (const forgets of ['evenly', 'atOnce'] as const) {
    it(`is never driven to refuse, once it has warned; usage is forgotten ${forgets === 'evenly' ? 'evenly' : 'after a whole window'}`, async () => {
      await using sandbox = await startSandbox({ rateLimit: { windowMs: 4000, limit: 60, costPerRequest: 1, forgets } });
      await using opened = open(sandbox);
      const statuses = await ask(opened.http, 90, 4);
      assert.ok(statuses.every((status) => status === 302));
      assert.equal(sandbox.rateLimit?.record.blockedAfterWarning, 0);
      assert.equal(sandbox.rateLimit.record.blocked, 0);
      assert.ok(sandbox.rateLimit.record.peakShare > 0.5, 'the limit was never near');
      assert.ok(opened.paces > 0 && opened.http.statistics.waitedMs > 0);
    });
  }

  it('that refuses is asked again when it says, and then answers', async () => {
    await using sandbox = await startSandbox({ rateLimit: { windowMs: 2000, limit: 2, costPerRequest: 1 } });
    await using opened = open(sandbox);
    const statuses = await ask(opened.http, 5, 5);
    assert.ok(statuses.every((status) => status === 302));
    assert.ok(opened.waits.length > 0 && opened.waits.every(({ host, why }) => host === 'auditservice.dev.azure.com' && why === 'asked'));
  });
});
