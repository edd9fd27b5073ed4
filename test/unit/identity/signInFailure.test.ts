import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { TaskError } from '../../../tasks/common/errors/taskError';
import { createAccessTokens } from '../../../tasks/common/identity/accessToken';
import { readJobContext } from '../../../tasks/common/identity/jobContext';
import { readServiceConnection } from '../../../tasks/common/identity/serviceConnection';
import { FakeAgent } from '../../support/fakeAgent';
import { CLIENT, CONNECTION, FakeCloud, ISSUER, JOB_TOKEN, OIDC_URI, PROJECT, SUBJECT, TENANT, webToken } from '../../support/fakeCloud';
import { rejection, shown } from '../../support/rejection';
import type { TestHttpOptions } from '../../support/testHttp';
import { json, type Answer } from '../../support/tlsServer';

const GUID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const LIBRARY_TEXT = /Description:|Trace ID|invalid_client|unauthorized_client|AuthenticationRequired|CredentialUnavailable|undici|troubleshooting guide/i;

describe('sign-in that fails', () => {
  let cloud: FakeCloud;
  before(async () => { cloud = await FakeCloud.start(); });
  after(() => cloud.close());
  beforeEach(() => { cloud.reset(); });

  async function failing(code: TaskError['code'], options: TestHttpOptions = {}): Promise<TaskError> {
    const agent = new FakeAgent({
      variables: { 'System.TeamProjectId': PROJECT, 'System.OidcRequestUri': OIDC_URI },
      endpoints: {
        SYSTEMVSSCONNECTION: { url: 'https://dev.azure.com/fabrikam/', scheme: 'OAuth', parameters: { AccessToken: JOB_TOKEN } },
        [CONNECTION]: { scheme: 'WorkloadIdentityFederation', parameters: { tenantid: TENANT, serviceprincipalid: CLIENT } },
      },
    });
    const { http } = cloud.open(options);
    try {
      const job = readJobContext(agent);
      const tokens = createAccessTokens({ agent, http, job, connection: readServiceConnection(agent, 'azureDevOps', CONNECTION), clock: Date.now });
      const failure = await rejection(tokens.get(new AbortController().signal), code);
      // The cause is for debuggers; even printed whole it must hold no token.
      for (const text of [shown(failure), inspect(failure, { depth: 12, showHidden: true })]) {
        for (const secret of [JOB_TOKEN, ...cloud.assertions, ...cloud.accessTokens]) assert.ok(!text.includes(secret), text);
      }
      assert.doesNotMatch(shown(failure), LIBRARY_TEXT);
      assert.ok(failure.advice.length > 0);
      return failure;
    } finally {
      await http.close();
    }
  }

  describe('at Azure Pipelines', () => {
    const cases: [name: string, answer: Answer, code: TaskError['code'], says: RegExp][] = [
      ['401', json({ message: `TF400813 ${JOB_TOKEN}` }, 401), 'ASSERTION_REFUSED', /no longer accepts this job's own token \(HTTP 401\)/],
      ['203 with a sign-in page', (response) => response.writeHead(203, { 'content-type': 'text/html' }).end('<html>Sign in</html>'), 'ASSERTION_REFUSED', /\(HTTP 203\)/],
      ['302 to a sign-in page', (response) => response.writeHead(302, { location: 'https://evil.example/' }).end(), 'ASSERTION_REFUSED', /\(HTTP 302\)/],
      ['404', json({}, 404), 'ASSERTION_REFUSED', /does not know the service connection any more \(HTTP 404\)/],
      ['500', json({ message: JOB_TOKEN }, 500), 'SERVICE_FAILING', /could not issue an assertion .* \(HTTP 500\)/],
      ['429', json({}, 429), 'SERVICE_FAILING', /\(HTTP 429\)/],
      ['200 and nothing', (response) => response.end(), 'ASSERTION_REFUSED', /\(HTTP 200\)/],
      ['200 with a page', (response) => response.end(`<html>${JOB_TOKEN}</html>`), 'ASSERTION_REFUSED', /\(HTTP 200\)/],
      ['200 with another object', json({ oidcToken: { value: 1 } }), 'ASSERTION_REFUSED', /\(HTTP 200\)/],
      ['200 with null', json(null), 'ASSERTION_REFUSED', /\(HTTP 200\)/],
      ['200 with a token that is none', json({ oidcToken: '##vso[task.complete]\r\n' }), 'ASSERTION_REFUSED', /\(HTTP 200\)/],
    ];
    for (const [name, answer, code, says] of cases) {
      it(`${name}: ${code}`, async () => {
        cloud.replace('oidc', (response, ...rest) => {
          response.setHeader('ActivityId', GUID);
          answer(response, ...rest);
        });
        const failure = await failing(code);
        assert.match(failure.message, says);
        assert.equal(failure.activityId, GUID);
        assert.equal(cloud.count('token'), 0);
      });
    }
  });

  describe('at Entra', () => {
    const refusal = (code: number, status = 401): Answer => (...exchange) => json({
      error: 'invalid_client', error_codes: [code], timestamp: '2026-11-20 12:00:00Z', trace_id: GUID, correlation_id: GUID,
      error_description: `AADSTS${code}: Something that only Entra says about ${cloud.assertions.at(-1) ?? ''}. Trace ID: ${GUID} Correlation ID: ${GUID} Timestamp: 2026-11-20 12:00:00Z`,
    }, status)(...exchange);
    const federation = [/Issuer: https:\/\/login\.microsoftonline\.com\//, /Subject identifier: \/eid1\//, /Audience: api:\/\/AzureADTokenExchange/];
    const table: [code: number, says: RegExp, advice: RegExp[]][] = [
      [70021, /no federated credential that matches/, federation], [70025, /no federated credential that matches/, federation],
      [700211, /no federated credential that matches/, federation], [700212, /no federated credential that matches/, federation],
      [700213, /no federated credential that matches/, federation], [7002137, /no federated credential/, federation], [7002138, /upper and lower case count/, federation],
      [700024, /outside its time of validity/, [/clock of this agent/]],
      [700016, new RegExp(`${CLIENT} does not exist in the tenant ${TENANT}`, 'i'), [/client id or the tenant id/]],
      [90002, new RegExp(`knows no tenant ${TENANT}`), [/tenant id/]],
      [500011, /does not know Azure DevOps/, [/Microsoft Entra/]],
      [700223, /policy of the tenant forbids/, federation], [700238, /policy of the tenant forbids/, federation],
      [53003, /Conditional Access/, [/administrator/]],
      [7000229, new RegExp(`refused the sign-in of the service connection's identity ${CLIENT}`, 'i'), federation],
    ];
    for (const [code, says, advice] of table) {
      it(`AADSTS${code} has a sentence of its own and its code`, async () => {
        cloud.replace('token', refusal(code, code === 90002 ? 400 : 401));
        const failure = await failing('SIGN_IN_REFUSED');
        assert.match(failure.message, says);
        assert.ok(failure.message.endsWith(`(AADSTS${code})`), failure.message);
        for (const line of advice) assert.match(failure.advice.join('\n'), line);
        assert.equal(cloud.count('token'), 1);
      });
    }

    it('shows exactly what the federated credential must say', async () => {
      cloud.replace('token', refusal(700213));
      const { advice } = await failing('SIGN_IN_REFUSED');
      assert.deepEqual(advice.slice(1), [`Issuer: ${ISSUER}`, `Subject identifier: ${SUBJECT}`, 'Audience: api://AzureADTokenExchange']);
    });

    it('disarms what an assertion claims', async () => {
      const hostile = webToken({ iss: '##vso[task.complete]\r\n##[error]x', sub: '\u202eevil', aud: 'x' });
      cloud.replace('oidc', json({ oidcToken: hostile }));
      cloud.assertions.push(hostile);
      cloud.replace('token', refusal(700213));
      assert.doesNotMatch(shown(await failing('SIGN_IN_REFUSED')), /##|\r|\u202e/);
    });

    const odd: [name: string, answer: Answer, code: TaskError['code'], says: RegExp][] = [
      ['503 for ever', json({}, 503), 'SERVICE_FAILING', /Entra could not sign anybody in now .*HTTP 503/],
      ['429 for ever', json({}, 429), 'SERVICE_FAILING', /HTTP 429/],
      ['a page with 200', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to the guest network</html>'), 'SIGN_IN_REFUSED', /Entra refused the sign-in/],
      ['404', (response) => response.writeHead(404).end('not here'), 'SIGN_IN_REFUSED', /Entra refused the sign-in/],
      ['a redirect', (response) => response.writeHead(302, { location: 'https://evil.example/' }).end(), 'SIGN_IN_REFUSED', /Entra refused the sign-in/],
      ['200 and nothing', (response) => response.end(), 'SIGN_IN_REFUSED', /Entra refused the sign-in/],
      ['200 without a token', json({ token_type: 'Bearer' }), 'SIGN_IN_REFUSED', /Entra refused the sign-in/],
      ['a body without end', (response) => { response.writeHead(200).write(Buffer.alloc(3 * 1024 * 1024, 'x')); }, 'RESPONSE_TOO_LARGE', /login\.microsoftonline\.com sent/],
      ['connections that break', (response) => response.socket?.destroy(), 'NETWORK_UNREACHABLE', /login\.microsoftonline\.com through the proxy .* \(6 attempts\)/],
      ['a wait of an hour', json({}, 429, { 'retry-after': '3600' }), 'THROTTLED_TOO_LONG', /60 minutes/],
    ];
    for (const [name, answer, code, says] of odd) {
      it(`${name}: ${code}`, async () => {
        cloud.replace('token', answer);
        assert.match((await failing(code)).message, says);
      });
    }

    it('that never answers ends by time-out', async () => {
      cloud.replace('token', () => {});
      assert.match((await failing('NETWORK_UNREACHABLE', { timeouts: { whole: 500 } })).message, /login\.microsoftonline\.com .*: the answer took longer than allowed/);
    });

    it('that recovers is signed in to', async () => {
      let count = 0;
      cloud.replace('token', (response) => {
        count += 1;
        if (count < 3) response.writeHead(503).end();
        else json({ token_type: 'Bearer', expires_in: 3600, access_token: webToken({}) })(response, cloud.requests[0]!, 0);
      });
      await assert.rejects(failing('SIGN_IN_REFUSED'), /no failure/);
    });

    it('with a certificate that is not trusted keeps the sentence that says so', async () => {
      const { Authority } = await import('../../support/certificates');
      const { ConnectProxy } = await import('../../support/connectProxy');
      const { TlsServer } = await import('../../support/tlsServer');
      const stranger = await Authority.make('Stranger');
      const entra = await TlsServer.start(await stranger.issue(['login.microsoftonline.com']), json({}));
      const pipelines = await TlsServer.start(await cloud.authority.issue(['dev.azure.com']), json({ oidcToken: webToken({ iss: ISSUER, sub: SUBJECT, aud: 'a' }) }));
      const proxy = await ConnectProxy.start({ portOf: (host) => (host.startsWith('login') ? entra.port : pipelines.port) });
      try {
        const failure = await failing('CERTIFICATE_NOT_TRUSTED', { proxy: { url: proxy.url, bypass: [] } });
        assert.match(failure.message, /certificate shown for login\.microsoftonline\.com .* authority that this agent does not trust/);
        assert.equal(entra.requests.length, 0);
      } finally {
        await Promise.all([proxy.close(), entra.close(), pipelines.close()]);
        stranger.remove();
      }
    });
  });
});
