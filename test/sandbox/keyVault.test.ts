import assert from 'node:assert/strict';
import {constants, createHash, verify} from 'node:crypto';
import {startSandbox, type Sandbox} from '../../sandbox/sandbox';
import {connectionNamed, SandboxClient, type Answer} from './client';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const MESSAGE = Buffer.from('what a manifest says');
const DIGEST = createHash('sha256').update(MESSAGE).digest('base64url');

class Scene {
  constructor(readonly sandbox: Sandbox, readonly client: SandboxClient) {}

  async token(connection = 'audit-log', scope = 'https://vault.azure.net/.default'): Promise<string> {
    const {job} = this.sandbox;
    const named = connectionNamed(job, connection);
    const answer = await this.client.exchange(named, await this.client.assertion(job, named), {scope});
    return (JSON.parse(answer.text) as {access_token: string}).access_token;
  }

  ask(path: string, token?: string, body?: object, host = 'fabrikam-audit'): Promise<Answer> {
    const headers = {...(token === undefined ? {} : {authorization: `Bearer ${token}`}), 'content-type': 'application/json'};
    return this.client.send(body === undefined ? 'GET' : 'POST', `https://${host}.vault.azure.net${path}?api-version=7.6`, headers, body === undefined ? undefined : JSON.stringify(body));
  }
}

function scene(body: (scene: Scene) => Promise<void>): () => Promise<void> {
  return async () => {
    await using sandbox = await startSandbox({clock: () => NOW});
    await using client = new SandboxClient(sandbox);
    await body(new Scene(sandbox, client));
  };
}

function errorOf({status, text}: Answer): [number, string, string | undefined] {
  const {error} = JSON.parse(text) as {error: {code: string; innererror?: {code: string}}};
  return [status, error.code, error.innererror?.code];
}

describe('the stand-in\'s key vault', () => {
  const algorithms = [
    ['RS256', 'audit-log', {padding: constants.RSA_PKCS1_PADDING}],
    ['PS256', 'audit-log', {padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32}],
    ['ES256', 'audit-log-ec', {dsaEncoding: 'ieee-p1363'}],
  ] as const;
  for (const [alg, name, options] of algorithms) {
    it(`signs with ${alg} what the public key verifies`, scene(async (stage) => {
      const key = stage.sandbox.keyVault.key(name);
      const answer = await stage.ask(`/keys/${name}/${key.version}/sign`, await stage.token(), {alg, value: DIGEST});
      const {kid, value} = JSON.parse(answer.text) as {kid: string; value: string};
      assert.equal(kid, `https://fabrikam-audit.vault.azure.net/keys/${name}/${key.version}`);
      const signature = Buffer.from(value, 'base64url');
      assert.ok(verify('sha256', MESSAGE, {key: key.publicKeyPem, ...options}, signature));
      assert.ok(!verify('sha256', Buffer.from('another'), {key: key.publicKeyPem, ...options}, signature));
    }));
  }

  it('describes its keys, and answers for the latest version unless told', scene(async (stage) => {
    const {keyVault} = stage.sandbox;
    const token = await stage.token();
    const read = async (path: string): Promise<{key: Record<string, unknown>; attributes: {enabled: boolean}}> => JSON.parse((await stage.ask(path, token)).text) as never;
    const {key: rsa, attributes} = await read('/keys/audit-log');
    const {version, publicKey} = keyVault.key('audit-log');
    assert.deepEqual([rsa['kid'], rsa['kty'], rsa['e'], rsa['n'], attributes.enabled], [`${keyVault.url}keys/audit-log/${version}`, 'RSA', 'AQAB', publicKey.export({format: 'jwk'}).n, true]);
    const {key: elliptic} = await read(`/keys/audit-log-ec/${keyVault.key('audit-log-ec').version}`);
    assert.deepEqual([elliptic['kty'], elliptic['crv'], typeof elliptic['x'], typeof elliptic['y']], ['EC', 'P-256', 'string', 'string']);
    const rotated = await keyVault.rotate('audit-log', NOW);
    assert.notEqual(rotated.publicKeyPem, keyVault.keys[0]?.publicKeyPem);
    assert.equal((await read('/keys/audit-log')).key['kid'], `${keyVault.url}keys/audit-log/${rotated.version}`);
    assert.equal((await read(`/keys/audit-log/${version}`)).key['n'], rsa['n']);
  }));

  it('says how to sign in, and takes only tokens that are meant for it', scene(async (stage) => {
    const challenged = await stage.ask('/keys/audit-log');
    assert.equal(challenged.status, 401);
    assert.match(String(challenged.headers['www-authenticate']), /^Bearer authorization="https:\/\/login\.microsoftonline\.com\/[0-9a-f-]{36}", resource="https:\/\/vault\.azure\.net"$/);
    for (const token of [await stage.token('audit-log', '499b84ac-1321-427f-aa17-267ca6975798/.default'), stage.sandbox.job.jobToken, await stage.token('other-tenant')]) {
      assert.deepEqual(errorOf(await stage.ask('/keys/audit-log', token)).slice(0, 2), [401, 'Unauthorized']);
    }
    const window = {startTime: '2026-11-18T00:00:00Z', endTime: '2026-11-18T01:00:00Z'};
    assert.equal((await stage.client.page(await stage.token(), window)).status, 401);
  }));

  it('refuses as Key Vault does', scene(async (stage) => {
    const {keyVault, access: {exporter}} = stage.sandbox;
    const token = await stage.token();
    const {version} = keyVault.key('audit-log');
    const sign = async (body: object = {alg: 'RS256', value: DIGEST}, host?: string, name = 'audit-log'): Promise<unknown[]> => errorOf(await stage.ask(`/keys/${name}/${version}/sign`, token, body, host));
    assert.deepEqual(errorOf(await stage.ask('/keys/none', token)), [404, 'KeyNotFound', undefined]);
    assert.deepEqual(errorOf(await stage.ask(`/keys/audit-log/${'0'.repeat(32)}`, token)), [404, 'KeyNotFound', undefined]);
    assert.deepEqual(errorOf(await stage.ask('/keys/audit-log', await stage.token('no-permission'))), [403, 'Forbidden', 'ForbiddenByRbac']);
    assert.deepEqual(await sign({alg: 'ES256', value: DIGEST}), [400, 'BadParameter', undefined]);
    assert.deepEqual(await sign({alg: 'RS256', value: 'c2hvcnQ'}), [400, 'BadParameter', undefined]);
    assert.deepEqual(await sign(undefined, 'somebody-elses'), [403, 'Forbidden', 'ForbiddenByRbac']);
    keyVault.access.signers.delete(exporter.objectId);
    assert.deepEqual(await sign(), [403, 'Forbidden', 'ForbiddenByRbac']);
    assert.equal((await stage.ask('/keys/audit-log', token)).status, 200);
    keyVault.access.signers.add(exporter.objectId);
    keyVault.key('audit-log').enabled = false;
    assert.deepEqual(await sign(), [403, 'Forbidden', 'KeyDisabled']);
    keyVault.access.firewall = true;
    assert.deepEqual(await sign(), [403, 'Forbidden', 'ForbiddenByFirewall']);
  }));
});
