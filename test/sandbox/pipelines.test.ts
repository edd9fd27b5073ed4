import AdmZip from 'adm-zip';
import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {FAULT_TARGETS} from '../../sandbox/faults/targets';
import {startSandboxProcess} from '../../sandbox/sandboxProcess';
import {startSandbox, type Sandbox, type SandboxOptions} from '../../sandbox/sandbox';
import {AgentFixture} from './agentFixture';
import {SandboxClient} from './client';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;

interface ListedBuild { readonly id: number; readonly status: string; readonly result?: string; readonly finishTime?: string; readonly definition: {readonly name: string} }
interface DescribedArtifact { readonly name: string; readonly resource: {readonly type: string; readonly data: string; readonly downloadUrl: string; readonly properties: Record<string, string>} }

/** A stand-in with a clock that can be moved, and its job's way to ask. */
class Scene {
  now = NOW;
  readonly folder = mkdtempSync(path.join(tmpdir(), 'pipelines-test-'));
  sandbox!: Sandbox;
  client!: SandboxClient;

  async ask(address: string, method: 'GET' | 'POST' | 'DELETE' = 'GET', body?: unknown): Promise<{status: number; text: string; json: unknown; headers: Record<string, unknown>}> {
    const url = address.startsWith('https:') ? address : `https://dev.azure.com/fabrikam/${address}`;
    const answer = await this.client.send(method, url, {authorization: `Bearer ${this.sandbox.job.jobToken}`, 'content-type': 'application/json'}, body === undefined ? undefined : JSON.stringify(body));
    const json: unknown = String(answer.headers['content-type']).includes('json') ? JSON.parse(answer.text) : undefined;
    return {...answer, json};
  }

  get builds(): string {
    return `${this.sandbox.job.variables['System.TeamProjectId'] ?? ''}/_apis/build/builds`;
  }

  async list(query = ''): Promise<ListedBuild[]> {
    return ((await this.ask(`${this.builds}?api-version=7.1${query}`)).json as {value: ListedBuild[]}).value;
  }

  async ids(query = ''): Promise<number[]> {
    return (await this.list(query)).map(({id}) => id);
  }

  /** A folder with some files. */
  files(contents: Record<string, string>): string {
    const folder = mkdtempSync(path.join(this.folder, 'files-'));
    for (const [name, text] of Object.entries(contents)) {
      mkdirSync(path.dirname(path.join(folder, name)), {recursive: true});
      writeFileSync(path.join(folder, name), text);
    }
    return folder;
  }

  async zip(address: string): Promise<Record<string, string>> {
    const {status, bytes} = await this.client.download(address, this.sandbox.job.jobToken);
    assert.equal(status, 200);
    return Object.fromEntries(new AdmZip(bytes).getEntries().map((entry) => [entry.entryName, entry.getData().toString()]));
  }
}

function scene(body: (scene: Scene) => Promise<void>, options: SandboxOptions = {}): () => Promise<void> {
  return async () => {
    const stage = new Scene();
    try {
      await using sandbox = await startSandbox({clock: () => stage.now, ...options});
      await using client = new SandboxClient(sandbox);
      Object.assign(stage, {sandbox, client});
      await body(stage);
    } finally {
      rmSync(stage.folder, {recursive: true, force: true});
    }
  };
}

