import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { verifierText } from '../../scripts/verifier.mjs';
import type { Verdict } from '../../tasks/common/evidence/verify/verdict';
import { KEY_VAULT_SCOPE } from '../../tasks/common/identity/accessToken';
import { HELP } from '../../tasks/VerifyAuditLog/cliOptions';
import { documentText, fencedBlocks, markedTable, sectionOf } from '../support/documents';
import { newKey, type SetExport, type SetKey } from '../support/exportSet';
import { findProgram, POWERSHELL } from '../support/programs';
import { makeSet } from '../support/tampering';
import { readRepositoryJson } from '../support/taskManifest';

/** The compiler holds it complete. */
const VERDICTS: Readonly<Record<Verdict, true>> = {
  'valid': true, 'hash does not match': true, 'not found': true, 'invalid format': true, 'moved': true,
  'signature invalid': true, 'signed by an unpinned key': true, 'second chain start': true,
};

const evidence = documentText('docs/evidence.md');
const unquoted = (cell = ''): string => cell.replaceAll('`', '');

describe('the document about evidence', () => {
  it('has the verifier\'s verdicts, all of them and no others', () => {
    assert.deepEqual(markedTable(evidence, 'verdicts').map(([verdict]) => unquoted(verdict)), Object.keys(VERDICTS));
  });

  it('has the verifier\'s options and exit codes', () => {
    const known = [...HELP.matchAll(/^ {2}(--[a-z-]+(?: [A-Z0-9]+)?) /gm)].map(([, option]) => option);
    assert.ok(known.length > 5);
    assert.deepEqual(markedTable(evidence, 'options').flatMap(([cell]) => unquoted(cell).split(', ')), known);
    const codes = [...(/^Exit code: (.+)\.$/m.exec(HELP)?.[1] ?? '').matchAll(/(\d) ([^,]+)/g)].map(([, code, meaning]) => [code, meaning]);
    assert.deepEqual(markedTable(evidence, 'exit codes').map(([code, meaning]) => [code, meaning?.split(':')[0]]), codes);
  });

  it('has every field of manifests, and every reason of a gap', () => {
    const schema = readRepositoryJson('docs/manifest-1.schema.json') as { properties: Record<string, { properties?: Record<string, { items?: { properties: { reason: { enum: string[] } } } }> }> };
    assert.deepEqual(markedTable(evidence, 'manifest').map(([field]) => unquoted(field)), Object.keys(schema.properties));
    const reasons = schema.properties['coverage']?.properties?.['gaps']?.items?.properties.reason.enum ?? [];
    assert.equal(reasons.length, 3);
    const row = evidence.split('\n').find((line) => line.startsWith('| known gap |')) ?? '';
    for (const reason of reasons) assert.ok(row.includes(`\`${reason}\``), reason);
  });

  it('has the settle time, the overlap and the days of retention that task.json has', () => {
    const { inputs } = readRepositoryJson('tasks/ExportAuditLog/task.json') as { inputs: { name: string; defaultValue?: string }[] };
    const standard = (name: string): string | undefined => inputs.find((input) => input.name === name)?.defaultValue;
    assert.deepEqual([standard('settleTime'), standard('overlap'), standard('retainDays'), standard('window')], ['30m', '2h', '400', 'sinceLastExport']);
    assert.match(evidence, /^\| settle time \|.*\(30 minutes\)/m);
    assert.match(evidence, /^\| overlap \|.*\(2 hours\)/m);
    assert.match(documentText('README.md'), /lease of `retainDays` \(400\)/);
  });
});

