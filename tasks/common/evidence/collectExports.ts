import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';
import type { Http } from '../http/http';
import type { JobContext } from '../identity/jobContext';
import { formatInstant } from '../window/instant';
import { DAY_MS } from '../window/duration';
import type { Manifest } from './manifest';
import { PreviousRuns, type AttachedManifest, type ListedRun } from './previousRuns';
import { unpackArtifact, type UnpackedArtifact } from './unpackArtifact';

/** Whose exports of which time are wanted. */
export interface WantedExports {
  readonly organization: string;
  /** Number of the pipeline, in the job's own project. */
  readonly pipelineId: string;
  /** Full name; undefined for every branch. */
  readonly branch: string | undefined;
  readonly artifactName: string;
  /** Half-open, seconds since 1970, UTC. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** A run whose export touches the time, and what became of its artifact. */
export interface CollectedRun {
  readonly run: string;
  readonly queuedAt: string;
  /** What its attached manifest says that it covers; null without one. */
  readonly covers: { readonly from: string; readonly until: string } | null;
  readonly result: 'collected' | 'artifact missing' | 'no export in the artifact';
  readonly files: number;
  readonly bytes: number;
  /** Files of the artifact that were left there, because no export of the organization has such. */
  readonly otherFiles: number;
}

export interface CollectParts {
  readonly http: Pick<Http, 'send' | 'download'>;
  readonly job: JobContext;
  readonly signal: AbortSignal;
  /** Folder that receives a folder for each run. */
  readonly target: string;
  /** Where the zips lie while they are unpacked. */
  readonly temporary: string;
  /** Called while runs are looked at, and for each that is collected. */
  readonly onRun: (seen: number, collected: CollectedRun | undefined) => void;
}

/** A run keeps the day on which it was queued, however much later it is run again; Azure DevOps lets it be for a month. */
const RUN_AGAIN_MS = 35 * DAY_MS;
/** The service has no older entries, so that no later run can reach further back. */
const REACH_MS = 91 * DAY_MS;
/** A run without manifest exports the time before it, so one of the next day can hold the period's end. */
const WITHOUT_MANIFEST_MS = DAY_MS;
/** Runs whose manifests are asked for at a time. */
const AT_A_TIME = 4;
/** The zip of one run, bytes. */
const LARGEST_ZIP = 16 * 1024 ** 3;

interface Candidate extends ListedRun {
  readonly manifests: readonly AttachedManifest[];
}

/**
 * Downloads the exports of a period from the runs of a pipeline, newest first, with the job's own token: of every run whose
 * manifest touches the period, and of runs without manifest that were queued in it. Each run gets a folder of its own, so
 * that none can replace what another one exported.
 * @throws TaskError PREVIOUS_EXPORTS_REFUSED, PREVIOUS_EXPORTS_UNREADABLE, ARTIFACT_NOT_DOWNLOADABLE, ARTIFACT_REFUSED,
 *   OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE, and what {@link Http.send} throws
 */
export async function collectExports(wanted: WantedExports, parts: CollectParts): Promise<readonly CollectedRun[]> {
  const runs = new PreviousRuns({ http: parts.http, job: parts.job, organization: wanted.organization, signal: parts.signal });
  const collected: CollectedRun[] = [];
  let seen = 0;
  try {
    for await (const candidate of candidates(runs, wanted)) {
      seen += 1;
      const run = isWanted(candidate, wanted) ? await collectRun(candidate, runs, wanted, parts) : undefined;
      if (run !== undefined) collected.push(run);
      parts.onRun(seen, run);
    }
  } catch (thrown) {
    throw inOwnWords(thrown, wanted);
  }
  return collected;
}

/** The runs that can hold something of the period, with their manifests. */
async function* candidates(runs: PreviousRuns, { pipelineId, branch, fromSeconds, toSeconds }: WantedExports): AsyncGenerator<Candidate, void, undefined> {
  let waiting: ListedRun[] = [];
  for await (const run of runs.list(pipelineId, branch)) {
    if (run.queuedMs >= toSeconds * 1000 + REACH_MS) continue;
    if (run.queuedMs !== 0 && run.queuedMs < fromSeconds * 1000 - RUN_AGAIN_MS) break;
    waiting.push(run);
    if (waiting.length < AT_A_TIME) continue;
    yield* await withManifests(runs, waiting);
    waiting = [];
  }
  yield* await withManifests(runs, waiting);
}

function withManifests(runs: PreviousRuns, listed: readonly ListedRun[]): Promise<Candidate[]> {
  return Promise.all(listed.map(async (run) => ({ ...run, manifests: await runs.manifests(run.id) })));
}

function isWanted({ manifests, queuedMs }: Candidate, { fromSeconds, toSeconds }: WantedExports): boolean {
  const spans = manifests.flatMap((attached) => ('manifest' in attached ? [spanOf(attached.manifest)] : []));
  if (spans.length > 0) return spans.some(({ readFrom, until }) => readFrom < formatInstant(toSeconds) && until > formatInstant(fromSeconds));
  return queuedMs >= fromSeconds * 1000 && queuedMs < toSeconds * 1000 + WITHOUT_MANIFEST_MS;
}

/** Only the last manifest of a backlog is attached; it names the whole time of its run. Late entries are older than what is covered. */
function spanOf({ chain, run, window }: Manifest): { readonly readFrom: string; readonly from: string; readonly until: string } {
  const own = chain === 'none' ? undefined : chain.runs.find((other) => other.run === run.id);
  const from = own !== undefined && own.from < window.covered.start ? own.from : window.covered.start;
  return { readFrom: from < window.overlapFrom ? from : window.overlapFrom, from, until: window.covered.end };
}

/** @returns undefined when the run has neither manifest nor artifact */
async function collectRun(candidate: Candidate, runs: PreviousRuns, wanted: WantedExports, parts: CollectParts): Promise<CollectedRun | undefined> {
  const { id, queuedMs } = candidate;
  const artifact = await runs.artifact(id, wanted.artifactName);
  const covers = coversOf(candidate);
  const described = { run: id, queuedAt: formatInstant(Math.floor(queuedMs / 1000)), covers };
  if (artifact !== undefined && artifact.type !== 'Container') throw notDownloadable(id, artifact.type, wanted);
  const unpacked = artifact === undefined ? undefined : await download(id, wanted, parts);
  if (unpacked === undefined) return covers === null ? undefined : { ...described, result: 'artifact missing', files: 0, bytes: 0, otherFiles: 0 };
  return { ...described, result: unpacked.files > 0 ? 'collected' : 'no export in the artifact', files: unpacked.files, bytes: unpacked.bytes, otherFiles: unpacked.otherFiles };
}

function coversOf({ manifests }: Candidate): CollectedRun['covers'] {
  const spans = manifests.flatMap((attached) => ('manifest' in attached ? [spanOf(attached.manifest)] : []));
  const from = spans.map((span) => span.from).sort()[0];
  const until = spans.map((span) => span.until).sort().at(-1);
  return from === undefined || until === undefined ? null : { from, until };
}

/** @returns undefined when the artifact is gone by now */
async function download(runId: string, wanted: WantedExports, { http, job, signal, target, temporary }: CollectParts): Promise<UnpackedArtifact | undefined> {
  // The address is our own: the one that the service names could lead the job's token elsewhere.
  const url = new URL(`${encodeURIComponent(job.projectId)}/_apis/build/builds/${encodeURIComponent(runId)}/artifacts`, job.collectionUrl);
  url.search = new URLSearchParams({ 'artifactName': wanted.artifactName, 'api-version': '7.1', '$format': 'zip' }).toString();
  const folder = await mkdtemp(path.join(temporary, 'audit-log-artifact-'));
  const file = path.join(folder, 'artifact.zip');
  try {
    const answer = await http.download({ url, credential: job.credential, maximumBytes: LARGEST_ZIP, signal }, file);
    if (answer.status === 404 || answer.status === 204) return undefined;
    if (answer.status !== 200) throw refusedDownload(runId, answer.status, answer.activityId, wanted);
    return await unpackArtifact(file, { artifactName: wanted.artifactName, organization: wanted.organization, target: path.join(target, runId), bytes: answer.bytes, signal });
  } catch (thrown) {
    throw thrown instanceof TaskError && thrown.code === 'ARTIFACT_REFUSED' ? ofRun(thrown, runId) : thrown;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function ofRun({ code, message, advice }: TaskError, runId: string): TaskError {
  return new TaskError(code, `Run ${runId}: ${message}`, { advice });
}

function notDownloadable(runId: string, type: string, { artifactName, pipelineId }: WantedExports): TaskError {
  return new TaskError('ARTIFACT_NOT_DOWNLOADABLE', `The artifact "${artifactName}" of run ${runId} is of the type ${disarm(type, 40) || 'unknown'}, which the job's token cannot download from its own host.`, {
    advice: [
      `Download the artifacts with the agent's own task in a step before this one, for each run: task: DownloadPipelineArtifact@2 with source: specific, project: $(System.TeamProjectId), pipeline: ${pipelineId}, runVersion: specific, runId, artifact: ${artifactName}, path: $(Pipeline.Workspace)/exports/RUN`,
      'Then verify that folder: folder: $(Pipeline.Workspace)/exports, and leave out pipeline. Exports that ExportAuditLog publishes by itself are of the type Container.',
    ],
  });
}

function refusedDownload(runId: string, status: number, activityId: string | undefined, { artifactName }: WantedExports): TaskError {
  const code = status === 429 || status >= 500 ? 'PREVIOUS_EXPORTS_UNREADABLE' : 'PREVIOUS_EXPORTS_REFUSED';
  return new TaskError(code, `The artifact "${artifactName}" of run ${runId} could not be downloaded (HTTP ${status}).`, { status, activityId });
}

/** The reading of earlier runs speaks to those who export. */
function inOwnWords(thrown: unknown, { pipelineId }: WantedExports): unknown {
  if (!(thrown instanceof TaskError)) return thrown;
  const { code, status, activityId } = thrown;
  const facts = { activityId, status };
  if (code === 'PREVIOUS_EXPORTS_REFUSED') {
    return new TaskError(code, `The job may not see the runs of the pipeline ${pipelineId} or their artifacts (HTTP ${status ?? 'unknown'}), so nothing could be collected.`, {
      ...facts, advice: [`Give the build service of the project the permission "View builds": Pipelines > pipeline ${pipelineId} > ... > Manage security > Build Service > View builds: Allow.`],
    });
  }
  if (code === 'PREVIOUS_EXPORTS_UNREADABLE') {
    return new TaskError(code, `Azure DevOps could not show the runs of the pipeline ${pipelineId} and their artifacts (HTTP ${status ?? 'unknown'}), so not everything could be collected.`, {
      ...facts, advice: ['Run the pipeline again. If it happens again, look at status.dev.azure.com.'],
    });
  }
  if (code === 'OUTPUT_DISK_FULL' || code === 'OUTPUT_NOT_WRITABLE') {
    return new TaskError(code, code === 'OUTPUT_DISK_FULL' ? 'There is no room left for the collected exports.' : 'The collected exports cannot be written.', {
      cause: thrown, advice: ['Free space on the disk of this agent, or name another folder in collectTo; or collect a shorter period.'],
    });
  }
  return thrown;
}
