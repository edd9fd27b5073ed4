import assert from 'node:assert/strict';
import {decodeJwt, generateKeyPair, SignJWT} from 'jose';
import {signingKey} from '../../sandbox/entra/signingKey';
import {startSandbox, type Sandbox, type SandboxOptions} from '../../sandbox/sandbox';
import {connectionNamed, SandboxClient, type Answer} from './client';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const WINDOW = {startTime: '2026-11-18T00:00:00Z', endTime: '2026-11-18T01:00:00Z'};
const CONNECTION_DATA = 'https://dev.azure.com/fabrikam/_apis/connectionData';
const SUPPRESS = {'x-tfs-fedauthredirect': 'Suppress'};

async function withSandbox(options: SandboxOptions, body: (sandbox: Sandbox, client: SandboxClient) => Promise<void>): Promise<void> {
  await using sandbox = await startSandbox({clock: () => NOW, ...options});
  await using client = new SandboxClient(sandbox);
  await body(sandbox, client);
}

function errorCode(answer: Answer): number | undefined {
  return (JSON.parse(answer.text) as {error_codes?: number[]}).error_codes?.[0];
}

describe('the stand-in\'s sign-in', () => {
  for (const name of ['audit-log', 'audit-log-azurerm']) {
    it(`lets ${name} in, with the claims of an app-only token`, () => withSandbox({}, async (sandbox, client) => {
      const token = await client.token(sandbox.job, name);
      const claims = decodeJwt(token);
      assert.deepEqual([claims.aud, claims.sub, claims['appidacr'], claims['scp'], claims['roles']], ['499b84ac-1321-427f-aa17-267ca6975798', claims['oid'], '2', undefined, undefined]);
      assert.equal((await client.page(token, WINDOW)).status, 200);
      assert.ok(sandbox.tokens.includes(token) && sandbox.tokens.includes(sandbox.job.jobToken));
      assert.equal(sandbox.tokens.length, 3);
    }));
  }

  const refusals: [connection: string, code: number][] = [
    ['no-federated-credential', 70025], ['renamed', 700213], ['subject-case', 7002138], ['other-issuer', 700211], ['unknown-tenant', 90002], ['unknown-application', 700016],
  ];
  for (const [name, code] of refusals) {
    it(`refuses ${name} with AADSTS${String(code)}`, () => withSandbox({}, async (sandbox, client) => {
      const connection = connectionNamed(sandbox.job, name);
      assert.equal(errorCode(await client.exchange(connection, await client.assertion(sandbox.job, connection))), code);
    }));
  }

  it('refuses expired, forged, unsigned and altered assertions, and other scopes', async () => {
    let now = NOW;
    await withSandbox({clock: () => now}, async (sandbox, client) => {
      const connection = connectionNamed(sandbox.job, 'audit-log');
      const good = await client.assertion(sandbox.job, connection);
      assert.equal((await client.exchange(connection, good)).status, 200);
      const {privateKey} = await generateKeyPair('RS256');
      const claims = decodeJwt(good);
      const forged = await new SignJWT(claims).setProtectedHeader({alg: 'RS256', kid: 'pipelines'}).sign(privateKey);
      assert.equal(errorCode(await client.exchange(connection, forged)), 700027);
      const [head = '', body = '', signature = ''] = good.split('.');
      const altered = Buffer.from(JSON.stringify({...claims, sub: 'sc://other'})).toString('base64url');
      assert.equal(errorCode(await client.exchange(connection, `${head}.${altered}.${signature}`)), 700027);
      const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
      assert.equal(errorCode(await client.exchange(connection, unsigned)), 50027);
      assert.equal(errorCode(await client.exchange(connection, sandbox.job.jobToken)), 50027);
      assert.equal(errorCode(await client.exchange(connection, good, {scope: 'https://graph.microsoft.com/.default'})), 500011);
      now += 600_000;
      assert.equal(errorCode(await client.exchange(connection, good)), 700024);
    });
  });

  it('refuses an assertion for another audience, well signed as it is', () => withSandbox({}, async (sandbox, client) => {
    const connection = connectionNamed(sandbox.job, 'audit-log');
    const claims = decodeJwt(await client.assertion(sandbox.job, connection));
    const key = await signingKey('pipelines');
    assert.equal(errorCode(await client.exchange(connection, await key.sign({...claims, aud: 'api://other'}))), 700212);
  }));

  it('gives assertions to the job only, by POST, for known service connections', () => withSandbox({}, async (sandbox, client) => {
    const uri = sandbox.job.variables['System.OidcRequestUri'] ?? '';
    const url = `${uri}?api-version=7.1&serviceConnectionId=${connectionNamed(sandbox.job, 'audit-log').id}`;
    const job = {authorization: `Bearer ${sandbox.job.jobToken}`};
    assert.equal((await client.send('POST', url, {...SUPPRESS})).status, 401);
    assert.equal((await client.send('POST', url)).status, 302);
    assert.equal((await client.send('GET', url, job)).status, 405);
    assert.equal((await client.send('POST', `${uri}?api-version=7.1&serviceConnectionId=00000000-0000-0000-0000-000000000001`, job)).status, 404);
    assert.equal((await client.send('POST', url, {authorization: `Bearer ${await client.token(sandbox.job)}`})).status, 403);
  }));
});

