import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { inParallel } from '../support/inParallel';
import { newWorkFolder, removeWorkFolders, runPackaged, type PackagedOptions, type PackagedRun } from '../support/packagedTask';
import { awaitMoment, drawMoments, finalFolders, partialFolders, type Moment } from './signalMoments';

/** More of them: SIGNAL_MOMENTS=500 npx mocha test/acceptance/signals.test.ts */
const MOMENTS = Number(process.env['SIGNAL_MOMENTS'] ?? 50);
const SEED = Number(process.env['SIGNAL_SEED'] ?? 1);
const WORKERS = 2;
/** After so many signals in one work folder an undisturbed run follows. */
const RUN_THROUGH_EVERY = 8;
/** What the agent grants between SIGINT and SIGTERM (microsoft/azure-pipelines-agent: ProcessInvoker.cs). */
const GRACE_MS = 7_500;

const START = Date.UTC(2026, 10, 19);
const END = Date.UTC(2026, 10, 20);
const NOW = Date.UTC(2026, 10, 21);
const FILES = ['SHA256SUMS', 'audit-log.csv', 'audit-log.json.gz', 'audit-log.jsonl.gz', 'manifest.json', 'report.html', 'summary.md'];
const INPUTS = { window: 'between', startTime: new Date(START).toISOString(), endTime: new Date(END).toISOString(), formats: 'jsonl,csv,json' };
const CANCELED = 'The run was canceled; nothing is published.';

interface Struck {
  readonly moment: Moment;
  readonly run: PackagedRun;
  /** False when the run had ended before the signal came. */
  readonly wasSent: boolean;
  /** From the signal to the end of the process. */
  readonly tookMs: number;
  /** Folders that this run left under a partial name. */
  readonly partials: readonly string[];
  /** Whether it gave a folder its final name. */
  readonly hasFinal: boolean;
}

describe('a run that a signal ends', function () {
  this.timeout(900_000);
  const struck: Struck[] = [];
  const undisturbed: { run: PackagedRun; partialsBefore: number }[] = [];
  let problems: string[] = [];

  before(async function () {
    if (process.platform === 'win32') {
      process.stderr.write('    SKIPPED: on Windows a process cannot be sent SIGINT or SIGTERM.\n');
      this.skip();
    }
    const moments = drawMoments(MOMENTS, SEED);
    const shares = Array.from({ length: WORKERS }, (_, worker) => moments.filter((_moment, index) => index % WORKERS === worker));
    problems = (await inParallel(shares, WORKERS, playShare)).flat();
  });
  after(async () => {
    process.stdout.write(`    ${describeMoments(struck)}\n`);
    await removeWorkFolders();
  });

  it('leaves nothing incomplete under a final name, in its folder or in an artifact', () => {
    assert.deepEqual(problems, []);
  });

  it('was struck at all stages', () => {
    const sent = struck.filter(({ wasSent }) => wasSent);
    assert.ok(sent.length >= MOMENTS * 0.8, `only ${sent.length} of ${MOMENTS} signals came in time`);
    assert.ok(sent.some(({ hasFinal }) => !hasFinal) && sent.some(({ hasFinal }) => hasFinal), 'before and after the renaming');
  });

  it('ends within the time that the agent grants, without harsher signals', () => {
    for (const { moment, run, wasSent, tookMs } of struck) {
      if (!wasSent || moment.signal === 'SIGKILL') continue;
      assert.ok(tookMs < GRACE_MS, `${describeMoment(moment)}: ${Math.round(tookMs)} ms`);
      if (moment.after.kind !== 'start') assert.equal(run.signal, null, describeMoment(moment));
    }
  });

  it('says that it was canceled, cleans up, and publishes nothing; or it had already done its work', () => {
    for (const { moment, run, wasSent, partials, hasFinal } of struck) {
      if (!wasSent || moment.signal === 'SIGKILL' || moment.after.kind === 'start') continue;
      const completed = run.commands.filter(({ event }) => event === 'complete').map(({ properties }) => properties['result']);
      if (!hasFinal) assert.ok(run.rawOutput.includes(CANCELED), `${describeMoment(moment)}\n${run.maskedLog}`);
      assert.deepEqual(completed, run.rawOutput.includes(CANCELED) ? [] : ['Succeeded'], describeMoment(moment));
      assert.deepEqual(partials, [], describeMoment(moment));
      if (!hasFinal || moment.signal === 'SIGINT') assert.deepEqual(run.artifacts, [], describeMoment(moment));
      if (moment.signal === 'SIGINT') assert.equal(run.result, 'Canceled');
    }
  });

  it('does not stand in the way of the next run, which sweeps what was left', () => {
    assert.ok(undisturbed.length >= WORKERS);
    for (const { run } of undisturbed) assert.equal(run.result, 'Succeeded', run.maskedLog);
    assert.ok(undisturbed.some(({ partialsBefore }) => partialsBefore > 0), 'there was something to sweep');
  });

  /** One work folder, in which one run after the other is struck. @returns what is wrong */
  async function playShare(moments: readonly Moment[]): Promise<string[]> {
    await using sandbox = await startSandbox({
      clock: () => NOW, recordAccess: false, totalEntries: { count: 1_200, start: START, end: END }, switches: { latencyMs: 15, pageCap: 240, lateArrivals: false },
    });
    const ids: string[] = [];
    for await (const { id } of sandbox.truth({ start: START, end: END })) ids.push(id);
    const workDirectory = await newWorkFolder();
    const parent = path.join(workDirectory, '1', 'a', 'audit-log', 'fabrikam');
    const found: string[] = [];
    for (const [index, moment] of moments.entries()) {
      const one = await strike(sandbox, moment, { workDirectory, artifactStorage: path.join(workDirectory, 'published', String(index)) }, parent);
      struck.push(one);
      found.push(...foldersOf(parent, one.run).flatMap((folder) => incompleteness(folder, ids).map((what) => `${describeMoment(moment)}: ${what}`)));
      if ((index + 1) % RUN_THROUGH_EVERY === 0 || index + 1 === moments.length) found.push(...await runThrough(sandbox, workDirectory, parent, ids, String(index)));
    }
    return found;
  }

  async function runThrough(sandbox: Sandbox, workDirectory: string, parent: string, ids: readonly string[], name: string): Promise<string[]> {
    const partialsBefore = partialFolders(parent).length;
    const run = await runPackaged(sandbox, INPUTS, { workDirectory, artifactStorage: path.join(workDirectory, 'published', `through-${name}`) });
    undisturbed.push({ run, partialsBefore });
    const left = partialFolders(parent).map((folder) => `left by a run that nothing disturbed: ${folder}`);
    return [...left, ...foldersOf(parent, run).flatMap((folder) => incompleteness(folder, ids))];
  }
});

