import type {Project} from '../organization/directory';
import {timestampText} from '../organization/instant';
import type {RunRecord, StoredArtifact, StoredAttachment} from './runRecord';
import {statusOf} from './runQuery';

/** What stands around every description. */
export interface Place {
  /** `https://dev.azure.com/{organization}` */
  readonly organizationUrl: string;
  readonly organizationId: string;
  readonly project: Project;
  readonly repository: {readonly id: string; readonly name: string};
}

/** A time as Azure DevOps writes it. @param time ms since 1970 */
export function timeText(time: number): string {
  return timestampText(time, 0, 'Z');
}

/** A run: `Build` of the Build API. */
export function describeRun(place: Place, run: RunRecord, pipelineName: string): object {
  const {organizationUrl, project: {id: projectId, name}, repository} = place;
  const project = {id: projectId, name, url: `${organizationUrl}/_apis/projects/${projectId}`, state: 'wellFormed', revision: 117, visibility: 'private', lastUpdateTime: '2026-01-12T08:03:11.457Z'};
  const url = runUrl(place, run);
  const system = {displayName: 'Microsoft.VisualStudio.Services.TFS', id: '00000002-0000-8888-8000-000000000000', uniqueName: 'Microsoft.VisualStudio.Services.TFS'};
  const finished = run.finishTime === undefined ? {} : {result: run.result, finishTime: timeText(run.finishTime)};
  return {
    _links: {self: {href: url}, web: {href: `${organizationUrl}/${projectId}/_build/results?buildId=${String(run.id)}`}},
    properties: {}, tags: [], validationResults: [], plans: [{planId: run.planId}], triggerInfo: {},
    id: run.id, buildNumber: run.buildNumber, status: statusOf(run), ...finished, queueTime: timeText(run.queueTime), startTime: timeText(run.queueTime), url,
    definition: {drafts: [], id: run.pipelineId, name: pipelineName, url: `${organizationUrl}/${projectId}/_apis/build/Definitions/${String(run.pipelineId)}?revision=${String(run.revision)}`, uri: `vstfs:///Build/Definition/${String(run.pipelineId)}`, path: '\\', type: 'build', queueStatus: 'enabled', revision: run.revision, project},
    buildNumberRevision: Number(run.buildNumber.slice(run.buildNumber.indexOf('.') + 1)), project, uri: `vstfs:///Build/Build/${String(run.id)}`,
    sourceBranch: run.branch, sourceVersion: run.commit, priority: 'normal', reason: run.reason.charAt(0).toLowerCase() + run.reason.slice(1),
    requestedFor: system, requestedBy: system, lastChangedBy: system, lastChangedDate: timeText(run.finishTime ?? run.queueTime),
    orchestrationPlan: {planId: run.planId}, logs: {id: 0, type: 'Container', url: `${url}/logs`},
    repository: {...repository, type: 'TfsGit', url: `${organizationUrl}/${encodeURIComponent(name)}/_git/${repository.name}`, clean: null, checkoutSubmodules: false},
    retainedByRelease: false, triggeredByBuild: null, appendCommitMessageToRunName: true,
  };
}

/** An artifact: `BuildArtifact` of the Build API. @param bytes size of all its files */
export function describeArtifact(place: Place, run: RunRecord, artifact: StoredArtifact, bytes: number): object {
  const {id, name, type, containerFolder, recordId} = artifact;
  const url = `${runUrl(place, run)}/artifacts?artifactName=${encodeURIComponent(name)}&api-version=7.1`;
  const resource = type === 'Container'
    ? {type, data: `#/${String(run.containerId)}/${containerFolder}`, properties: {localpath: `/agent/_work/1/a/${containerFolder}`, artifactsize: String(bytes)}, url, downloadUrl: `${url}&%24format=zip`}
    : {type, data: rootOf(artifact), properties: {RootId: rootOf(artifact), artifactsize: String(bytes), HashType: '1', DomainId: '0'}, url, downloadUrl: pipelineArtifactUrl(place, run, artifact)};
  return {id, name, source: recordId, resource};
}

/** An attachment in a list: `Attachment` of the Build API. */
export function describeAttachment(place: Place, run: RunRecord, {type, name, timelineId, recordId}: StoredAttachment): object {
  const href = `${runUrl(place, run)}/${timelineId}/${recordId}/attachments/${encodeURIComponent(type)}/${encodeURIComponent(name)}`;
  return {_links: {self: {href}}, name};
}

function runUrl({organizationUrl, project}: Place, {id}: RunRecord): string {
  return `${organizationUrl}/${project.id}/_apis/build/builds/${String(id)}`;
}

/** Pipeline artifacts are served by a host of their own. */
function pipelineArtifactUrl({organizationId, project}: Place, run: RunRecord, {name}: StoredArtifact): string {
  const key = Buffer.from(`pipelineartifact://build/${String(run.id)}/artifactName/${name}`).toString('base64url');
  return `https://artprodweu1.artifacts.visualstudio.com/A${organizationId}/${project.id}/_apis/artifact/${key}/content?format=zip`;
}

/** The run and the name in the address of a pipeline artifact's content; undefined for other addresses. */
export function readPipelineArtifactPath(pathname: string): {readonly runId: number; readonly name: string} | undefined {
  const key = /\/_apis\/artifact\/([\w-]+)\/content$/i.exec(pathname)?.[1] ?? '';
  const [, runId, name] = /^pipelineartifact:\/\/build\/(\d+)\/artifactName\/(.+)$/.exec(Buffer.from(key, 'base64url').toString()) ?? [];
  return runId === undefined || name === undefined ? undefined : {runId: Number(runId), name};
}

function rootOf({id}: StoredArtifact): string {
  return `${id.toString(16).padStart(64, 'A').toUpperCase()}02`;
}
