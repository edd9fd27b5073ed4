import type {Caller} from '../entra/gate';
import {jsonReply, textReply, type Reply, type ServiceRequest} from '../network/exchange';
import {refusal} from '../network/signIn';
import type {AccessSettings} from '../security/accessSettings';
import type {Switches} from '../switches';
import {filesOf} from './artifactStore';
import {artifactZip} from './artifactZip';
import {answerContainer} from './container';
import type {Lease} from './leases';
import type {Pipelines} from './pipelines';
import {Retention} from './retention';
import {describeArtifact, describeAttachment, describeRun, readPipelineArtifactPath, type Place} from './runDescription';
import {BadRunQueryError, queryRuns} from './runQuery';
import type {RunRecord, StoredArtifact} from './runRecord';

/** What the Build API needs. */
export interface BuildOptions {
  readonly pipelines: Pipelines;
  readonly place: Place;
  readonly access: AccessSettings;
  readonly switches: Readonly<Switches>;
  /** Is told of each retention lease that is placed. */
  readonly onLease: (lease: Lease) => void;
}

type Admitted = Exclude<Caller, {kind: 'refused'}>;

/** The Build API as far as a job calls it: runs, artifacts, attachments, retention, and the file containers behind artifacts. */
export class BuildService {
  private readonly retention: Retention;

  constructor(private readonly options: BuildOptions) {
    this.retention = new Retention(options.pipelines, options.onLease);
  }

  /**
   * @param path the path behind the organization's name
   * @returns undefined when the path belongs to another service
   */
  async answer(request: ServiceRequest, path: string, caller: Admitted): Promise<Reply | undefined> {
    const container = /^(?:\/[^/]+)?\/_apis\/resources\/Containers\/(\d+)$/i.exec(path)?.[1];
    if (container !== undefined) return this.container(request, Number(container), caller);
    const [, project, resource, rest = ''] = /^\/([^/]+)\/_apis\/build\/(builds|retention)(\/.*)?$/i.exec(path) ?? [];
    if (project === undefined || resource === undefined) return undefined;
    if (!this.isProject(decodeURIComponent(project))) return refusal(404, `TF200016: The following project does not exist: ${decodeURIComponent(project)}.`, 'ProjectDoesNotExistWithNameException');
    const problem = versionProblem(request);
    if (problem !== undefined) return problem;
    return resource.toLowerCase() === 'builds' ? this.builds(request, rest, caller) : this.answerRetention(request, rest, caller);
  }

  /** The host of pipeline artifacts. */
  async answerPipelineArtifact(request: ServiceRequest, caller: Admitted): Promise<Reply> {
    const asked = readPipelineArtifactPath(request.url.pathname);
    const artifact = asked && this.options.pipelines.find(asked.runId)?.artifacts.find(({name, type}) => name === asked.name && type === 'PipelineArtifact');
    if (!this.maySee(caller) || asked === undefined || artifact === undefined) return refusal(404, 'The artifact could not be found.', 'ArtifactNotFoundException');
    return this.zip(artifact, request.now);
  }

  private async builds(request: ServiceRequest, rest: string, caller: Admitted): Promise<Reply> {
    if (!this.maySee(caller)) return rest === '' && this.options.switches.hiddenRuns === 'empty' ? jsonReply(200, {count: 0, value: []}) : hiddenRuns();
    if (request.method !== 'GET') return refusal(405, 'The requested resource does not support this http method.', 'VssServiceException', {allow: 'GET'});
    if (rest === '') return this.list(request);
    const [, id = '', what = ''] = /^\/(\d+)(\/.*)?$/.exec(rest) ?? [];
    const run = this.options.pipelines.find(Number(id));
    if (id === '' || run === undefined) return refusal(404, `The requested build ${id} could not be found.`, 'BuildNotFoundException');
    if (what === '') return jsonReply(200, describeRun(this.options.place, run, this.options.pipelines.nameOf(run.pipelineId)));
    if (/^\/artifacts$/i.test(what)) return this.artifacts(request, run);
    return this.attachments(run, what) ?? textReply(404, 'text/plain', 'The resource cannot be found.');
  }

  private list(request: ServiceRequest): Reply {
    const {pipelines, place, switches} = this.options;
    try {
      const {runs, continuationToken} = queryRuns(pipelines.all(), request.url.searchParams, switches.runPageCap);
      const value = runs.map((run) => describeRun(place, run, pipelines.nameOf(run.pipelineId)));
      return jsonReply(200, {count: value.length, value}, continuationToken === undefined ? {} : {'x-ms-continuationtoken': continuationToken});
    } catch (error) {
      if (error instanceof BadRunQueryError) return refusal(400, error.message, 'VssPropertyValidationException');
      throw error;
    }
  }