describe('the stand-in\'s pipeline runs', () => {
  it('lists what was started, newest first, running ones without an end', scene(async (stage) => {
    const {pipelines} = stage.sandbox;
    assert.deepEqual(await stage.ids(), [4711], 'the run whose job asks');
    const first = pipelines.startRun();
    stage.now += HOUR;
    first.complete('SucceededWithIssues');
    const second = pipelines.startRun({branch: 'refs/heads/other', pipelineId: 7, pipelineName: 'other'});
    assert.deepEqual([first.id, second.id], [4712, 4713]);
    const [running, done] = await stage.list();
    assert.deepEqual([running?.id, running?.status, running?.result, running?.finishTime, running?.definition.name], [4713, 'inProgress', undefined, undefined, 'other']);
    assert.deepEqual([done?.id, done?.status, done?.result, done?.finishTime], [4712, 'completed', 'partiallySucceeded', '2026-11-20T13:00:00Z']);
    const one = (await stage.ask(`${stage.builds}/4712?api-version=7.1`)).json as {sourceBranch: string; queueTime: string; reason: string};
    assert.deepEqual([one.sourceBranch, one.queueTime, one.reason], ['refs/heads/main', '2026-11-20T12:00:00Z', 'schedule']);
    assert.deepEqual([(await stage.ask(`${stage.builds}/9?api-version=7.1`)).status, (await stage.ask(`${stage.builds}?$top=1`)).status], [404, 400]);
  }));

  it('tells a job who it is', scene((stage) => {
    const run = stage.sandbox.pipelines.startRun({pipelineId: 7, pipelineName: 'other', revision: 12, branch: 'refs/heads/topic/a', reason: 'Manual', commit: 'c0ffee'});
    const {variables} = run.job;
    const names = ['Build.BuildId', 'Build.BuildNumber', 'System.DefinitionId', 'System.DefinitionName', 'Build.DefinitionName', 'Build.DefinitionVersion', 'Build.SourceBranch', 'Build.SourceBranchName', 'Build.SourceVersion', 'Build.Reason', 'System.StageAttempt', 'System.JobAttempt'];
    assert.deepEqual(names.map((name) => variables[name]), ['4712', '20261120.1', '7', 'other', 'other', '12', 'refs/heads/topic/a', 'a', 'c0ffee', 'Manual', '1', '1']);
    assert.notEqual(variables['System.JobId'], stage.sandbox.job.variables['System.JobId']);
    assert.equal(stage.sandbox.pipelines.startRun().job.variables['System.DefinitionName'], 'audit-log-export');
    return Promise.resolve();
  }));

  it('gives every job assertions until it ends, and lists the job of the stand-in once it asked', scene(async (stage) => {
    const {sandbox, client} = stage;
    assert.ok(await client.token(sandbox.job));
    assert.deepEqual(await stage.ids(), [4711]);
    const run = sandbox.pipelines.startRun();
    assert.ok(await client.token(run.job));
    run.complete();
    assert.equal(await client.token(run.job), undefined);
    const again = sandbox.pipelines.startRun({attemptOf: run.id});
    assert.deepEqual([again.id, again.attempt, again.job.variables['System.JobAttempt']], [run.id, 2, '2']);
    assert.ok(await client.token(again.job));
    assert.throws(() => sandbox.pipelines.startRun({attemptOf: run.id}), /still running/);
  }));

  it('filters, orders and pages', scene(async (stage) => {
    const {pipelines} = stage.sandbox;
    const runs = [1, 2, 3, 4, 5].map((hour) => {
      stage.now = NOW + hour * HOUR;
      return pipelines.startRun(hour === 3 ? {branch: 'refs/heads/other'} : hour === 4 ? {pipelineId: 9} : {});
    });
    const [one, two, three, four] = runs;
    for (const run of [three, one, two]) {
      stage.now += HOUR;
      run?.complete(run === one ? 'failed' : 'succeeded');
    }
    assert.deepEqual(await stage.ids('&definitions=42'), [4716, 4714, 4713, 4712]);
    assert.deepEqual(await stage.ids('&definitions=42,9&branchName=refs/heads/main'), [4716, 4715, 4713, 4712]);
    assert.deepEqual(await stage.ids('&statusFilter=completed&queryOrder=finishTimeDescending'), [4713, 4712, 4714]);
    assert.deepEqual(await stage.ids('&queryOrder=finishTimeDescending&$top=3'), [4716, 4715, 4713]);
    assert.deepEqual(await stage.ids('&resultFilter=failed'), [one?.id]);
    assert.deepEqual(await stage.ids(`&minTime=${new Date(NOW + 4 * HOUR).toISOString()}`), [4716, four?.id]);
    stage.sandbox.switches.runPageCap = 2;
    const seen: number[] = [];
    for (let token: string | undefined = ''; token !== undefined;) {
      const page = await stage.ask(`${stage.builds}?api-version=7.1&$top=100&continuationToken=${encodeURIComponent(token)}`);
      seen.push(...(page.json as {value: {id: number}[]}).value.map(({id}) => id));
      token = page.headers['x-ms-continuationtoken'] as string | undefined;
    }
    assert.deepEqual(seen, [4716, 4715, 4714, 4713, 4712]);
    assert.equal((await stage.ask(`${stage.builds}?api-version=7.1&queryOrder=nonsense`)).status, 400);
  }));

  it('hides runs from a job that may not see them', scene(async (stage) => {
    const {sandbox} = stage;
    sandbox.pipelines.startRun();
    sandbox.access.job.mayReadRuns = false;
    const refused = await stage.ask(`${stage.builds}?api-version=7.1`);
    assert.equal(refused.status, 403);
    assert.match(refused.text, /TF215106: Access denied.*View builds/);
    sandbox.switches.hiddenRuns = 'empty';
    assert.deepEqual(await stage.ids(), []);
    assert.equal((await stage.ask(`${stage.builds}/4712?api-version=7.1`)).status, 403);
  }));

  it('forgets deleted runs, and purges what no lease holds', scene(async (stage) => {
    const {pipelines} = stage.sandbox;
    const runs = [pipelines.startRun(), pipelines.startRun(), pipelines.startRun()];
    for (const run of runs) run.complete();
    await pipelines.deleteRun(4712);
    assert.deepEqual(await stage.ids(), [4714, 4713]);
    pipelines.leases.add({pipelineId: 42, runId: 4713, ownerId: 'me', createdOn: NOW, validUntil: NOW + 400 * 24 * HOUR, protectPipeline: false});
    stage.now += 40 * 24 * HOUR;
    assert.deepEqual(await pipelines.purge(), [4714]);
    assert.deepEqual(pipelines.runs.map(({id, attempt, result, leases}) => [id, attempt, result, leases.length]), [[4713, 1, 'succeeded', 1]]);
  }));
});

