import assert from 'node:assert/strict';
import {request} from 'node:http';
import {connect} from 'node:tls';
import {gunzipSync} from 'node:zlib';
import type {Fault} from '../../sandbox/faults/fault';
import {FAULT_NAMES, NAMED_FAULTS} from '../../sandbox/faults/catalog';
import {startSandbox, type Sandbox} from '../../sandbox/sandbox';
import {SandboxClient, type Answer, type Page} from './client';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const WINDOW = {start: Date.parse('2026-11-18T00:00:00Z'), end: Date.parse('2026-11-19T00:00:00Z')};
const BOUNDS = {startTime: '2026-11-18T00:00:00Z', endTime: '2026-11-19T00:00:00Z', batchSize: '20'};

describe('the stand-in\'s faults', () => {
  let sandbox: Sandbox;
  let client: SandboxClient;
  let token: string;
  let ids: string[];

  before(async () => {
    sandbox = await startSandbox({clock: () => NOW, totalEntries: {count: 70, ...WINDOW}, recordAccess: false});
    client = new SandboxClient(sandbox);
    token = await client.token(sandbox.job);
    ids = [];
    for await (const {id} of sandbox.truth(WINDOW)) ids.push(id);
  });

  beforeEach(() => { sandbox.faults.set([]); });

  after(async () => {
    await client[Symbol.asyncDispose]();
    await sandbox.close();
  });

  const page = async (continuationToken?: string): Promise<Answer> => client.page(token, {...BOUNDS, ...(continuationToken === undefined ? {} : {continuationToken})});
  const parsed = async (continuationToken?: string): Promise<Page> => JSON.parse((await page(continuationToken)).text) as Page;
  const strikeEvery = (fault: Fault): void => { sandbox.faults.set([{match: {path: '/auditlog'}, fault}]); };
  const strikeSecond = (fault: Fault): void => { sandbox.faults.set([{match: {path: '/auditlog', nth: 2}, fault}]); };

  it('strikes the n-th, every n-th, from the n-th on, so many times, at one host', async () => {
    const fault: Fault = {kind: 'status', status: 503};
    const statuses = async (match: object, times?: number): Promise<number[]> => {
      sandbox.faults.set([{match: {path: 'AuditLog', ...match}, fault, ...(times === undefined ? {} : {times})}]);
      const seen: number[] = [];
      for (let count = 0; count < 5; count += 1) seen.push((await page()).status);
      return seen;
    };
    assert.deepEqual(await statuses({nth: 2}), [200, 503, 200, 200, 200]);
    assert.deepEqual(await statuses({every: 2}), [200, 503, 200, 503, 200]);
    assert.deepEqual(await statuses({from: 3}), [200, 200, 503, 503, 503]);
    assert.deepEqual(await statuses({}, 1), [503, 200, 200, 200, 200]);
    assert.deepEqual(await statuses({host: 'dev.azure.com'}), [200, 200, 200, 200, 200]);
    assert.ok(sandbox.faults.fired.every((line) => line.startsWith('status auditservice.dev.azure.com/fabrikam/')));
  });

  it('names waits in seconds, as a date, raw, or not', async () => {
    const waits: [NonNullable<Extract<Fault, {kind: 'slowDown'}>['retryAfter']>, string][] = [
      [{seconds: 7}, '7'], [{dateInSeconds: 60}, 'Fri, 20 Nov 2026 12:01:00 GMT'], [{raw: 'soon'}, 'soon'],
    ];
    for (const [retryAfter, text] of waits) {
      strikeEvery({kind: 'status', status: 429, retryAfter});
      assert.equal((await page()).headers['retry-after'], text);
      strikeEvery({kind: 'slowDown', retryAfter});
      const slow = await page();
      assert.deepEqual([slow.status, slow.headers['retry-after']], [200, text]);
    }
    strikeEvery({kind: 'status', status: 429});
    assert.equal((await page()).headers['retry-after'], undefined);
  });

  it('breaks answers off', async () => {
    const outcomes = [
      ['truncatedBody', 'UND_ERR_SOCKET'], ['truncatedChunks', 'UND_ERR_SOCKET'], ['resetBeforeHeaders', 'ECONNRESET'], ['resetInBody', 'ECONNRESET'],
      ['hangBeforeHeaders', 'UND_ERR_HEADERS_TIMEOUT'], ['hangInBody', 'UND_ERR_BODY_TIMEOUT'],
    ] as const;
    for (const [kind, code] of outcomes) {
      strikeEvery({kind});
      await assert.rejects(page(), {code}, kind);
    }
    strikeEvery({kind: 'slowBody', chunkBytes: 4000, everyMs: 5});
    assert.equal((await parsed()).decoratedAuditLogEntries.length, 20);
  });

  it('breaks tunnels', async () => {
    const outcomes = [['proxyAuthentication', '407'], ['connectRefused', '502'], ['connectReset', 'reset'], ['connectHang', 'silence'], ['tlsHang', '200, then silence']] as const;
    for (const [kind, outcome] of outcomes) {
      sandbox.faults.set([{match: {host: 'auditservice.dev.azure.com'}, fault: {kind}}]);
      assert.equal(await tunnel(sandbox.network.proxyUrl), outcome);
      assert.equal(sandbox.faults.fired.at(-1), `${kind} auditservice.dev.azure.com`);
    }
  });

  it('answers with other things than pages', async () => {
    const answers: [Fault, number, RegExp][] = [
      [{kind: 'signInPage'}, 203, /Sign In/], [{kind: 'signInRedirect'}, 302, /Object moved/], [{kind: 'htmlPage'}, 200, /^<!DOCTYPE html>/],
      [{kind: 'otherShape'}, 200, /^\{"count":0/], [{kind: 'hostileError'}, 403, /##vso\[task\.setvariable/], [{kind: 'byteOrderMark'}, 200, /^\uFEFF\{"decorated/],
      [{kind: 'wrapper'}, 200, /^\{"value":\{"decorated/], [{kind: 'invalidUtf8'}, 200, /"details":"\uFFFD/], [{kind: 'status', status: 401}, 401, /TF400813/],
    ];
    for (const [fault, status, text] of answers) {
      strikeEvery(fault);
      const answer = await rawPage();
      assert.deepEqual([answer.status, text.test(new TextDecoder('utf-8', {ignoreBOM: true}).decode(answer.bytes))], [status, true], fault.kind);
    }
    strikeEvery({kind: 'hostileHeaders'});
    assert.match(String((await page()).headers['activityid']), /##vso/);
    strikeEvery({kind: 'gzip'});
    assert.match(gunzipSync((await rawPage()).bytes).toString(), /^\{"decorated/);
    strikeEvery({kind: 'corruptGzip'});
    const corrupt = await rawPage();
    assert.throws(() => gunzipSync(corrupt.bytes));
    strikeEvery({kind: 'oversizeBody', bytes: 3_000_000});
    assert.ok((await rawPage()).bytes.length >= 3_000_000);
  });

  it('breaks tokens', async () => {
    const first = await parsed();
    const next = first.continuationToken ?? '';
    strikeEvery({kind: 'repeatedToken'});
    assert.equal((await parsed(next)).continuationToken, next);
    strikeEvery({kind: 'missingToken'});
    assert.deepEqual(await parsed().then((answer) => ['continuationToken' in answer, answer.hasMore]), [false, true]);
    strikeEvery({kind: 'nullToken'});
    assert.equal((await parsed()).continuationToken, null);
    strikeEvery({kind: 'emptyToken'});
    assert.equal((await parsed()).continuationToken, '');
    strikeEvery({kind: 'tokenCycle'});
    const seen: string[] = [];
    let position: string | undefined;
    for (let count = 0; count < 8; count += 1) {
      position = (await parsed(position)).continuationToken ?? '';
      seen.push(position);
    }
    assert.equal(new Set(seen).size, 3);
    assert.deepEqual(seen.slice(3, 6), seen.slice(0, 3));
  });

  it('serves an empty page and loses nothing, or empty pages for ever', async () => {
    strikeSecond({kind: 'emptyPage'});
    assert.deepEqual((await client.walk(token, WINDOW, 20)).map(({id}) => id), ids);
    strikeEvery({kind: 'emptyPage'});
    const first = await parsed();
    const second = await parsed(first.continuationToken ?? '');
    assert.deepEqual([first.decoratedAuditLogEntries.length, first.hasMore, second.decoratedAuditLogEntries.length, second.hasMore], [0, true, 0, true]);
    assert.notEqual(first.continuationToken, second.continuationToken);
  });

  it('repeats, swaps and clamps entries without losing any', async () => {
    const shapes: [Fault, number][] = [
      [{kind: 'repeatedEntries', count: 4}, 74], [{kind: 'duplicateWithinPage'}, 71], [{kind: 'clampedPage', size: 7}, 70], [{kind: 'outOfOrder'}, 70], [{kind: 'swappedPages'}, 70],
    ];
    for (const [fault, count] of shapes) {
      strikeSecond(fault);
      const walked = (await client.walk(token, WINDOW, 20)).map(({id}) => id);
      assert.equal(walked.length, count, fault.kind);
      assert.deepEqual([...new Set(walked)].sort(), ids.toSorted(), fault.kind);
      if (fault.kind !== 'clampedPage') assert.notDeepEqual(walked, ids, fault.kind);
    }
  });

  it('spoils the first entry\'s text', async () => {
    strikeEvery({kind: 'invalidEscape'});
    assert.match((await page()).text, /"details":"C:\\Projects/);
    strikeEvery({kind: 'rawControlCharacter'});
    assert.match((await page()).text, /"details":"\u0001/);
  });

  it('lets entries arrive while a walk is under way', async () => {
    for (const [where, more] of [['ahead', 1], ['behind', 0]] as const) {
      await using own = await startSandbox({clock: () => NOW, totalEntries: {count: 70, ...WINDOW}, faults: [{match: {path: '/auditlog', nth: 2}, fault: {kind: 'lateEntry', where}}]});
      await using ownClient = new SandboxClient(own);
      const walked = await ownClient.walk(await ownClient.token(own.job), WINDOW, 20);
      assert.equal(walked.length, 70 + more);
      let truth = 0;
      for await (const entry of own.truth(WINDOW)) truth += entry.id === '' ? 0 : 1;
      assert.equal(truth, 71);
    }
  });

  it('has a rule of each name', () => {
    for (const name of FAULT_NAMES) assert.ok(NAMED_FAULTS[name].length > 0);
  });

  async function rawPage(): Promise<{status: number; bytes: Buffer}> {
    return client.bytes(token, BOUNDS);
  }
});

/** What a tunnel to the audit service comes to: the proxy's answer, and what follows the first words of TLS. */
async function tunnel(proxyUrl: string): Promise<string> {
  const asking = request(proxyUrl, {method: 'CONNECT', path: 'auditservice.dev.azure.com:443'});
  try {
    return await new Promise<string>((resolve) => {
      asking.on('error', () => { resolve('reset'); });
      asking.setTimeout(300, () => { resolve('silence'); });
      asking.on('connect', (response, socket) => {
        const status = String(response.statusCode);
        if (status !== '200') resolve(status);
        socket.on('data', () => { resolve(`${status}, then data`); });
        setTimeout(() => { resolve(`${status}, then silence`); }, 300);
        connect({socket, servername: 'auditservice.dev.azure.com', rejectUnauthorized: false}).on('secureConnect', () => { resolve(`${status}, then TLS`); }).on('error', () => undefined);
      });
      asking.end();
    });
  } finally {
    asking.destroy();
  }
}
