import * as v from 'valibot';
import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';
import type { Http, HttpResponse } from '../http/http';
import type { JobContext } from '../identity/jobContext';
import { LARGEST_MANIFEST, manifestSha256, readManifest } from './manifestText';
import type { Manifest } from './manifest';

/** The type under which manifests are attached to their runs. */
export const MANIFEST_ATTACHMENT = 'AuditLogExport.Manifest';

/** What an attachment is called: the organization, so that others need not be read, and the export folder. */
export function attachmentName(folder: string): string {
  return folder.replace('/', '.');
}

/** A run of a pipeline, as the list of runs shows it. */
export interface ListedRun {
  readonly id: string;
  /** ms since 1970; 0 when the service did not say. */
  readonly queuedMs: number;
}

/** A manifest that is attached to a run; `problem` says why it cannot be used. */
export type AttachedManifest =
  | { readonly manifest: Manifest; readonly sha256: string }
  | { readonly problem: string };

/** An artifact of a run. */
export interface RunArtifact {
  readonly name: string;
  /** `Container`, `PipelineArtifact`, … */
  readonly type: string;
  /** Of a *Container*, its number. */
  readonly containerId: string | undefined;
}

const listedRuns = v.looseObject({ value: v.array(v.looseObject({ id: v.pipe(v.number(), v.safeInteger()), queueTime: v.optional(v.string()) })) });
const attachments = v.looseObject({ value: v.array(v.looseObject({ name: v.string(), _links: v.looseObject({ self: v.looseObject({ href: v.string() }) }) })) });
const artifact = v.looseObject({ name: v.string(), resource: v.looseObject({ type: v.optional(v.string()), data: v.optional(v.nullable(v.string())) }) });
const containerItems = v.looseObject({ value: v.array(v.looseObject({ path: v.string(), itemType: v.optional(v.unknown()) })) });

/** Runs that are asked for at a time, which for a daily pipeline is all that its chain looks after, and the most pages of them. */
const RUNS_A_PAGE = 200;
const MOST_PAGES = 50;
/** Manifests of one run that are read at most: a run can hold exports of several organizations, and several attempts. */
const MOST_MANIFESTS = 20;

export interface PreviousRunsParts {
  readonly http: Pick<Http, 'send'>;
  readonly job: JobContext;
  /** The organization whose manifests are of interest. */
  readonly organization: string;
  /** The run that asks: a list of its pipeline that lacks it does not show what the job may not see. */
  readonly ownRun?: { readonly id: string; readonly pipelineId: string };
  readonly signal: AbortSignal;
}

/**
 * The earlier runs of a pipeline and what they left behind, read with the job's own token (REST "Build", api-version 7.1:
 * learn.microsoft.com/rest/api/azure/devops/build). What is gone is an answer; what may not be seen is an error, because
 * taking it for gone would begin the export anew.
 */
export class PreviousRuns {
  readonly #parts: PreviousRunsParts;

  constructor(parts: PreviousRunsParts) {
    this.#parts = parts;
  }

