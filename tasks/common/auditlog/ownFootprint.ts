/** Under which ids we read the log: what the log shows of that is our own footprint. */
export interface OwnFootprint {
  readonly clientId: string | null;
  readonly objectId: string | null;
  readonly serviceConnectionId: string | null;
  /** Number of our pipeline. Where an entry names another one, somebody else used our connection; null when any will do. */
  readonly pipelineId: string | null;
}

/** Action ids: learn.microsoft.com/azure/devops/organizations/audit/auditing-events. */
export const ACCESS_LOG = 'AuditLog.AccessLog';
export const CONNECTION_USED = 'Library.ServiceConnectionExecuted';

/** In which of them the log names a service principal is not documented. */
const READER_FIELDS = ['actorClientId', 'actorUserId', 'actorCUID', 'actorUPN'] as const;
const DATA_FIELDS = ['data'];
/** Anything shorter would be found in every entry. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Fields = Readonly<Record<string, unknown>>;

/** Knows the entries that our own reading of the log leaves in it. */
export class OwnEntries {
  /** By which ids entries of our reading, and uses of our connection, are known, in lower case; without any nothing can be recognised. */
  readonly readerIds: readonly string[];
  readonly connectionIds: readonly string[];
  readonly #pipelineId: string | null;

  constructor({ clientId, objectId, serviceConnectionId, pipelineId }: OwnFootprint) {
    this.readerIds = uuids(clientId, objectId);
    this.connectionIds = uuids(serviceConnectionId);
    this.#pipelineId = pipelineId;
  }

  /** Either of both. @param fields those of the entry, parsed */
  isOwn(fields: Fields): boolean {
    return this.isOwnReading(fields) || this.isOwnConnection(fields);
  }

  /** Whether we read the log. */
  isOwnReading(fields: Fields): boolean {
    return fields['actionId'] === ACCESS_LOG && names(fields, READER_FIELDS, this.readerIds);
  }

  /** Whether our service connection was used, by our pipeline as far as the entry says. */
  isOwnConnection(fields: Fields): boolean {
    return fields['actionId'] === CONNECTION_USED && names(fields, DATA_FIELDS, this.connectionIds) && !this.#isOfOtherPipeline(fields['data']);
  }

  /** `DefinitionId` is what the detections of Microsoft Sentinel call the pipeline; the case of the first letter is not stable. */
  #isOfOtherPipeline(data: unknown): boolean {
    if (this.#pipelineId === null || typeof data !== 'object' || data === null) return false;
    const { DefinitionId, definitionId } = data as Record<string, unknown>;
    const pipeline = DefinitionId ?? definitionId;
    return (typeof pipeline === 'string' || typeof pipeline === 'number') && String(pipeline) !== this.#pipelineId;
  }
}

function names(fields: Fields, where: readonly string[], wanted: readonly string[]): boolean {
  return wanted.length > 0 && where.some((field) => {
    const text = JSON.stringify(fields[field] ?? null).toLowerCase();
    return wanted.some((id) => text.includes(id));
  });
}

function uuids(...ids: readonly (string | null)[]): string[] {
  return ids.map((id) => id?.toLowerCase() ?? '').filter((id) => UUID.test(id));
}
