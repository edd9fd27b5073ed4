import { formatInstant } from '../window/instant';
import type { Window } from '../window/window';

/** Which part of which organization's audit log is asked for. */
export interface AuditLogQuery {
  readonly organization: string;
  readonly window: Window;
  /** `true`: individual entries. `false` lets the service merge repeated `AuditLog.AccessLog` entries. */
  readonly skipAggregation: boolean;
  /** Entries a page at most, where fewer than the terms allow are wanted. */
  readonly batchSize?: number;
}

/** What the client and the service agree on while talking. */
export interface QueryTerms {
  readonly apiVersion: string;
  /** Entries a page at most; the service may grant fewer. */
  readonly batchSize: number;
}

/** The versions in which the query exists; the resource has only ever been a preview. The later one is tried once the first is refused. */
export const API_VERSIONS = ['7.1-preview.1', '7.2-preview.1'] as const;
/** The documented maximum is unknown; some clients send 1000, one says that 200 is the most. */
export const BATCH_SIZES = [1000, 200] as const;

export const AUDIT_HOST = 'auditservice.dev.azure.com';

/**
 * The URL of one page: REST "Audit Log - Query" (learn.microsoft.com/rest/api/azure/devops/audit/audit-log/query).
 * The bounds are asked for a second wider on both sides, because it is not documented whether they include their own
 * instant; what lies outside the window is clipped afterwards. Start and end go along with every continuation token.
 */
export function pageUrl(query: AuditLogQuery, terms: QueryTerms, continuationToken: string | undefined): URL {
  const url = new URL(`https://${AUDIT_HOST}/${encodeURIComponent(query.organization)}/_apis/audit/auditlog`);
  url.searchParams.set('startTime', formatInstant(query.window.startSeconds - 1));
  url.searchParams.set('endTime', formatInstant(query.window.endSeconds + 1));
  url.searchParams.set('batchSize', String(Math.min(query.batchSize ?? terms.batchSize, terms.batchSize)));
  url.searchParams.set('skipAggregation', String(query.skipAggregation));
  if (continuationToken !== undefined) url.searchParams.set('continuationToken', continuationToken);
  url.searchParams.set('api-version', terms.apiVersion);
  return url;
}
