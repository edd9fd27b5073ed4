import * as v from 'valibot';
import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';
import type { Http, HttpResponse } from '../http/http';
import type { JobContext } from '../identity/jobContext';
import { startDeadline } from '../time/deadline';
import { DAY_MS } from '../window/duration';
import { formatDate } from '../window/instant';

export interface LifetimeRequest {
  readonly http: Pick<Http, 'send'>;
  readonly job: JobContext;
  /** ms since 1970. */
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

export interface KeepRequest extends LifetimeRequest {
  /** Build.BuildId and System.DefinitionId. */
  readonly runId: string;
  readonly definitionId: string;
  /** Whole days, at least one. */
  readonly days: number;
}

/** How long a run is kept: until an instant in seconds since 1970 UTC, or not as was asked; then in sentences why, and what to do. */
export type RunRetention =
  | { readonly kind: 'leased'; readonly until: number }
  | { readonly kind: 'refused'; readonly problem: string; readonly advice: readonly string[] };

/** When the project's settings let a run or its artifacts be deleted: days after it, and the earliest instant in seconds since 1970 UTC. */
export interface Lifetime {
  readonly days: number;
  readonly until: number;
}

const lease = v.looseObject({ runId: v.number(), ownerId: v.string(), validUntil: v.pipe(v.string(), v.check((text) => Number.isFinite(Date.parse(text)))) });
const leases = v.looseObject({ value: v.array(lease) });
const setting = v.looseObject({ value: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(36_500)) });
const retentionSettings = v.looseObject({ purgeRuns: setting, purgeArtifacts: setting });

/** A lease is not worth holding up an export for longer than this, ms. */
const LONGEST_MS = 60_000;

/**
 * Places a retention lease on the run of this job, unless an earlier attempt has: artifacts vanish with their run.
 * REST "Leases - Add" and "Get Retention Leases By Owner Id" (learn.microsoft.com/rest/api/azure/devops/build/leases).
 * What goes wrong is told, never thrown; only the reason of the signal is.
 */
export async function keepRun(request: KeepRequest): Promise<RunRetention> {
  const limit = startDeadline(LONGEST_MS, request.signal, tooSlow);
  const limited = { ...request, signal: limit.signal };
  try {
    const until = await existingLease(limited) ?? await placeLease(limited);
    return { kind: 'leased', until };
  } catch (thrown) {
    request.signal.throwIfAborted();
    if (!(thrown instanceof TaskError)) throw thrown;
    const lifetime = await lifetimeOfRun(request);
    return { kind: 'refused', problem: `This run is not kept for ${request.days} days. ${thrown.message}${effectOf(lifetime)}`, advice: thrown.advice };
  } finally {
    limit.stop();
  }
}

/**
 * When this run or its artifact is deleted at the earliest without a lease; undefined when that cannot be seen.
 * REST "Retention - Get" (learn.microsoft.com/rest/api/azure/devops/build/retention/get). Throws only the reason of the signal.
 */
export async function lifetimeOfRun({ http, job, nowMs, signal }: LifetimeRequest): Promise<Lifetime | undefined> {
  const limit = startDeadline(LONGEST_MS, signal, tooSlow);
  try {
    const response = await http.send({ method: 'GET', url: addressOf(job, '_apis/build/retention'), credential: job.credential, maximumBytes: 1024 * 1024, signal: limit.signal });
    const settings = readJson(retentionSettings, response);
    if (!settings) return undefined;
    const days = Math.min(settings.purgeRuns.value, settings.purgeArtifacts.value);
    return { days, until: Math.floor((nowMs + days * DAY_MS) / 1000) };
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof TaskError) return undefined;
    throw thrown;
  } finally {
    limit.stop();
  }
}

function tooSlow(): TaskError {
  return new TaskError('SERVICE_FAILING', 'Azure Pipelines did not answer within a minute.', { advice: [BY_HAND] });
}

function effectOf(lifetime: Lifetime | undefined): string {
  return lifetime
    ? ` It may be deleted with this export after ${lifetime.days} days, from ${formatDate(lifetime.until)} on.`
    : ' It is deleted with this export when the project\'s retention settings say so (Project settings > Pipelines > Settings).';
}

