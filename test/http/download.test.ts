import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { azureDevOpsCredential } from '../../tasks/common/http/credential';
import type { DownloadedFile, DownloadRequest } from '../../tasks/common/http/http';
import type { Timeouts } from '../../tasks/common/http/settings';
import { Authority } from '../support/certificates';
import { rejection, shown } from '../support/rejection';
import { temporaryFolder } from '../support/temporaryFolder';
import { openTestHttp, type TestHttp, type TestHttpOptions } from '../support/testHttp';
import { inTurn, json, TlsServer, type Answer } from '../support/tlsServer';

const never = new AbortController().signal;
const PATIENT: Timeouts = { connect: 60_000, headers: 60_000, body: 60_000, whole: 60_000 };
const GUID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const content = randomBytes(3_000_000);
const whole: Answer = (response) => response.writeHead(200, { 'content-type': 'application/zip', activityid: GUID }).end(content);

describe('http: downloads', () => {
  let authority: Authority;
  let server: TlsServer;
  let test: TestHttp;
  const folder = temporaryFolder();
  const file = (): string => path.join(folder(), 'artifact.zip');

  before(async () => {
    authority = await Authority.make('Downloads');
    server = await TlsServer.start(await authority.issue(['localhost']), whole);
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
    test = openTestHttp({ caFile: authority.file, timeouts: PATIENT, ...options });
  }
  const download = (answer: Answer, request: Partial<DownloadRequest> = {}): Promise<DownloadedFile> => {
    server.answer = answer;
    return test.http.download({ url: server.url('/zip?a=1'), maximumBytes: 10_000_000, signal: never, ...request }, file());
  };
  const assertWhole = (): void => { assert.ok(readFileSync(file()).equals(content)); };
  const assertNothing = (): void => { assert.deepEqual(readdirSync(folder()), []); };

  it('come as they are, with their size and the request\'s name', async () => {
    const { status, bytes, activityId } = await download(whole);
    assert.deepEqual({ status, bytes, activityId }, { status: 200, bytes: content.length, activityId: GUID });
    assertWhole();
    assert.equal(server.requests[0]?.headers.accept, '*/*');
  });

  it('may be chunked, and empty', async () => {
    await download((response) => { response.writeHead(200).write(content.subarray(0, 1000), () => response.end(content.subarray(1000))); });
    assertWhole();
    server.answer = (response) => response.writeHead(200).end();
    assert.equal((await test.http.download({ url: server.url(), maximumBytes: 1, signal: never }, `${file()}.2`)).bytes, 0);
    assert.equal(statSync(`${file()}.2`).size, 0);
  });

  for (const [encoding, body] of [['gzip', gzipSync(content)], ['x-gzip', gzipSync(content)], ['Deflate', deflateSync(content)], ['br', brotliCompressSync(content.subarray(0, 10_000))]] as const) {
    it(`are decompressed: ${encoding}`, async () => {
      const { bytes } = await download((response) => response.writeHead(200, { 'content-encoding': encoding }).end(body));
      assert.equal(createHash('sha256').update(readFileSync(file())).digest('hex'), createHash('sha256').update(content.subarray(0, bytes)).digest('hex'));
      assert.equal(bytes, encoding === 'br' ? 10_000 : content.length);
    });
  }

  const cut = (end: (response: ServerResponse) => void, headers: Record<string, string>, body = content.subarray(0, 1_000_000)): Answer => (response) => {
    response.writeHead(200, headers);
    response.write(body, () => { end(response); });
  };
  const broken: Record<string, Answer> = {
    'reset before any answer': (response) => response.socket?.destroy(),
    'reset in the body': cut((response) => response.socket?.destroy(), { 'content-length': String(content.length) }),
    'closed before its length': cut((response) => response.socket?.end(), { 'content-length': String(content.length) }),
    'chunked without an end': cut((response) => response.socket?.end(), { 'transfer-encoding': 'chunked' }),
    'gzip that is cut off': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(content).subarray(0, 100_000)),
    'no gzip': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(content),
    'no brotli': (response) => response.writeHead(200, { 'content-encoding': 'br' }).end(content),
    'an encoding called constructor': (response) => response.writeHead(200, { 'content-encoding': 'constructor' }).end(content),
    'a 503': json({}, 503),
    'a 429': json({}, 429, { 'retry-after': '0' }),
  };
  for (const [name, answer] of Object.entries(broken)) {
    it(`begin again after: ${name}`, async () => {
      assert.equal((await download(inTurn(answer, answer, whole))).bytes, content.length);
      assertWhole();
      assert.equal(server.requests.length, 3);
      assert.deepEqual(test.time.waits, [250, 500]);
    });

    it(`leave nothing behind when it stays so: ${name}`, async () => {
      if (name === 'a 429') return;
      const ending = download(answer);
      if (name === 'a 503') assert.deepEqual([(await ending).status, (await ending).bytes], [503, 0]);
      else assert.match((await rejection(ending, 'NETWORK_UNREACHABLE')).message, /\(6 attempts\)/);
      assert.equal(server.requests.length, 6);
      assertNothing();
    });
  }

  for (const [name, timeouts, answer] of [
    ['no answer', { headers: 150 }, () => {}],
    ['no answer, by the time for the whole', { whole: 300 }, () => {}],
    ['a body that falls silent', { body: 150 }, cut(() => {}, {})],
  ] as const) {
    it(`begin again after ${name}, whose connection is dropped`, async () => {
      await test.http.close();
      reopen({ timeouts: { ...PATIENT, ...timeouts } });
      let isDropped = false;
      await download(inTurn((response, ...rest) => {
        response.socket?.on('close', () => { isDropped = true; });
        answer(response, ...rest);
      }, whole));
      assertWhole();
      assert.equal(server.requests.length, 2);
      while (!isDropped) await new Promise((resolve) => setTimeout(resolve, 5));
    });
  }

  it('may take longer than the time for the whole, as long as something comes', async () => {
    await test.http.close();
    reopen({ timeouts: { ...PATIENT, whole: 200 } });
    const { bytes } = await download((response) => {
      let left = 12;
      response.writeHead(200);
      const timer = setInterval(() => {
        if ((left -= 1) > 0) response.write('x');
        else { clearInterval(timer); response.end('x'); }
      }, 50);
    });
    assert.deepEqual([bytes, server.requests.length], [12, 1]);
  });

  it('of exactly the limit pass; above it, also once decompressed, they are refused at once', async () => {
    assert.equal((await download(whole, { maximumBytes: content.length })).bytes, content.length);
    const second = `${file()}.2`;
    const limited = { url: server.url(), maximumBytes: 2 * 1024 * 1024, signal: never };
    let sent = 0;
    const endless: Answer = (response) => {
      const more = (): void => {
        if (response.destroyed) return;
        sent += 65_536;
        response.write(content.subarray(0, 65_536), () => setImmediate(more));
      };
      more();
    };
    for (const answer of [whole, endless, ((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)))) as Answer]) {
      server.answer = answer;
      server.requests.length = 0;
      assert.match((await rejection(test.http.download(limited, second), 'DOWNLOAD_TOO_LARGE')).message, /^localhost sent a file of more than 2 MiB/);
      assert.equal(server.requests.length, 1);
      assert.equal(existsSync(second), false);
    }
    assert.ok(sent < 40 * 1024 * 1024, `${sent} bytes were sent`);
  });

  for (const status of [203, 204, 302, 307, 401, 403, 404]) {
    it(`that are answered with ${status} are handed back without a file, and no redirect is followed`, async () => {
      const location = server.url('/elsewhere').href;
      const response = await download((answer) => answer.writeHead(status, { location, activityid: GUID }).end(status === 204 ? undefined : '<html>'));
      assert.deepEqual([response.status, response.bytes, response.activityId, response.header('location')], [status, 0, GUID, location]);
      assert.equal(server.requests.length, 1);
      assertNothing();
    });
  }

  it('take their token to its own hosts alone', async () => {
    const failure = await rejection(download(whole, { credential: azureDevOpsCredential('very-secret') }), 'TOKEN_HOST_REFUSED');
    assert.doesNotMatch(shown(failure), /very-secret/);
    assert.equal(server.requests.length, 0);
  });

  it('write over no file that is there', async () => {
    writeFileSync(file(), 'mine');
    await rejection(download(whole), 'OUTPUT_NOT_WRITABLE');
    assert.equal(readFileSync(file(), 'utf8'), 'mine');
    assert.equal(server.requests.length, 1);
  });

  it('count as requests, and as retries', async () => {
    await download(inTurn(json({}, 503), whole));
    assert.deepEqual(test.http.statistics, { requests: 2, retries: 1, waitedMs: 250 });
  });

  const reason = new Error('the reason of the signal');
  for (const [name, answer] of [['the answer', (hold: () => void) => () => { hold(); }], ['the body', (hold: () => void) => cut(hold, {})]] as const) {
    it(`end with the signal's reason while ${name} is waited for, and leave nothing`, async () => {
      const controller = new AbortController();
      await assert.rejects(download(answer(() => setTimeout(() => { controller.abort(reason); }, 50)), { signal: controller.signal }), reason);
      assertNothing();
      assert.equal(server.requests.length, 1);
    });
  }

  it('do not begin under a signal that is aborted already', async () => {
    await assert.rejects(download(whole, { signal: AbortSignal.abort(reason) }), reason);
    assert.equal(server.requests.length, 0);
  });
});