describe('the stand-in\'s artifacts and attachments', () => {
  it('merges container artifacts of all attempts, and gives them out as a zip in chunks', scene(async (stage) => {
    const {pipelines} = stage.sandbox;
    const run = pipelines.startRun();
    await run.publishArtifact('audit-log', stage.files({'fabrikam/a/manifest.json': 'one', 'shared.txt': 'old'}));
    run.complete('failed');
    const again = pipelines.startRun({attemptOf: run.id});
    await again.publishArtifact('audit-log', stage.files({'fabrikam/b/manifest.json': 'two', 'shared.txt': 'new'}));
    const artifact = (await stage.ask(`${stage.builds}/${run.id}/artifacts?artifactName=audit-log&api-version=7.1`)).json as DescribedArtifact;
    assert.deepEqual([artifact.name, artifact.resource.type, artifact.resource.data, artifact.resource.properties['artifactsize']], ['audit-log', 'Container', '#/31338/audit-log', '9']);
    const {headers} = await stage.client.download(artifact.resource.downloadUrl, stage.sandbox.job.jobToken);
    assert.deepEqual([headers['content-type'], headers['transfer-encoding'], headers['content-length']], ['application/zip', 'chunked', undefined]);
    const whole = {'audit-log/fabrikam/a/manifest.json': 'one', 'audit-log/fabrikam/b/manifest.json': 'two', 'audit-log/shared.txt': 'new'};
    assert.deepEqual(await stage.zip(artifact.resource.downloadUrl), whole);
    stage.sandbox.switches.zip64 = true;
    assert.deepEqual(await stage.zip(artifact.resource.downloadUrl), whole);
    assert.equal(readFileSync(path.join(pipelines.artifactFolder(run.id, 'audit-log'), 'shared.txt'), 'utf8'), 'new');
  }));

  it('lists artifacts, also those of "publish:", until they are deleted', scene(async (stage) => {
    const {pipelines} = stage.sandbox;
    const run = pipelines.startRun();
    await run.publishArtifact('drop', stage.files({'x.txt': 'x'}), 'PipelineArtifact');
    await run.publishArtifact('audit-log', stage.files({'y.txt': 'y'}));
    await assert.rejects(run.publishArtifact('drop', stage.files({'z.txt': 'z'})), /already exists for build 4712/);
    const list = async (): Promise<DescribedArtifact[]> => ((await stage.ask(`${stage.builds}/${run.id}/artifacts?api-version=7.1`)).json as {value: DescribedArtifact[]}).value;
    const [drop, audit] = await list();
    assert.deepEqual([drop?.resource.type, audit?.resource.type], ['PipelineArtifact', 'Container']);
    assert.deepEqual(await stage.zip(drop?.resource.downloadUrl ?? ''), {'drop/x.txt': 'x'});
    await pipelines.deleteArtifact(run.id, 'audit-log');
    assert.deepEqual((await list()).map(({name}) => name), ['drop']);
    const missing = await stage.ask(`${stage.builds}/${run.id}/artifacts?artifactName=audit-log&api-version=7.1`);
    assert.deepEqual([missing.status, (missing.json as {typeKey: string}).typeKey], [404, 'ArtifactNotFoundException']);
  }));

  it('keeps attachments of each attempt apart', scene(async (stage) => {
    const {pipelines} = stage.sandbox;
    const run = pipelines.startRun();
    run.attach('manifest', 'a b.json', 'replaced');
    run.attach('manifest', 'a b.json', 'first');
    run.attach('other', 'c.json', 'c');
    run.complete();
    pipelines.startRun({attemptOf: run.id}).attach('manifest', 'a b.json', Buffer.from('second'));
    const list = async (type: string): Promise<{name: string; _links: {self: {href: string}}}[]> => ((await stage.ask(`${stage.builds}/${run.id}/attachments/${type}?api-version=7.1`)).json as {value: []}).value;
    const found = await list('manifest');
    assert.deepEqual(found.map(({name}) => name), ['a b.json', 'a b.json']);
    const contents = await Promise.all(found.map(({_links}) => stage.ask(`${_links.self.href}?api-version=7.1`)));
    assert.deepEqual(contents.map(({text, headers}) => [text, headers['content-type']]), [['first', 'application/octet-stream'], ['second', 'application/octet-stream']]);
    pipelines.deleteAttachments(run.id);
    assert.deepEqual([await list('manifest'), await list('none')], [[], []]);
  }));

  it('takes what the agent uploaded, and nothing that was lost on the way', scene(async (stage) => {
    const run = stage.sandbox.pipelines.startRun();
    const directory = stage.files({'fabrikam/a.txt': 'a'});
    const attachment = {type: 'manifest', name: 'manifest', path: '', content: Buffer.from('{}')};
    await run.receive({artifacts: [{name: 'audit-log', containerFolder: 'elsewhere', directory}], attachments: [attachment, {...attachment, name: 'lost', content: undefined}], summaries: [{...attachment, type: 'Distributedtask.Core.Summary'}]});
    const attached = (await stage.ask(`${stage.builds}/${run.id}/attachments/manifest?api-version=7.1`)).json as {count: number};
    assert.equal(attached.count, 1);
    const artifact = (await stage.ask(`${stage.builds}/${run.id}/artifacts?artifactName=audit-log&api-version=7.1`)).json as DescribedArtifact;
    assert.equal(artifact.resource.data, '#/31338/elsewhere');
  }));

  it('takes what a step of the stand-in agent uploaded, if its upload did not fail', scene(async (stage) => {
    const {pipelines} = stage.sandbox;
    const fixture = new AgentFixture();
    try {
      const manifest = JSON.stringify(path.join(stage.files({'manifest.json': '{}'}), 'manifest.json'));
      const script = `console.log('##vso[artifact.upload artifactname=audit-log]' + ${manifest}); console.log('##vso[task.addattachment type=manifest;name=m]' + ${manifest})`;
      for (const failUpload of [false, true]) {
        const run = pipelines.startRun();
        const step = await fixture.run(script, {job: run.job, failUpload});
        await run.receive(step);
        run.complete(step.result);
      }
    } finally {
      fixture.remove();
    }
    assert.deepEqual(pipelines.runs.map(({result, artifacts}) => [result, artifacts]), [['succeeded', ['audit-log']], ['failed', []]]);
    const attached = (await stage.ask(`${stage.builds}/4713/attachments/manifest?api-version=7.1`)).json as {count: number};
    assert.equal(attached.count, 1);
    assert.equal(readFileSync(path.join(pipelines.artifactFolder(4712, 'audit-log'), 'manifest.json'), 'utf8'), '{}');
  }));

  it('shows the file container, where it does', scene(async (stage) => {
    const run = stage.sandbox.pipelines.startRun();
    await run.publishArtifact('audit-log', stage.files({'fabrikam/a/manifest.json': 'manifest', 'fabrikam/b.txt': 'b'}));
    const ask = (itemPath: string, more = ''): ReturnType<Scene['ask']> => stage.ask(`_apis/resources/Containers/31338?itemPath=${encodeURIComponent(itemPath)}&api-version=7.1-preview.4${more}`);
    const paths = async (itemPath: string): Promise<unknown[]> => ((await ask(itemPath)).json as {value: {path: string; itemType: string; fileLength?: number}[]}).value.map(({path: item, itemType, fileLength}) => [item, itemType, fileLength]);
    assert.deepEqual(await paths('audit-log/fabrikam/a'), [['audit-log/fabrikam/a', 'folder', undefined], ['audit-log/fabrikam/a/manifest.json', 'file', 8]]);
    assert.equal((await paths('audit-log')).length, 5);
    assert.deepEqual(await paths('audit-log/fab'), []);
    assert.equal((await ask('audit-log/fabrikam/b.txt', '&$format=OctetStream')).text, 'b');
    stage.sandbox.switches.containerListing = 'notFound';
    assert.equal((await ask('audit-log')).status, 404);
    stage.sandbox.switches.containerListing = 'refused';
    assert.equal((await ask('audit-log')).status, 403);
  }));

  it('lets faults strike', scene(async (stage) => {
    const run = stage.sandbox.pipelines.startRun();
    await run.publishArtifact('audit-log', stage.files({'a.txt': 'a'}));
    stage.sandbox.faults.set([{match: FAULT_TARGETS.zip, fault: {kind: 'truncatedBody'}}, {match: FAULT_TARGETS.builds, fault: {kind: 'status', status: 503}, times: 1}]);
    assert.equal((await stage.ask(`${stage.builds}?api-version=7.1`)).status, 503);
    assert.deepEqual(await stage.ids(), [4712]);
    await assert.rejects(stage.zip(`https://dev.azure.com/fabrikam/${stage.builds}/4712/artifacts?artifactName=audit-log&api-version=7.1&%24format=zip`));
  }));
});

