import assert from 'node:assert/strict';
import type { TLSSocket } from 'node:tls';
import type { TaskError } from '../../tasks/common/errors/taskError';
import { azureDevOpsCredential } from '../../tasks/common/http/credential';
import { createDispatchers } from '../../tasks/common/http/dispatchers';
import { DEFAULT_TIMEOUTS } from '../../tasks/common/http/settings';
import { Authority } from '../support/certificates';
import { ConnectProxy, type ProxyOptions } from '../support/connectProxy';
import { failureOf, rejection, shown } from '../support/rejection';
import { openTestHttp, type TestHttp, type TestHttpOptions } from '../support/testHttp';
import { json, TlsServer } from '../support/tlsServer';

const signal = new AbortController().signal;
const AUDIT = new URL('https://auditservice.dev.azure.com/fabrikam/_apis/audit/auditlog');

describe('http: ways out of the machine', () => {
  let authority: Authority;
  let otherAuthority: Authority;
  let server: TlsServer;
  const opened: { close(): Promise<void> }[] = [];

  before(async () => {
    authority = await Authority.make('Corporate');
    otherAuthority = await Authority.make('Somebody else');
    server = await TlsServer.start(await authority.issue(['localhost', 'auditservice.dev.azure.com', 'dev.azure.com']), json({ fine: true }));
  });
  after(async () => {
    await server.close();
    authority.remove();
    otherAuthority.remove();
  });
  beforeEach(() => { server.requests.length = 0; });
  afterEach(async () => {
    for (const part of opened.splice(0).reverse()) await part.close();
  });

  async function openProxy(options: Partial<ProxyOptions> = {}): Promise<ConnectProxy> {
    const proxy = await ConnectProxy.start({ portOf: (host) => (host.endsWith('.example') ? undefined : server.port), ...options });
    opened.push(proxy);
    return proxy;
  }
  function open(options: TestHttpOptions): TestHttp {
    const test = openTestHttp({ caFile: authority.file, ...options });
    opened.push(test.http);
    return test;
  }
  async function get(options: TestHttpOptions, url = AUDIT): Promise<number> {
    return (await open(options).http.send({ method: 'GET', url, signal })).status;
  }
  function failing(code: Parameters<typeof rejection>[1], options: TestHttpOptions, url = AUDIT): Promise<TaskError> {
    return rejection(open(options).http.send({ method: 'GET', url, signal }), code);
  }

  describe('the agent\'s proxy', () => {
    it('is taken, and sees the name and not the token', async () => {
      const proxy = await openProxy();
      const test = open({ proxy: { url: proxy.url, bypass: [] } });
      const response = await test.http.send({ method: 'GET', url: AUDIT, credential: azureDevOpsCredential('abc'), signal });
      assert.equal(response.status, 200);
      assert.deepEqual(proxy.targets, ['auditservice.dev.azure.com:443']);
      assert.equal(server.requests[0]?.headers.authorization, 'Bearer abc');
      assert.equal(server.requests[0].host, 'auditservice.dev.azure.com');
      assert.equal(server.requests[0].headers['proxy-authorization'], undefined);
    });

    it('gets many requests through few connections', async () => {
      const proxy = await openProxy();
      const test = open({ proxy: { url: proxy.url, bypass: [] } });
      for (let count = 0; count < 5; count += 1) await test.http.send({ method: 'GET', url: AUDIT, signal });
      assert.ok(proxy.targets.length <= 2, proxy.targets.join());
    });

    const credentials: [username: string, password: string][] = [
      ['user', 'password'], ['DOMAIN\\user', 'pa:ss@w/o#r?d%20'], ['jürgen', 'пароль "quoted" \'too\' 😀'], ['user', ''],
    ];
    for (const [username, password] of credentials) {
      it(`is told user "${username}" and password "${password}"`, async () => {
        const proxy = await openProxy({ credentials: `${username}:${password}` });
        assert.equal(await get({ proxy: { url: proxy.url, username, password, bypass: [] } }), 200);
        const address = proxy.url.replace('://', `://${encodeURIComponent(username)}:${encodeURIComponent(password)}@`);
        assert.equal(await get({ proxy: { url: address, bypass: [] } }), 200);
        assert.equal(await get({ environment: { HTTPS_PROXY: address } }), 200);
      });
    }

    it('wins over HTTPS_PROXY', async () => {
      const [agents, environments] = [await openProxy(), await openProxy()];
      await get({ proxy: { url: agents.url, bypass: [] }, environment: { HTTPS_PROXY: environments.url, NO_PROXY: '*' } });
      assert.deepEqual([agents.targets.length, environments.targets.length], [1, 0]);
    });

    it('is left out for what its bypass list matches, whole URL and without case', async () => {
      const [agents, environments] = [await openProxy({ always: 403 }), await openProxy()];
      const options = { environment: { HTTPS_PROXY: environments.url } };
      for (const bypass of [['LOCALHOST'], ['nothing', 'https://localhost:\\d+/p.th$'], ['[', 'localhost']]) {
        assert.equal(await get({ ...options, proxy: { url: agents.url, bypass } }, server.url('/path')), 200);
      }
      assert.deepEqual([agents.targets.length, environments.targets.length], [0, 0]);
      await failing('NETWORK_UNREACHABLE', { ...options, proxy: { url: agents.url, bypass: ['localhost/x', '['] } }, server.url('/path'));
      assert.equal(agents.targets.length, 1);
    });

    it('may speak TLS itself', async () => {
      const proxy = await openProxy({ identity: await authority.issue(['localhost']), credentials: 'user:password' });
      assert.equal(await get({ proxy: { url: proxy.url, username: 'user', password: 'password', bypass: [] } }), 200);
      assert.deepEqual(proxy.targets, ['auditservice.dev.azure.com:443']);
    });

    it('that speaks TLS with a certificate of somebody else is not trusted', async () => {
      const proxy = await openProxy({ identity: await otherAuthority.issue(['localhost']) });
      const failure = await failing('CERTIFICATE_NOT_TRUSTED', { proxy: { url: proxy.url, bypass: [] } });
      assert.match(failure.message, /through the proxy localhost:\d+/);
      assert.equal(proxy.targets.length, 0);
    });

    for (const address of ['proxy.example.com:8080', 'user:pass-word@proxy.example.com:8080', 'socks5://user:pass-word@proxy.example.com', 'http://user:pass-word%zz@proxy.example.com', 'http://user:pass-word/x@proxy.example.com', 'ht!tp://', '%%%']) {
      it(`is refused with a sentence, before any request: ${address}`, () => {
        for (const options of [{ proxy: { url: address, bypass: [] } }, { environment: { HTTPS_PROXY: address } }]) {
          const failure = failureOf(() => openTestHttp(options), 'NETWORK_SETTINGS_UNREADABLE');
          assert.doesNotMatch(shown(failure), /pass-word/);
          assert.match(failure.message, address.includes('@') ? /"proxy\.example\.com/ : /"/);
          assert.ok(failure.advice.length > 0);
        }
      });
    }
  });

  describe('HTTPS_PROXY and NO_PROXY', () => {
    for (const name of ['HTTPS_PROXY', 'https_proxy']) {
      it(`${name} is taken where the agent has no proxy`, async () => {
        const proxy = await openProxy();
        assert.equal(await get({ environment: { [name]: proxy.url } }), 200);
        assert.equal(proxy.targets.length, 1);
      });
    }

    it('HTTP_PROXY and ALL_PROXY are not for https', async () => {
      const proxy = await openProxy();
      const others = { HTTP_PROXY: proxy.url, http_proxy: proxy.url, ALL_PROXY: proxy.url };
      assert.equal(await get({ environment: { ...others, HTTPS_PROXY: ' ' } }, server.url()), 200);
      assert.equal(proxy.targets.length, 0);
    });

    const exempt = ['*', 'localhost', 'LocalHost', 'a.example, localhost', 'a.example localhost', 'host,.localhost', '*.localhost', 'localhost:PORT'];
    for (const list of exempt) {
      it(`NO_PROXY "${list}" exempts localhost`, async () => {
        const proxy = await openProxy({ always: 403 });
        const environment = { HTTPS_PROXY: proxy.url, NO_PROXY: list.replace('PORT', String(server.port)) };
        assert.equal(await get({ environment }, server.url()), 200);
        assert.equal(proxy.targets.length, 0);
      });
    }

    for (const list of ['', ',', 'host', 'xlocalhost', 'localhost.example', 'localhost:1', '.', ':', '**']) {
      it(`NO_PROXY "${list}" does not exempt localhost`, async () => {
        const proxy = await openProxy();
        assert.equal(await get({ environment: { HTTPS_PROXY: proxy.url, NO_PROXY: list } }, server.url()), 200);
        assert.equal(proxy.targets.length, 1);
      });
    }

    it('NO_PROXY exempts names below a name', () => {
      const dispatchers = createDispatchers({ userAgent: '', timeouts: DEFAULT_TIMEOUTS }, { HTTPS_PROXY: 'http://proxy.example:1', no_proxy: 'azure.com:443' });
      opened.push(dispatchers);
      assert.equal(dispatchers.route(AUDIT).proxy, undefined);
      assert.equal(dispatchers.route(new URL('https://notazure.com/')).proxy, 'proxy.example:1');
    });

    it('a failure names the proxy only where one was on the way', async () => {
      const environment = { HTTPS_PROXY: 'http://user:pass-word@127.0.0.1:9', NO_PROXY: 'unresolvable.invalid' };
      const direct = await failing('NETWORK_UNREACHABLE', { environment }, new URL('https://unresolvable.invalid/'));
      assert.match(direct.message, /from unresolvable\.invalid: the name could not be resolved/);
      const proxied = await failing('NETWORK_UNREACHABLE', { environment });
      assert.match(proxied.message, /auditservice\.dev\.azure\.com through the proxy 127\.0\.0\.1:9: the connection was refused \(6 attempts\)/);
      assert.doesNotMatch(shown(proxied), /pass-word|user/);
    });
  });

  describe('what a proxy refuses', () => {
    it('407 asks for a sign-in, once, and never shows what was given', async () => {
      const proxy = await openProxy({ credentials: 'user:right' });
      const failure = await failing('NETWORK_UNREACHABLE', { proxy: { url: proxy.url, username: 'some-user', password: 'wrong-word', bypass: [] } });
      assert.match(failure.message, /The proxy demands a sign-in before it connects to auditservice\.dev\.azure\.com through the proxy 127\.0\.0\.1:\d+\./);
      assert.match(shown(failure), /--proxyusername/);
      assert.doesNotMatch(shown(failure), /some-user|wrong-word|c29tZS11c2Vy/);
      assert.equal(proxy.targets.length, 1);
    });

    it('403 is final', async () => {
      const proxy = await openProxy({ always: 403 });
      const failure = await failing('NETWORK_UNREACHABLE', { proxy: { url: proxy.url, bypass: [] } });
      assert.match(failure.message, /refused to connect to auditservice.* \(its answer: 403\)/);
      assert.equal(proxy.targets.length, 1);
    });

    it('502 is tried again, as it may pass', async () => {
      const proxy = await openProxy();
      const failure = await failing('NETWORK_UNREACHABLE', { proxy: { url: proxy.url, bypass: [] } }, new URL('https://unknown.example/'));
      assert.match(failure.message, /\(its answer: 502\)/);
      assert.equal(proxy.targets.length, 6);
    });

    it('a proxy that is not there is named', async () => {
      const proxy = await openProxy();
      const { url } = proxy;
      await proxy.close();
      opened.pop();
      const failure = await failing('NETWORK_UNREACHABLE', { proxy: { url, bypass: [] } });
      assert.match(failure.message, /through the proxy 127\.0\.0\.1:\d+: the connection was refused/);
    });
  });

  describe('certificates', () => {
    it('of the agent\'s authority are trusted, directly and behind a proxy, and only then', async () => {
      const proxy = await openProxy();
      for (const behind of [{}, { proxy: { url: proxy.url, bypass: [] } }]) {
        const url = 'proxy' in behind ? AUDIT : server.url();
        assert.equal(await get(behind, url), 200);
        const failure = await failing('CERTIFICATE_NOT_TRUSTED', { ...behind, caFile: otherAuthority.file }, url);
        assert.match(failure.message, /comes from an authority that this agent does not trust/);
        assert.match(shown(failure), /--sslcacert/);
      }
      assert.equal(server.requests.length, 2);
    });

    it('may come from any authority of the agent\'s file, and text may stand around them', async () => {
      const caFile = authority.write('both.pem', `# our authorities\r\n${otherAuthority.pem}\r\n\n${authority.pem}\n`);
      assert.equal(await get({ caFile }, server.url()), 200);
    });

    it('of an authority whose file is missing are refused in the usual words', async () => {
      await failing('CERTIFICATE_NOT_TRUSTED', { caFile: `${authority.file}.missing` }, server.url());
    });

    it('for another name, expired or self-signed by a server are refused at once', async () => {
      const proxy = await openProxy();
      const wrongName = await failing('CERTIFICATE_NOT_TRUSTED', { proxy: { url: proxy.url, bypass: [] } }, new URL('https://vssps.dev.azure.com/'));
      assert.match(wrongName.message, /shown for vssps\.dev\.azure\.com through the proxy 127\.0\.0\.1:\d+ is for another name/);
      assert.equal(proxy.targets.length, 1);
      const expired = await TlsServer.start(await authority.issue(['localhost'], 0), json({}));
      opened.push(expired);
      const failure = await failing('CERTIFICATE_NOT_TRUSTED', {}, expired.url());
      assert.match(failure.message, /is not valid at this time/);
    });

    it('for a client, presented as one for a server, are refused at once', async () => {
      const client = await TlsServer.start(await authority.issue([]), json({}));
      opened.push(client);
      await failing('CERTIFICATE_NOT_TRUSTED', {}, client.url());
    });

    it('of the client are presented where the server asks, with a passphrase too', async () => {
      const identity = await authority.issue(['localhost', 'auditservice.dev.azure.com']);
      const asking = await TlsServer.start(identity, (response) => {
        const presented = (response.socket as TLSSocket).getPeerCertificate();
        response.end(presented.subject.CN);
      }, { requestCert: true, rejectUnauthorized: true, ca: [authority.pem] });
      opened.push(asking);
      const client = await authority.issue([]);
      const { createPrivateKey } = await import('node:crypto');
      const encrypted = createPrivateKey(client.key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' }).toString();
      const certificateFile = authority.write('client.pem', client.certificate);
      const proxy = await openProxy({ portOf: () => asking.port });
      for (const parts of [{ keyFile: authority.write('client.key', client.key) }, { keyFile: authority.write('encrypted.key', encrypted), passphrase: 'open sesame' }]) {
        const clientCertificate = { certificateFile, ...parts };
        const direct = await open({ clientCertificate }).http.send({ method: 'GET', url: asking.url(), signal });
        assert.equal(direct.body.toString(), 'agent');
        const proxied = await open({ clientCertificate, proxy: { url: proxy.url, bypass: [] } }).http.send({ method: 'GET', url: AUDIT, signal });
        assert.equal(proxied.body.toString(), 'agent');
      }
      await failing('NETWORK_UNREACHABLE', {}, asking.url());
    });

    it('that are no certificates are refused before any request', async () => {
      const client = await authority.issue([]);
      const certificateFile = authority.write('good.pem', client.certificate);
      const keyFile = authority.write('good.key', client.key);
      const noCertificate = authority.write('garbage.pem', '-----BEGIN NONSENSE-----\nsecret-bytes\n');
      const empty = authority.write('empty.pem', '');
      const broken = authority.write('broken.pem', '-----BEGIN CERTIFICATE-----\nsecret-bytes\n-----END CERTIFICATE-----\n');
      const { createPrivateKey } = await import('node:crypto');
      const encrypted = authority.write('locked.key', createPrivateKey(client.key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' }).toString());
      const cases: [name: string, options: TestHttpOptions][] = [
        ['garbage.pem', { caFile: noCertificate }], ['empty.pem', { caFile: empty }], ['broken.pem', { caFile: broken }],
        ['garbage.pem', { clientCertificate: { certificateFile: noCertificate, keyFile } }],
        ['garbage.pem', { clientCertificate: { certificateFile, keyFile: noCertificate } }],
        ['locked.key', { clientCertificate: { certificateFile, keyFile: encrypted, passphrase: 'wrong-word' } }],
        ['missing.pem', { clientCertificate: { certificateFile: `${certificateFile.slice(0, -'good.pem'.length)}missing.pem`, keyFile } }],
      ];
      for (const [name, options] of cases) {
        const failure = failureOf(() => openTestHttp(options), 'NETWORK_SETTINGS_UNREADABLE');
        assert.ok(failure.message.includes(name), failure.message);
        assert.doesNotMatch(shown(failure), /secret-bytes|wrong-word|PEM routines|error:/);
      }
      const folder = failureOf(() => openTestHttp({ caFile: certificateFile.slice(0, -'/good.pem'.length) }), 'NETWORK_SETTINGS_UNREADABLE');
      assert.match(folder.message, /cannot be read/);
    });
  });

  it('a name that does not exist is named', async () => {
    const failure = await failing('NETWORK_UNREACHABLE', {}, new URL('https://unresolvable.invalid/'));
    assert.equal(failure.message, 'No whole answer came from unresolvable.invalid: the name could not be resolved (6 attempts).');
    assert.match(shown(failure), /--proxyurl/);
  });
});