  /**
   * The runs of a pipeline, the last queued first; those in progress too.
   * @param branch its full name; undefined for every branch
   * @throws TaskError PREVIOUS_EXPORTS_REFUSED, PREVIOUS_EXPORTS_UNREADABLE, and what {@link Http.send} throws
   */
  async* list(pipelineId: string, branch: string | undefined): AsyncGenerator<ListedRun, void, undefined> {
    const { ownRun } = this.#parts;
    let isOwnListed = ownRun?.pipelineId !== pipelineId;
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const query = new URLSearchParams({ definitions: pipelineId, ...(branch !== undefined && { branchName: branch }), queryOrder: 'queueTimeDescending', $top: String(RUNS_A_PAGE) });
      if (token !== undefined) query.set('continuationToken', token);
      const response = await this.#get(`_apis/build/builds?${query.toString()}`);
      const { value } = this.#read(listedRuns, response);
      isOwnListed ||= value.some(({ id }) => String(id) === ownRun?.id);
      for (const { id, queueTime } of value) yield { id: String(id), queuedMs: Date.parse(queueTime ?? '') || 0 };
      token = response.header('x-ms-continuationtoken');
      if (token !== undefined && token !== '' && value.length > 0) continue;
      if (!isOwnListed) throw this.#refused(response);
      return;
    }
  }

  /** The manifests of the organization's exports that are attached to a run; none when the run is gone. */
  async manifests(runId: string): Promise<readonly AttachedManifest[]> {
    const response = await this.#get(`_apis/build/builds/${runId}/attachments/${MANIFEST_ATTACHMENT}`);
    if (response.status !== 200) return [];
    const prefix = `${this.#parts.organization.toLowerCase()}.`;
    const found = this.#read(attachments, response).value
      .filter(({ name }) => name.toLowerCase().startsWith(prefix))
      .sort((left, right) => (left.name < right.name ? 1 : -1))
      .slice(0, MOST_MANIFESTS);
    return Promise.all(found.map(({ name, _links }) => this.#manifest(runId, name, _links.self.href)));
  }

  /** An artifact of a run by its name; undefined when the run or the artifact is gone. */
  async artifact(runId: string, name: string): Promise<RunArtifact | undefined> {
    const response = await this.#get(`_apis/build/builds/${runId}/artifacts?artifactName=${encodeURIComponent(name)}`);
    if (response.status !== 200 || jsonOf(response) === null) return undefined;
    const { resource } = this.#read(artifact, response);
    return { name, type: resource.type ?? '', containerId: /^#\/(\d{1,18})\//.exec(resource.data ?? '')?.[1] };
  }

  /**
   * Whether an artifact holds a file. Only the undocumented listing of containers can tell (microsoft/azure-pipelines-agent:
   * FileContainerServer.cs); `unknown` for other types of artifact, and where the service answers otherwise.
   * @param path inside the artifact, with `/`
   */
  async holds(where: RunArtifact, path: string): Promise<'yes' | 'no' | 'unknown'> {
    const { containerId, name } = where;
    if (containerId === undefined) return 'unknown';
    const query = new URLSearchParams({ itemPath: `${name}/${path}`, scope: this.#parts.job.projectId, includeDownloadTickets: 'false', 'api-version': '7.1-preview' });
    const response = await this.#send(new URL(`_apis/resources/Containers/${containerId}?${query.toString()}`, this.#parts.job.collectionUrl));
    if (response.status !== 200) return 'unknown';
    const items = v.safeParse(containerItems, jsonOf(response));
    if (!items.success) return 'unknown';
    return items.output.value.some((item) => item.path.toLowerCase() === `${name}/${path}`.toLowerCase()) ? 'yes' : 'no';
  }

  async #manifest(runId: string, name: string, href: string): Promise<AttachedManifest> {
    // The address comes from the network: only the ids in it are taken over, into an address of our own.
    const [, timeline, record] = /\/_apis\/build\/builds\/\d+\/([0-9a-f-]{36})\/([0-9a-f-]{36})\/attachments\//i.exec(href) ?? [];
    if (timeline === undefined || record === undefined) return { problem: 'its address is not one of a run\'s attachment' };
    const path = `_apis/build/builds/${runId}/${timeline}/${record}/attachments/${MANIFEST_ATTACHMENT}/${encodeURIComponent(name)}`;
    const response = await this.#get(path, LARGEST_MANIFEST);
    if (response.status !== 200) return { problem: 'it is gone' };
    const { manifest, problem } = readManifest(response.body);
    return manifest === undefined ? { problem } : { manifest, sha256: manifestSha256(response.body) };
  }

  /** A GET in the project of the job: 200, or for what is gone 204 or 404. */
  async #get(path: string, maximumBytes?: number): Promise<HttpResponse> {
    const { job } = this.#parts;
    const url = new URL(`${encodeURIComponent(job.projectId)}/${path}`, job.collectionUrl);
    url.searchParams.set('api-version', '7.1');
    const response = await this.#send(url, maximumBytes);
    const isList = !/\/builds\/\d+\//.test(url.pathname);
    if (response.status === 200 || ((response.status === 404 || response.status === 204) && !isList)) return response;
    throw response.status === 429 || response.status >= 500 ? unreadable(response) : this.#refused(response);
  }

  #send(url: URL, maximumBytes = 32 * 1024 * 1024): Promise<HttpResponse> {
    const { http, job, signal } = this.#parts;
    return http.send({ method: 'GET', url, credential: job.credential, maximumBytes, signal });
  }

  #read<Schema extends v.GenericSchema>(schema: Schema, response: HttpResponse): v.InferOutput<Schema> {
    const result = v.safeParse(schema, jsonOf(response));
    if (!result.success) throw unreadable(response);
    return result.output;
  }

  #refused({ status, activityId }: HttpResponse): TaskError {
    const project = disarm(this.#parts.job.projectName, 80);
    return new TaskError('PREVIOUS_EXPORTS_REFUSED', `The job may not see the earlier runs of this pipeline (HTTP ${status}), so it cannot know where the last export ended; nothing is exported.`, {
      activityId, status,
      advice: [
        `Give the build service of the project the permission "View builds": Pipelines > this pipeline > ... > Manage security > "${project} Build Service" > View builds: Allow.`,
        'Or export a window of its own, which follows no other: window: last, previous or between.',
      ],
    });
  }
}

function jsonOf(response: HttpResponse): unknown {
  try {
    return JSON.parse(response.body.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

function unreadable({ status, activityId }: HttpResponse): TaskError {
  return new TaskError('PREVIOUS_EXPORTS_UNREADABLE', `Azure DevOps could not say what the earlier runs of this pipeline exported (HTTP ${status}); nothing is exported, because the export would begin in the wrong place.`, {
    activityId, status,
    advice: ['Run the pipeline again. If it happens again, look at status.dev.azure.com, or export a window of its own: window: last, previous or between.'],
  });
}