describe('the pipelines of a stand-in in a process of its own', () => {
  it('start runs, take what is uploaded, and delete', async () => {
    await using sandbox = await startSandboxProcess({now: NOW, entries: []});
    await using client = new SandboxClient(sandbox);
    const {pipelines} = sandbox;
    const folder = mkdtempSync(path.join(tmpdir(), 'pipelines-test-'));
    try {
      writeFileSync(path.join(folder, 'a.txt'), 'a');
      const run = await pipelines.startRun({branch: 'refs/heads/other'});
      assert.equal(run.job.variables['Build.SourceBranch'], 'refs/heads/other');
      const attachment = {type: 'manifest', name: 'manifest', content: Buffer.from([0xff, 0])};
      await run.receive({artifacts: [{name: 'audit-log', containerFolder: 'audit-log', directory: folder}], attachments: [attachment], summaries: []});
      await run.publishArtifact('drop', folder, 'PipelineArtifact');
      await run.complete('Succeeded');
      assert.deepEqual((await pipelines.runs()).map(({id, result, artifacts}) => [id, result, artifacts]), [[4712, 'succeeded', ['audit-log', 'drop']]]);
      const attachments = `https://dev.azure.com/fabrikam/${sandbox.job.variables['System.TeamProjectId'] ?? ''}/_apis/build/builds/4712/attachments/manifest?api-version=7.1`;
      const listed = JSON.parse((await client.send('GET', attachments, {authorization: `Bearer ${sandbox.job.jobToken}`})).text) as {value: {_links: {self: {href: string}}}[]};
      assert.deepEqual((await client.download(`${listed.value[0]?._links.self.href ?? ''}?api-version=7.1`, sandbox.job.jobToken)).bytes, Buffer.from([0xff, 0]));
      assert.equal(readFileSync(path.join(await pipelines.artifactFolder(4712, 'audit-log'), 'a.txt'), 'utf8'), 'a');
      await pipelines.deleteArtifact(4712, 'audit-log');
      await assert.rejects(pipelines.artifactFolder(4712, 'audit-log'), /no artifact "audit-log"/);
      await sandbox.setNow(NOW + 40 * 24 * HOUR);
      assert.deepEqual([await pipelines.purge(), await pipelines.runs()], [[4712], []]);
    } finally {
      rmSync(folder, {recursive: true, force: true});
    }
  });
});

