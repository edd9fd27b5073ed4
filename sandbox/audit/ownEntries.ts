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
