import assert from 'node:assert/strict';
import { createAccessTokens, KEY_VAULT_SCOPE, type AccessTokens, type Scope } from '../../../tasks/common/identity/accessToken';
import type { JobContext } from '../../../tasks/common/identity/jobContext';
import { readJobContext } from '../../../tasks/common/identity/jobContext';
import { readServiceConnection, type ConnectionKind } from '../../../tasks/common/identity/serviceConnection';
import type { Http } from '../../../tasks/common/http/http';
import { FakeAgent } from '../../support/fakeAgent';
import { CLIENT, CONNECTION, FakeCloud, JOB_TOKEN, OIDC_URI, PROJECT, TENANT } from '../../support/fakeCloud';
import { rejection } from '../../support/rejection';
import { json } from '../../support/tlsServer';

const MINUTE = 60_000;
const signal = new AbortController().signal;

describe('access tokens', () => {
  let cloud: FakeCloud;
  let http: Http;
  let agent: FakeAgent;
  let job: JobContext;
  let tokens: AccessTokens;
  /** How far the product's clock is ahead of the library's, which is the machine's. */
  let aheadMs: number;

  before(async () => { cloud = await FakeCloud.start(); });
  after(() => cloud.close());
  beforeEach(() => {
    cloud.reset();
    http = cloud.open().http;
    aheadMs = 0;
    begin('azureDevOps');
  });
  afterEach(() => http.close());

  function begin(kind: ConnectionKind, variables: Record<string, string> = { 'System.OidcRequestUri': OIDC_URI }, scope?: Scope): void {
    agent = new FakeAgent({
      variables: { 'System.TeamProjectId': PROJECT, 'System.HostType': 'build', 'System.PlanId': 'plan-id', 'System.JobId': 'job-id', ...variables },
      endpoints: {
        SYSTEMVSSCONNECTION: { url: 'https://dev.azure.com/fabrikam/', scheme: 'OAuth', parameters: { AccessToken: JOB_TOKEN } },
        [CONNECTION]: { url: 'https://dev.azure.com/fabrikam/', scheme: 'WorkloadIdentityFederation', parameters: { tenantid: TENANT, serviceprincipalid: CLIENT } },
      },
    });
    job = readJobContext(agent);
    const connection = readServiceConnection(agent, kind, CONNECTION);
    tokens = createAccessTokens({ agent, http, job, connection, clock: () => Date.now() + aheadMs }, scope);
  }
  const newest = (): string | undefined => cloud.accessTokens.at(-1);

  for (const kind of ['azureDevOps', 'azureRM'] as const) {
    it(`come by assertion from a connection of the kind ${kind}`, async () => {
      begin(kind);
      assert.equal(await tokens.get(signal), newest());
      const [oidc, exchange] = cloud.requests;
      assert.equal(cloud.requests.length, 2);
      assert.equal(oidc?.method, 'POST');
      assert.equal(`https://${oidc.host}${oidc.path}`, `${OIDC_URI}?api-version=7.1&serviceConnectionId=${CONNECTION}`);
      assert.equal(oidc.headers.authorization, `Bearer ${JOB_TOKEN}`);
      assert.equal(oidc.headers['x-tfs-fedauthredirect'], 'Suppress');
      assert.equal(exchange?.host, 'login.microsoftonline.com');
      assert.equal(exchange.headers.authorization, undefined);
      assert.match(String(exchange.headers['user-agent']), /^AuditLogExport/);
      const form = new URLSearchParams(exchange.body);
      assert.deepEqual(['client_id', 'scope', 'grant_type', 'client_assertion_type', 'client_assertion'].map((name) => form.get(name)), [
        CLIENT, '499b84ac-1321-427f-aa17-267ca6975798/.default', 'client_credentials', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', cloud.assertions[0],
      ]);
    });
  }

  it('of Key Vault come in the same way, each service\'s own', async () => {
    const azureDevOps = await tokens.get(signal);
    begin('azureDevOps', undefined, KEY_VAULT_SCOPE);
    assert.notEqual(await tokens.get(signal), azureDevOps);
    assert.equal(new URLSearchParams(cloud.requests.at(-1)?.body).get('scope'), 'https://vault.azure.net/.default');
    assert.deepEqual([cloud.count('oidc'), cloud.count('token')], [2, 2]);
    tokens.forget(await tokens.get(signal));
    cloud.replace('token', json({ error: 'invalid_resource', error_description: 'AADSTS500011: nobody' }, 400));
    assert.match((await rejection(tokens.get(signal), 'SIGN_IN_REFUSED')).message, /does not know Azure Key Vault/);
  });

  it('take one exchange however many ask at once', async () => {
    const got = await Promise.all(Array.from({ length: 20 }, () => tokens.get(signal)));
    assert.deepEqual(new Set(got), new Set([newest()]));
    assert.deepEqual([cloud.count('oidc'), cloud.count('token')], [1, 1]);
  });

  it('are renewed from five minutes before their end on, once, while requests go on with the one that is still good', async () => {
    const first = await tokens.get(signal);
    aheadMs = 54 * MINUTE;
    assert.equal(await tokens.get(signal), first);
    assert.equal(cloud.count('oidc'), 1);
    aheadMs = 55 * MINUTE + 1000;
    assert.deepEqual(await Promise.all([tokens.get(signal), tokens.get(signal)]), [first, first]);
    while (cloud.count('token') < 2 || await tokens.get(signal) === first) await new Promise((resolve) => { setTimeout(resolve, 5); });
    assert.equal(await tokens.get(signal), newest());
    assert.deepEqual([cloud.count('oidc'), cloud.count('token')], [2, 2]);
  });

  it('stay in use when they cannot be renewed early, which is not tried again before it has to be', async () => {
    const first = await tokens.get(signal);
    cloud.replace('oidc', json({}, 404));
    aheadMs = 56 * MINUTE;
    for (let request = 0; request < 20; request += 1) {
      assert.equal(await tokens.get(signal), first);
      await new Promise((resolve) => { setTimeout(resolve, 10); });
    }
    assert.equal(cloud.count('oidc'), 2);
    cloud.reset();
    aheadMs = 59 * MINUTE;
    assert.equal(await tokens.get(signal), newest());
  });

  it('are not used in their last two minutes, but renewed with a new assertion, once', async () => {
    const first = await tokens.get(signal);
    aheadMs = 59 * MINUTE;
    const renewed = await Promise.all([tokens.get(signal), tokens.get(signal), tokens.get(signal)]);
    assert.deepEqual(new Set(renewed), new Set([newest()]));
    assert.notEqual(renewed[0], first);
    assert.deepEqual([cloud.count('oidc'), cloud.count('token')], [2, 2]);
    const used = cloud.requests.filter(({ host }) => host.startsWith('login')).map(({ body }) => new URLSearchParams(body).get('client_assertion'));
    assert.deepEqual(used, cloud.assertions);
    assert.notEqual(used[0], used[1]);
  });

  it('that live shorter than the margin are not exchanged for every page', async () => {
    cloud.lifetimeSeconds = 60;
    const first = await tokens.get(signal);
    assert.equal(await tokens.get(signal), first);
    aheadMs = MINUTE;
    assert.notEqual(await tokens.get(signal), first);
  });

  it('are exchanged anew once they are forgotten, but not because an older one is', async () => {
    const first = await tokens.get(signal);
    tokens.forget(first);
    const second = await tokens.get(signal);
    assert.notEqual(second, first);
    tokens.forget(first);
    assert.equal(await tokens.get(signal), second);
    assert.equal(cloud.count('oidc'), 2);
  });

  it('can be had after a failure, which everybody who waited was told', async () => {
    cloud.replace('oidc', json({}, 404));
    const failures = await Promise.allSettled([tokens.get(signal), tokens.get(signal)]);
    assert.deepEqual(failures.map(({ status }) => status), ['rejected', 'rejected']);
    assert.equal(cloud.count('oidc'), 1);
    cloud.reset();
    assert.equal(await tokens.get(signal), newest());
  });

  it('and assertions are secrets before anything is done with them', async () => {
    const known: string[][] = [];
    cloud.onRequest = () => known.push([...agent.secrets]);
    await tokens.get(signal);
    // At the request to Azure Pipelines the job token is known, at the one to Entra the assertion too.
    assert.deepEqual(known, [[JOB_TOKEN], [JOB_TOKEN, cloud.assertions[0]]]);
    assert.deepEqual(agent.secrets, [JOB_TOKEN, cloud.assertions[0], newest()]);
    const said = agent.lines().join('\n');
    for (const secret of agent.secrets) assert.ok(!said.includes(secret));
  });

  it('find the address of the assertion themselves where the agent does not name it', async () => {
    for (const variables of [{}, { 'System.OidcRequestUri': 'no address' }]) {
      begin('azureDevOps', variables);
      await tokens.get(signal);
      assert.equal(`https://dev.azure.com${cloud.requests.at(-2)?.path ?? ''}`, `${OIDC_URI}?api-version=7.1&serviceConnectionId=${CONNECTION}`);
    }
    begin('azureDevOps', { 'System.PlanId': '' });
    await rejection(tokens.get(signal), 'JOB_CONTEXT_INCOMPLETE');
  });

  it('keep only the path of the address that the agent names', async () => {
    begin('azureDevOps', { 'System.OidcRequestUri': `${OIDC_URI}?serviceConnectionId=another&x=1#y` });
    await tokens.get(signal);
    assert.equal(cloud.requests[0]?.path, `${new URL(OIDC_URI).pathname}?api-version=7.1&serviceConnectionId=${CONNECTION}`);
  });

  const elsewhere: Record<string, string>[] = [
    { 'System.OidcRequestUri': 'https://evil.example/oidctoken' }, { 'System.OidcRequestUri': OIDC_URI.replace('https', 'http') },
    { 'System.OidcRequestUri': OIDC_URI.replace('dev.azure.com', 'dev.azure.com:8443') }, { 'System.OidcRequestUri': 'https://vssps.dev.azure.com/oidctoken' },
    { 'System.TeamProjectId': '//evil.example/x' }, { 'System.TeamProjectId': 'https://evil.example' }, { 'System.CollectionUri': 'https://evil.example/' },
  ];
  for (const variables of elsewhere) {
    it(`are not asked for elsewhere: ${JSON.stringify(variables)}`, async () => {
      begin('azureDevOps', variables);
      await rejection(tokens.get(signal), 'TOKEN_HOST_REFUSED');
      assert.equal(cloud.requests.length, 0);
    });
  }

  for (const phase of ['oidc', 'token'] as const) {
    it(`end with the signal's reason while ${phase} hangs`, async () => {
      const controller = new AbortController();
      const reason = new Error('canceled');
      cloud.replace(phase, () => { controller.abort(reason); });
      await assert.rejects(tokens.get(controller.signal), reason);
    });
  }
});
