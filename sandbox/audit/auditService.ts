import {randomUUID} from 'node:crypto';
import type {Caller, Gate} from '../entra/gate';
import {spoiledPage, type PageTools} from '../faults/pageFaults';
import {jsonReply, textReply, type Reply, type ServiceRequest} from '../network/exchange';
import {refusal} from '../network/signIn';
import {AUDIT_ACTIONS} from '../organization/actions';
import type {Directory} from '../organization/directory';
import {invertedTicks} from '../organization/instant';
import type {StoredEntry} from '../organization/storedEntry';
import type {AccessSettings} from '../security/accessSettings';
import {auditRefusal, permissionRefusal} from '../security/auditAccess';
import type {Switches} from '../switches';
import {aggregatedRows} from './aggregation';
import type {EntryStore} from './entryStore';
import {accessEntry, lateEntry} from './ownEntries';
import {writePage, type AuditPage, type PageRow} from './page';
import type {PageRoom} from './pageRoom';
import {BadQueryError, parseQuery, type AuditQuery} from './query';

/** What the audit service needs. */
export interface AuditOptions {
  readonly directory: Directory;
  readonly store: EntryStore;
  readonly gate: Gate;
  readonly switches: Readonly<Switches>;
  readonly recordAccess: boolean;
  readonly access: AccessSettings;
  /** Where pages are written; undefined: each has memory of its own. */
  readonly pageRoom: PageRoom | undefined;
}

const REMEMBERED_PAGES = 64;
const REMEMBERED_ROWS = 16;

/** `https://auditservice.dev.azure.com/{organization}`: the audit log. */
export class AuditService {
  private readonly windowOfToken = new Map<string, string>();
  private readonly promised = new Map<string, AuditPage>();
  private readonly lastRows = new Map<string, readonly PageRow[]>();
  private accesses = 0;

  constructor(private readonly options: AuditOptions) {}

  /** @param path the path behind the organization's name, beginning with a slash */
  async answer(request: ServiceRequest, path: string): Promise<Reply> {
    const resource = /^\/_apis\/audit\/(auditlog|actions|streams)$/i.exec(path)?.[1]?.toLowerCase();
    if (resource === undefined) return textReply(404, 'text/plain', 'The resource cannot be found.');
    if (request.method !== 'GET') return refusal(405, `The requested resource does not support http method '${request.method}'.`, 'VssServiceException', {allow: 'GET'});
    const caller = await this.options.gate.admit(request);
    if (caller.kind === 'refused') return caller.reply;
    const versionProblem = this.versionProblem(request);
    if (versionProblem !== undefined) return versionProblem;
    if (resource === 'streams') return this.listStreams(caller);
    if (caller.kind === 'job') return permissionRefusal('Build Service');
    const refused = auditRefusal(this.options.access, caller, request.now);
    if (refused !== undefined) return refused;
    if (resource === 'actions') return jsonReply(200, {count: AUDIT_ACTIONS.length, value: AUDIT_ACTIONS});
    try {
      return this.queryLog(request, {...caller, userAgent: request.headers['user-agent'] ?? ''});
    } catch (error) {
      if (error instanceof BadQueryError) return refusal(400, error.message, 'VssPropertyValidationException');
      throw error;
    }
  }

  private listStreams(caller: Caller): Reply {
    const {access} = this.options;
    if (caller.kind !== 'principal' || !access.visible.streams || access.addressPolicy === 'auditService') return permissionRefusal('The caller');
    const value = access.streams.map((stream) => ({...stream, consumerInputs: {}, createdTime: '2026-02-03T09:41:00Z', updatedTime: '2026-11-02T07:15:09Z'}));
    return jsonReply(200, {count: value.length, value});
  }

  private versionProblem(request: ServiceRequest): Reply | undefined {
    const version = request.url.searchParams.get('api-version') ?? '';
    if (version === '') return refusal(400, 'No api-version was supplied for the request.', 'VssVersionNotSpecifiedException');
    if (!/^(5\.1|5\.2|6\.\d|7\.[0-2])-preview(\.1)?$/.test(version) || this.options.switches.refusedApiVersions.includes(version)) {
      const message = `The requested REST API version of ${version} is out of range for this server, or the -preview flag is missing.`;
      return refusal(400, message, version.includes('preview') ? 'VssVersionOutOfRangeException' : 'VssInvalidPreviewVersionException');
    }
    return undefined;
  }

