/**
 * The 24 documented fields of an entry, in the order of the specification
 * (MicrosoftDocs/vsts-rest-api-specs: specification/audit/7.2/audit.json, DecoratedAuditLogEntry).
 */
export const DOCUMENTED_FIELDS = [
  'id', 'correlationId', 'activityId', 'actorCUID', 'actorUserId', 'actorClientId', 'actorUPN', 'authenticationMechanism',
  'timestamp', 'scopeType', 'scopeDisplayName', 'scopeId', 'projectId', 'projectName', 'ipAddress', 'userAgent', 'actionId',
  'data', 'details', 'area', 'category', 'categoryDisplayName', 'actorDisplayName', 'actorImageUrl',
] as const;

export type DocumentedField = (typeof DOCUMENTED_FIELDS)[number];

/** The number of each field: its place in the list. */
export const FIELD_NUMBER = Object.fromEntries(DOCUMENTED_FIELDS.map((name, number) => [name, number])) as Readonly<Record<DocumentedField, number>>;
