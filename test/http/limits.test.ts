import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { HttpRequest, HttpResponse } from '../../tasks/common/http/http';
import type { Timeouts } from '../../tasks/common/http/settings';
import { Authority } from '../support/certificates';
import { ConnectProxy } from '../support/connectProxy';
import { rejection } from '../support/rejection';
import { openTestHttp, type TestHttp, type TestHttpOptions } from '../support/testHttp';
import { inTurn, json, TlsServer, type Answer } from '../support/tlsServer';

const never = new AbortController().signal;
/** So long that nothing of it fires in a test. */
const PATIENT: Timeouts = { connect: 60_000, headers: 60_000, body: 60_000, whole: 60_000 };

describe('http: limits of size and time', () => {
  let authority: Authority;
  let server: TlsServer;
  /** Says nothing to the first connection, so that its TLS handshake never ends; leads the others to the server. */
  let mute: Server;
  const muteSockets = new Set<Socket>();
  const opened: (TestHttp | ConnectProxy)[] = [];

  before(async () => {
    authority = await Authority.make('Limits');
    server = await TlsServer.start(await authority.issue(['localhost']), json({}));
    mute = createServer((socket) => {
      muteSockets.add(socket.on('error', () => {}));
      if (muteSockets.size > 1) socket.pipe(connect(server.port, '127.0.0.1').on('error', () => {})).pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(mute, 'listening');
  });
  after(async () => {
    mute.close();
    await server.close();
    authority.remove();
  });
  beforeEach(() => {
    server.requests.length = 0;
    muteSockets.clear();
  });
  afterEach(async () => {
    for (const part of opened.splice(0)) await ('http' in part ? part.http.close() : part.close());
  });

  function open(options: TestHttpOptions = {}): TestHttp {
    const test = openTestHttp({ caFile: authority.file, ...options });
    opened.push(test);
    return test;
  }
  async function openProxy(options: Partial<Parameters<typeof ConnectProxy.start>[0]>): Promise<ConnectProxy> {
    const proxy = await ConnectProxy.start({ portOf: () => server.port, ...options });
    opened.push(proxy);
    return proxy;
  }
  const send = (test: TestHttp, answer: Answer, request: Partial<HttpRequest> = {}): Promise<HttpResponse> => {
    server.answer = answer;
    return test.http.send({ method: 'GET', url: server.url(), signal: never, ...request });
  };

  describe('bodies', () => {
    const text = '{"entries":["ä","😀"]}';
    const encoded: [name: string, body: Buffer][] = [
      ['gzip', gzipSync(text)], ['x-gzip', gzipSync(text)], [' GZip ', gzipSync(text)], ['deflate', deflateSync(text)], ['br', brotliCompressSync(text)],
      ['identity', Buffer.from(text)], ['', Buffer.from(text)],
    ];
    for (const [name, body] of encoded) {
      it(`are decoded: content-encoding "${name}"`, async () => {
        const response = await send(open(), (answer) => answer.writeHead(200, { 'content-encoding': name }).end(body));
        assert.equal(response.body.toString('utf8'), text);
      });
    }

    it('are decoded on an error status too, and may be empty', async () => {
      const response = await send(open(), (answer) => answer.writeHead(404, { 'content-encoding': 'gzip' }).end(gzipSync(text)));
      assert.equal(response.body.toString('utf8'), text);
      assert.equal((await send(open(), (answer) => answer.writeHead(200, { 'content-encoding': 'gzip' }).end())).body.length, 0);
    });

    it('of exactly the limit pass', async () => {
      const test = open();
      const exact = Buffer.alloc(1000, 'x');
      assert.equal((await send(test, (answer) => answer.end(exact), { maximumBytes: 1000 })).body.length, 1000);
      assert.equal((await send(test, (answer) => answer.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(exact)), { maximumBytes: 1000 })).body.length, 1000);
    });

    it('above the limit are refused at once, and their connection is dropped', async () => {
      const test = open();
      let sent = 0;
      const failure = await rejection(send(test, (answer) => {
        const more = (): void => {
          if (answer.destroyed) return;
          sent += 65_536;
          answer.write(Buffer.alloc(65_536), () => setImmediate(more));
        };
        more();
      }, { maximumBytes: 2 * 1024 * 1024 }), 'RESPONSE_TOO_LARGE');
      assert.match(failure.message, /^localhost sent an answer of more than 2 MiB/);
      assert.equal(server.requests.length, 1);
      await allClosed(server);
      assert.ok(sent < 20 * 1024 * 1024, `${sent} bytes were sent`);
    });

    it('above the limit once decompressed are refused at once', async () => {
      const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024), { level: 9 });
      const failure = await rejection(send(open(), (answer) => answer.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb), { maximumBytes: 1024 * 1024 }), 'RESPONSE_TOO_LARGE');
      assert.match(failure.message, /more than 1 MiB/);
      assert.equal(server.requests.length, 1);
    });
  });

  describe('time', () => {
    const dripping = (answer: ServerResponse): void => {
      answer.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => answer.write('x'), 50);
      answer.on('close', () => { clearInterval(timer); });
    };
    const halfWay = (answer: ServerResponse): void => { answer.writeHead(200).write('{"half'); };

    /** What takes too long; every other time-out is set far away. */
    const cases: Record<string, { timeouts: Partial<Timeouts>; answer: Answer }> = {
      'no answer': { timeouts: { headers: 150 }, answer: () => {} },
      'an answer that stops half-way': { timeouts: { body: 150 }, answer: halfWay },
      'an answer that drips for ever': { timeouts: { whole: 300 }, answer: dripping },
      'an answer that never comes, by the time for the whole': { timeouts: { whole: 300 }, answer: () => {} },
    };
    for (const [name, { timeouts, answer }] of Object.entries(cases)) {
      it(`ends ${name}, drops its connection and tries again`, async () => {
        const test = open({ timeouts: { ...PATIENT, ...timeouts } });
        let isDropped = false;
        const response = await send(test, inTurn((hanging, ...rest) => {
          hanging.socket?.on('close', () => { isDropped = true; });
          answer(hanging, ...rest);
        }, json({ fine: true })));
        assert.equal(response.status, 200);
        assert.deepEqual(test.waits.map(({ why }) => why), ['failed']);
        await until(() => isDropped);
      });
    }

    for (const [name, timeouts] of [['connecting', { connect: 150 }], ['the whole', { whole: 300 }]] as const) {
      it(`ends a TLS handshake that never finishes, by the time for ${name}`, async () => {
        const test = open({ timeouts: { ...PATIENT, ...timeouts } });
        const url = new URL(`https://localhost:${(mute.address() as AddressInfo).port}/`);
        assert.equal((await send(test, json({}), { url })).status, 200);
        assert.deepEqual(test.waits.map(({ why }) => why), ['failed']);
      });

      it(`ends a TLS handshake behind a proxy that never finishes, by the time for ${name}`, async () => {
        const proxy = await openProxy({ portOf: () => (mute.address() as AddressInfo).port });
        const test = open({ timeouts: { ...PATIENT, ...timeouts }, proxy: { url: proxy.url, bypass: [] } });
        assert.equal((await send(test, json({}), { url: new URL('https://localhost/') })).status, 200);
        assert.equal(proxy.targets.length, 2);
        assert.deepEqual(test.waits.map(({ why }) => why), ['failed']);
      });

      it(`ends a CONNECT that the proxy never answers, by the time for ${name}`, async () => {
        const proxy = await openProxy({ always: 'silent' });
        const test = open({ timeouts: { ...PATIENT, ...timeouts }, proxy: { url: proxy.url, bypass: [] } });
        const failure = await rejection(send(test, json({}), { url: new URL('https://dev.azure.com/') }), 'NETWORK_UNREACHABLE');
        assert.match(failure.message, /dev\.azure\.com through the proxy 127\.0\.0\.1:\d+: .* \(6 attempts\)/);
      });
    }
  });

  describe('a signal', () => {
    const reason = new Error('the reason of the signal');

    async function abortedWhile(send: (signal: AbortSignal) => Promise<unknown>, reached: () => boolean): Promise<void> {
      const controller = new AbortController();
      const sent = send(controller.signal).then(() => assert.fail('it ended well'), (thrown: unknown) => thrown);
      await until(reached);
      controller.abort(reason);
      assert.equal(await sent, reason);
    }
    const patient = (more: TestHttpOptions = {}): TestHttp => open({ timeouts: PATIENT, ...more });

    it('that is aborted already lets nothing leave', async () => {
      await assert.rejects(send(patient(), json({}), { signal: AbortSignal.abort(reason) }), reason);
      assert.equal(server.requests.length, 0);
    });

    it('ends the TLS handshake', async () => {
      const url = new URL(`https://localhost:${(mute.address() as AddressInfo).port}/`);
      const before = muteSockets.size;
      await abortedWhile((signal) => send(patient(), json({}), { url, signal }), () => muteSockets.size > before);
    });

    it('ends the wait for a proxy', async () => {
      const proxy = await openProxy({ always: 'silent' });
      const test = patient({ proxy: { url: proxy.url, bypass: [] } });
      await abortedWhile((signal) => send(test, json({}), { url: new URL('https://dev.azure.com/'), signal }), () => proxy.targets.length === 1);
    });

    it('ends the wait for an answer', async () => {
      await abortedWhile((signal) => send(patient(), () => {}, { signal }), () => server.requests.length === 1);
      await allClosed(server);
    });

    it('ends the reading of the body', async () => {
      let isHalfWay = false;
      await abortedWhile((signal) => send(patient(), (answer) => { answer.writeHead(200).write('{"half', () => { isHalfWay = true; }); }, { signal }), () => isHalfWay);
      await allClosed(server);
    });

    it('ends the wait before another attempt', async () => {
      const test = patient({ sleep: 'real' });
      await abortedWhile((signal) => send(test, json({}, 429, { 'retry-after': '300' }), { signal }), () => test.waits.length === 1);
    });

    it('ends the wait that an earlier answer asked for', async () => {
      const test = patient({ sleep: 'real' });
      await send(test, json({}, 200, { 'retry-after': '300' }));
      await abortedWhile((signal) => send(test, json({}), { signal }), () => test.waits.length === 1);
    });
  });
});

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Waits until no client is connected to the server any more. */
function allClosed(server: TlsServer): Promise<void> {
  return until(() => server.sockets.size === 0);
}
