import assert from 'node:assert/strict';
import {startSandbox, type Sandbox, type SandboxOptions} from '../../sandbox/sandbox';
import {startSandboxProcess} from '../../sandbox/sandboxProcess';
import {SandboxClient, type Page} from './client';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const WINDOW = {start: Date.parse('2026-11-18T00:00:00Z'), end: Date.parse('2026-11-19T00:00:00Z')};
const BOUNDS = {startTime: '2026-11-18T00:00:00Z', endTime: '2026-11-19T00:00:00Z'};
const SEVENTY = {totalEntries: {count: 70, ...WINDOW}};

type Ask = (parameters?: Record<string, string>) => Promise<{status: number; page: Page}>;

async function withService(options: SandboxOptions, body: (ask: Ask, sandbox: Sandbox, client: SandboxClient, token: string) => Promise<void>): Promise<void> {
  await using sandbox = await startSandbox({clock: () => NOW, ...SEVENTY, ...options});
  await using client = new SandboxClient(sandbox);
  const token = await client.token(sandbox.job);
  await body(async (parameters = {}) => {
    const {status, text} = await client.page(token, {...BOUNDS, ...parameters});
    return {status, page: JSON.parse(text) as Page};
  }, sandbox, client, token);
}

describe('the stand-in\'s audit service', () => {
  it('gives 200 entries unless asked, clamps larger pages silently, and refuses what it cannot read', () => withService({totalEntries: {count: 1500, ...WINDOW}}, async (ask, sandbox) => {
    assert.equal((await ask()).page.decoratedAuditLogEntries.length, 200);
    assert.equal((await ask({batchSize: '5000'})).page.decoratedAuditLogEntries.length, 1000);
    sandbox.switches.pageCap = 200;
    assert.equal((await ask({batchSize: '5000'})).page.decoratedAuditLogEntries.length, 200);
    for (const bad of [{batchSize: '0'}, {batchSize: 'x'}, {startTime: 'yesterday'}, {startTime: '2026-11-19T00:00:01Z'}, {continuationToken: 'x'}, {'api-version': '7.1'}, {'api-version': ''}]) {
      assert.equal((await ask(bad)).status, 400, JSON.stringify(bad));
    }
  }));

  it('ends with the id of the last entry, null, or no token', () => withService({}, async (ask, sandbox) => {
    const last = async (): Promise<Page> => (await ask()).page;
    const page = await last();
    assert.deepEqual([page.hasMore, page.continuationToken], [false, page.decoratedAuditLogEntries.at(-1)?.id]);
    sandbox.switches.lastToken = 'null';
    assert.equal((await last()).continuationToken, null);
    sandbox.switches.lastToken = 'missing';
    assert.equal('continuationToken' in (await last()), false);
  }));

  it('takes a token with other bounds, or refuses it', () => withService({}, async (ask, sandbox) => {
    const continuationToken = (await ask({batchSize: '20'})).page.continuationToken ?? '';
    const changed = {continuationToken, startTime: '2026-11-18T00:00:01Z'};
    assert.equal((await ask(changed)).status, 200);
    sandbox.switches.tokenBoundToWindow = true;
    assert.equal((await ask(changed)).status, 400);
    assert.equal((await ask({continuationToken})).status, 200);
  }));

  it('wraps and compresses when switched on', () => withService({switches: {wrapper: true, gzip: true, byteOrderMark: 'always'}}, async (_ask, _sandbox, client, token) => {
    const plain = await client.bytes(token, BOUNDS);
    assert.match(plain.bytes.toString(), /^\uFEFF\{"value":\{"decoratedAuditLogEntries"/);
    const url = `https://auditservice.dev.azure.com/fabrikam/_apis/audit/auditlog?api-version=7.1-preview.1`;
    const compressed = await client.send('GET', url, {'authorization': `Bearer ${token}`, 'accept-encoding': 'gzip'});
    assert.equal(compressed.headers['content-encoding'], 'gzip');
  }));

  it('forgets what is older than 90 days', () => withService({totalEntries: {count: 100, start: NOW - 100 * 86_400_000, end: NOW}}, async (ask, sandbox) => {
    const all = {startTime: '2026-01-01T00:00:00Z', endTime: '2026-11-20T12:00:00Z'};
    const served = (await ask(all)).page.decoratedAuditLogEntries;
    const truth: string[] = [];
    for await (const {id} of sandbox.truth({start: 0, end: NOW})) truth.push(id);
    assert.deepEqual(served.map(({id}) => id), truth);
    assert.ok(served.length > 80 && served.length < 100);
    assert.ok(served.every(({timestamp}) => Date.parse(timestamp) >= NOW - 90 * 86_400_000));
  }));

  it('records who reads, and joins the accesses of one reader unless told not to', async () => {
    let now = WINDOW.end;
    await withService({clock: () => now, switches: {recordsConnections: false}}, async (ask) => {
      const hour = {startTime: '2026-11-19T00:00:00Z', endTime: '2026-11-19T01:00:00Z'};
      for (let count = 0; count < 4; count += 1) {
        await ask(hour);
        now += 60_000;
      }
      const single = (await ask(hour)).page.decoratedAuditLogEntries;
      now += 1_000;
      const joined = (await ask({...hour, skipAggregation: 'false'})).page.decoratedAuditLogEntries as unknown as {details: string; timestamp: string; data: {EventSummary: string[]}}[];
      assert.equal(single.length, 4);
      assert.equal(joined.length, 1);
      assert.equal(joined[0]?.details, 'Accessed the audit log 5 times');
      assert.equal(joined[0].data.EventSummary.length, 5);
      assert.equal(joined[0].data.EventSummary[0], joined[0].timestamp);
    });
    await withService({recordAccess: false, clock: () => WINDOW.end}, async (ask) => {
      await ask();
      assert.equal((await ask({startTime: '2026-11-19T00:00:00Z'})).page.decoratedAuditLogEntries.length, 0);
    });
  });

  it('serves the same from a process of its own, and ends with its stdin', async () => {
    const inside: string[] = [];
    await withService({}, async (_ask, sandbox) => { for await (const {json} of sandbox.truth(WINDOW)) inside.push(json); });
    const outside = await startSandboxProcess({now: NOW, ...SEVENTY, faults: [{match: {path: '/auditlog', nth: 1}, fault: {kind: 'status', status: 503}}]});
    const client = new SandboxClient(outside);
    try {
      const token = await client.token(outside.job);
      assert.equal((await client.page(token, BOUNDS)).status, 503);
      assert.equal((await client.walk(token, WINDOW)).length, 70);
      const truth: string[] = [];
      for await (const {json} of outside.truth(WINDOW)) truth.push(json);
      assert.deepEqual(truth, inside);
      assert.deepEqual((await outside.faults.fired()).map((line) => line.split(' ')[0]), ['status']);
      assert.ok((await outside.tokens()).includes(token));
      assert.ok((await outside.requests()).length > 3);
    } finally {
      await client[Symbol.asyncDispose]();
      await outside.close();
    }
    assert.throws(() => process.kill(outside.pid, 0));
  });
});
