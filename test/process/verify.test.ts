import { spawnSync } from 'node:child_process';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { newKey } from '../support/exportSet';
import { newWorkFolder, removeWorkFolders, runPackaged, type PackagedOptions, type PackagedRun } from '../support/packagedTask';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Midnight, UTC; long enough ago for any clock to have passed it. */
const NOW = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
const DAYS = 4;
const FROM = iso(NOW - 4 * DAY_MS);
const TO = iso(NOW - DAY_MS);
const PERIOD = { pipeline: 'self', from: FROM, to: TO };

interface Scene {
  readonly sandbox: Sandbox;
  readonly setNow: (ms: number) => void;
  /** Of the daily runs, oldest first. */
  readonly runs: readonly number[];
  readonly exported: readonly PackagedRun[];
  /** Artifact folders of the exports, as they were published. */
  readonly folders: readonly string[];
}

describe('VerifyAuditLog, packaged, in a pipeline', function () {
  this.timeout(120_000);
  let scene: Scene;

  before(async () => {
    scene = await exportDaily({ entriesPerDay: 300, lateness: { share: 0.3, longestMs: 8 * HOUR_MS } });
  });
  after(async () => {
    await scene.sandbox.close();
    await removeWorkFolders();
  });

  const verify = (inputs: Readonly<Record<string, string>>, options: PackagedOptions = {}): Promise<PackagedRun> => verifyIn(scene.sandbox, inputs, options);

  it('collects the exports of a period, finds them valid, and publishes one package of evidence', async () => {
    const result = await verify({ ...PERIOD, sample: '5', seed: 'audit 2026' });
    assert.equal(result.result, 'Succeeded', result.maskedLog);
    const [artifact, ...others] = result.artifacts;
    assert.ok(artifact && others.length === 0);
    assert.equal(artifact.name, 'audit-log-evidence');
    assert.deepEqual(readdirSync(artifact.directory).sort(), ['README.txt', 'exports', 'statement.md', 'verification.json', 'verify-audit-log.mjs']);
    assert.deepEqual(readdirSync(path.join(artifact.directory, 'exports')), scene.runs.map(String));
    const evidence = path.join(result.workDirectory, '1', 'a', 'audit-log-evidence');
    assert.deepEqual(result.outputVariables, {
      verificationResult: 'valid', exportCount: String(exportFolders(artifact.directory).length), entryCount: String(idsBelow(artifact.directory).length), invalidCount: '0',
      coveredFrom: seconds(FROM), coveredUntil: seconds(TO), statementPath: path.join(evidence, 'statement.md'), evidenceDirectory: evidence,
    });
    assert.match(result.maskedLog, /^4 runs with exports, \d+ files, [\d,]+ bytes\.$/m);
    assert.match(result.maskedLog, /^fabrikam, pipeline 42, refs\/heads\/main, artifact audit-log: VALID$/m);
    assert.doesNotMatch(result.maskedLog, /##\[(warning|error)\]/);
  });

  it('gives an auditor what repeats it offline, with the same result', async () => {
    const result = await verify({ ...PERIOD, sample: '5', seed: 'audit 2026' });
    const folder = result.artifacts[0]?.directory ?? '';
    const command = /^ {4}node verify-audit-log\.mjs (.+)$/m.exec(readFileSync(path.join(folder, 'README.txt'), 'utf8'))?.[1] ?? '';
    assert.equal(command, `exports --from ${seconds(FROM)} --to ${seconds(TO)} --sample 5 --seed "audit 2026"`);
    const repeated = spawnSync(process.execPath, ['verify-audit-log.mjs', ...words(command), '--json'], { cwd: folder, encoding: 'utf8' });
    assert.equal(repeated.status, 0, repeated.stderr);
    const [own, theirs] = [readFileSync(path.join(folder, 'verification.json'), 'utf8'), repeated.stdout].map((text) => JSON.parse(text) as Record<string, unknown>);
    const { program, collection, comparison, ...verification } = own!;
    const { program: single, ...same } = theirs!;
    assert.deepEqual(verification, same);
    assert.equal(comparison, null);
    assert.deepEqual((collection as { runs: { run: string; result: string }[] }).runs.map(({ run, result: outcome }) => [run, outcome]), [...scene.runs].reverse().map((run) => [String(run), 'collected']));
    const sha256 = createHash('sha256').update(readFileSync(path.join(folder, 'verify-audit-log.mjs'))).digest('hex');
    assert.ok(String(program).endsWith(sha256) && String(single).endsWith(sha256));
    assert.match(readFileSync(path.join(folder, 'statement.md'), 'utf8'), /## Sample/);
    const [summary] = result.summaries;
    assert.equal(summary?.name, 'Verification of audit log exports');
    assert.match(summary.content?.toString('utf8') ?? '', /\*\*Result:\*\* valid/);
    assert.doesNotMatch(summary.content?.toString('utf8') ?? '', /## Sample/);
  });

  it('takes only the runs whose exports touch the period', async () => {
    const day = { from: iso(NOW - 2 * DAY_MS), to: iso(NOW - 1.5 * DAY_MS) };
    const result = await verify({ pipeline: pipelineId(scene), ...day });
    assert.equal(result.result, 'Succeeded', result.maskedLog);
    assert.deepEqual(readdirSync(path.join(result.artifacts[0]?.directory ?? '', 'exports')), [String(scene.runs[2])]);
    assert.equal(result.outputVariables['coveredUntil'], seconds(day.to));
    const withLate = await verify({ ...PERIOD, from: day.from, to: iso(NOW - DAY_MS - HOUR_MS) });
    assert.deepEqual(readdirSync(path.join(withLate.artifacts[0]?.directory ?? '', 'exports')), [scene.runs[2], scene.runs[3]].map(String), 'the next run holds late entries of the period');
  });

  it('names what appeared later than the exports read again, and keeps it whole', async () => {
    const result = await verify({ ...PERIOD, requery: 'true' });
    const folder = result.artifacts[0]?.directory ?? '';
    const held = new Set(idsBelow(folder));
    const truth: string[] = [];
    for await (const { id, json } of scene.sandbox.truth({ start: Date.parse(FROM), end: Date.parse(TO) }, NOW)) if (!held.has(id)) truth.push(json);
    assert.ok(truth.length > 0, 'nothing came too late: the test proves nothing');
    assert.deepEqual(readFileSync(path.join(folder, 'missing.jsonl'), 'utf8').trimEnd().split('\n'), truth);
    assert.equal(result.result, 'Failed');
    assert.match(result.message ?? '', /^The exports are not valid\. missing from the copy: \d+, the newest of .+ \[VERIFICATION_FAILED\]$/);
    assert.match(result.maskedLog, new RegExp(`^missing from the copy: ${truth.length}$`, 'm'));
    assert.match(result.maskedLog, /^vanished from the service: 0$/m);
    assert.equal(result.outputVariables['invalidCount'], String(truth.length));
    assert.equal(result.outputVariables['verificationResult'], 'invalid');
    assert.match(readFileSync(path.join(folder, 'statement.md'), 'utf8'), /\*\*The copy differs from the living log\*\*/);
    assert.match(readFileSync(path.join(folder, 'README.txt'), 'utf8'), /^missing\.jsonl /m);
  });

  it('counts what the chain\'s next export will read as not missing', async () => {
    const later = NOW + 10 * HOUR_MS;
    scene.setNow(later);
    const result = await verify({ pipeline: 'self', from: FROM, to: iso(NOW - HOUR_MS / 2), requery: 'true' }).finally(() => { scene.setNow(NOW); });
    const folder = result.artifacts[0]?.directory ?? '';
    const newest = exportFolders(folder).sort((left, right) => (path.basename(left) < path.basename(right) ? -1 : 1)).at(-1) ?? '';
    const { window, chain } = JSON.parse(readFileSync(path.join(newest, 'manifest.json'), 'utf8')) as { window: { covered: { end: string } }; chain: { knownFrom: string } };
    const held = new Set(idsBelow(folder));
    let pending = 0;
    for await (const { id } of scene.sandbox.truth({ start: Date.parse(chain.knownFrom), end: Date.parse(window.covered.end) }, later)) if (!held.has(id)) pending += 1;
    assert.ok(pending > 0, 'nothing is pending: the test proves nothing');
    assert.match(result.maskedLog, new RegExp(`^not in the copy yet, for the next export to read: ${pending}$`, 'm'));
  });

  it('warns of an export that it cannot compare, because it is damaged', async () => {
    const file = path.join(exportFolders(artifactOf(scene, 3))[0]!, 'audit-log.jsonl.gz');
    await changed(file, readFileSync(file).subarray(0, -20), async () => {
      const result = await verify({ ...PERIOD, requery: 'true' });
      assert.match(result.maskedLog, new RegExp(`##\\[warning\\]${scene.runs[3]}/fabrikam/.+ was not compared: it is not valid\\.`));
      assert.match(result.message ?? '', /\[VERIFICATION_FAILED\]$/);
    });
  });

  it('publishes the verification also when the log may not be read, and then fails with the reason', async () => {
    scene.sandbox.switches.auditPermission = 'notSet';
    try {
      const result = await verify({ ...PERIOD, requery: 'true' });
      assert.equal(result.result, 'Failed');
      assert.match(result.message ?? '', /\[AUDIT_ACCESS_DENIED\]$/);
      assert.equal(result.artifacts.length, 1);
      assert.equal(result.outputVariables['verificationResult'], 'valid');
    } finally {
      scene.sandbox.switches.auditPermission = 'allow';
    }
  });

  it('names a file that was changed where the service keeps it, and publishes the evidence before it fails', async () => {
    const file = path.join(exportFolders(artifactOf(scene, 2))[0]!, 'audit-log.csv');
    await changed(file, Buffer.concat([readFileSync(file), Buffer.from('x\r\n')]), async () => {
      const result = await verify(PERIOD);
      assert.equal(result.result, 'Failed');
      assert.match(result.message ?? '', new RegExp(`^The exports are not valid\\. hash does not match: ${scene.runs[2]}/fabrikam/.+/audit-log\\.csv: .+\\[VERIFICATION_FAILED\\]$`));
      assert.equal(result.artifacts.length, 1);
      assert.equal(result.outputVariables['verificationResult'], 'invalid');
      const calm = await verify({ ...PERIOD, failOnInvalid: 'false' });
      assert.notEqual(calm.result, 'Failed');
      assert.match(calm.maskedLog, /##\[warning\]The exports are not valid\. hash does not match: .+failOnInvalid: false/);
    });
  });

  it('refuses an artifact that would fill the disk, and names the run', async () => {
    const file = path.join(exportFolders(artifactOf(scene, 1))[0]!, 'audit-log.csv');
    const before = readFileSync(file);
    try {
      truncateSync(file, 0);
      truncateSync(file, 150 * 1024 * 1024);
      const result = await verify(PERIOD);
      assert.equal(result.result, 'Failed');
      assert.match(result.message ?? '', new RegExp(`^Run ${scene.runs[1]}: The downloaded artifact is not unpacked, because it would unpack to far more than exports do\\. \\[ARTIFACT_REFUSED\\]$`));
      assert.deepEqual(result.artifacts, []);
      assert.ok(!readdirSync(path.join(result.workDirectory, '_temp')).some((name) => name.startsWith('audit-log-artifact-')));
    } finally {
      writeFileSync(file, before);
    }
  });

  it('says how to get a pipeline artifact, which it cannot download', async () => {
    const run = scene.sandbox.pipelines.startRun({ pipelineId: 77 });
    await run.publishArtifact('audit-log', scene.folders[0]!, 'PipelineArtifact');
    run.complete();
    const result = await verify({ ...PERIOD, to: iso(NOW), pipeline: '77' });
    assert.equal(result.result, 'Failed');
    assert.match(result.message ?? '', /is of the type PipelineArtifact, .+\[ARTIFACT_NOT_DOWNLOADABLE\]$/);
    assert.match(result.maskedLog, /DownloadPipelineArtifact@2/);
  });

  it('says so when the runs may not be seen, when the project is public, and when there is nothing', async () => {
    scene.sandbox.access.job.mayReadRuns = false;
    const hidden = await verify(PERIOD);
    scene.sandbox.access.job.mayReadRuns = true;
    assert.match(hidden.message ?? '', /^The job may not see the runs of the pipeline 42 .+\[PREVIOUS_EXPORTS_REFUSED\]$/);
    assert.doesNotMatch(hidden.maskedLog, /nothing is exported/);
    scene.sandbox.switches.projectVisibility = 'public';
    const open = await verify(PERIOD);
    scene.sandbox.switches.projectVisibility = 'private';
    assert.match(open.message ?? '', /\[PROJECT_IS_PUBLIC\]$/);
    const nothing = await verify({ ...PERIOD, branch: 'refs/heads/other' });
    assert.match(nothing.message ?? '', /^The pipeline 42 has no export of .+branch refs\/heads\/other.+\[NO_EXPORTS_FOUND\]$/);
    assert.deepEqual([hidden, open, nothing].flatMap(({ artifacts }) => artifacts), []);
  });

  it('verifies a folder without a single request, against kept hashes', async () => {
    const workDirectory = await newWorkFolder();
    const folder = path.join(workDirectory, '1', 'downloaded');
    for (const [index, source] of scene.folders.entries()) cpSync(source, path.join(folder, String(index)), { recursive: true });
    const kept = scene.exported.map(({ outputVariables }) => outputVariables['manifestSha256'] ?? '');
    const before = scene.sandbox.requests.length;
    const result = await verify({ folder: '$(Pipeline.Workspace)/downloaded', keptHashes: ['# kept', ...kept].join('\n') }, { workDirectory });
    assert.equal(result.result, 'Succeeded', result.maskedLog);
    assert.equal(scene.sandbox.requests.length, before);
    assert.match(result.maskedLog, new RegExp(`^${DAYS} kept hashes compared$`, 'm'));
    assert.deepEqual(readdirSync(result.artifacts[0]?.directory ?? '').sort(), ['README.txt', 'kept-hashes.txt', 'statement.md', 'verification.json', 'verify-audit-log.mjs']);
    const lost = await verify({ folder: '$(Pipeline.Workspace)/downloaded', collectTo: 'second', keptHashes: 'f'.repeat(64) }, { workDirectory });
    assert.match(lost.message ?? '', /^The exports are not valid\. not found: No manifest here has the kept hash f{64} \(keptHashes, line 1\)\. \[VERIFICATION_FAILED\]$/);
  });

  it('asks every export for a signature of a key that is pinned, and encloses that key', async () => {
    const key = newKey('ES256');
    const result = await verify({ ...PERIOD, publicKeys: key.publicKeyPem });
    assert.match(result.message ?? '', /^The exports are not valid\. signature invalid: .+manifest\.json: The manifest is not signed, though a key is pinned\. \(the first of \d+\) \[VERIFICATION_FAILED\]$/);
    const folder = result.artifacts[0]?.directory ?? '';
    assert.equal(readFileSync(path.join(folder, 'keys', `${key.sha256}.pem`), 'utf8').trim(), key.publicKeyPem.trim());
    assert.match(readFileSync(path.join(folder, 'README.txt'), 'utf8'), new RegExp(`--key keys/${key.sha256}\\.pem`));
  });

  it('names an artifact that is gone, and a run that is gone', async () => {
    const [, second, third] = scene.runs;
    await scene.sandbox.pipelines.deleteArtifact(second!, 'audit-log');
    const withoutArtifact = await verify(PERIOD);
    assert.equal(withoutArtifact.result, 'Failed');
    assert.match(withoutArtifact.maskedLog, new RegExp(`##\\[warning\\]Run ${second} has no artifact "audit-log" any more\\. Its manifest covers `));
    assert.match(withoutArtifact.maskedLog, new RegExp(`^INVALID: not found: .+ of run ${second}, .+ is not here`, 'm'));
    await scene.sandbox.pipelines.deleteRun(third!);
    const withoutRun = await verify(PERIOD);
    assert.equal(withoutRun.result, 'Failed');
    assert.match(withoutRun.maskedLog, new RegExp(`^INVALID: not found: .+ of run ${third}, .+ is not here`, 'm'));
    assert.match(withoutRun.maskedLog, new RegExp(`^INVALID: not found: Run ${second}, which covered `, 'm'));
  });
});

describe('VerifyAuditLog with requery, where the service has changed since', function () {
  this.timeout(120_000);
  after(removeWorkFolders);

  it('names what has vanished from it, and what has come into it', async () => {
    const base = await entriesOf(400);
    const [vanished, added] = [base[150]!, base[210]!];
    await using first = await startSandbox({ clock: () => NOW, entries: base.filter((entry) => entry !== added), recordAccess: false });
    const exported = await runIn(first, { window: 'between', startTime: FROM, endTime: TO });
    await using same = await startSandbox({ clock: () => NOW, entries: base.filter((entry) => entry !== added), recordAccess: false });
    const unchanged = await copied(exported);
    const agreed = await verifyIn(same, { folder: '$(Pipeline.Workspace)/copy', requery: 'true' }, { workDirectory: unchanged });
    assert.equal(agreed.result, 'Succeeded', agreed.maskedLog);
    assert.match(agreed.maskedLog, new RegExp(`^in the log: ${base.length - 1}, in the copy: ${base.length - 1}$`, 'm'));
    assert.ok(!existsSync(path.join(agreed.artifacts[0]?.directory ?? '', 'missing.jsonl')));

    await using second = await startSandbox({ clock: () => NOW, entries: base.filter((entry) => entry !== vanished), recordAccess: false });
    const workDirectory = await copied(exported);
    const result = await verifyIn(second, { folder: '$(Pipeline.Workspace)/copy', requery: 'true' }, { workDirectory });
    assert.equal(result.result, 'Failed', result.maskedLog);
    const folder = result.artifacts[0]?.directory ?? '';
    assert.deepEqual(readFileSync(path.join(folder, 'missing.jsonl'), 'utf8'), `${added}\n`);
    const { comparison } = JSON.parse(readFileSync(path.join(folder, 'verification.json'), 'utf8')) as { comparison: Record<string, { count: number; newest: { id: string }[] }> & { inTheLog: number; inTheCopy: number } };
    const idOf = (json: string): string => (JSON.parse(json) as { id: string }).id;
    for (const [kind, entry] of [['vanished', vanished], ['missing', added]] as const) {
      assert.equal(comparison[kind]?.count, 1, kind);
      assert.equal(comparison[kind].newest[0]?.id, idOf(entry), kind);
    }
    assert.equal(comparison.inTheLog, base.length - 1);
    assert.equal(comparison.inTheCopy, base.length - 1);
    assert.match(result.maskedLog, /^ {2}\d{4}-\d\d-\d\dT[\d:.]+Z {2}\d{19};/m);
  });
});

/** Exports of daily runs of one pipeline, the first with a backlog of two days. */
async function exportDaily(options: Parameters<typeof startSandbox>[0]): Promise<Scene> {
  let now = NOW;
  const sandbox = await startSandbox({ clock: () => now, ...options });
  const runs: number[] = [];
  const exported: PackagedRun[] = [];
  for (let day = DAYS - 1; day >= 0; day -= 1) {
    now = NOW - day * DAY_MS;
    const run = sandbox.pipelines.startRun();
    const result = await runPackaged({ job: run.job, network: sandbox.network }, { window: 'sinceLastExport', continueFrom: iso(NOW - 5 * DAY_MS) });
    assert.equal(result.result, 'Succeeded', result.maskedLog);
    await run.receive(result);
    run.complete(result.result);
    runs.push(run.id);
    exported.push(result);
  }
  now = NOW;
  return { sandbox, setNow: (ms) => { now = ms; }, runs, exported, folders: runs.map((id) => sandbox.pipelines.artifactFolder(id, 'audit-log')) };
}

/** Entries of the period as the service would send them. */
async function entriesOf(count: number): Promise<string[]> {
  await using generated = await startSandbox({ totalEntries: { count, start: Date.parse(FROM), end: Date.parse(TO) } });
  const entries: string[] = [];
  for await (const { json } of generated.truth({ start: Date.parse(FROM), end: Date.parse(TO) }, NOW)) entries.push(json);
  return entries;
}

/** A work folder of an agent on which the artifact lies as `copy`. */
async function copied(exported: PackagedRun): Promise<string> {
  const workDirectory = await newWorkFolder();
  cpSync(exported.artifacts[0]?.directory ?? '', path.join(workDirectory, '1', 'copy'), { recursive: true });
  return workDirectory;
}

async function runIn(sandbox: Sandbox, inputs: Readonly<Record<string, string>>): Promise<PackagedRun> {
  const result = await runPackaged(sandbox, inputs);
  assert.equal(result.result, 'Succeeded', result.maskedLog);
  return result;
}

function verifyIn(sandbox: Sandbox, inputs: Readonly<Record<string, string>>, options: PackagedOptions = {}): Promise<PackagedRun> {
  return runPackaged(sandbox, inputs, { ...options, task: 'VerifyAuditLog' });
}

function pipelineId({ sandbox }: Scene): string {
  return sandbox.job.variables['System.DefinitionId'] ?? '';
}

function artifactOf({ sandbox, runs }: Scene, index: number): string {
  return sandbox.pipelines.artifactFolder(runs[index]!, 'audit-log');
}

async function changed(file: string, content: Buffer, work: () => Promise<void>): Promise<void> {
  const before = readFileSync(file);
  writeFileSync(file, content);
  try {
    await work();
  } finally {
    writeFileSync(file, before);
  }
}

function exportFolders(root: string): string[] {
  return readdirSync(root, { withFileTypes: true, recursive: true }).filter(({ name }) => name === 'manifest.json').map(({ parentPath }) => parentPath);
}

/** Of all exports below a folder. */
function idsBelow(root: string): string[] {
  return exportFolders(root).flatMap((folder) => {
    const text = gunzipSync(readFileSync(path.join(folder, 'audit-log.jsonl.gz'))).toString('utf8').trimEnd();
    return text === '' ? [] : text.split('\n').map((line) => (JSON.parse(line) as { id: string }).id);
  });
}

/** A command line as a shell would take it. */
function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function seconds(instant: string): string {
  return instant.replace('.000', '');
}
