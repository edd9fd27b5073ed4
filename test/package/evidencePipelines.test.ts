import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { attachmentName, MANIFEST_ATTACHMENT } from '../../tasks/common/evidence/previousRuns';
import { manifestBytes } from '../../tasks/common/evidence/manifestText';
import { documentText, fencedBlocks, sectionOf } from '../support/documents';
import { makeManifest } from '../support/manifests';
import { removeWorkFolders, runPackaged, type PackagedRun } from '../support/packagedTask';
import { findProgram } from '../support/programs';

interface Step { readonly bash?: string; readonly task?: string; readonly env?: Readonly<Record<string, string | number>>; readonly inputs?: Readonly<Record<string, string | number | boolean>> }
interface Pipeline { readonly trigger?: string; readonly pr?: string; readonly schedules?: readonly { readonly always: boolean }[]; readonly steps: readonly Step[] }
interface Ended { readonly code: number; readonly output: string }

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const evidence = documentText('docs/evidence.md');

function pipelineUnder(heading: string): Pipeline {
  return parse(fencedBlocks(sectionOf(evidence, heading), 'yaml')[0] ?? '') as Pipeline;
}

/** What an agent does before it hands a script to the shell: it leaves alone what is no variable. */
function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\(([\w.]+)\)/g, (whole, name: string) => variables[name] ?? whole);
}

