import assert from 'node:assert/strict';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { FAULT_TARGETS } from '../../sandbox/faults/targets';
import { SeededRandom } from '../../sandbox/organization/random';
import type { RunOptions } from '../../sandbox/pipelines/pipelines';
import type { RunHandle } from '../../sandbox/pipelines/runHandle';
import { MANIFEST_ATTACHMENT } from '../../tasks/common/evidence/previousRuns';
import { REPORT_ATTACHMENT, type ReportData } from '../../tasks/common/report/reportData';
import { makeManifest } from '../support/manifests';
import { manifestBytes } from '../../tasks/common/evidence/manifestText';
import { removeWorkFolders, runPackaged, type PackagedOptions, type PackagedRun } from '../support/packagedTask';
import { idsOf, keptExports, mainChain } from '../year/mainChain';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ARTIFACT = 'audit-log';

interface ChainRun {
  readonly handle: RunHandle;
  readonly result: PackagedRun;
}

/** What the tab reads of a run. */
function reportsOf({ attachments }: PackagedRun): ReportData[] {
  return attachments.filter(({ type }) => type === REPORT_ATTACHMENT).map(({ content }) => JSON.parse(String(content)) as ReportData);
}

type Upload = 'all' | 'attachmentsOnly' | 'artifactOnly' | 'nothing';

/** Ten o'clock on the last Wednesday that is twenty days ago or more: in every hour of a morning at work somebody does what is new; at night often nobody does. */
function wednesdayMorning(): number {
  const date = new Date(Math.floor(Date.now() / DAY) * DAY - 20 * DAY);
  const WEDNESDAY = 3;
  return date.getTime() - (date.getUTCDay() + 7 - WEDNESDAY) % 7 * DAY + 10 * HOUR;
}

/** A pipeline whose services live some days behind the agent's clock, so that real processes can live through days. */
class Scene {
  now = wednesdayMorning();
  /** Where its chain begins unless a test says otherwise: a chain of its own needs no ninety days. */
  readonly origin = this.now - 2 * HOUR;
  sandbox!: Sandbox;

  static async open(options: { readonly entriesPerDay?: number } = {}): Promise<Scene> {
    const scene = new Scene();
    scene.sandbox = await startSandbox({ entriesPerDay: 400, clock: () => scene.now, ...options });
    return scene;
  }

