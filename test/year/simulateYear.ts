import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { FAULT_TARGETS } from '../../sandbox/faults/targets';
import { SeededRandom } from '../../sandbox/organization/random';
import type { RunHandle } from '../../sandbox/pipelines/runHandle';
import type { RunRecord } from '../../sandbox/pipelines/runRecord';
import { startSandbox, type FaultRule, type Sandbox } from '../../sandbox/sandbox';
import { TaskError } from '../../tasks/common/errors/taskError';
import { judgeYear, type Verdict } from './judgeYear';
import { DAY, drawSchedule, HOUR, MINUTE, type Fate, type Purpose, type Schedule, type YearEvent } from './schedule';
import { runSimulated, WorkFolders, type SimulatedStep } from './simulatedJob';
import { shareProcess } from './sharedProcess';
import { SimulatedTime } from './simulatedTime';

/** What a simulated year came to. */
export interface YearReport extends Verdict {
  readonly seed: number;
  readonly runs: number;
  readonly failedRuns: number;
  readonly deleted: number;
  readonly requests: number;
  readonly seconds: number;
  /** How often runs ended with each code. */
  readonly codes: Readonly<Record<string, number>>;
}

const START = Date.UTC(2025, 9, 1);
const MAIN = 'refs/heads/main';
const ARTIFACT = 'audit-log';
/** What a request takes, and what one of the audit log takes while the service is slow, ms. */
const USUAL_MS = 150;
const SLOW_MS = 3 * MINUTE;

/** What uploading makes of a step's files. */
interface Uploading {
  readonly artifact: boolean;
  readonly attachments: boolean;
}

/**
 * Lives through a year with the real product, the real network and the stand-in, on one simulated clock: hourly runs for thirty
 * days, then daily ones, with all that goes wrong in a year; then judges what is left.
 */
export async function simulateYear(seed: number, onRun: (line: string) => void = () => undefined): Promise<YearReport> {
  const began = performance.now();
  const unshare = shareProcess();
  const year = new Year(seed, onRun);
  try {
    return { seed, ...await year.live(), seconds: Math.round((performance.now() - began) / 1000) };
  } finally {
    await year.close();
    unshare();
  }
}

class Year {
  readonly #schedule: Schedule;
  readonly #time: SimulatedTime;
  readonly #random: SeededRandom;
  readonly #onRun: (line: string) => void;
  readonly #codes: Record<string, number> = {};
  readonly #folders = new WorkFolders();
  readonly #lostRuns = new Set<string>();
  readonly #tally = { runs: 0, failedRuns: 0, deleted: 0 };
  #sandbox!: Sandbox;
  #pipelineName = 'audit-log-export';
  #isSlow = false;
  #onRequest: () => void = () => undefined;
  #newest: { readonly sha256: string; readonly readAt: number } | undefined;
  #lastCode = '';

  constructor(seed: number, onRun: (line: string) => void) {
    this.#schedule = drawSchedule(seed, START);
    this.#time = new SimulatedTime(START);
    this.#random = new SeededRandom(seed, 0x7ea5);
    this.#onRun = onRun;
  }