/** Runs a script as a step `bash` does: from a file, so that it may read nothing from its input. */
function runScript(script: string, env: Readonly<Record<string, string>>, folder: string): Promise<Ended> {
  const file = path.join(folder, 'step.sh');
  writeFileSync(file, script);
  return new Promise((resolve) => {
    execFile('bash', [file], { cwd: folder, env: { ...process.env, ...env }, encoding: 'utf8', timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

describe('the pipelines of the document about evidence', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => { folder = mkdtempSync(path.join(tmpdir(), 'audit-log-pipelines-')); });
  beforeEach(function () {
    // Their pool is ubuntu-latest: elsewhere the same programs take other options.
    if (process.platform !== 'linux') return this.skip();
    for (const program of ['bash', 'curl', 'jq']) if (findProgram('A pipeline of docs/evidence.md', [program]) === undefined) return this.skip();
    return undefined;
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await removeWorkFolders();
  });

  for (const heading of ['## Every week', '## A heartbeat from another pipeline']) {
    it(`${heading.slice(3)}: is complete, and runs whether or not the repository changed`, () => {
      const { trigger, pr, schedules } = pipelineUnder(heading);
      assert.deepEqual([trigger, pr, schedules?.map(({ always }) => always)], ['none', 'none', [true]]);
    });
  }

  describe('the heartbeat', () => {
    const step = pipelineUnder('## A heartbeat from another pipeline').steps.find(({ bash }) => bash !== undefined);
    let now = Date.now();
    let sandbox: Sandbox;
    beforeEach(async () => { sandbox = await startSandbox({ clock: () => now }); });
    afterEach(async () => { await sandbox.close(); now = Date.now(); });

    /** A run of the exporting pipeline that covers the log until so many hours before now. */
    async function exported(hoursAgo: number, chain: 'none' | undefined, isUploaded = true): Promise<number> {
      const run = sandbox.pipelines.startRun({ pipelineId: 12 });
      const end = new Date(Date.now() - hoursAgo * HOUR_MS).toISOString().replace(/\.\d+/, '');
      const start = new Date(Date.now() - (hoursAgo + 24) * HOUR_MS).toISOString().replace(/\.\d+/, '');
      const manifest = makeManifest({ run: String(run.id), chain: chain ?? {}, change: (made) => ({ ...made, window: { ...made.window, covered: { start, end } } }) });
      run.attach(MANIFEST_ATTACHMENT, attachmentName(manifest.folder), manifestBytes(manifest));
      const files = mkdtempSync(path.join(folder, 'files-'));
      writeFileSync(path.join(files, 'manifest.json'), manifestBytes(manifest));
      if (isUploaded) await run.publishArtifact('audit-log', files);
      run.complete(isUploaded ? 'succeeded' : 'failed');
      return run.id;
    }

    function listen(changes: Readonly<Record<string, string>> = {}): Promise<Ended> {
      const { job, network } = sandbox;
      const variables = { ...job.variables, 'System.AccessToken': job.jobToken };
      const env = Object.fromEntries(Object.entries(step?.env ?? {}).map(([name, value]) => [name, expand(String(value), variables)]));
      const network_ = { HTTPS_PROXY: network.proxyUrl, https_proxy: network.proxyUrl, CURL_CA_BUNDLE: network.caFile, NO_PROXY: '', no_proxy: '' };
      return runScript(expand(step?.bash ?? '', variables), { ...network_, ...env, PROJECT: job.variables['System.TeamProject'] ?? '', ...changes }, folder);
    }

    it('is quiet while the newest export is young', async () => {
      await exported(30, undefined);
      await exported(6, undefined);
      const { code, output } = await listen();
      assert.equal(code, 0, output);
      assert.match(output, /^The audit log is exported until: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m);
    });

    it('fails when the newest export is too old', async () => {
      await exported(31, undefined);
      const { code, output } = await listen();
      assert.equal(code, 1, output);
      assert.match(output, /^##vso\[task\.logissue type=error\]The audit log is not exported since \d{4}-.+Z\. That is more than 30 hours\.$/m);
    });

    for (const [what, prepare] of [
      ['there was no run', () => Promise.resolve()],
      ['the only young export stands for itself', async () => { await exported(31, undefined); await exported(1, 'none'); }],
      ['the upload of the young export failed', async () => { await exported(1, undefined, false); }],
      ['the run of the young export was deleted', async () => { await sandbox.pipelines.deleteRun(await exported(1, undefined)); }],
    ] as const) {
      it(`fails when ${what}`, async () => {
        await prepare();
        const { code, output } = await listen();
        assert.equal(code, 1, output);
        assert.match(output, /##vso\[task\.logissue type=error\]/);
      });
    }

    it('fails when it may not look', async () => {
      await exported(1, undefined);
      assert.notEqual((await listen({ ACCESS_TOKEN: 'none' })).code, 0);
    });
  });

  it('choose a period of whole days for the weekly verification', async () => {
    const { bash = '' } = pipelineUnder('## Every week').steps.find((step) => step.bash !== undefined) ?? {};
    const { output } = await runScript(bash, {}, folder);
    const [from, to] = [...output.matchAll(/^##vso\[task\.setvariable variable=(from|to)\](\d{4}-\d\d-\d\dT00:00:00Z)$/gm)].map(([, , instant = '']) => Date.parse(instant));
    assert.ok(from !== undefined && to !== undefined, output);
    assert.equal(to - from, 59 * DAY_MS);
  });

  it('keep a copy elsewhere: the hash, and all that was exported', async () => {
    const { inputs } = pipelineUnder('## Keep it where nobody can change it').steps.find(({ task }) => task === 'AzureCLI@2') ?? {};
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'az'), '#!/bin/sh\nprintf "%s\\n" "$*" >> "$CALLS"\n');
    chmodSync(path.join(bin, 'az'), 0o755);
    const calls = path.join(folder, 'calls');
    const variables = { 'Build.BuildId': '4711', 'System.JobAttempt': '1', 'export.manifestSha256': 'abc', 'Build.ArtifactStagingDirectory': '/a b' };
    const { code, output } = await runScript(expand(String(inputs?.['inlineScript']), variables), { PATH: `${bin}:${process.env['PATH'] ?? ''}`, CALLS: calls }, folder);
    assert.equal(code, 0, output);
    const [hash = '', files = '', ...others] = readFileSync(calls, 'utf8').trim().split('\n');
    assert.deepEqual(others, []);
    assert.match(hash, /^storage blob upload .*--name 4711-1\.sha256 --data abc$/);
    assert.match(files, /^storage blob upload-batch .*--source \/a b\/audit-log$/);
  });
});

describe('what the documents say of two runs and the verification after them', function () {
  this.timeout(110_000);
  let sandbox: Sandbox;
  let result: PackagedRun;

  before(async () => {
    sandbox = await startSandbox({ entriesPerDay: 50 });
    for (const settleTime of ['20h', '30m']) result = await runIn({ window: 'sinceLastExport', settleTime }, 12, 'ExportAuditLog');
  });
  after(async () => {
    await sandbox.close();
    await removeWorkFolders();
  });

  async function runIn(inputs: Readonly<Record<string, string>>, pipelineId: number, task: 'ExportAuditLog' | 'VerifyAuditLog'): Promise<PackagedRun> {
    const run = sandbox.pipelines.startRun({ pipelineId });
    const made = await runPackaged({ job: run.job, network: sandbox.network }, inputs, { task });
    await run.receive(made);
    run.complete(made.result);
    return made;
  }

  /** A line without its numbers, hashes and names, and without plurals. */
  const shapeOf = (line: string): string => line.replace(/\b[0-9a-f]{64}\b/g, 'HASH').replace(/"[^"]+"/g, '"NAME"').replace(/[\d,]*\d/g, '#').replace(/\b(page|second)s\b/g, '$1');

  it('is what a run prints', () => {
    const lines = fencedBlocks(sectionOf(documentText('README.md'), '## Quick start'), 'text').join('').trimEnd().split('\n');
    assert.ok(lines.length > 8);
    const printed = new Set(result.maskedLog.split(/\r?\n/).map(shapeOf));
    assert.deepEqual(lines.filter((line) => !printed.has(shapeOf(line))), []);
  });

  it('verifies them, and compares them with the log, as the weekly pipeline does', async () => {
    const { inputs = {} } = pipelineUnder('## Every week').steps.find(({ task }) => task === 'VerifyAuditLog@1') ?? {};
    const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const period = { from: new Date(midnight - 60 * DAY_MS).toISOString(), to: new Date(midnight - DAY_MS).toISOString() };
    const { name = '' } = sandbox.job.serviceConnections.find(({ type }) => type.toLowerCase() === 'workloadidentityuser') ?? {};
    const given = Object.fromEntries(Object.entries(inputs).map(([input, value]) => [input, expand(String(value), period)]));
    const { result: verdict, outputVariables, maskedLog } = await runIn({ ...given, azureDevOpsServiceConnection: name }, 13, 'VerifyAuditLog');
    assert.equal(verdict, 'Succeeded', maskedLog);
    assert.equal(outputVariables['verificationResult'], 'valid');
    assert.match(maskedLog, /^fabrikam, pipeline 12, /m);
  });
});
