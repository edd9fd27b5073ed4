import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentFixture, JOB } from './agentFixture';

const UPLOAD = `const fs = require('fs'); const path = require('path');
  const staging = process.env.BUILD_ARTIFACTSTAGINGDIRECTORY; const folder = path.join(staging, 'out', 'deep');
  fs.mkdirSync(folder, { recursive: true }); fs.writeFileSync(path.join(folder, 'file.txt'), 'first');
  console.log('##vso[artifact.upload containerfolder=log;artifactname=log]' + path.join(staging, 'out'));`;

/** Waits in the task until the agent has executed the command before, which the test answers with a file. */
const AFTER_COMMAND = (then: string) => `console.log('queued'); const answer = path.join(process.env.AGENT_TEMPDIRECTORY, 'answer');
  const timer = setInterval(() => { if (fs.existsSync(answer)) { clearInterval(timer); ${then} } }, 5);`;

describe('agent stand-in: process, results and uploads', () => {
  let fixture: AgentFixture;
  beforeEach(() => { fixture = new AgentFixture(); });
  afterEach(() => fixture.remove());
  const answer = (line: string) => { if (line === 'queued') writeFileSync(join(fixture.workDirectory, '_temp', 'answer'), ''); };

  it('uploads after the process has exited, as the files are then', async () => {
    const result = await fixture.run(UPLOAD + AFTER_COMMAND("fs.writeFileSync(path.join(folder, 'file.txt'), 'last');"), { onLine: answer });
    const [artifact] = result.artifacts;
    assert.deepEqual([result.result, artifact?.name, artifact?.containerFolder], ['Succeeded', 'log', 'log']);
    assert.equal(readFileSync(join(artifact?.directory ?? '', 'deep', 'file.txt'), 'utf8'), 'last');
  });

  it('fails a step whose files are gone when their upload comes', async () => {
    const result = await fixture.run(UPLOAD + AFTER_COMMAND("fs.rmSync(path.join(staging, 'out'), { recursive: true });"), { onLine: answer });
    assert.deepEqual([result.result, result.exitCode, result.artifacts.length], ['Failed', 0, 0]);
  });

  it('fails a step whose upload fails, although the task succeeded', async () => {
    const result = await fixture.run(`${UPLOAD} console.log('##vso[task.complete result=Succeeded]done');`, { failUpload: true });
    assert.deepEqual([result.result, result.artifacts.length], ['Failed', 0]);
    assert.match(result.maskedLog, /##\[error\]File upload failed even after retry/);
  });

  it('merges two uploads of one name', async () => {
    const result = await fixture.run(`${UPLOAD} fs.writeFileSync(path.join(staging, 'single.txt'), 'x'); console.log('##vso[artifact.upload artifactname=log]' + path.join(staging, 'single.txt'));`);
    assert.equal(result.artifacts.length, 1);
    const directory = result.artifacts[0]?.directory ?? '';
    assert.ok(existsSync(join(directory, 'single.txt')) && existsSync(join(directory, 'deep', 'file.txt')));
  });

  it('refuses an upload without a name, without its path, or outside a build', async () => {
    assert.match((await fixture.run(UPLOAD.replace('artifactname=log', 'x=y'))).maskedLog, /##\[error\]Artifact Name is required/);
    assert.match((await fixture.run(`console.log('##vso[artifact.upload artifactname=a]/nowhere/at/all')`)).maskedLog, /##\[error\]Path does not exist/);
    for (const hostType of ['release', 'deployment']) {
      const result = await fixture.run(UPLOAD, { variables: { 'System.HostType': hostType } });
      assert.deepEqual([result.result, result.artifacts.length], ['Failed', 0], hostType);
    }
  });

  it('only warns about an empty folder', async () => {
    const result = await fixture.run(`console.log('##vso[artifact.upload artifactname=a]' + process.env.BUILD_ARTIFACTSTAGINGDIRECTORY)`);
    assert.deepEqual([result.result, result.artifacts.length], ['Succeeded', 0]);
    assert.match(result.issues[0]?.message ?? '', /is empty\. Nothing will be added to build artifact 'a'/);
  });

  it('keeps summaries, attachments and build tags', async () => {
    const result = await fixture.run(`require('fs').writeFileSync('s.md', '# Summary');
      console.log('##vso[task.uploadsummary]' + process.cwd() + '/s.md');
      console.log('##vso[task.addattachment type=manifest;name=m]' + process.cwd() + '/s.md');
      console.log('##vso[build.addbuildtag]audited');`);
    assert.equal(result.summaries[0]?.content?.toString(), '# Summary');
    assert.deepEqual([result.attachments[0]?.type, result.attachments[0]?.name, result.buildTags], ['manifest', 'm', ['audited']]);
    assert.equal((await fixture.run(`console.log('##vso[task.addattachment type=manifest;name=m]/nowhere')`)).result, 'Failed');
  });

  it('fails a step for a non-zero exit code, whatever the task said', async () => {
    const result = await fixture.run(`console.log('##vso[task.complete result=Succeeded]ok'); process.exitCode = 3;`);
    assert.deepEqual([result.result, result.exitCode], ['Failed', 3]);
    assert.match(result.maskedLog, /##\[error\]Exit code 3 returned from process/);
  });

  it('merges results to the worse one', async () => {
    const complete = (result: string) => `console.log('##vso[task.complete result=${result}]${result}');`;
    assert.equal((await fixture.run(complete('SucceededWithIssues') + complete('Succeeded'))).result, 'SucceededWithIssues');
    assert.equal((await fixture.run(complete('Failed') + complete('Succeeded'))).result, 'Failed');
    assert.equal((await fixture.run(complete('failed'))).result, 'Failed', 'a result that .NET cannot parse fails the command');
    assert.equal((await fixture.run(complete('Failed'), { yaml: 'steps:\n- task: Fixture@1\n  continueOnError: true\n' })).result, 'SucceededWithIssues');
  });

  it('cancels with SIGINT first; what was queued as an artifact does not arrive', async function () {
    if (process.platform === 'win32') this.skip();
    const cancel = new AbortController();
    const result = await fixture.run(`${UPLOAD} process.on('SIGINT', () => { console.log('leaving'); process.exit(0); }); setInterval(() => {}, 1000); console.log('ready');`, {
      cancelAfterMs: cancel.signal, graceScale: 0.05, onLine: (line) => { if (line === 'ready') cancel.abort(); },
    });
    assert.deepEqual([result.result, result.exitCode, result.signal, result.artifacts.length], ['Canceled', 0, null, 0]);
    assert.match(result.maskedLog, /^leaving$/m);
  });

  it('goes on to SIGTERM and then kills a process that stays', async function () {
    if (process.platform === 'win32') this.skip();
    const cancel = new AbortController();
    let pid = 0;
    const result = await fixture.run(`for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => console.log('got ' + signal)); setInterval(() => {}, 1000); console.log('ready');`, {
      cancelAfterMs: cancel.signal, graceScale: 0.05, onStart: (started) => { pid = started; }, onLine: (line) => { if (line === 'ready') cancel.abort(); },
    });
    assert.deepEqual([result.result, result.signal], ['Canceled', 'SIGKILL']);
    assert.match(result.maskedLog, /got SIGINT\n(.*\n)*got SIGTERM/);
    assert.throws(() => process.kill(pid, 0));
  });

  it('ends with the process although a child of it holds the streams open, and leaves no child behind', async function () {
    if (process.platform === 'win32') this.skip();
    const beats = join(fixture.directory, 'beats');
    const heart = `setInterval(() => require('fs').appendFileSync(${JSON.stringify(beats)}, '.'), 10)`;
    const result = await fixture.run(`require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(heart)}], { stdio: 'inherit' });
      setInterval(() => { if (require('fs').existsSync(${JSON.stringify(beats)})) process.exit(0); }, 10);`, { graceScale: 0.05 });
    assert.equal(result.result, 'Succeeded');
    const beaten = readFileSync(beats).length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(readFileSync(beats).length, beaten);
  });

  it('reports the time-out of a step as a failure', async function () {
    if (process.platform === 'win32') this.skip();
    const result = await fixture.run('setInterval(() => {}, 1000)', { yaml: 'steps:\n- task: Fixture@1\n  timeoutInMinutes: 0.005\n' });
    assert.equal(result.result, 'Failed');
    assert.match(result.maskedLog, /The task has timed out/);
  });

  it('rejects when the process cannot be started', async () => {
    await assert.rejects(fixture.run('', { node: join(fixture.directory, 'no-node') }), /ENOENT/);
  });

  it('measures memory where the kernel tells it', async function () {
    if (process.platform !== 'linux') this.skip();
    const { peakRssBytes } = await fixture.run(`const block = Buffer.alloc(150 * 1024 * 1024, 1); setTimeout(() => block.length, 300);`, { job: JOB });
    assert.ok((peakRssBytes ?? 0) > 150 * 1024 * 1024);
  });
});