describe('the stand-in\'s gate', () => {
  it('turns away missing, forged, expired and foreign tokens, strangers and those without permission', async () => {
    let now = NOW;
    await withSandbox({clock: () => now}, async (sandbox, client) => {
      const token = await client.token(sandbox.job);
      const url = `https://auditservice.dev.azure.com/fabrikam/_apis/audit/auditlog?api-version=7.1-preview.1`;
      const anonymous = await client.send('GET', url);
      assert.equal(anonymous.status, 302);
      assert.match((await client.send('GET', String(anonymous.headers['location']))).text, /Sign In/);
      assert.equal((await client.send('GET', url, SUPPRESS)).status, 401);
      assert.equal((await client.page(`${token.slice(0, -6)}AAAAAA`, WINDOW)).status, 401);
      assert.equal((await client.page(await client.token(sandbox.job, 'other-tenant'), WINDOW)).status, 401);
      const stranger = await client.page(await client.token(sandbox.job, 'not-a-member'), WINDOW);
      assert.match(stranger.text, /TF401444/);
      assert.equal((await client.page(await client.token(sandbox.job, 'no-permission'), WINDOW)).status, 403);
      assert.equal((await client.page(sandbox.job.jobToken, WINDOW)).status, 403);
      now += 3_600_000;
      assert.equal((await client.page(token, WINDOW)).status, 302);
      sandbox.switches.signIn = 'page';
      assert.equal((await client.page(token, WINDOW)).status, 203);
    });
  });

  it('turns away a token for another resource, well signed as it is', () => withSandbox({}, async (sandbox, client) => {
    const claims = decodeJwt(await client.token(sandbox.job));
    const key = await signingKey('entra');
    assert.equal((await client.page(await key.sign(claims), WINDOW)).status, 200);
    assert.equal((await client.page(await key.sign({...claims, aud: 'https://graph.microsoft.com'}), WINDOW)).status, 401);
  }));

  it('obeys its switches', () => withSandbox({}, async (sandbox, client) => {
    const [token, foreign] = [await client.token(sandbox.job), await client.token(sandbox.job, 'other-tenant')];
    const status = async (): Promise<number> => (await client.page(token, WINDOW)).status;
    assert.equal(await status(), 200);
    sandbox.switches.member = false;
    sandbox.switches.notMemberStatus = 403;
    assert.equal(await status(), 403);
    sandbox.switches.member = true;
    for (const permission of ['notSet', 'deny'] as const) {
      sandbox.switches.auditPermission = permission;
      assert.equal(await status(), 403);
    }
    sandbox.switches.auditPermission = 'allow';
    sandbox.switches.refusedApiVersions = ['7.1-preview.1'];
    assert.equal(await status(), 400);
    assert.equal((await client.page(token, {...WINDOW, 'api-version': '7.2-preview.1'})).status, 200);
    assert.equal((await client.page(token, {...WINDOW, 'api-version': '7.2'})).status, 400);
    sandbox.switches.foreignTenant = 429;
    assert.equal((await client.page(foreign, WINDOW)).headers['retry-after'], '619');
    sandbox.switches.refuseSuppressed = true;
    const headers = {authorization: `Bearer ${token}`};
    assert.equal((await client.send('GET', CONNECTION_DATA, {...headers, ...SUPPRESS})).status, 401);
    assert.equal((await client.send('GET', CONNECTION_DATA, headers)).status, 200);
  }));

  it('names the tenant and the time to anybody, and no tenant for an organization of Microsoft accounts', () => withSandbox({switches: {dateSkewMs: -90_000}}, async (sandbox, client) => {
    const tenant = connectionNamed(sandbox.job, 'audit-log').parameters['tenantid'] ?? '';
    const answer = await client.send('GET', CONNECTION_DATA, {...SUPPRESS, 'x-vss-e2eid': 'aaaaaaaa-0000-0000-0000-000000000001'});
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['x-vss-resourcetenant'], tenant);
    assert.match(String(answer.headers['www-authenticate']), new RegExp(`^Bearer authorization_uri=https://login.microsoftonline.com/${tenant}`));
    assert.equal(Date.parse(String(answer.headers['date'])), NOW - 90_000);
    assert.equal(answer.headers['x-vss-e2eid'], 'aaaaaaaa-0000-0000-0000-000000000001');
    assert.match(String(answer.headers['activityid']), /^[0-9a-f-]{36}$/);
    sandbox.switches.entraBacked = false;
    const other = await client.send('GET', CONNECTION_DATA, SUPPRESS);
    assert.equal(other.headers['x-vss-resourcetenant'], '00000000-0000-0000-0000-000000000000');
    assert.doesNotMatch(String(other.headers['www-authenticate']), /Bearer/);
  }));

  it('shows the project to the job, with its visibility', () => withSandbox({}, async (sandbox, client) => {
    const url = `https://dev.azure.com/fabrikam/_apis/projects/${sandbox.job.variables['System.TeamProjectId'] ?? ''}?api-version=7.1`;
    const job = {authorization: `Bearer ${sandbox.job.jobToken}`};
    for (const visibility of ['private', 'public'] as const) {
      sandbox.switches.projectVisibility = visibility;
      assert.equal((JSON.parse((await client.send('GET', url, job)).text) as {visibility: string}).visibility, visibility);
    }
    sandbox.switches.projectStatus = 403;
    assert.equal((await client.send('GET', url, job)).status, 403);
  }));
});

describe('the stand-in\'s proxy', () => {
  it('leads known hosts to the stand-in, and nobody else anywhere', () => withSandbox({}, async (sandbox, client) => {
    assert.equal((await client.send('GET', 'https://fabrikam.visualstudio.com/_apis/connectionData', SUPPRESS)).status, 401);
    await assert.rejects(client.send('GET', 'https://example.com/'), /502/);
    assert.deepEqual(sandbox.requests.filter(({method}) => method === 'CONNECT').map(({url, status}) => [url, status]), [['fabrikam.visualstudio.com:443', 200], ['example.com:443', 502]]);
    assert.ok(sandbox.requests.some(({url, status}) => url === 'https://fabrikam.visualstudio.com/_apis/connectionData' && status === 401));
  }));

  it('demands its credentials', () => withSandbox({proxyCredentials: {username: 'agent', password: 'p@ss:wörd'}}, async (sandbox, client) => {
    await assert.rejects(client.send('GET', CONNECTION_DATA, SUPPRESS), /407/);
    await using known = new SandboxClient(sandbox, 'agent:p@ss:wörd');
    assert.equal((await known.send('GET', CONNECTION_DATA, SUPPRESS)).status, 401);
  }));
});