describe('what the document about evidence tells to do by hand', function () {
  this.timeout(60_000);
  let folder: string;
  let key: SetKey;
  let newest: SetExport;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'audit-log-auditor-'));
    key = newKey();
    const { exports } = await makeSet({ root: path.join(folder, 'exports'), key });
    newest = exports.at(-1)!;
    writeFileSync(path.join(folder, 'audit-log.pem'), key.publicKeyPem);
    writeFileSync(path.join(folder, 'kept-hashes.txt'), `# kept by the auditor\n${newest.sha256}  run 7\n${exports[2]!.sha256}\n`);
    writeFileSync(path.join(folder, 'verify-audit-log.mjs'), await verifierText());
  });
  after(() => { rmSync(folder, { recursive: true, force: true }); });

  const commands = fencedBlocks(sectionOf(evidence, '## Verify'), 'sh').map((block) => block.trim());
  for (const command of commands) {
    it(`verifies: ${command}`, () => {
      const [program = '', ...args] = command.split(' ');
      assert.equal(program, 'node');
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
      assert.match(stdout, /\nVALID\n$/);
    });
  }

  it('verifies in two ways, the second with a statement and a sample', () => {
    assert.equal(commands.length, 2);
    const statement = readFileSync(path.join(folder, 'statement.md'), 'utf8');
    assert.match(statement, /\*\*Result:\*\* valid/);
    assert.match(statement, /The 25 entries of the population/);
  });

  const byHand = fencedBlocks(sectionOf(evidence, '## Check by hand'), 'sh').flatMap((block) => block.trim().split('\n'));

  it('checks an export with sha256sum, openssl, jq and gunzip', function () {
    for (const program of ['sha256sum', 'openssl', 'jq', 'gunzip']) if (findProgram('Checking an export by hand', [program], program === 'openssl' ? 'version' : '--version') === undefined) this.skip();
    const run = (command: string): string => execFileSync('sh', ['-c', command], { cwd: newest.path, encoding: 'utf8' });
    const [files, own, before, signature, fingerprint, count, ...others] = byHand.map(run);
    assert.deepEqual(others, []);
    assert.equal(files?.trim().split('\n').every((line) => line.endsWith(': OK')), true, files);
    assert.equal(own, `${newest.sha256}  manifest.json\n`);
    assert.equal(before?.trim(), newest.manifest.chain === 'none' ? '' : newest.manifest.chain.predecessor?.manifestSha256);
    assert.equal(signature, 'Verified OK\n');
    assert.equal(fingerprint?.split(' ')[0], newest.manifest.signedBy?.publicKeySha256);
    assert.equal(Number(count), newest.manifest.counts.entries);
  });

  it('finds a changed byte with sha256sum, and a changed manifest with openssl', function () {
    for (const [program, version] of [['sha256sum', '--version'], ['openssl', 'version']] as const) if (findProgram('Checking an export by hand', [program], version) === undefined) this.skip();
    const fails = (command: string, file: string): void => {
      const whole = readFileSync(path.join(newest.path, file));
      writeFileSync(path.join(newest.path, file), Buffer.concat([whole, Buffer.from(' ')]));
      assert.notEqual(spawnSync('sh', ['-c', command], { cwd: newest.path }).status, 0, command);
      writeFileSync(path.join(newest.path, file), whole);
    };
    const find = (start: string): string => byHand.find((command) => command.startsWith(start)) ?? 'true';
    fails(find('sha256sum -c'), 'audit-log.jsonl.gz');
    fails(find('openssl dgst'), 'manifest.json');
  });

  it('checks an export with shasum, as macOS has it', function () {
    const command = /`(shasum [^`]+)`/.exec(evidence)?.[1];
    assert.ok(command !== undefined);
    if (findProgram('Checking an export as on macOS', ['shasum'], '--version', false) === undefined) this.skip();
    const output = execFileSync('sh', ['-c', command], { cwd: newest.path, encoding: 'utf8' });
    assert.ok(output.trim().split('\n').every((line) => line.endsWith(': OK')), output);
  });

  it('checks an export with PowerShell', function () {
    const [script = '', ...others] = fencedBlocks(sectionOf(evidence, '## Check by hand'), 'powershell');
    assert.deepEqual(others, []);
    const shell = findProgram('Checking an export with PowerShell', POWERSHELL, '-?', false) ?? this.skip();
    const matches = (): string[] => execFileSync(shell, ['-NoProfile', '-NonInteractive', '-Command', `${script.trim()} | ForEach-Object { "$($_.File)=$($_.Matches)" }`], { cwd: newest.path, encoding: 'utf8' }).trim().split(/\r?\n/);
    const names = readFileSync(path.join(newest.path, 'SHA256SUMS'), 'utf8').trim().split('\n').map((line) => line.slice(66));
    assert.deepEqual(matches(), names.map((name) => `${name}=True`));
    const csv = path.join(newest.path, 'audit-log.csv');
    const whole = readFileSync(csv);
    writeFileSync(csv, 'changed');
    assert.deepEqual(matches(), names.map((name) => `${name}=${name === 'audit-log.csv' ? 'False' : 'True'}`));
    writeFileSync(csv, whole);
  });
});

describe('the set-up of a key that signs', () => {
  const setup = documentText('docs/setup.md');

  it('is what the task advises', () => {
    const advice = documentText('tasks/common/identity/signingKeyFailure.ts').replaceAll('${address.vault}', 'fabrikam-audit').replaceAll('${address.name}', 'audit-log').replaceAll('${objectId}', 'OBJECT_ID');
    const [create = '', assign = '', download = ''] = fencedBlocks(sectionOf(setup, '## A key that signs'), 'sh').map((block) => block.trim());
    assert.ok(advice.includes(create.replace('--name audit-log', '--name NAME')), create);
    assert.ok(advice.includes(assign), assign);
    assert.match(download, /^az keyvault key download .*--encoding PEM --file audit-log\.pem$/);
  });

  it('names the vault\'s host, to which the token goes', () => {
    assert.equal(new URL(KEY_VAULT_SCOPE).host, 'vault.azure.net');
    for (const file of ['README.md', 'docs/setup.md']) assert.ok(documentText(file).includes('`VAULT.vault.azure.net`'), file);
  });
});
