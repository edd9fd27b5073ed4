import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildVerifier, verifierFile, verifierText } from '../../scripts/verifier.mjs';
import { auditLogOf, ExportChain, HOUR, newKey, SET_START } from '../support/exportSet';
import { temporaryFolder } from '../support/temporaryFolder';

interface Run {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

describe('the single-file verifier', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  before(buildVerifier);

  /** Runs a copy of the file, away from the repository and its packages, with no environment. */
  function run(...args: readonly string[]): Run {
    const alone = path.join(folder(), 'alone');
    mkdirSync(alone, { recursive: true });
    const file = path.join(alone, 'verify-audit-log.mjs');
    copyFileSync(verifierFile, file);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { cwd: alone, encoding: 'utf8', env: {} });
    return { status, out: stdout, error: stderr };
  }

  const key = newKey();
  const exports = (): string => path.join(folder(), 'exports');
  async function makeExports(): Promise<ExportChain> {
    const chain = new ExportChain({ root: exports(), log: auditLogOf(1, SET_START, SET_START + 72 * HOUR, 300, 0.2), key });
    for (const day of [1, 2, 3]) await chain.add(String(day), SET_START + day * 24 * HOUR);
    writeFileSync(path.join(folder(), 'key.pem'), key.publicKeyPem);
    return chain;
  }
  const pinned = (): string[] => ['--key', path.join(folder(), 'key.pem')];

