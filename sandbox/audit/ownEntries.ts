import {randomUUID} from 'node:crypto';
import type {Directory} from '../organization/directory';
import {invertedTicks, timestampText, type Instant} from '../organization/instant';
import {storeEntry, type StoredEntry} from '../organization/storedEntry';
import type {AuditQuery} from './query';

const AUDIT_SERVICE = '00000064-0000-8888-8000-000000000000';

/** Who queried the log, as far as the log records it. */
export interface Reader {
  readonly objectId: string;
  readonly clientId: string;
  readonly userAgent: string;
}

/** The entry that a query leaves in the log. */
export function accessEntry(directory: Directory, reader: Reader, query: AuditQuery, hasMore: boolean, at: Instant): StoredEntry {
  const bound = ({ms, subTicks}: Instant): string => timestampText(ms, subTicks, 'Z');
  const filter = {StartTime: bound(query.start), EndTime: bound(query.end), ContinuationToken: query.token ?? null, BatchSize: query.pageSize, HasMore: hasMore};
  const cuid = `${reader.objectId.slice(0, 14)}7${reader.objectId.slice(15)}`;
  return entryAt(directory, at, cuid, {
    actorCUID: cuid, actorClientId: reader.clientId, authenticationMechanism: '', userAgent: reader.userAgent, ipAddress: '203.0.113.7',
    actionId: 'AuditLog.AccessLog', data: {Filter: filter, EventSummary: [timestampText(at.ms, at.subTicks, '+00:00')]}, details: 'Accessed the audit log',
    area: 'Auditing', category: 'access', categoryDisplayName: 'Access', actorDisplayName: 'audit-export', actorImageUrl: null,
  });
}

/** What a job does that the log records. */
export interface JobDeed {
  readonly project: {readonly id: string; readonly name: string};
  readonly pipelineId: number;
  readonly pipelineName: string;
  readonly runId: number;
  readonly runName: string;
}

/** The entry that the use of a service connection leaves in the log. Names of `data` as in the detections of Microsoft Sentinel, with the run's. */
export function connectionEntry(directory: Directory, deed: JobDeed, connection: {readonly id: string; readonly name: string; readonly type: string}, at: Instant): StoredEntry {
  const {project, pipelineId, pipelineName, runId, runName} = deed;
  const data = {
    ConnectionId: connection.id, ConnectionName: connection.name, ConnectionType: connection.type, DefinitionId: pipelineId, DefinitionName: pipelineName,
    PlanType: 'Build', OwnerId: runId, OwnerName: runName, ProjectId: project.id, ProjectName: project.name,
  };
  return entryAt(directory, at, undefined, {
    ...buildService(directory, deed), actionId: 'Library.ServiceConnectionExecuted', data, details: `Executed service connection "${connection.name}" in ${project.name}`,
    area: 'Library', category: 'execute', categoryDisplayName: 'Execute',
  });
}

/** The entry that a retention lease leaves in the log. */
export function retainedEntry(directory: Directory, deed: JobDeed, ownerId: string, at: Instant): StoredEntry {
  const {project, pipelineId, pipelineName, runId, runName} = deed;
  return entryAt(directory, at, undefined, {
    ...buildService(directory, deed), actionId: 'Pipelines.RunRetained', data: {PipelineId: pipelineId, PipelineName: pipelineName, RunId: runId, RunName: runName, RetentionOwnerId: ownerId, ProjectName: project.name},
    details: `Retained run ${runName} of "${pipelineName}"`, area: 'Pipelines', category: 'modify', categoryDisplayName: 'Modify',
  });
}

/** The identity under which jobs act. */
function buildService({organization, organizationId}: Directory, {project}: JobDeed): Record<string, unknown> {
  return {
    projectId: project.id, projectName: project.name, actorCUID: `${organizationId.slice(0, 14)}7${organizationId.slice(15)}`, actorUserId: organizationId,
    authenticationMechanism: 'S2S_ServicePrincipal', userAgent: 'VSServices/19.255 (AuditRuntime, service)', ipAddress: null,
    actorDisplayName: `${project.name} Build Service (${organization})`, actorImageUrl: null,
  };
}

/** An entry that arrives late, while somebody reads the log. */
export function lateEntry(directory: Directory, at: Instant): StoredEntry {
  return entryAt(directory, at, undefined, {
    actorCUID: '00000000-0000-0000-0000-000000000000', actorUserId: '00000002-0000-8888-8000-000000000000', authenticationMechanism: '',
    userAgent: '', ipAddress: null, actionId: 'Git.RepositoryCreated', data: {RepoName: 'late'}, details: 'This entry arrived late', area: 'Git',
    category: 'create', categoryDisplayName: 'Create', actorDisplayName: 'Azure DevOps Service', actorImageUrl: null,
  });
}

function entryAt(directory: Directory, at: Instant, accessBy: string | undefined, fields: Readonly<Record<string, unknown>>): StoredEntry {
  const eventId = randomUUID();
  const id = `${invertedTicks(at.ms, at.subTicks)};${AUDIT_SERVICE};${eventId}`;
  const json = JSON.stringify({
    id, correlationId: eventId, activityId: randomUUID(), timestamp: timestampText(at.ms, at.subTicks, '+00:00'), scopeType: 'organization',
    scopeDisplayName: `${directory.organization} (Organization)`, scopeId: directory.organizationId, ...fields,
  });
  return storeEntry({id, json, accessBy}, at, 0);
}
