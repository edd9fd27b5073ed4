import {randomUUID} from 'node:crypto';
import type {JobContext} from '../jobContext';
import {ArtifactStore} from './artifactStore';
import {Leases, type Lease} from './leases';
import {RunHandle} from './runHandle';
import {jobOfRun} from './runJob';
import type {RunRecord, RunResult} from './runRecord';

/** How a run is to be started; what is left out is as in the job that every stand-in has. */
export interface RunOptions {
  readonly pipelineId?: number;
  /** A new name for a known id renames the pipeline. */
  readonly pipelineName?: string;
  readonly revision?: number;
  /** Full name, for example `refs/heads/main`. */
  readonly branch?: string;
  /** As `Build.Reason` names it: `Schedule`, `Manual`, `IndividualCI`, `PullRequest` … */
  readonly reason?: string;
  readonly commit?: string;
  /** Instead of a new run: the next attempt of this one. All other options are ignored then. */
  readonly attemptOf?: number;
}

/** A run as a list shows it. */
export interface ListedRun {
  readonly id: number;
  readonly pipelineId: number;
  readonly attempt: number;
  /** Undefined while it is running. */
  readonly result: RunResult | undefined;
  readonly artifacts: readonly string[];
  readonly leases: readonly Lease[];
}

export interface PipelinesOptions {
  /** The job that is there without being started. Its run is listed once it has done something. */
  readonly job: JobContext;
  readonly clock: () => number;
  /** Folder for the artifacts' files. */
  readonly folder: string;
}

/** The pipelines of the project with their runs, artifacts, attachments and leases. */
export class Pipelines {
  readonly artifacts: ArtifactStore;
  readonly leases = new Leases();
  private readonly records = new Map<number, RunRecord>();
  private readonly names = new Map<number, string>();
  private readonly first: RunRecord;
  private lastId: number;
  private lastContainer: number;

  constructor(private readonly options: PipelinesOptions) {
    this.artifacts = new ArtifactStore(options.folder);
    this.first = this.recordOfJob(options.job);
    this.names.set(this.first.pipelineId, options.job.variables['System.DefinitionName'] ?? '');
    this.lastId = this.first.id;
    this.lastContainer = this.first.containerId;
  }

  /** Queues a run, and starts it at once. @throws Error when there is no run `attemptOf`, or it is still running */
  startRun(options: RunOptions = {}): RunHandle {
    if (options.attemptOf !== undefined) return this.startAttempt(this.record(options.attemptOf));
    const {first} = this;
    const pipelineId = options.pipelineId ?? first.pipelineId;
    this.names.set(pipelineId, options.pipelineName ?? this.nameOf(pipelineId));
    const now = this.options.clock();
    const run: RunRecord = {
      id: (this.lastId += 1), pipelineId, revision: options.revision ?? first.revision, buildNumber: this.nextBuildNumber(pipelineId, now),
      branch: options.branch ?? first.branch, commit: options.commit ?? first.commit, reason: options.reason ?? first.reason,
      containerId: (this.lastContainer += 1), planId: randomUUID(), attempts: [newAttempt()], queueTime: now,
      finishTime: undefined, result: undefined, artifacts: [], attachments: [],
    };
    this.records.set(run.id, run);
    return new RunHandle(this, run, jobOfRun(this.options.job, run, this.nameOf(pipelineId)));
  }

  /** The latest attempt of a run that was started, or of the job's own. @throws Error when there is no such run */
  run(id: number): RunHandle {
    if (id === this.first.id && !this.records.has(id)) this.begin(this.first);
    const run = this.record(id);
    const job = run === this.first && run.attempts.length === 1 ? this.options.job : jobOfRun(this.options.job, run, this.nameOf(run.pipelineId));
    return new RunHandle(this, run, job);
  }

  /** All runs that exist, oldest first. */
  get runs(): readonly ListedRun[] {
    return [...this.records.values()].sort((left, right) => left.id - right.id).map(({id, pipelineId, attempts, result, artifacts}) => (
      {id, pipelineId, attempt: attempts.length, result, artifacts: artifacts.map(({name}) => name), leases: this.leases.ofRun(id)}
    ));
  }