  /** Begins a run, and lets its step run; nothing is uploaded yet. */
  async step(inputs: Readonly<Record<string, string>> = {}, run: RunOptions = {}, options: PackagedOptions = {}): Promise<ChainRun> {
    const handle = this.sandbox.pipelines.startRun({ reason: 'Schedule', ...run });
    const all = { window: 'sinceLastExport', continueFrom: new Date(this.origin).toISOString(), formats: 'jsonl', retainDays: '0', ...inputs };
    return { handle, result: await runPackaged({ job: handle.job, network: this.sandbox.network }, Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')), options) };
  }

  async finish({ handle, result }: ChainRun, upload: Upload = 'all', type: 'Container' | 'PipelineArtifact' = 'Container'): Promise<void> {
    const { artifacts, attachments, summaries } = result;
    await handle.receive({
      artifacts: (upload === 'all' || upload === 'artifactOnly') && type === 'Container' ? artifacts : [],
      attachments: upload === 'all' || upload === 'attachmentsOnly' ? attachments : [],
      summaries,
    });
    const folder = result.outputVariables['exportDirectory'] ?? '';
    if (type === 'PipelineArtifact' && upload === 'all') await handle.publishArtifact(ARTIFACT, folder.slice(0, folder.indexOf('fabrikam')), 'PipelineArtifact');
    handle.complete(upload === 'all' ? result.result : 'failed');
  }

  /** A whole run an hour after the one before. */
  async run(inputs: Readonly<Record<string, string>> = {}, run: RunOptions = {}, upload: Upload = 'all'): Promise<ChainRun> {
    this.now += HOUR;
    const made = await this.step(inputs, run);
    await this.finish(made, upload);
    return made;
  }

  /** Whether a run went on where another ended, and said so. */
  goesOn({ result }: ChainRun, before: ChainRun): void {
    assert.equal(result.result, 'Succeeded', result.maskedLog);
    assert.equal(result.outputVariables['windowStart'], before.result.outputVariables['windowEnd'], result.maskedLog);
    assert.match(result.maskedLog, new RegExp(`The last export ended at ${String(before.result.outputVariables['windowEnd'])} \\(run ${String(before.handle.id)}\\)`));
  }

  /** Ids that the main chain holds, and those that it must hold. */
  async union(newest: ChainRun): Promise<{ held: string[]; wanted: string[] }> {
    const chain = mainChain(keptExports(this.sandbox.pipelines, ARTIFACT, 'fabrikam'), newest.result.outputVariables['manifestSha256'] ?? '');
    const held = chain.flatMap(idsOf);
    const wanted: string[] = [];
    const end = Date.parse(newest.result.outputVariables['windowEnd'] ?? '');
    for await (const { id } of this.sandbox.truth({ start: this.origin, end }, this.now)) wanted.push(id);
    return { held: held.sort(), wanted: wanted.sort() };
  }
}

describe('a chain of exports by real processes', function () {
  this.timeout(180_000);
  let scene: Scene;

  beforeEach(async () => { scene = await Scene.open(); });
  afterEach(async () => {
    await scene.sandbox.close();
    await removeWorkFolders();
  });

  const both = async (): Promise<[ChainRun, ChainRun]> => [await scene.run(), await scene.run()];

  it('begins with the oldest entries there are, as a series of days', async () => {
    await scene.sandbox.close();
    scene = await Scene.open({ entriesPerDay: 5 });
    const { result } = await scene.run({ continueFrom: '' });
    assert.equal(result.result, 'Succeeded', result.maskedLog);
    assert.match(result.maskedLog, /No earlier export was found .+ a chain begins with the oldest entries that Azure DevOps still has\./);
    assert.match(result.maskedLog, /as (89|90|91) exports, oldest first/);
    assert.ok(Date.parse(result.outputVariables['coveredFrom'] ?? '') <= scene.now - 90 * DAY + 2 * HOUR);
    const reports = reportsOf(result);
    assert.equal(reports.length, Number(/as (\d+) exports/.exec(result.maskedLog)?.[1]));
    assert.deepEqual(reports.map(({ exports }) => exports.length), reports.map(() => 1));
    assert.equal(reports.reduce((sum, { counts }) => sum + counts.entries, 0), Number(result.outputVariables['entryCount']));
    assert.match(result.maskedLog, new RegExp(`^Attached for the tab "Audit log" of this run: ${reports.length} reports, `, 'm'));
  });

  it('goes on where the last export ended', async () => {
    const [first, second] = await both();
    assert.match(first.result.maskedLog, /a chain begins\./);
    scene.goesOn(second, first);
    const { held, wanted } = await scene.union(second);
    assert.ok(wanted.length > 5);
    assert.deepEqual(held, wanted);
  });

  it('tells who and what is new against the export before', async () => {
    const [first, second] = (await both()).map(({ result }) => reportsOf(result)[0]);
    assert.equal(first?.firstSeen, null);
    const known = new Set(first.dimensions.action.values.map(({ name }) => name));
    const fresh = second?.dimensions.action.values.map(({ name }) => name).filter((name) => !known.has(name)) ?? [];
    assert.ok(known.size > 0 && fresh.length > 0);
    assert.deepEqual(second?.firstSeen?.actions.toSorted(), fresh.toSorted());
  });

  it('exports and publishes nothing when all that has settled is exported', async () => {
    await scene.run();
    const { result } = await scene.step();
    assert.equal(result.result, 'Succeeded');
    assert.match(result.message ?? '', /^Nothing new to export: everything until .+ is covered\.$/);
    assert.match(result.maskedLog, /all that have settled are exported already\. No artifact is published\./);
    assert.deepEqual([result.artifacts.length, result.outputVariables['entryCount']], [0, '0']);
  });

  it('repeats what was attached, but never uploaded', async () => {
    const first = await scene.run();
    const lost = await scene.run({}, {}, 'attachmentsOnly');
    const next = await scene.run();
    assert.match(next.result.maskedLog, new RegExp(`Run ${String(lost.handle.id)} has a manifest, but no artifact "audit-log": its upload failed`));
    scene.goesOn(next, first);
  });

  it('repeats what was uploaded without its attachment', async () => {
    const first = await scene.run();
    await scene.run({}, {}, 'artifactOnly');
    scene.goesOn(await scene.run(), first);
  });

  it('goes back to what a deleted artifact held', async () => {
    const [first, second] = await both();
    const third = await scene.run();
    await scene.sandbox.pipelines.deleteArtifact(second.handle.id, ARTIFACT);
    const next = await scene.run();
    assert.match(next.result.maskedLog, new RegExp(`Run ${String(second.handle.id)} or its artifact was deleted: .+ is exported again`));
    scene.goesOn(next, first);
    assert.equal(third.result.result, 'Succeeded');
    const { held, wanted } = await scene.union(next);
    assert.deepEqual(held, wanted);
  });

  it('goes back to what a deleted run held', async () => {
    const [first, second] = await both();
    await scene.run();
    await scene.sandbox.pipelines.deleteRun(second.handle.id);
    const next = await scene.run();
    assert.match(next.result.maskedLog, new RegExp(`Run ${String(second.handle.id)} or its artifact was deleted`));
    scene.goesOn(next, first);
  });

  it('goes on from the further one of two runs at once', async () => {
    await scene.run();
    scene.now += HOUR;
    const earlier = await scene.step();
    scene.now += 60_000;
    const later = await scene.step();
    await scene.finish(later);
    await scene.finish(earlier);
    assert.equal(earlier.result.outputVariables['windowStart'], later.result.outputVariables['windowStart']);
    const next = await scene.run();
    scene.goesOn(next, later);
    const { held, wanted } = await scene.union(next);
    assert.deepEqual(held, wanted);
  });

  it('goes on from itself when a run is attempted again', async () => {
    const first = await scene.run();
    scene.now += HOUR;
    const again = await scene.step({}, { attemptOf: first.handle.id });
    await scene.finish(again);
    scene.goesOn(again, first);
    assert.match(again.result.outputVariables['exportDirectory'] ?? '', /-2$/);
    scene.goesOn(await scene.run(), again);
  });

  it('goes on under a new name of the pipeline', async () => {
    const first = await scene.run();
    scene.goesOn(await scene.run({}, { pipelineName: 'renamed', revision: 4 }), first);
  });

  it('begins another chain on another branch, and leaves the first alone', async () => {
    const first = await scene.run();
    const other = await scene.run({}, { branch: 'refs/heads/other' });
    assert.match(other.result.maskedLog, /No earlier export was found of this pipeline on the branch refs\/heads\/other/);
    scene.goesOn(await scene.run(), first);
  });

  it('lets a pull request export for itself alone', async () => {
    const first = await scene.run();
    const { result } = await scene.run({ continueFrom: '' }, { reason: 'PullRequest' });
    assert.match(result.maskedLog, /This is the run of a pull request: it exports the last day for itself/);
    scene.goesOn(await scene.run(), first);
  });

  it('never goes on from an export of "between" in the same pipeline', async () => {
    const first = await scene.run();
    const day = new Date(scene.now - DAY).toISOString();
    const { result } = await scene.run({ window: 'between', continueFrom: '', startTime: day });
    assert.equal(result.result, 'Succeeded', result.maskedLog);
    scene.goesOn(await scene.run(), first);
  });

  it('goes on from what the user\'s own step published, and repeats what it did not', async () => {
    const own = { publishArtifact: 'false' };
    const first = await scene.step(own);
    assert.match(first.result.maskedLog, /Publish it as the artifact "audit-log": the next run continues only what it finds there\./);
    await scene.finish(first, 'all', 'PipelineArtifact');
    scene.now += HOUR;
    const lost = await scene.step(own);
    await scene.finish(lost, 'attachmentsOnly');
    scene.goesOn(lost, first);
    const next = await scene.run(own);
    assert.match(next.result.maskedLog, new RegExp(`Run ${String(lost.handle.id)} has a manifest, but no artifact`));
    scene.goesOn(next, first);
  });

  it('goes on from the attempt that the user\'s own step published, when the first one failed', async () => {
    const own = { publishArtifact: 'false' };
    const first = await scene.step(own);
    await scene.finish(first, 'attachmentsOnly');
    scene.now += HOUR;
    const again = await scene.step(own, { attemptOf: first.handle.id });
    await scene.finish(again, 'all', 'PipelineArtifact');
    const next = await scene.run(own);
    scene.goesOn(next, again);
  });

  it('does not go on from an attempt whose run holds another attempt\'s artifact already, which cannot be replaced', async () => {
    const own = { publishArtifact: 'false' };
    const before = await scene.step(own);
    await scene.finish(before, 'all', 'PipelineArtifact');
    scene.now += HOUR;
    const first = await scene.step(own);
    await first.handle.publishArtifact(ARTIFACT, path.dirname(path.dirname(first.result.outputVariables['exportDirectory'] ?? '')), 'PipelineArtifact');
    first.handle.complete('failed');
    scene.now += HOUR;
    const again = await scene.step(own, { attemptOf: first.handle.id });
    assert.match(again.result.maskedLog, /This run has an artifact "audit-log" already, and a pipeline artifact cannot be replaced/);
    await scene.finish(again, 'attachmentsOnly');
    scene.goesOn(await scene.run(own), before);
  });

  it('begins anew where continueFrom says so, once', async () => {
    await scene.run();
    const restart = { continueFrom: new Date(scene.now - 10 * 60_000).toISOString() };
    const restarted = await scene.run(restart);
    assert.match(restarted.result.maskedLog, /A new chain begins at .+, because continueFrom says so\. The chain before ended at/);
    scene.goesOn(await scene.run(restart), restarted);
  });

  it('takes over the chain of another pipeline, once', async () => {
    const old = await scene.run();
    const taken = await scene.run({ continueFrom: String(scene.sandbox.job.variables['System.DefinitionId']) }, { pipelineId: 99, pipelineName: 'new' });
    scene.goesOn(taken, old);
    const next = await scene.run({ continueFrom: String(scene.sandbox.job.variables['System.DefinitionId']) }, { pipelineId: 99 });
    scene.goesOn(next, taken);
    const { result } = await scene.step({ continueFrom: '77' }, { pipelineId: 98 });
    assert.match(result.message ?? '', /The pipeline 77 has no export .+\[CHAIN_NOT_FOUND\]/);
  });

  it('does not believe forged manifests', async () => {
    const first = await scene.run();
    const variables = scene.sandbox.job.variables;
    const chain = { pipelineId: variables['System.DefinitionId'] ?? '', branch: variables['Build.SourceBranch'] ?? '', artifactName: ARTIFACT };
    for (const [run, until, why] of [['', 9_000, 'it claims to cover an instant that has not come'], ['999', 1, 'it belongs to another run'], ['garbage', 0, 'it is not JSON']] as const) {
      const forger = scene.sandbox.pipelines.startRun();
      await forger.publishArtifact(ARTIFACT, first.result.artifacts[0]?.directory ?? '');
      const forged = until === 0 ? 'garbage' : manifestBytes(makeManifest({ run: run === '' ? String(forger.id) : run, until, chain }));
      forger.attach(MANIFEST_ATTACHMENT, 'fabrikam.forged', forged);
      forger.complete();
      scene.now += HOUR;
      const next = await scene.step();
      scene.goesOn(next, first);
      assert.match(next.result.maskedLog, new RegExp(`The manifest of run ${String(forger.id)} does not count: ${why}`));
      next.handle.complete('failed');
    }
  });

  it('exports nothing where it may not see the earlier runs', async () => {
    await scene.run();
    scene.sandbox.access.job.mayReadRuns = false;
    for (const hiddenRuns of ['refused', 'empty'] as const) {
      scene.sandbox.switches.hiddenRuns = hiddenRuns;
      const { result } = await scene.step();
      assert.match(result.message ?? '', /\[PREVIOUS_EXPORTS_REFUSED\]/);
      assert.match(result.maskedLog, /View builds/);
      assert.deepEqual([result.artifacts.length, result.attachments.length], [0, 0]);
    }
  });

  it('exports nothing while the service cannot say what was exported', async () => {
    const first = await scene.run();
    scene.sandbox.faults.set([{ match: FAULT_TARGETS.builds, fault: { kind: 'otherShape', json: '{"count":1}' } }]);
    const { result } = await scene.step();
    assert.match(result.message ?? '', /could not say what the earlier runs of this pipeline exported .+\[PREVIOUS_EXPORTS_UNREADABLE\]/);
    assert.deepEqual([result.artifacts.length, result.attachments.length], [0, 0]);
    scene.sandbox.faults.set([]);
    scene.goesOn(await scene.run(), first);
  });

  /** The services were a hundred days younger when the last export was made. */
  const afterLongOutage = async (inputs: Readonly<Record<string, string>>): Promise<ChainRun> => {
    scene.now -= 100 * DAY;
    const origin = new Date(scene.now - HOUR).toISOString();
    await scene.run({ continueFrom: origin });
    scene.now += 100 * DAY;
    return scene.run({ continueFrom: origin, ...inputs });
  };

  it('publishes and fails once when entries are lost for good', async () => {
    const lost = await afterLongOutage({});
    assert.equal(lost.result.result, 'Failed');
    assert.match(lost.result.maskedLog, /No run exported the entries from .+ to .+, and Azure DevOps has deleted them: they are lost\./);
    assert.match(lost.result.message ?? '', /Entries are lost for good: .+\[ENTRIES_LOST\]/);
    await lost.handle.receive(lost.result);
    lost.handle.complete('failed');
    scene.now += HOUR;
    const next = await scene.step({ continueFrom: '' });
    scene.goesOn(next, lost);
    assert.equal(next.result.outputVariables['gapCount'], '1');
    assert.match(next.result.maskedLog, /Known gap: .+ \(Azure DevOps had deleted the entries before they were read\)/);
  });

  it('only warns of lost entries where that is asked for', async () => {
    const { result } = await afterLongOutage({ onGap: 'warn' });
    assert.equal(result.result, 'Succeeded', result.message);
    assert.match(result.maskedLog, /##\[warning\]No run exported the entries from .+ they are lost\./);
    assert.equal(result.outputVariables['gapCount'], '1');
  });

  it('holds exactly what happened after fifty runs of which a fifth fail', async function () {
    this.timeout(600_000);
    const random = new SeededRandom(20, 26);
    let newest: ChainRun | undefined;
    let failed = 0;
    for (let run = 0; run < 50; run += 1) {
      const upload = run < 49 && random.chance(0.2) ? random.pick(['attachmentsOnly', 'artifactOnly', 'nothing'] as const) : 'all';
      const isRefused = upload === 'nothing' && random.chance(0.5);
      if (isRefused) scene.sandbox.faults.set([{ match: { ...FAULT_TARGETS.auditLog, from: 1 + random.below(2) }, fault: { kind: 'status', status: 403 } }]);
      newest = await scene.run({}, {}, upload);
      scene.sandbox.faults.set([]);
      if (upload !== 'all') failed += 1;
    }
    assert.ok(newest && failed > 3, String(failed));
    assert.equal(newest.result.result, 'Succeeded', newest.result.maskedLog);
    const { held, wanted } = await scene.union(newest);
    assert.ok(wanted.length > 300);
    assert.deepEqual(held, wanted);
    assert.equal(newest.result.outputVariables['gapCount'], '0');
  });
});
