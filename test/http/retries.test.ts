import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { Budgets } from '../../tasks/common/http/budgets';
import { azureDevOpsCredential, keyVaultCredential } from '../../tasks/common/http/credential';
import type { HttpRequest, HttpResponse } from '../../tasks/common/http/http';
import { Authority } from '../support/certificates';
import { rejection, shown } from '../support/rejection';
import { openTestHttp, type TestHttp, type TestHttpOptions } from '../support/testHttp';
import { inTurn, json, TlsServer, type Answer } from '../support/tlsServer';

const GUID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const ok = json({ fine: true });
const NO_NEWS = { limit: undefined, remaining: undefined, resetInMs: undefined, delayedMs: undefined, isWarning: false };

describe('http: what is tried again', () => {
  let authority: Authority;
  let server: TlsServer;
  let test: TestHttp;
  const signal = new AbortController().signal;

  before(async () => {
    authority = await Authority.make('Retries');
    server = await TlsServer.start(await authority.issue(['localhost']), ok);
  });
  after(async () => {
    await server.close();
    authority.remove();
  });
  beforeEach(() => {
    server.requests.length = 0;
    reopen();
  });
  afterEach(() => test.http.close());

  function reopen(options: TestHttpOptions = {}): void {
    test = openTestHttp({ caFile: authority.file, ...options });
  }
  const send = (answer: Answer, request: Partial<HttpRequest> = {}): Promise<HttpResponse> => {
    server.answer = answer;
    return test.http.send({ method: 'GET', url: server.url('/a?b=1'), signal, ...request });
  };

  const broken: Record<string, Answer> = {
    'reset before any answer': (response) => response.socket?.destroy(),
    'reset in the body': (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"fine":', () => response.socket?.destroy());
    },
    'body shorter than its content-length': (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"fine":true}', () => response.socket?.end());
    },
    'chunked body without its end': (response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.write('{"fine":true}', () => response.socket?.end());
    },
    'corrupt gzip': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is no gzip'),
    'gzip cut off, but of the promised length': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"fine":true}').subarray(0, 20)),
    'an encoding that nobody asked for': (response) => response.writeHead(200, { 'content-encoding': 'zstd' }).end('{}'),
    'an encoding called constructor': (response) => response.writeHead(200, { 'content-encoding': 'constructor' }).end('{}'),
    'an encoding called toString': (response) => response.writeHead(200, { 'content-encoding': 'toString' }).end('{}'),
    'no HTTP at all': (response) => response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'),
  };
  for (const [name, answer] of Object.entries(broken)) {
    it(`repeats after: ${name}`, async () => {
      const response = await send(inTurn(answer, answer, ok));
      assert.deepEqual(JSON.parse(response.body.toString()), { fine: true });
      assert.equal(server.requests.length, 3);
      assert.deepEqual(test.time.waits, [250, 500]);
      assert.deepEqual(test.http.statistics, { requests: 3, retries: 2, waitedMs: 750 });
      assert.deepEqual(test.waits.map(({ host, why }) => `${host} ${why}`), ['localhost failed', 'localhost failed']);
    });

    it(`ends after six attempts: ${name}`, async () => {
      const failure = await rejection(send(answer), 'NETWORK_UNREACHABLE');
      assert.match(failure.message, /localhost: .*\(6 attempts\)/);
      assert.equal(server.requests.length, 6);
    });
  }

  for (const status of [408, 429, 500, 502, 503, 504]) {
    it(`repeats after ${status}, and hands it back after six attempts`, async () => {
      const response = await send(inTurn(json({}, status), ok));
      assert.equal(response.status, 200);
      assert.deepEqual(test.time.waits, [250]);
      server.requests.length = 0;
      assert.equal((await send(json({}, status))).status, status);
      assert.equal(server.requests.length, 6);
    });
  }

  for (const status of [201, 203, 204, 301, 302, 307, 400, 401, 403, 404, 409, 501]) {
    it(`hands back ${status} at once, and follows no redirect`, async () => {
      const response = await send(json({}, status, { location: server.url('/elsewhere').href }));
      assert.equal(response.status, status);
      assert.equal(server.requests.length, 1);
      assert.deepEqual(test.time.waits, []);
    });
  }

  it('repeats a POST with its body', async () => {
    await send(inTurn(json({}, 503), ok), { method: 'POST', body: 'grant=ä' });
    assert.deepEqual(server.requests.map(({ method, body }) => [method, body]), [['POST', 'grant=ä'], ['POST', 'grant=ä']]);
  });

  it('repeats a 200 whose body is not whole to its reader, and hands back the last', async () => {
    const isWhole = (body: Buffer): boolean => body.toString().endsWith('}');
    assert.equal((await send(inTurn((response) => response.end('{"half'), ok), { isWhole })).body.toString(), '{"fine":true}');
    assert.equal((await send((response) => response.end('{"half'), { isWhole })).body.toString(), '{"half');
    assert.equal(server.requests.length, 2 + 6);
    assert.equal((await send((response) => response.writeHead(404).end('{"half'), { isWhole })).status, 404);
    assert.equal(server.requests.length, 9);
  });

  describe('Retry-After', () => {
    const asks = (status: number, header: string, more: Record<string, string> = {}): Answer => json({}, status, { 'retry-after': header, ...more });

    for (const status of [429, 503]) {
      it(`is waited for on a ${status}, in seconds`, async () => {
        await send(inTurn(asks(status, '34'), ok));
        assert.deepEqual(test.time.waits, [34_000]);
        assert.deepEqual(test.waits, [{ host: 'localhost', ms: 34_000, why: 'asked' }]);
      });
    }

    it('is waited for as a date, by the service\'s clock', async () => {
      // The agent's clock is a day behind: only the answer's own Date tells how long the service means.
      const date = new Date(test.time.nowMs + 86_400_000);
      await send(inTurn(asks(429, new Date(date.getTime() + 20_000).toUTCString(), { date: date.toUTCString() }), ok));
      assert.deepEqual(test.time.waits, [20_000]);
    });

    it('is not taken from a text that is neither', async () => {
      await send(inTurn(asks(429, 'foo 2099'), ok));
      assert.deepEqual(test.time.waits, [250]);
    });

    it('never means less than the backoff, which grows', async () => {
      const again = asks(503, '0');
      await send(inTurn(again, again, again, again, again, again, again, again, again, ok));
      assert.deepEqual(test.time.waits, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    });

    it('may be asked for more often than failures are forgiven', async () => {
      const again = asks(429, '60');
      await send(inTurn(again, again, again, again, again, again, again, (response) => response.socket?.destroy(), ok));
      assert.equal(server.requests.length, 9);
    });

    it('ends the step when it asks for more than ten minutes', async () => {
      await send(inTurn(asks(429, '600'), ok));
      assert.deepEqual(test.time.waits, [600_000]);
      const failure = await rejection(send(asks(429, '601', { activityid: GUID })), 'THROTTLED_TOO_LONG');
      assert.match(failure.message, /localhost asks to wait 11 minutes/);
      assert.equal(failure.activityId, GUID);
      assert.deepEqual(test.time.waits, [600_000]);
    });

    for (const status of [200, 401, 404]) {
      it(`on a ${status} delays the next request to that host`, async () => {
        assert.equal((await send(asks(status, '5'))).status, status);
        assert.deepEqual(test.time.waits, []);
        test.time.nowMs += 2000;
        await send(ok);
        assert.deepEqual(test.time.waits, [3000]);
        await send(ok);
        assert.deepEqual(test.time.waits, [3000]);
      });
    }

    it('on a 200 delays nobody once its time has passed, and no other host', async () => {
      await send(asks(200, '5'));
      test.time.nowMs += 5000;
      await send(ok);
      assert.deepEqual(test.time.waits, []);
      await send(asks(200, '5'));
      await send(ok, { url: new URL(`https://127.0.0.1:${server.port}/`) }).catch(() => undefined);
      assert.ok(test.waits.every(({ host }) => host !== 'localhost'));
    });

    it('on a 200 halts every request that follows, and lets them go one by one', async () => {
      await send(asks(200, '5'));
      const seen: { atMs: number; open: number }[] = [];
      let open = 0;
      server.answer = (response) => {
        open += 1;
        seen.push({ atMs: test.time.nowMs - began, open });
        setTimeout(() => { open -= 1; response.end('{}'); }, 20);
      };
      const began = test.time.nowMs;
      await Promise.all([1, 2, 3, 4, 5, 6].map(() => test.http.send({ method: 'GET', url: server.url(), signal })));
      assert.deepEqual(test.time.waits, [5000]);
      assert.ok(seen.every(({ atMs }) => atMs >= 5000));
      assert.deepEqual(seen.slice(0, 2).map((request) => request.open), [1, 1]);
      assert.deepEqual(test.waits, [{ host: 'localhost', ms: 5000, why: 'asked' }]);
      assert.equal(test.http.statistics.waitedMs, 5000);
    });

    it('halts the whole host, whoever was asked; and does so once for all of them', async () => {
      const other = { audience: 'the job token', hosts: ['localhost'], authorization: 'Bearer x' } as const;
      const budgets = new Budgets({ clock: test.time.clock, sleep: test.time.sleep, onHalt: (host, ms) => { told.push([host, ms]); }, onPace: () => undefined });
      const told: [string, number][] = [];
      const nobody = budgets.of(server.url(), undefined);
      const known = budgets.of(server.url(), other);
      assert.notEqual(nobody, known);
      assert.equal(budgets.of(server.url('/b'), { ...other, authorization: 'Bearer renewed' }), known);
      const pass = await nobody.enter(0, signal);
      pass.giveBack({ rate: NO_NEWS, isRefused: false, haltMs: 7000 });
      const began = test.time.nowMs;
      await known.enter(1, signal);
      assert.equal(test.time.nowMs, began + 7000);
      assert.deepEqual(told, [['localhost', 7000]]);
      budgets.of(server.url(), undefined).halt(3000);
      assert.equal(budgets.of(server.url(), keyVaultCredential('x', 'localhost')).notBefore, test.time.nowMs + 3000);
    });

    it('of more than ten minutes on a 200 stops the next request, not this one', async () => {
      assert.equal((await send(asks(200, '3600'))).status, 200);
      const failure = await rejection(send(ok), 'THROTTLED_TOO_LONG');
      assert.match(failure.message, /60 minutes/);
    });

    it('is handed back when nothing remains and the caller asked for that', async () => {
      const exhausted = asks(429, '3000', { 'x-ratelimit-remaining': '0' });
      assert.equal((await send(exhausted, { returnsExhausted: true })).isExhausted, true);
      await rejection(send(exhausted), 'THROTTLED_TOO_LONG');
    });
  });

  describe('a request', () => {
    it('has one id for all its attempts, and another than the next request', async () => {
      await send(inTurn(json({}, 503), json({}, 429, { 'retry-after': '1' }), ok));
      await send(ok);
      const ids = server.requests.map(({ headers }) => headers['x-vss-e2eid']);
      assert.deepEqual(ids.slice(0, 3), [ids[0], ids[0], ids[0]]);
      assert.match(String(ids[0]), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.notEqual(ids[3], ids[0]);
    });

    it('names the product, and carries what the caller adds', async () => {
      await send(ok, { headers: { 'x-tfs-fedauthredirect': 'Suppress' } });
      const seen = server.requests[0];
      assert.equal(seen?.headers['user-agent'], 'AuditLogExport/1.2.3 (test)');
      assert.equal(seen.headers.accept, 'application/json');
      assert.equal(seen.headers['x-tfs-fedauthredirect'], 'Suppress');
      assert.equal(seen.headers.authorization, undefined);
      assert.equal(seen.path, '/a?b=1');
    });

    it('is stopped before it leaves when its token may not go there', async () => {
      const failure = await rejection(send(ok, { credential: azureDevOpsCredential('very-secret') }), 'TOKEN_HOST_REFUSED');
      assert.doesNotMatch(shown(failure), /very-secret/);
      assert.equal(server.requests.length, 0);
      assert.equal(test.http.statistics.requests, 0);
    });
  });

  describe('an answer', () => {
    it('tells its activity id only when it is a GUID', async () => {
      assert.equal((await send(json({}, 200, { ActivityId: GUID }))).activityId, GUID);
      assert.equal((await send(json({}, 200, { 'x-ms-request-id': GUID }))).activityId, GUID);
      for (const hostile of ['##vso[task.complete result=Succeeded;]', `${GUID} and more`, 'eyJhbGciOi.eyJpc3Mi.c2ln', '']) {
        assert.equal((await send(json({}, 200, { ActivityId: hostile }))).activityId, undefined);
      }
    });

    it('tells its date only when it is one', async () => {
      assert.equal((await send(json({}, 200, { date: 'Fri, 20 Nov 2026 12:00:00 GMT' }))).dateMs, Date.UTC(2026, 10, 20, 12));
      for (const odd of ['abc 5', '', '2026', 'Fri, 20 Nov 2026 12:00:00']) assert.equal((await send(json({}, 200, { date: odd }))).dateMs, undefined);
      assert.equal((await send((response) => { response.sendDate = false; response.end('{}'); })).dateMs, undefined);
    });

    it('gives the first of repeated headers', async () => {
      const response = await send((answer) => answer.writeHead(200, ['activityid', GUID, 'activityid', '##vso[task.complete]']).end('{}'));
      assert.equal(response.activityId, GUID);
    });

    it('is refused as unreachable, without its text, when its headers are monstrous', async () => {
      const failure = await rejection(send((response) => response.writeHead(200, { 'x-big': 'secret-text'.repeat(20_000) }).end('{}')), 'NETWORK_UNREACHABLE');
      assert.doesNotMatch(shown(failure), /secret-text/);
    });
  });
});