describe('the stand-in\'s retention', () => {
  const lease = {definitionId: 42, runId: 4712, ownerId: 'AuditLogExport:42', daysValid: 400, protectPipeline: false};

  it('places leases, lists them, and says how long it keeps runs', scene(async (stage) => {
    stage.sandbox.pipelines.startRun();
    const retention = stage.builds.replace(/builds$/, 'retention');
    const placed = await stage.ask(`${retention}/leases?api-version=7.1`, 'POST', [lease]);
    assert.deepEqual((placed.json as {value: unknown[]}).value, [{leaseId: 91, definitionId: 42, runId: 4712, ownerId: 'AuditLogExport:42', createdOn: '2026-11-20T12:00:00Z', validUntil: '2027-12-25T12:00:00Z', protectPipeline: false}]);
    const listed = async (owner: string): Promise<number> => ((await stage.ask(`${retention}/leases?definitionId=42&runId=4712&ownerId=${encodeURIComponent(owner)}&api-version=7.1`)).json as {count: number}).count;
    assert.deepEqual([await listed('AuditLogExport:42'), await listed('other')], [1, 0]);
    assert.equal(stage.sandbox.pipelines.runs[0]?.leases.length, 1);
    const settings = (await stage.ask(`${retention}?api-version=7.1`)).json as {purgeRuns: {value: number}};
    assert.equal(settings.purgeRuns.value, 30);
    for (const wrong of [{...lease, daysValid: 0}, {...lease, runId: 99}, {...lease, ownerId: ''}]) assert.ok((await stage.ask(`${retention}/leases?api-version=7.1`, 'POST', [wrong])).status >= 400);
    stage.sandbox.access.job.mayRetainRuns = false;
    assert.equal((await stage.ask(`${retention}/leases?api-version=7.1`, 'POST', [lease])).status, 403);
  }));

  it('leaves the traces of a job in the audit log, as far as it is told to', async () => {
    const witnessed = async (switches: NonNullable<SandboxOptions['switches']>, recordAccess = true): Promise<string[]> => {
      const actions: string[] = [];
      await scene(async (stage) => {
        const run = stage.sandbox.pipelines.startRun();
        const token = await stage.client.token(run.job);
        await stage.client.page(token, {startTime: '2026-11-20T11:00:00Z', endTime: '2026-11-20T11:30:00Z'});
        await stage.ask(`${stage.builds.replace(/builds$/, 'retention')}/leases?api-version=7.1`, 'POST', [lease]);
        for await (const {json} of stage.sandbox.truth({start: NOW, end: NOW + 1})) {
          const entry = JSON.parse(json) as {actionId: string; data: Record<string, unknown>};
          actions.push(entry.actionId);
          if (entry.actionId.startsWith('Library.')) assert.deepEqual([entry.data['ConnectionName'], entry.data['DefinitionId'], entry.data['OwnerId']], ['audit-log', 42, 4712]);
        }
      }, {switches, recordAccess, entries: []})();
      return actions.sort();
    };
    assert.deepEqual(await witnessed({}), ['AuditLog.AccessLog', 'Library.ServiceConnectionExecuted', 'Pipelines.RunRetained']);
    assert.deepEqual(await witnessed({recordsQueries: false, recordsLeases: false}), ['Library.ServiceConnectionExecuted']);
    assert.deepEqual(await witnessed({recordsConnections: false, recordsLeases: false}), ['AuditLog.AccessLog']);
    assert.deepEqual(await witnessed({}, false), []);
  });
});
