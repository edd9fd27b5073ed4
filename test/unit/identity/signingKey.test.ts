import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleTask } from '../../../scripts/bundle.mjs';
import { TaskError, type ErrorCode } from '../../../tasks/common/errors/taskError';
import type { Http } from '../../../tasks/common/http/http';
import type { AccessTokens } from '../../../tasks/common/identity/accessToken';
import { openSigningKey, type SigningKey } from '../../../tasks/common/identity/signingKey';
import { FakeVault, KEY_VERSION, VAULT_HOST } from '../../support/fakeVault';
import { webToken } from '../../support/fakeCloud';
import { findProgram } from '../../support/programs';
import { rejection, shown } from '../../support/rejection';
import { repository } from '../../support/taskManifest';
import { temporaryFolder } from '../../support/temporaryFolder';
import { json, type Answer } from '../../support/tlsServer';

const OBJECT_ID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const TOKEN = webToken({ aud: 'https://vault.azure.net', oid: OBJECT_ID, tid: TENANT });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const address = { vault: 'fabrikam-audit', host: VAULT_HOST, name: 'audit-log', version: undefined };
const tokens: AccessTokens = { get: () => Promise.resolve(TOKEN), forget: () => undefined };
const never = new AbortController().signal;

describe('signing key', () => {
  let vault: FakeVault;
  let http: Http;
  const folder = temporaryFolder();
  const openssl = findProgram('Verifying a signature without this product', ['openssl'], 'version');

  before(async () => { vault = await FakeVault.start(); });
  after(() => vault.close());
  beforeEach(() => {
    http = vault.open().http;
    vault.content = randomBytes(1000);
    vault.hold(rsa.privateKey);
  });
  afterEach(() => http.close());

  const open = (parts: Partial<Parameters<typeof openSigningKey>[0]> = {}): Promise<SigningKey> => openSigningKey({ http, tokens, address, signal: never, ...parts });
  const digest = (): Buffer => createHash('sha256').update(vault.content).digest();

  const kinds = [
    ['RSA', rsa, 'RS256', {}], ['RSA in hardware', rsa, 'RS256', { kty: 'RSA-HSM' }], ['EC', ec, 'ES256', {}], ['EC in hardware', ec, 'ES256', { kty: 'EC-HSM' }],
  ] as const;
  for (const [name, pair, algorithm, options] of kinds) {
    it(`of the kind ${name} signs as openssl verifies`, async () => {
      vault.hold(pair.privateKey, options);
      const key = await open();
      const signature = await key.sign(digest());
      assert.equal(key.algorithm, algorithm);
      assert.equal(key.keyId, `https://${VAULT_HOST}/keys/audit-log/${KEY_VERSION}`);
      assert.equal(key.publicKeyPem, pair.publicKey.export({ type: 'spki', format: 'pem' }));
      assert.equal(key.publicKeySha256, createHash('sha256').update(pair.publicKey.export({ type: 'spki', format: 'der' })).digest('hex'));
      assert.ok(verify('sha256', vault.content, key.publicKeyPem, signature));
      if (openssl === undefined) return;
      for (const [file, content] of [['manifest.json', vault.content], ['manifest.sig', signature], ['key.pem', key.publicKeyPem]] as const) writeFileSync(path.join(folder(), file), content);
      assert.match(execFileSync(openssl, ['dgst', '-sha256', '-verify', 'key.pem', '-signature', 'manifest.sig', 'manifest.json'], { cwd: folder(), encoding: 'utf8' }), /Verified OK/);
    });
  }

  it('sends its token to the vault alone, in the header alone, and never without being asked', async () => {
    await (await open()).sign(digest());
    assert.deepEqual(vault.server.requests.map(({ method, headers }) => `${method} ${headers.authorization === undefined ? 'without' : 'with'}`), ['GET without', 'GET with', 'POST without', 'POST with']);
    assert.deepEqual(new Set(vault.proxy.targets), new Set([`${VAULT_HOST}:443`]));
    for (const { headers, path: requested, body } of vault.server.requests) {
      assert.ok(headers.authorization === undefined || headers.authorization === `Bearer ${TOKEN}`);
      assert.ok(!`${requested}${body}`.includes(TOKEN));
      assert.match(String(headers['user-agent']), /^AuditLogExport/);
    }
  });

  it('asks for the version that is named', async () => {
    await open({ address: { ...address, version: KEY_VERSION } });
    assert.ok(vault.server.requests.every(({ path: requested }) => requested.startsWith(`/keys/audit-log/${KEY_VERSION}?`)));
    await rejection(open({ address: { ...address, version: 'f'.repeat(32) } }), 'SIGNING_KEY_UNUSABLE');
  });

  it('follows no redirect, and no challenge to another service', async () => {
    vault.server.answer = (response) => response.writeHead(307, { location: 'https://evil.example/keys/audit-log' }).end();
    await rejection(open(), 'SIGNING_KEY_UNUSABLE');
    vault.server.answer = json({}, 401, { 'www-authenticate': 'Bearer authorization="https://evil.example/t", resource="https://evil.example"' });
    await rejection(open(), 'SIGNING_KEY_UNUSABLE');
    assert.ok(vault.server.requests.every(({ headers }) => headers.authorization === undefined));
    assert.deepEqual(new Set(vault.proxy.targets), new Set([`${VAULT_HOST}:443`]));
  });

  /** Healthy until a token comes, then this. */
  const refusing = (status: number, ...codes: string[]): Answer => (response, request, number) => {
    const error = codes.reduceRight<unknown>((innererror, code) => ({ code, message: 'stranger\'s text ##vso[task.complete]', ...(innererror !== undefined && { innererror }) }), undefined);
    (request.headers.authorization === undefined ? vault.healthy : json({ error }, status))(response, request, number);
  };
  const refusals: [status: number, codes: string[], code: ErrorCode, told: RegExp][] = [
    [403, ['Forbidden', 'ForbiddenByRbac'], 'SIGNING_KEY_REFUSED', new RegExp(`az role assignment create --role "Key Vault Crypto User" --assignee-object-id ${OBJECT_ID} .*--scope "\\$\\(az keyvault show --name fabrikam-audit --query id --output tsv\\)/keys/audit-log"`)],
    [403, ['Forbidden', 'ForbiddenByPolicy'], 'SIGNING_KEY_REFUSED', new RegExp(`az keyvault set-policy --name fabrikam-audit --object-id ${OBJECT_ID} --key-permissions get sign`)],
    [403, ['Forbidden', 'ForbiddenByFirewall'], 'SIGNING_KEY_REFUSED', /Networking/],
    [403, ['Forbidden', 'KeyDisabled'], 'SIGNING_KEY_UNUSABLE', /must be enabled/],
    [401, ['Unauthorized'], 'SIGNING_KEY_REFUSED', new RegExp(`must belong to the tenant ${TENANT}`)],
    [404, ['KeyNotFound'], 'SIGNING_KEY_NOT_FOUND', /az keyvault key list --vault-name fabrikam-audit/],
    [400, ['BadParameter'], 'SIGNING_KEY_UNUSABLE', /HTTP 400/],
    [503, ['ServiceUnavailable'], 'SERVICE_FAILING', /HTTP 503/],
    [429, ['Throttled'], 'SERVICE_FAILING', /HTTP 429/],
  ];
  for (const [status, codes, code, told] of refusals) {
    it(`tells a ${status} ${codes.at(-1) ?? ''} at reading and at signing, in words of its own`, async () => {
      const key = await open();
      vault.server.answer = refusing(status, ...codes);
      for (const use of [open, () => key.sign(digest())]) {
        const failure = await rejection(use(), code);
        assert.match(shown(failure), told);
        assert.doesNotMatch(shown(failure), /stranger|vso/);
      }
    });
  }

  const unfit: [name: string, hold: () => void][] = [
    ['is disabled', () => { vault.hold(rsa.privateKey, { attributes: { enabled: false } }); }],
    ['may not sign', () => { vault.hold(rsa.privateKey, { operations: ['verify'] }); }],
    ['is too short', () => { vault.hold(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey); }],
    ['is on another curve', () => { vault.hold(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey); }],
    ['is symmetric', () => { vault.hold(rsa.privateKey, { kty: 'oct' }); }],
    ['has another name', () => { vault.server.answer = (response, request, number) => { (request.headers.authorization === undefined ? vault.healthy : json({ ...(vault.bundle() as object), key: { kid: `https://evil.vault.azure.net/keys/audit-log/${KEY_VERSION}` } }))(response, request, number); }; }],
    ['is no key at all', () => { vault.server.answer = (response, request, number) => { (request.headers.authorization === undefined ? vault.healthy : json({ hello: 'world' }))(response, request, number); }; }],
    ['is a web page', () => { vault.server.answer = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'); }],
  ];
  for (const [name, hold] of unfit) {
    it(`that ${name} is not used`, async () => {
      hold();
      await rejection(open(), 'SIGNING_KEY_UNUSABLE');
    });
  }

  it('that has expired is not used', async () => {
    vault.hold(rsa.privateKey, { attributes: { exp: 1_000_000_000 } });
    const key = await open();
    assert.match((await rejection(key.sign(digest()), 'SIGNING_KEY_UNUSABLE')).message, /expired/);
  });

  it('refuses an answer that is no signature', async () => {
    const key = await open();
    const other = createHash('sha256').update('another content').digest();
    assert.match((await rejection(key.sign(other), 'SIGNING_KEY_UNUSABLE')).message, /no signature/);
  });

  it('tells a failing network and a failing sign-in as everybody does', async () => {
    const failure = await rejection(open({ address: { ...address, host: 'no-such.vault.azure.net' } }), 'NETWORK_UNREACHABLE');
    assert.match(failure.message, /no-such\.vault\.azure\.net/);
    const refused = new TaskError('SIGN_IN_REFUSED', 'No.');
    assert.equal(await rejection(open({ tokens: { ...tokens, get: () => Promise.reject(refused) } }), 'SIGN_IN_REFUSED'), refused);
  });

  it('ends with the signal\'s reason', async () => {
    const controller = new AbortController();
    const reason = new Error('canceled');
    vault.server.answer = () => { controller.abort(reason); };
    await assert.rejects(open({ signal: controller.signal }), reason);
  });

  it('writes nothing of what strangers send to the log, whatever the environment asks of the library', async () => {
    await bundleTask('signing', folder(), folder(), path.join(repository, 'test/support/signingProgram.ts'));
    const env = { AZURE_LOG_LEVEL: 'verbose', TYPESPEC_RUNTIME_LOG_LEVEL: 'verbose', DEBUG: '*' };
    const { stdout, stderr, status } = spawnSync(process.execPath, [path.join(folder(), 'index.js')], { env, encoding: 'utf8' });
    assert.deepEqual({ stdout, stderr, status }, { stdout: '256', stderr: '', status: 0 });
  });
});