async function strike(sandbox: Sandbox, moment: Moment, options: PackagedOptions, parent: string): Promise<Struck> {
  const cancel = new AbortController();
  const before = new Set([...finalFolders(parent), ...partialFolders(parent)]);
  const asked = sandbox.requests.length;
  let pid = 0;
  let hasEnded = false;
  let sentAt = Number.NaN;
  const running = runPackaged(sandbox, INPUTS, { ...options, cancelAfterMs: cancel.signal, onStart: (id) => { pid = id; } }).finally(() => { hasEnded = true; });
  const wasSent = await awaitMoment(moment, { requests: () => sandbox.requests.length - asked, parent, before, hasEnded: () => hasEnded });
  if (wasSent) {
    sentAt = performance.now();
    if (moment.signal === 'SIGINT') cancel.abort();
    else kill(pid, moment.signal);
  }
  const run = await running;
  return {
    moment, run, wasSent, tookMs: performance.now() - sentAt,
    partials: partialFolders(parent).filter((name) => !before.has(name)), hasFinal: finalFolders(parent).some((name) => !before.has(name)),
  };
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}

/** Final folders where the task writes and where the artifact arrived. */
function foldersOf(parent: string, run: PackagedRun): string[] {
  const published = run.artifacts.map(({ directory }) => path.join(directory, 'fabrikam')).filter((folder) => existsSync(folder));
  assert.deepEqual(published.flatMap((folder) => partialFolders(folder)), [], 'a partial folder was published');
  return [parent, ...published].flatMap((folder) => finalFolders(folder).map((name) => path.join(folder, name)));
}

/** What is missing or wrong in an export folder; empty when it is whole. */
function incompleteness(folder: string, ids: readonly string[]): string[] {
  try {
    assert.deepEqual(readdirSync(folder).sort(), FILES);
    const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
    const unzipped = (name: string): string => gunzipSync(readFileSync(path.join(folder, name))).toString('utf8');
    const idOf = (entry: unknown): string => (entry as { id: string }).id;
    assert.deepEqual(unzipped('audit-log.jsonl.gz').trimEnd().split('\n').map((line) => idOf(JSON.parse(line))), ids);
    assert.deepEqual((JSON.parse(unzipped('audit-log.json.gz')) as unknown[]).map(idOf), ids);
    assert.deepEqual([...read('audit-log.csv').matchAll(/^(\d{19};[^,]+),/gm)].map(([, id]) => id), ids);
    for (const line of read('SHA256SUMS').trimEnd().split('\n')) {
      assert.equal(createHash('sha256').update(readFileSync(path.join(folder, line.slice(66)))).digest('hex'), line.slice(0, 64), line);
    }
    assert.ok(read('summary.md').includes(`${ids.length.toLocaleString('en-US')} audit log entries`));
    return [];
  } catch (thrown) {
    return [`${path.basename(folder)}: ${String(thrown)}`];
  }
}

function describeMoment({ signal, after, delayMs }: Moment): string {
  const what = after.kind === 'request' ? `request ${after.count}` : after.kind === 'file' ? after.name : after.kind;
  return `${signal} ${delayMs} ms after ${what}`;
}

function describeMoments(struck: readonly Struck[]): string {
  const sent = struck.filter(({ wasSent }) => wasSent);
  const count = (kind: Moment['after']['kind']): number => sent.filter(({ moment }) => moment.after.kind === kind).length;
  const left = struck.filter(({ partials }) => partials.length > 0).length;
  const slowest = Math.max(0, ...sent.filter(({ moment }) => moment.signal !== 'SIGKILL').map(({ tookMs }) => tookMs));
  return `${sent.length} of ${struck.length} signals came in time: ${count('start')} at the start, ${count('request')} while requests ran, ${count('file')} while files were written, `
    + `${count('final folder')} after the renaming; ${sent.filter(({ hasFinal }) => hasFinal).length} runs had finished their folder, ${left} left a partial one; slowest end ${Math.round(slowest)} ms.`;
}