  private queryLog(request: ServiceRequest, reader: {objectId: string; clientId: string; userAgent: string}): Reply {
    const {switches, directory, store} = this.options;
    const query = parseQuery(request.url.searchParams, request.now, switches);
    const window = `${String(query.start.ms)}.${String(query.start.subTicks)}-${String(query.end.ms)}.${String(query.end.subTicks)}`;
    const knownWindow = query.token === undefined ? undefined : this.windowOfToken.get(query.token);
    if (switches.tokenBoundToWindow && query.token !== undefined && knownWindow !== window) throw new BadQueryError('The continuation token does not belong to this query.');
    const page = spoiledPage(request.fault, request.faultMemory, this.pageAt(query, request.now), this.tools(query, request.now));
    this.remember(page, window);
    if (this.options.recordAccess && switches.recordsQueries) {
      this.accesses += 1;
      store.add(accessEntry(directory, reader, query, page.hasMore, {ms: request.now, subTicks: this.accesses % 10_000}));
    }
    const room = this.options.pageRoom;
    const body = writePage(page, (bytes) => room?.take(bytes) ?? Buffer.allocUnsafeSlow(bytes));
    const version = request.url.searchParams.get('api-version') ?? '';
    const headers = {'content-type': `application/json; charset=utf-8; api-version=${version}`};
    return {status: 200, headers, onSent: () => { room?.giveBack(body); }, body: switches.wrapper ? Buffer.concat([Buffer.from('{"value":'), body, Buffer.from('}')]) : body};
  }

  private pageAt(query: AuditQuery, now: number): AuditPage {
    const promised = query.token === undefined ? undefined : this.promised.get(query.token);
    return promised ?? this.pageAfter(query, query.token, query.pageSize, now);
  }

  private pageAfter(query: AuditQuery, position: string | undefined, size: number, now: number): AuditPage {
    const entries = this.options.store.walk(query, position, now, this.options.switches);
    const {rows, last, hasMore} = query.skipAggregation ? plainRows(entries, size) : aggregatedRows(entries, size);
    if (hasMore) return {rows, continuationToken: last?.id, hasMore};
    const {lastToken} = this.options.switches;
    const token = lastToken === 'id' ? (last?.id ?? null) : lastToken === 'null' ? null : undefined;
    return {rows, continuationToken: token, hasMore};
  }

  private remember(page: AuditPage, window: string): void {
    const token = page.continuationToken;
    if (token === undefined || token === null) return;
    this.windowOfToken.set(token, window);
    this.lastRows.set(token, page.rows.slice(-REMEMBERED_ROWS));
    if (this.lastRows.size > REMEMBERED_PAGES) this.lastRows.delete(this.lastRows.keys().next().value as string);
  }

  private tools(query: AuditQuery, now: number): PageTools {
    const {directory, store} = this.options;
    return {
      askedToken: query.token,
      previousRows: query.token === undefined ? [] : (this.lastRows.get(query.token) ?? []),
      promise: (page) => {
        const token = `${(page.rows[0]?.id ?? invertedTicks(query.start.ms, 0)).slice(0, 19)};00000064-0000-8888-8000-000000000000;${randomUUID()}`;
        this.promised.set(token, page);
        return token;
      },
      following: (page) => this.pageAfter(query, page.continuationToken ?? undefined, query.pageSize, now),
      cut: (page, size) => (page.rows.length <= size ? page : {rows: page.rows.slice(0, size), continuationToken: page.rows[size - 1]?.id, hasMore: true}),
      arrive: (at) => { store.add(lateEntry(directory, at)); },
    };
  }
}

function plainRows(entries: Iterable<StoredEntry>, limit: number): {rows: StoredEntry[]; last: StoredEntry | undefined; hasMore: boolean} {
  const rows: StoredEntry[] = [];
  for (const entry of entries) {
    if (rows.length === limit) return {rows, last: rows.at(-1), hasMore: true};
    rows.push(entry);
  }
  return {rows, last: rows.at(-1), hasMore: false};
}