  async live(): Promise<Omit<YearReport, 'seed' | 'seconds'>> {
    this.#time.install();
    const clock = (): number => {
      this.#time.advance(this.#isSlow && this.#sandbox.requests.at(-1)?.url.includes('auditservice') === true ? SLOW_MS : USUAL_MS);
      this.#onRequest();
      return this.#time.nowMs;
    };
    this.#sandbox = await startSandbox({
      seed: this.#random.below(1_000_000), clock, entriesPerDay: 150, lateness: { share: 0.06, longestMs: 150 * MINUTE }, switches: { pageCap: 80 },
    });
    for (const event of this.#schedule.events) await this.#happen(event);
    const { sha256, readAt } = this.#newest ?? { sha256: '', readAt: 0 };
    const verdict = await judgeYear(this.#sandbox, sha256, readAt, this.#lostRuns);
    const problems = this.#lastCode === '' ? verdict.problems : [...verdict.problems, `The last run failed: ${this.#lastCode}.`];
    return { ...verdict, problems, ...this.#tally, requests: this.#sandbox.requests.length, codes: this.#codes };
  }

  async close(): Promise<void> {
    this.#time.uninstall();
    this.#folders.remove();
    await this.#sandbox.close();
  }

  async #happen(event: YearEvent): Promise<void> {
    this.#time.advance(Math.max(0, event.at - this.#time.nowMs));
    await this.#purge();
    switch (event.kind) {
      case 'run': return this.#run(event);
      case 'twoAtOnce': return this.#twoAtOnce(event);
      case 'rename': this.#pipelineName = event.name; return;
      case 'deleteRun': case 'deleteArtifact': return this.#delete(event.kind, event.at - event.ageDays * DAY);
    }
  }

  async #run({ purpose, fate, skewMs, repeatsPages, isRetried }: YearEvent & { kind: 'run' }): Promise<void> {
    const handle = this.#start(purpose);
    await this.#attempt(handle, purpose, fate, skewMs, repeatsPages);
    if (purpose !== 'chain' || fate === 'fine' || !isRetried) return;
    this.#time.advance(15 * MINUTE);
    await this.#attempt(this.#sandbox.pipelines.startRun({ attemptOf: handle.id }), purpose, 'fine', 0, false);
  }

  async #attempt(handle: RunHandle, purpose: Purpose, fate: Fate, skewMs: number, repeatsPages: boolean): Promise<void> {
    if (fate === 'neverStarts') {
      this.#note(handle, fate, 'NEVER_STARTED');
      handle.complete('canceled');
      return;
    }
    const step = await this.#step(handle, purpose, fate, skewMs, repeatsPages);
    await this.#upload(handle, step, fate);
  }

  /** Two runs read at the same time; neither sees what the other uploads. */
  async #twoAtOnce({ skewMs, laterFirst }: YearEvent & { kind: 'twoAtOnce' }): Promise<void> {
    const handles = [this.#start('chain'), this.#start('chain')];
    const steps: (readonly [RunHandle, SimulatedStep])[] = [];
    for (const handle of handles) steps.push([handle, await this.#step(handle, 'chain', 'fine', skewMs, false)]);
    if (laterFirst) steps.reverse();
    for (const [handle, step] of steps) await this.#upload(handle, step, 'fine');
  }

  #start(purpose: Purpose): RunHandle {
    const reason = purpose === 'pullRequest' ? 'PullRequest' : purpose === 'between' ? 'Manual' : 'Schedule';
    const branch = { chain: MAIN, between: MAIN, pullRequest: 'refs/pull/17/merge', otherBranch: 'refs/heads/feature' }[purpose];
    return this.#sandbox.pipelines.startRun({ pipelineName: this.#pipelineName, reason, branch });
  }

  async #step(handle: RunHandle, purpose: Purpose, fate: Fate, skewMs: number, repeatsPages: boolean): Promise<SimulatedStep> {
    const cancel = new AbortController();
    let requests = 0;
    const cancelAt = fate === 'canceled' ? 2 + this.#random.below(30) : Infinity;
    this.#onRequest = () => {
      requests += 1;
      if (requests === cancelAt) cancel.abort(new TaskError('CANCELED', 'The run was canceled; nothing is published.'));
    };
    this.#isSlow = fate === 'timeIsUp';
    this.#sandbox.faults.set([...faultsOf(fate, this.#random), ...(repeatsPages ? [REPEATED] : [])]);
    const readAt = this.#time.nowMs;
    const step = await runSimulated({
      job: handle.job, network: this.#sandbox.network, inputs: this.#inputs(purpose), sleep: this.#time.sleep, cancel: cancel.signal, folders: this.#folders,
      clock: () => this.#time.nowMs + skewMs,
      random: { fraction: () => this.#random.below(1_000) / 1_000, uuid: () => this.#random.guid() },
    });
    this.#onRequest = () => undefined;
    this.#isSlow = false;
    this.#sandbox.faults.set([]);
    const code = step.failure?.code ?? '';
    this.#note(handle, fate, code, step);
    const hasWarned = !this.#schedule.failsOnGap && step.agent.lines('warning').some((line) => line.endsWith('they are lost.'));
    if (code === 'ENTRIES_LOST' || hasWarned) this.#lostRuns.add(String(handle.id));
    const sha256 = step.agent.events.flatMap((event) => (event.kind === 'output' && event.name === 'manifestSha256' ? [event.value] : []))[0];
    if (purpose === 'chain') this.#lastCode = code;
    if (purpose === 'chain' && sha256 !== undefined) this.#newest = { sha256, readAt };
    return step;
  }

  #inputs(purpose: Purpose): Record<string, string> {
    const now = this.#time.nowMs;
    const instant = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toISOString();
    const common = {
      onGap: this.#schedule.failsOnGap ? 'fail' : 'warn', formats: 'jsonl',
      ...(this.#schedule.purgeDays !== undefined && { retainDays: '0' }), ...(this.#isOwnPublish() && { publishArtifact: 'false' }),
    };
    if (purpose === 'between') return { ...common, window: 'between', startTime: instant(now - 5 * DAY), endTime: instant(now - 3 * DAY) };
    if (purpose === 'otherBranch') return { ...common, continueFrom: instant(now - 6 * HOUR) };
    return common;
  }

  #isOwnPublish(): boolean {
    const { from, until } = this.#schedule.ownPublish;
    return this.#time.nowMs >= from && this.#time.nowMs < until;
  }

  async #upload(handle: RunHandle, step: SimulatedStep, fate: Fate): Promise<void> {
    const uploading: Uploading = { artifact: fate !== 'artifactLost' && fate !== 'canceledInUpload', attachments: fate !== 'attachmentLost' };
    let hasFailed = step.failure !== undefined || fate === 'failsAfterUpload' || !uploading.artifact;
    for (const event of step.agent.events) {
      if (event.kind === 'attachment' && uploading.attachments) handle.attach(event.type, event.name, await readFile(event.file));
      if (event.kind === 'artifact' && uploading.artifact) await handle.publishArtifact(event.name, event.directory);
    }
    if (this.#isOwnPublish() && uploading.artifact) hasFailed = !await this.#publishOneself(handle, step) || hasFailed;
    step.clean();
    handle.complete(fate.startsWith('canceled') ? 'canceled' : hasFailed ? 'failed' : 'succeeded');
    if (hasFailed) this.#tally.failedRuns += 1;
  }

  /** The user's own step behind the task's, with condition: succeededOrFailed(). */
  async #publishOneself(handle: RunHandle, { agent }: SimulatedStep): Promise<boolean> {
    const directory = agent.input('outputDirectory') ?? '';
    if (!existsSync(directory) || readdirSync(directory).length === 0) return true;
    if (this.#random.chance(0.2)) return false;
    try {
      await handle.publishArtifact(ARTIFACT, directory, 'PipelineArtifact');
      return true;
    } catch {
      // An earlier attempt has published it, and pipeline artifacts cannot be replaced.
      return false;
    }
  }

  async #delete(what: 'deleteRun' | 'deleteArtifact', at: number): Promise<void> {
    const { pipelines } = this.#sandbox;
    // Of a run much older than what the service keeps, nobody can know any more but who verifies the copies: docs/evidence.md.
    const runs = this.#chainRuns().filter(({ queueTime }) => queueTime <= at && queueTime > this.#time.nowMs - 95 * DAY);
    const run = runs.at(-1);
    if (run === undefined) return;
    this.#tally.deleted += 1;
    this.#onRun(`${this.#now()} ${what} ${String(run.id)} of ${new Date(run.queueTime).toISOString()}`);
    await (what === 'deleteRun' ? pipelines.deleteRun(run.id) : pipelines.deleteArtifact(run.id, ARTIFACT));
  }

  /** As the project's retention does: the last three runs stay however old they are. */
  async #purge(): Promise<void> {
    const { purgeDays } = this.#schedule;
    if (purgeDays === undefined) return;
    for (const { id, queueTime } of this.#chainRuns().slice(0, -3)) {
      if (queueTime < this.#time.nowMs - purgeDays * DAY) await this.#sandbox.pipelines.deleteRun(id);
    }
  }

  /** Completed runs of the branch with an artifact, oldest first. */
  #chainRuns(): RunRecord[] {
    return [...this.#sandbox.pipelines.all()]
      .filter(({ branch, artifacts, finishTime }) => branch === MAIN && finishTime !== undefined && artifacts.length > 0)
      .sort((left, right) => left.id - right.id);
  }

  #note(handle: RunHandle, fate: Fate, code: string, step?: SimulatedStep): void {
    this.#tally.runs += 1;
    this.#codes[code === '' ? 'succeeded' : code] = (this.#codes[code === '' ? 'succeeded' : code] ?? 0) + 1;
    const window = step?.agent.lines().filter((line) => /^Window:|exported again|does not count|are lost|gone with|no artifact/.test(line)).join(' | ');
    this.#onRun(`${this.#now()} run ${String(handle.id)}.${String(handle.attempt)} ${fate} ${code} ${window ?? ''}`);
  }

  #now(): string {
    return new Date(this.#time.nowMs).toISOString().slice(0, 19);
  }
}

const REPEATED: FaultRule = { match: { ...FAULT_TARGETS.auditLog, every: 2 }, fault: { kind: 'repeatedEntries' } };

/** What the services do to a run of this fate; what agents do, and uploads, is elsewhere. */
function faultsOf(fate: Fate, random: SeededRandom): FaultRule[] {
  const from = 1 + random.below(3);
  switch (fate) {
    case 'tokenRefused': return [{ match: FAULT_TARGETS.token, fault: { kind: 'status', status: 401, body: '{"error":"invalid_client","error_description":"AADSTS700027: refused"}', contentType: 'application/json' } }];
    case 'forbidden': return [{ match: { ...FAULT_TARGETS.auditLog, from }, fault: { kind: 'status', status: 403 } }];
    case 'throttled': return [{ match: { ...FAULT_TARGETS.auditLog, from }, fault: { kind: 'status', status: 429, retryAfter: { seconds: 240 } } }];
    case 'networkCut': return [{ match: { ...FAULT_TARGETS.auditLog, from }, fault: { kind: 'resetInBody' } }];
    default: return [];
  }
}

