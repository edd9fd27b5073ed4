import { ticksOfSeconds } from '../time/ticks';
import type { Window } from '../window/window';
import type { AuditLogEntry } from './entry';
import type { EntryBatch } from './readEntries';

/** Whether the log shows something: `unknown` where it could not be expected to. */
export type Sighting = 'found' | 'absent' | 'unknown';

/** How and when the previous run read the log, as its manifest says. */
export interface EarlierReading {
  readonly clientId: string | null;
  readonly objectId: string | null;
  readonly serviceConnectionId: string | null;
  /** When its reading began and ended, by the agent's clock, seconds since 1970 UTC. */
  readonly readFrom: number;
  readonly readUntil: number;
}

/** Clocks of agents and services differ, a connection is used before the reading begins, and a job can wait in between. Seconds. */
const TOLERANCE_SECONDS = 600;

/** Action ids: learn.microsoft.com/azure/devops/organizations/audit/auditing-events. */
const ACCESS_LOG = 'AuditLog.AccessLog';
const CONNECTION_USED = 'Library.ServiceConnectionExecuted';

/** In which of them the log names a service principal is not documented. */
const ACTOR_FIELDS = ['actorClientId', 'actorUserId', 'actorCUID', 'actorUPN'];
/** Anything shorter would be found in every entry. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Sees all entries that are read, and looks for the traces that the previous run's own reading must have left among them:
 * a log that lacks these is not a whole log.
 */
export class Witness {
  readonly #actors: readonly string[];
  readonly #connections: readonly string[];
  readonly #isExpected: boolean;
  readonly #from: string;
  readonly #beyond: string;
  #hasAccess = false;
  #hasConnection = false;

  /**
   * @param earlier undefined when there was no previous run
   * @param window what is read now
   */
  constructor(earlier: EarlierReading | undefined, window: Window) {
    const from = (earlier?.readFrom ?? 0) - TOLERANCE_SECONDS;
    const until = (earlier?.readUntil ?? 0) + TOLERANCE_SECONDS;
    this.#actors = uuids(earlier?.clientId, earlier?.objectId);
    this.#connections = uuids(earlier?.serviceConnectionId);
    this.#isExpected = earlier !== undefined && from >= window.startSeconds && until < window.endSeconds;
    this.#from = ticksOfSeconds(earlier === undefined ? window.endSeconds : from);
    this.#beyond = ticksOfSeconds(earlier === undefined ? window.endSeconds : until + 1);
  }

  /** The previous run's reading of the log. */
  get accessLog(): Sighting {
    return this.#sighting(this.#hasAccess, this.#actors);
  }

  /** The use of the service connection with which it signed in. */
  get serviceConnection(): Sighting {
    return this.#sighting(this.#hasConnection, this.#connections);
  }

  /** The batches, unchanged. */
  async* pass(batches: AsyncIterable<EntryBatch>): AsyncGenerator<EntryBatch, void, undefined> {
    for await (const batch of batches) {
      for (const entry of batch.entries) if (entry.ticks >= this.#from && entry.ticks < this.#beyond) this.#look(entry);
      yield batch;
    }
  }

  #sighting(isFound: boolean, wanted: readonly string[]): Sighting {
    if (isFound) return 'found';
    return this.#isExpected && wanted.length > 0 ? 'absent' : 'unknown';
  }

  #look(entry: AuditLogEntry): void {
    if (!this.#hasAccess && entry.raw.includes(ACCESS_LOG)) this.#hasAccess = names(entry, ACCESS_LOG, ACTOR_FIELDS, this.#actors);
    if (!this.#hasConnection && entry.raw.includes(CONNECTION_USED)) this.#hasConnection = names(entry, CONNECTION_USED, ['data'], this.#connections);
  }
}

function names(entry: AuditLogEntry, action: string, fields: readonly string[], wanted: readonly string[]): boolean {
  const parsed = entry.fields();
  const isNamed = parsed['actionId'] === action && fields.some((field) => {
    const text = JSON.stringify(parsed[field] ?? null).toLowerCase();
    return wanted.some((id) => text.includes(id));
  });
  entry.forgetFields();
  return isNamed;
}

function uuids(...ids: readonly (string | null | undefined)[]): string[] {
  return ids.map((id) => id?.toLowerCase() ?? '').filter((id) => UUID.test(id));
}