  it('has the SHA-256 that is published beside it, the same whenever it is built', async () => {
    const text = readFileSync(verifierFile, 'utf8');
    const sha256 = createHash('sha256').update(text).digest('hex');
    assert.equal(readFileSync(`${verifierFile}.sha256`, 'utf8'), `${sha256}  verify-audit-log.mjs\n`);
    assert.equal(await verifierText(), text);
    assert.match(run('--version').out, new RegExp(sha256));
    assert.deepEqual([...text.matchAll(/^import .*from "(?!node:)/gm)], []);
    assert.doesNotMatch(text, /WebAssembly/, 'everything in it can be read');
  });

  it('says valid with exit code 0', async () => {
    const chain = await makeExports();
    const { status, out, error } = run(exports(), ...pinned(), '--from', '2026-09-01T00:00:00Z', '--to', '2026-09-04T02:00:00+02:00', '--kept-hash', chain.exports[2]!.sha256);
    assert.equal(status, 0, out);
    assert.match(out, /artifact audit-log: VALID\n.*requested {2}2026-09-01T00:00:00Z to 2026-09-04T00:00:00Z\n/);
    assert.match(out, /3 of 3 exports valid, 6 of 6 files valid, \d+ entries checked\nVALID\n$/);
    assert.match(out, / {2}2026-09 +3 +3 +\d+ {2}valid\n/);
    assert.doesNotMatch(out, /\u001b/);
    assert.equal(error, '');
  });

  it('says invalid with exit code 1, and where', async () => {
    const chain = await makeExports();
    rmSync(chain.exports[1]!.path, { recursive: true });
    const { status, out } = run(exports(), ...pinned());
    assert.equal(status, 1);
    assert.match(out, /^INVALID: not found: fabrikam\/20260902T000000Z_20260903T000000Z\.run2-1: The export .* of run 2/m);
    assert.match(out, /^INVALID: not found: No export of fabrikam, pipeline 12 covers 2026-09-02T00:00:00Z to 2026-09-03T00:00:00Z\.$/m);
    assert.match(out, /\nINVALID: 2 findings\n$/);
  });

  it('finds a kept hash in a file of them', async () => {
    const chain = await makeExports();
    const file = path.join(folder(), 'hashes.txt');
    writeFileSync(file, `# kept by the auditor\r\n${chain.exports.map(({ sha256, folder: of }) => `${sha256.toUpperCase()}  ${of}`).join('\r\n')}\r\n`);
    assert.equal(run(exports(), '--kept-hashes', file).status, 0);
    writeFileSync(file, `\n${'0'.repeat(64)}\n`);
    const { status, out } = run(exports(), '--kept-hashes', file);
    assert.equal(status, 1);
    assert.match(out, /No manifest here has the kept hash 0{64} \(.*hashes\.txt:2\)/);
  });

  it('prints JSON that holds the same', async () => {
    await makeExports();
    const { status, out } = run(exports(), ...pinned(), '--json');
    const result = JSON.parse(out) as Record<string, unknown>;
    assert.equal(status, 0);
    assert.deepEqual([result['formatVersion'], result['result'], result['findings']], [1, 'valid', []]);
  });

  it('writes a statement with population, sample and how to do it again', async () => {
    await makeExports();
    const statement = path.join(folder(), 'statement.md');
    const args = [exports(), ...pinned(), '--from', '2026-09-01T00:00:00Z', '--to', '2026-09-04T00:00:00Z', '--statement', statement, '--sample', '5', '--seed', 'audit 2026'];
    assert.equal(run(...args).status, 0);
    const text = readFileSync(statement, 'utf8');
    for (const heading of ['Source', 'Population: fabrikam, pipeline 12', 'Procedure', 'Exceptions', 'Sample', 'To perform it again']) assert.ok(text.includes(`## ${heading}\n`), heading);
    assert.equal(text.match(/^\| 2026-09.*audit-log\.jsonl\.gz:\d+ \|$/gm)?.length, 5);
    assert.match(text, /--sample 5 --seed "audit 2026"\n/);
    assert.match(text, /## Exceptions\n\nNone\.\n/);
    assert.match(text, /verify-audit-log \d+\.\d+\.\d+, SHA-256 [0-9a-f]{64}/);
    const again = readFileSync(statement, 'utf8');
    run(...args);
    assert.equal(readFileSync(statement, 'utf8').replace(/Verified:.*/, ''), again.replace(/Verified:.*/, ''));
  });

  it('prints nothing of a hostile name that a terminal or a log would obey', async () => {
    const chain = await makeExports();
    if (process.platform === 'win32') return;
    writeFileSync(path.join(chain.exports[0]!.path, '\u001b[31m##vso[task.complete]\n.txt'), '');
    const { out, status } = run(exports(), ...pinned());
    assert.equal(status, 0);
    assert.doesNotMatch(out, /\u001b|##vso/);
    assert.match(out, /No manifest lists this file/);
    const json = run(exports(), ...pinned(), '--json').out;
    assert.match(json, /^[\n\x20-\x7e]*$/);
    assert.doesNotMatch(json, /##vso/);
    assert.ok((JSON.parse(json) as { findings: { file?: string }[] }).findings.some(({ file }) => file?.includes('##vso[') === true));
  });

  for (const [what, args, sentence] of [
    ['no folder', [], /Name one folder/],
    ['two folders', ['one', 'two'], /Name one folder/],
    ['a folder that is not there', ['missing'], /cannot be read \(ENOENT\)/],
    ['a folder without exports', ['.'], /no export below/],
    ['an option that does not exist', ['.', '--colour'], /Unknown option '--colour'\. --help lists the options\./],
    ['an instant without an offset', ['.', '--from', '2026-01-01T00:00:00'], /--from: .* has no offset/],
    ['an end before the beginning', ['.', '--from', '2026-01-02T00:00:00Z', '--to', '2026-01-01T00:00:00Z'], /must be earlier/],
    ['a key that is none', ['.', '--key', 'verify-audit-log.mjs'], /holds no public key/],
    ['a hash that is none', ['.', '--kept-hash', 'abc'], /this is no SHA-256/],
    ['a sample without a seed', ['.', '--sample', '3'], /go together/],
  ] as const) {
    it(`says that it could not run, with exit code 2: ${what}`, () => {
      const { status, out, error } = run(...args);
      assert.deepEqual([status, out], [2, ''], error);
      assert.match(error, sentence);
    });
  }

  it('explains itself', () => {
    const { status, out } = run('--help');
    assert.equal(status, 0);
    for (const option of ['from', 'to', 'key', 'kept-hash', 'kept-hashes', 'statement', 'sample', 'seed', 'json', 'verbose']) assert.ok(out.includes(`--${option}`), option);
  });
});
