import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { composeManifest } from '../../../tasks/common/evidence/composeManifest';
import type { Manifest } from '../../../tasks/common/evidence/manifest';
import { manifestBytes, readManifest } from '../../../tasks/common/evidence/manifestText';
import { sealFolder } from '../../../tasks/common/evidence/sealFolder';
import { writeEntries } from '../../../tasks/common/export/writeEntries';
import { entryAt } from '../../support/auditEntries';
import { manifestFacts } from '../../support/manifestFacts';
import { isTaskError } from '../../support/taskErrors';
import { temporaryFolder } from '../../support/temporaryFolder';

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

describe('sealed folder', () => {
  const folder = temporaryFolder();
  const inside = (name: string): string => path.join(folder(), name);
  const lines = (): string[] => readFileSync(inside('SHA256SUMS'), 'utf8').split('\n');

  /** An export as the product writes it, with its summary, before it is sealed. */
  async function written(): Promise<Manifest> {
    async function* batches(): AsyncGenerator<{ entries: ReturnType<typeof entryAt>[]; pages: number; reached: undefined }> {
      await Promise.resolve();
      yield { entries: [entryAt(3, 1), entryAt(2, 1)], pages: 1, reached: undefined };
    }
    const result = await writeEntries(batches(), folder(), { formats: ['jsonl', 'csv', 'json'], compressJson: true, csvDelimiter: ',' }, () => undefined);
    writeFileSync(inside('summary.md'), 'summary\n');
    return composeManifest(manifestFacts({ written: result }));
  }

  function check(): { status: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync('sha256sum', ['--strict', '-c', 'SHA256SUMS'], { cwd: folder(), encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
    return { status, output: stdout + stderr };
  }

  it('passes `sha256sum -c`, file by file, and fails it after any change', async function () {
    if (spawnSync('sha256sum', ['--version']).status !== 0) this.skip();
    await sealFolder(folder(), await written());
    const names = readdirSync(folder()).filter((name) => name !== 'SHA256SUMS').sort();
    assert.deepEqual(check(), { status: 0, output: names.map((name) => `${name}: OK\n`).join('') });
    for (const name of names) {
      const before = readFileSync(inside(name));
      appendFileSync(inside(name), ' ');
      assert.match(check().output, new RegExp(`^${name}: FAILED$`, 'm'));
      writeFileSync(inside(name), before);
    }
    assert.equal(check().status, 0);
  });

  it('lists every file but the list itself, sorted, whatever the system', async () => {
    const manifest = await written();
    mkdirSync(inside('folder'));
    await sealFolder(folder(), manifest, { signature: Buffer.from([1, 2, 255]), publicKeyPem: 'PEM\n' });
    const names = ['audit-log.csv', 'audit-log.json.gz', 'audit-log.jsonl.gz', 'manifest.json', 'manifest.sig', 'signing-key.pem', 'summary.md'];
    assert.deepEqual(lines(), [...names.map((name) => `${sha256(readFileSync(inside(name)))}  ${name}`), '']);
    assert.deepEqual([...readFileSync(inside('manifest.sig'))], [1, 2, 255]);
    assert.equal(readFileSync(inside('signing-key.pem'), 'utf8'), 'PEM\n');
  });

  it('has the manifest in its canonical form, and tells its hash', async () => {
    const manifest = await written();
    const { manifestSha256, manifestFile } = await sealFolder(folder(), manifest);
    assert.equal(manifestFile, inside('manifest.json'));
    const bytes = readFileSync(manifestFile);
    assert.deepEqual(bytes, manifestBytes(manifest));
    assert.equal(manifestSha256, sha256(bytes));
    assert.deepEqual(readManifest(bytes), { manifest });
    assert.deepEqual(readdirSync(folder()).filter((name) => /sig|pem/.test(name)), []);
  });

  it('takes the hashes that the manifest states, so that what was written is what is checked', async () => {
    const manifest = await written();
    appendFileSync(inside('audit-log.csv'), 'changed on the disk');
    await sealFolder(folder(), manifest);
    assert.ok(lines().includes(`${manifest.files.find(({ name }) => name === 'audit-log.csv')!.sha256}  audit-log.csv`));
  });

  it('is refused when a file of the manifest is gone', async () => {
    const manifest = await written();
    rmSync(inside('audit-log.csv'));
    await assert.rejects(sealFolder(folder(), manifest), isTaskError('OUTPUT_NOT_WRITABLE', /audit-log\.csv/));
  });

  it('is sealed once', async () => {
    const manifest = await written();
    await sealFolder(folder(), manifest);
    await assert.rejects(sealFolder(folder(), manifest), isTaskError('OUTPUT_NOT_WRITABLE', /manifest\.json/));
  });

  it('that is gone says so', async () => {
    const manifest = await written();
    await assert.rejects(sealFolder(inside('nowhere'), manifest), isTaskError('OUTPUT_NOT_WRITABLE'));
  });
});