  /** The service's own records, in no order. */
  all(): Iterable<RunRecord> {
    // Whoever asks runs in it, unless another run was started.
    if (this.records.size === 0) this.begin(this.first);
    return this.records.values();
  }

  find(id: number): RunRecord | undefined {
    return this.records.get(id);
  }

  /** The run to which a job belongs, by the ids in its addresses; the job's own run begins with it. */
  runOfJob(planId: string, jobId: string): RunRecord | undefined {
    const matches = (run: RunRecord): boolean => run.planId === planId.toLowerCase() && run.attempts.some((attempt) => attempt.jobId === jobId.toLowerCase());
    if (matches(this.first)) this.begin(this.first);
    return [...this.records.values()].find(matches);
  }

  /** The present name of a pipeline. */
  nameOf(pipelineId: number): string {
    return this.names.get(pipelineId) ?? `pipeline-${String(pipelineId)}`;
  }

  now(): number {
    return this.options.clock();
  }

  /** Deletes a run with all it has, leases included, as an administrator may. */
  async deleteRun(id: number): Promise<void> {
    const run = this.record(id);
    this.records.delete(id);
    this.leases.removeRun(id);
    await this.artifacts.removeRun(run);
  }

  /** Deletes the completed runs that are older than the retention period and that no lease holds any more. Resolves to their ids. */
  async purge(days = 30): Promise<number[]> {
    const now = this.now();
    const old = [...this.records.values()].filter(({id, finishTime}) => finishTime !== undefined && finishTime < now - days * 86_400_000 && !this.leases.ofRun(id).some(({validUntil}) => validUntil > now));
    for (const {id} of old) await this.deleteRun(id);
    return old.map(({id}) => id);
  }

  /** @throws Error when there is no such run, or no such artifact */
  async deleteArtifact(id: number, name: string): Promise<void> {
    await this.artifacts.remove(this.record(id), name);
  }

  deleteAttachments(id: number): void {
    this.record(id).attachments.length = 0;
  }

  /** Folder with an artifact's files. Who changes them changes the artifact. @throws Error when there is no such run, or no such artifact */
  artifactFolder(id: number, name: string): string {
    const found = this.record(id).artifacts.find((artifact) => artifact.name === name);
    if (found === undefined) throw new Error(`Run ${String(id)} has no artifact "${name}".`);
    return found.folder;
  }

  private startAttempt(run: RunRecord): RunHandle {
    if (run.finishTime === undefined) throw new Error(`Run ${String(run.id)} is still running.`);
    run.attempts.push(newAttempt());
    run.finishTime = undefined;
    run.result = undefined;
    return new RunHandle(this, run, jobOfRun(this.options.job, run, this.nameOf(run.pipelineId)));
  }

  private begin(run: RunRecord): void {
    if (this.records.has(run.id)) return;
    run.queueTime = this.options.clock();
    this.records.set(run.id, run);
  }

  private record(id: number): RunRecord {
    const run = this.records.get(id);
    if (run === undefined) throw new Error(`There is no run ${String(id)}.`);
    return run;
  }

  private nextBuildNumber(pipelineId: number, now: number): string {
    const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
    const sameDay = [...this.records.values()].filter((run) => run.pipelineId === pipelineId && run.buildNumber.startsWith(`${day}.`));
    return `${day}.${String(1 + Math.max(0, ...sameDay.map(({buildNumber}) => Number(buildNumber.slice(9)))))}`;
  }

  private recordOfJob({variables}: JobContext): RunRecord {
    const text = (name: string): string => variables[name] ?? '';
    return {
      id: Number(text('Build.BuildId')), pipelineId: Number(text('System.DefinitionId')), revision: Number(text('Build.DefinitionVersion')),
      buildNumber: text('Build.BuildNumber'), branch: text('Build.SourceBranch'), commit: text('Build.SourceVersion'), reason: text('Build.Reason'),
      containerId: Number(text('Build.ContainerId')), planId: text('System.PlanId'), attempts: [{...newAttempt(), jobId: text('System.JobId')}],
      queueTime: this.options.clock(), finishTime: undefined, result: undefined, artifacts: [], attachments: [],
    };
  }
}

function newAttempt(): RunRecord['attempts'][number] {
  return {jobId: randomUUID(), recordId: randomUUID()};
}
