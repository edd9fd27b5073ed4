import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { readManifest } from '../../tasks/common/evidence/manifestText';
import { findProgram } from '../support/programs';
import { removeWorkFolders, runPackaged, type PackagedRun } from '../support/packagedTask';

describe('the packaged task with a signing key', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  before(async () => { sandbox = await startSandbox({ totalEntries: { count: 50, start: Date.now() - 7_200_000, end: Date.now() } }); });
  after(async () => {
    await sandbox.close();
    await removeWorkFolders();
  });
  const run = (key: string): Promise<PackagedRun> => runPackaged(sandbox, { duration: '1h', signingKey: `${sandbox.keyVault.url}keys/${key}` });

  for (const [key, algorithm] of [['audit-log', 'RS256'], ['audit-log-ec', 'ES256']] as const) {
    it(`has Key Vault sign the manifest (${algorithm}), as openssl alone can check`, async function () {
      const result = await run(key);
      assert.equal(result.result, 'Succeeded', result.maskedLog);
      const folder = result.outputVariables['exportDirectory'] ?? '';
      const { manifest } = readManifest(readFileSync(path.join(folder, 'manifest.json')));
      assert.equal(manifest?.signedBy?.algorithm, algorithm);
      assert.match(manifest.signedBy.keyId, new RegExp(`^${sandbox.keyVault.url}keys/${key}/[0-9a-f]{32}$`));
      const pem = sandbox.keyVault.key(key).publicKeyPem;
      assert.equal(readFileSync(path.join(folder, 'signing-key.pem'), 'utf8').trim(), pem.trim());
      assert.match(readFileSync(path.join(folder, 'SHA256SUMS'), 'utf8'), / {2}manifest\.sig\n/);
      if (findProgram('Checking a signature', ['openssl'], 'version') === undefined) this.skip();
      const verify = (file: string): string => spawnSync('openssl', ['dgst', '-sha256', '-verify', 'signing-key.pem', '-signature', 'manifest.sig', file], { cwd: folder, encoding: 'utf8' }).stdout.trim();
      assert.equal(verify('manifest.json'), 'Verified OK');
      assert.equal(verify('summary.md'), 'Verification failure');
    });
  }

  it('publishes nothing when the identity may not sign, and says how to allow it', async () => {
    sandbox.keyVault.access.signers.clear();
    const result = await run('audit-log');
    assert.equal(result.result, 'Failed');
    assert.match(result.message ?? '', /\[SIGNING_KEY_REFUSED\]$/);
    assert.match(result.maskedLog, /Key Vault Crypto User/);
    assert.deepEqual(result.artifacts, []);
  });
});
