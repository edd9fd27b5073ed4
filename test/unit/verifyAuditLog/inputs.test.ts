import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inputDefaults, type InputName, type OutputName } from '../../../tasks/VerifyAuditLog/contract';
import { readInputs, type VerifyRequest } from '../../../tasks/VerifyAuditLog/inputs';
import { newKey } from '../../support/exportSet';
import { FakeAgent } from '../../support/fakeAgent';
import { failureOf } from '../../support/rejection';

const ID = '0d2c1f5e-8d0b-4c63-9d4d-6a2f7f5c9e22';
const HASH = 'ab'.repeat(32);
const PERIOD = { from: '2026-01-01T00:00:00Z', to: '2026-04-01T00:00:00Z' };

type Inputs = Partial<Record<InputName, string>>;

describe('the inputs of VerifyAuditLog', () => {
  let work: string;
  before(() => { work = mkdtempSync(path.join(tmpdir(), 'inputs-')); });
  after(() => { rmSync(work, { recursive: true, force: true }); });

  /** As the agent hands them over: with the defaults of task.json, and macros expanded. */
  function read(inputs: Inputs = {}, variables: Record<string, string> = {}): VerifyRequest {
    return readInputs(new FakeAgent<InputName, OutputName>({
      inputs: { ...inputDefaults, folder: work, branch: 'refs/heads/main', collectTo: path.join(work, 'evidence'), ...inputs },
      variables: { 'System.CollectionUri': 'https://dev.azure.com/fabrikam/', 'System.HostType': 'build', 'System.DefaultWorkingDirectory': work, 'System.DefinitionId': '42', 'Build.SourceBranch': 'refs/heads/main', ...variables },
    }));
  }
  const problems = (inputs: Inputs, variables: Record<string, string> = {}): readonly string[] => failureOf(() => read(inputs, variables), 'INPUTS_INVALID').advice;

  it('that are left out verify a folder, offline', () => {
    assert.deepEqual(read(), {
      organization: 'fabrikam', folder: work, collect: undefined, requested: { from: undefined, to: undefined }, pinned: [], kept: [], sample: undefined, evidenceDirectory: path.join(work, 'evidence'),
      isPublished: true, evidenceArtifactName: 'audit-log-evidence', allowPublicProject: false, failOnInvalid: true, requery: undefined, maxDurationMs: 50 * 60_000,
    } satisfies VerifyRequest);
  });

  it('are all read', () => {
    const key = newKey('ES256');
    const request = read({
      pipeline: 'Self', from: '2026-01-01T00:00:00.5+01:00', to: '2026-04-01T00:00:00.5Z', branch: '*', artifactName: 'own', publicKeys: key.publicKeyPem, keptHashes: `# kept\n\n${HASH.toUpperCase()}  run 7`, sample: '25', seed: 'a b',
      collectTo: 'relative', publishArtifact: 'false', evidenceArtifactName: 'proof', allowPublicProject: 'true', failOnInvalid: 'False', requery: 'true', connectedServiceNameARM: ID, organization: 'contoso', maxDuration: '2h', folder: '/nowhere',
    }, { 'System.HostType': 'release' });
    assert.deepEqual(request, {
      organization: 'contoso', folder: undefined, collect: { pipelineId: '42', branch: undefined, artifactName: 'own', fromSeconds: Date.UTC(2025, 11, 31, 23) / 1000, toSeconds: Date.UTC(2026, 3, 1) / 1000 + 1 },
      requested: { from: '2025-12-31T23:00:00Z', to: '2026-04-01T00:00:01Z' }, pinned: [{ pem: key.publicKeyPem.trim(), sha256: key.sha256 }], kept: [{ sha256: HASH, source: 'keptHashes, line 3' }], sample: { count: 25, seed: 'a b' },
      evidenceDirectory: path.join(work, 'relative'), isPublished: false, evidenceArtifactName: 'proof', allowPublicProject: true, failOnInvalid: false, requery: { kind: 'azureRM', id: ID }, maxDurationMs: 2 * 3_600_000,
    } satisfies VerifyRequest);
  });

  it('take keys as text and as files, together', () => {
    const [first, second] = [newKey(), newKey('ES256')];
    writeFileSync(path.join(work, 'key.pem'), second.publicKeyPem);
    assert.deepEqual(read({ publicKeys: `key.pem\n${first.publicKeyPem}` }).pinned.map(({ sha256 }) => sha256), [first.sha256, second.sha256]);
    assert.match(problems({ publicKeys: 'nokey.pem' })[0] ?? '', /^publicKeys: the file "nokey\.pem" cannot be read\./);
    writeFileSync(path.join(work, 'other.pem'), 'no key');
    assert.match(problems({ publicKeys: 'other.pem' })[0] ?? '', /^publicKeys: "other\.pem" is no public key in PEM\./);
  });

  it('of the branch fall back to the job\'s own', () => {
    assert.equal(read({ pipeline: '7', ...PERIOD, branch: '' }).collect?.branch, 'refs/heads/main');
    assert.equal(read({ pipeline: '7', ...PERIOD, branch: 'refs/heads/release/1' }).collect?.branch, 'refs/heads/release/1');
  });

  it('that a folder does not need may be left out, and one bound is enough for it', () => {
    assert.deepEqual(read({ from: PERIOD.from }).requested, { from: PERIOD.from, to: undefined });
    assert.equal(read({ from: PERIOD.from }).collect, undefined);
  });

  const wrong: readonly (readonly [what: string, inputs: Inputs, problem: RegExp])[] = [
    ['a folder that is not there', { folder: 'nothing-here' }, /^folder: .+nothing-here is no folder\. Name the folder/],
    ['a pipeline by its name', { pipeline: 'nightly', ...PERIOD }, /^pipeline: "nightly" is not a pipeline\. .+Example: 42\./],
    ['a pipeline that would be a path', { pipeline: '../7', ...PERIOD }, /^pipeline: /],
    ['a pipeline without a beginning', { pipeline: '7', to: PERIOD.to }, /^from: is needed with pipeline/],
    ['a pipeline without an end', { pipeline: '7', from: PERIOD.from }, /^to: is needed with pipeline/],
    ['a short branch', { pipeline: '7', ...PERIOD, branch: 'main' }, /^branch: "main" is not the full name of a branch\..+Example: refs\/heads\/main/],
    ['a wrong artifact name', { pipeline: '7', ...PERIOD, artifactName: 'a/b' }, /^artifactName: /],
    ['an end before the beginning', { from: PERIOD.to, to: PERIOD.from }, /^to: 2026-01-01T00:00:00Z is not after from/],
    ['an instant without an offset', { from: '2026-01-01T00:00:00' }, /^from: .+has no offset from UTC/],
    ['a kept hash that is none', { keptHashes: `${HASH}\nabc` }, /^keptHashes: "abc" in line 2 is no SHA-256/],
    ['a sample without a seed', { sample: '5' }, /^seed: is needed with sample/],
    ['a sample of nothing', { sample: '0', seed: 'x' }, /^sample: "0" is not a whole number from 1 to 10000/],
    ['a sample of everything', { sample: '10001', seed: 'x' }, /^sample: /],
    ['evidence under the name of the exports', { pipeline: '7', ...PERIOD, evidenceArtifactName: 'Audit-Log' }, /^evidenceArtifactName: must be another name than artifactName/],
    ['a comparison without a connection', { requery: 'true' }, /^azureDevOpsServiceConnection: no service connection is given/],
    ['a duration without a unit', { maxDuration: '10' }, /^maxDuration: /],
    ['a variable without a value', { pipeline: '$(exporter)', ...PERIOD }, /^pipeline: the variable "\$\(exporter\)" has no value/],
  ];
  for (const [what, inputs, problem] of wrong) {
    it(`refuse ${what}`, () => {
      assert.match(problems(inputs)[0] ?? '', problem);
    });
  }

  it('are all named at once', () => {
    assert.deepEqual(problems({ pipeline: 'x', from: 'a', to: 'b', branch: 'c', sample: 'd', keptHashes: 'e', failOnInvalid: 'f', requery: 'g', collectTo: '' }).map((line) => line.split(':')[0]).sort(), ['branch', 'collectTo', 'failOnInvalid', 'from', 'keptHashes', 'pipeline', 'requery', 'sample', 'seed', 'to']);
  });

  it('refuse a place for the evidence that holds something already, or is a file', () => {
    mkdirSync(path.join(work, 'full'));
    writeFileSync(path.join(work, 'full', 'old.md'), '');
    assert.match(problems({ collectTo: 'full' })[0] ?? '', /^collectTo: .+full is not empty \(old\.md\)/);
    assert.match(problems({ collectTo: 'full/old.md' })[0] ?? '', /^collectTo: .+is a file or cannot be read/);
    mkdirSync(path.join(work, 'empty'));
    assert.equal(read({ collectTo: 'empty' }).evidenceDirectory, path.join(work, 'empty'));
  });

  it('refuse to publish where nothing can be published', () => {
    assert.match(problems({}, { 'System.HostType': 'release' })[0] ?? '', /^publishArtifact: artifacts can be published only in a build or YAML pipeline/);
  });
});