function ownerOf({ definitionId, runId }: KeepRequest): string {
  return `AuditLogExport:${definitionId}:${runId}`;
}

/** Until when the run is leased to us already; undefined also when that cannot be seen: placing a lease will then tell why. */
async function existingLease(request: KeepRequest): Promise<number | undefined> {
  const { http, job, signal, runId, definitionId } = request;
  const url = addressOf(job, '_apis/build/retention/leases', { ownerId: ownerOf(request), definitionId, runId });
  return untilOf(await http.send({ method: 'GET', url, credential: job.credential, maximumBytes: 4 * 1024 * 1024, signal }), request);
}

async function placeLease(request: KeepRequest): Promise<number> {
  const { http, job, signal, days } = request;
  const [runId, definitionId] = [Number(request.runId), Number(request.definitionId)];
  if (!isId(runId) || !isId(definitionId)) throw new TaskError('RUN_NOT_RETAINED', 'It is no run of a pipeline (Build.BuildId), and only those can be retained.', { advice: ['Run the task in a pipeline, or keep the export elsewhere and set retainDays: 0.'] });
  const response = await http.send({
    method: 'POST', url: addressOf(job, '_apis/build/retention/leases'), credential: job.credential, maximumBytes: 1024 * 1024, signal,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ definitionId, runId, ownerId: ownerOf(request), daysValid: days, protectPipeline: false }]),
  });
  const until = untilOf(response, request);
  if (until === undefined) throw refusal(response, job);
  return until;
}

/** The end of the longest lease of ours in an answer, in seconds since 1970 UTC, if it is still to come. */
function untilOf(response: HttpResponse, request: KeepRequest): number | undefined {
  const ours = readJson(leases, response)?.value.filter(({ runId, ownerId }) => String(runId) === request.runId && ownerId === ownerOf(request)) ?? [];
  const until = Math.max(...ours.map(({ validUntil }) => Math.floor(Date.parse(validUntil) / 1000)));
  return until * 1000 > request.nowMs ? until : undefined;
}

/** Permissions of the namespace "Build" that the service may name (learn.microsoft.com/azure/devops/organizations/security/namespace-reference). */
const PERMISSIONS = ['Retain indefinitely', 'Update build information', 'View builds'] as const;

function refusal({ status, activityId, body }: HttpResponse, job: JobContext): TaskError {
  const more = { status, activityId };
  if (status === 401 || status === 403) {
    const text = body.toString('utf8', 0, 16_384).toLowerCase();
    const permission = PERMISSIONS.find((name) => text.includes(name.toLowerCase())) ?? PERMISSIONS[0];
    return new TaskError('RUN_NOT_RETAINED', `The job may not place a retention lease: it lacks the permission "${permission}".`, {
      ...more,
      advice: [`Give the build service of the project the permission "${permission}": Pipelines > this pipeline > ... > Manage security > "${disarm(job.projectName, 80)} Build Service" > ${permission}: Allow.`, OFF],
    });
  }
  return new TaskError('RUN_NOT_RETAINED', `Azure Pipelines could not place a retention lease (HTTP ${status}).`, {
    ...more,
    advice: [BY_HAND, OFF],
  });
}

const BY_HAND = 'Retain the run by hand: on the page of the run, ... > Retain.';
const OFF = 'Or keep the export elsewhere, and leave the run to the project\'s retention settings: retainDays: 0.';

function addressOf(job: JobContext, path: string, query: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(`${encodeURIComponent(job.projectId)}/${path}`, job.collectionUrl);
  url.search = new URLSearchParams({ ...query, 'api-version': '7.1' }).toString();
  return url;
}

function isId(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function readJson<Schema extends v.GenericSchema>(schema: Schema, response: HttpResponse): v.InferOutput<Schema> | undefined {
  if (response.status !== 200 && response.status !== 201) return undefined;
  try {
    const result = v.safeParse(schema, JSON.parse(response.body.toString('utf8').replace(/^\ufeff/, '')));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
