import { ticksOfSeconds } from '../time/ticks';
import type { Window } from '../window/window';
import type { AuditLogEntry } from './entry';
import { ACCESS_LOG, CONNECTION_USED, OwnEntries } from './ownFootprint';
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

/**
 * Sees all entries that are read, and looks for the traces that the previous run's own reading must have left among them:
 * a log that lacks these is not a whole log.
 */
export class Witness {
  readonly #own: OwnEntries;
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
    this.#own = new OwnEntries({ clientId: null, objectId: null, serviceConnectionId: null, ...earlier, pipelineId: null });
    this.#isExpected = earlier !== undefined && from >= window.startSeconds && until < window.endSeconds;
    this.#from = ticksOfSeconds(earlier === undefined ? window.endSeconds : from);
    this.#beyond = ticksOfSeconds(earlier === undefined ? window.endSeconds : until + 1);
  }

  /** The previous run's reading of the log. */
  get accessLog(): Sighting {
    return this.#sighting(this.#hasAccess, this.#own.readerIds.length > 0);
  }

  /** The use of the service connection with which it signed in. */
  get serviceConnection(): Sighting {
    return this.#sighting(this.#hasConnection, this.#own.connectionIds.length > 0);
  }

  /** The batches, unchanged. */
  async* pass(batches: AsyncIterable<EntryBatch>): AsyncGenerator<EntryBatch, void, undefined> {
    for await (const batch of batches) {
      for (const entry of batch.entries) if (entry.ticks >= this.#from && entry.ticks < this.#beyond) this.#look(entry);
      yield batch;
    }
  }

  #sighting(isFound: boolean, isKnown: boolean): Sighting {
    if (isFound) return 'found';
    return this.#isExpected && isKnown ? 'absent' : 'unknown';
  }

  /** The bytes are asked first: parsing is what costs. */
  #look(entry: AuditLogEntry): void {
    if (!this.#hasAccess && entry.raw.includes(ACCESS_LOG)) {
      this.#hasAccess = this.#own.isOwnReading(entry.fields());
      entry.forgetFields();
    }
    if (!this.#hasConnection && entry.raw.includes(CONNECTION_USED)) {
      this.#hasConnection = this.#own.isOwnConnection(entry.fields());
      entry.forgetFields();
    }
  }
}