  private async artifacts(request: ServiceRequest, run: RunRecord): Promise<Reply> {
    const wanted = request.url.searchParams.get('artifactName');
    if (wanted === null) {
      const value = await Promise.all(run.artifacts.map((artifact) => this.describe(run, artifact)));
      return jsonReply(200, {count: value.length, value});
    }
    const artifact = run.artifacts.find(({name}) => name.toLowerCase() === wanted.toLowerCase());
    if (artifact === undefined) return refusal(404, `The artifact ${wanted} was not found for build ${String(run.id)}.`, 'ArtifactNotFoundException');
    const wantsZip = request.url.searchParams.get('$format')?.toLowerCase() === 'zip' || /application\/zip/i.test(request.headers['accept'] ?? '');
    if (!wantsZip) return jsonReply(200, await this.describe(run, artifact));
    return this.zip(artifact, run.queueTime);
  }

  private async describe(run: RunRecord, artifact: StoredArtifact): Promise<object> {
    const bytes = (await filesOf(artifact)).reduce((sum, file) => sum + file.bytes, 0);
    return describeArtifact(this.options.place, run, artifact, bytes);
  }

  private async zip(artifact: StoredArtifact, time: number): Promise<Reply> {
    const headers = {'content-type': 'application/zip', 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(artifact.name)}.zip`};
    return {status: 200, headers, body: await artifactZip(artifact, time, this.options.switches.zip64), chunked: true};
  }

  private attachments(run: RunRecord, what: string): Reply | undefined {
    const [type, name, timelineId, recordId] = attachmentPath(what);
    if (type === undefined) return undefined;
    if (name === undefined) {
      const value = run.attachments.filter((attachment) => attachment.type === type).map((attachment) => describeAttachment(this.options.place, run, attachment));
      return jsonReply(200, {count: value.length, value});
    }
    const found = run.attachments.find((attachment) => attachment.type === type && attachment.name === name && attachment.timelineId === timelineId && attachment.recordId === recordId);
    if (found === undefined) return refusal(404, `The attachment ${name} could not be found.`, 'AttachmentNotFoundException');
    return {status: 200, headers: {'content-type': 'application/octet-stream'}, body: found.content};
  }

  private answerRetention(request: ServiceRequest, rest: string, caller: Admitted): Reply {
    if (!this.maySee(caller)) return hiddenRuns();
    if (rest === '') return this.retention.settings();
    if (/^\/leases$/i.test(rest)) return this.retention.answer(request, this.options.access.job.mayRetainRuns);
    return textReply(404, 'text/plain', 'The resource cannot be found.');
  }

  private async container(request: ServiceRequest, id: number, caller: Admitted): Promise<Reply> {
    const {switches, pipelines, place} = this.options;
    if (switches.containerListing === 'notFound') return textReply(404, 'text/plain', 'The resource cannot be found.');
    if (switches.containerListing === 'refused' || !this.maySee(caller)) return refusal(403, `Access denied: the caller needs View permissions on the container ${String(id)}.`, 'ContainerAccessDeniedException');
    const problem = versionProblem(request, 'preview');
    if (problem !== undefined) return problem;
    const run = [...pipelines.all()].find(({containerId}) => containerId === id);
    if (run === undefined) return refusal(404, `The container ${String(id)} could not be found.`, 'ContainerNotFoundException');
    return answerContainer(request, run, place.project.id);
  }

  /** "View builds" is what the job's own identity has, unless an administrator took it away. */
  private maySee(caller: Admitted): boolean {
    return caller.kind === 'job' && this.options.access.job.mayReadRuns;
  }

  private isProject(name: string): boolean {
    const {project} = this.options.place;
    return [project.id, project.name].some((candidate) => candidate.toLowerCase() === name.toLowerCase());
  }
}

/** Type, and for a content also name, timeline and record. */
function attachmentPath(what: string): readonly (string | undefined)[] {
  const listed = /^\/attachments\/([^/]+)$/i.exec(what);
  if (listed) return [decodeURIComponent(listed[1] ?? '')];
  const content = /^\/([0-9a-f-]{36})\/([0-9a-f-]{36})\/attachments\/([^/]+)\/([^/]+)$/i.exec(what);
  return content ? [decodeURIComponent(content[3] ?? ''), decodeURIComponent(content[4] ?? ''), content[1]?.toLowerCase(), content[2]?.toLowerCase()] : [];
}

function hiddenRuns(): Reply {
  return refusal(403, 'TF215106: Access denied. The caller needs View builds permissions for the build pipeline to perform the action.', 'AccessDeniedException');
}

function versionProblem(request: ServiceRequest, demanded?: 'preview'): Reply | undefined {
  const version = request.url.searchParams.get('api-version') ?? /api-version=([^;,\s]+)/i.exec(request.headers['accept'] ?? '')?.[1] ?? '';
  if (version === '') return refusal(400, 'No api-version was supplied for the request.', 'VssVersionNotSpecifiedException');
  if (!/^([456]\.\d|7\.[0-2])(-preview(\.\d)?)?$/.test(version)) return refusal(400, `The requested REST API version of ${version} is out of range for this server.`, 'VssVersionOutOfRangeException');
  const isPreview = version.includes('-preview');
  if (isPreview || (demanded === undefined && !version.startsWith('7.2'))) return undefined;
  return refusal(400, `The requested version "${version}" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests.`, 'VssInvalidPreviewVersionException');
}
