import { TaskError } from '../errors/taskError';
import { millisOfTicks, ticksOfSeconds } from '../time/ticks';
import { Continuation } from './continuation';
import type { AuditLogEntry } from './entry';
import { EntryOrder } from './order';
import type { AuditLogPage } from './page';
import type { PageReader } from './pageReader';
import type { AuditLogQuery } from './query';

export type PageSource = Pick<PageReader, 'read'>;

/** What reading a page has brought. */
export interface ChainStep {
  readonly page: AuditLogPage;
  /** The entries whose place is certain now, newest first. */
  readonly certain: AuditLogEntry[];
}

/** How often in a row a chain begins anew because its token is refused, without an entry gained in between. */
const MOST_RESTARTS = 3;

/**
 * One chain of continuation tokens: reads a range of the log from its end to its start, a page at a time, clipped,
 * deduplicated and in order. Its lower part can be cut off while it is read; its token and bounds stay as they are then,
 * because a token may be good for the bounds only with which it was asked for.
 */
export class Chain {
  /** Ticks of the oldest entry seen so far; undefined before the first. */
  reached: string | undefined;
  /** Whether nothing is left to read; {@link rest} holds the last entries. */
  isRead = false;
  readonly #reader: PageSource;
  readonly #first: string;
  #query: AuditLogQuery;
  #beyond: string;
  /** The lower end of what is handed out: the range's start until a part is cut off. */
  #floor: string;
  #order = new EntryOrder();
  #continuation = new Continuation();
  #token: string | undefined;
  /** Ticks of the oldest entry since the token was last begun with. */
  #oldest: string | undefined;
  #restarts = 0;

  /** @param query its window is the range that is read */
  constructor(reader: PageSource, query: AuditLogQuery) {
    this.#reader = reader;
    this.#query = query;
    this.#first = ticksOfSeconds(query.window.startSeconds);
    this.#beyond = ticksOfSeconds(query.window.endSeconds);
    this.#floor = this.#first;
  }

  /** From now on ends at this second (since 1970 UTC), which must lie between its start and what it has reached. */
  cutAt(seconds: number): void {
    this.#floor = ticksOfSeconds(seconds);
  }

  /**
   * Reads the next page.
   * @throws TaskError AUDIT_PAGING_BROKEN, AUDIT_ORDER_BROKEN, and what {@link PageReader.read} throws
   */
  async read(signal: AbortSignal): Promise<ChainStep> {
    const page = await this.#nextPage(signal);
    const handedOut = this.#order.push(page.entries.filter(({ ticks }) => ticks >= this.#first && ticks < this.#beyond));
    if (handedOut.length > 0) this.#restarts = 0;
    const isBeyondCut = this.#isBeyondCut(page);
    for (const { ticks } of page.entries) {
      if (this.#oldest === undefined || ticks < this.#oldest) this.#oldest = ticks;
      if (this.reached === undefined || ticks < this.reached) this.reached = ticks;
    }
    this.#token = this.#continuation.next(page);
    this.isRead = this.#token === undefined || isBeyondCut;
    return { page, certain: this.#aboveCut(handedOut) };
  }

  /** What is left once all is read. */
  rest(): AuditLogEntry[] {
    return this.#aboveCut(this.#order.flush());
  }

  async #nextPage(signal: AbortSignal): Promise<AuditLogPage> {
    for (;;) {
      try {
        return await this.#reader.read(this.#query, this.#token, signal);
      } catch (thrown) {
        if (this.#token === undefined || !this.#query.skipAggregation || !isTokenRefusal(thrown) || this.#restarts >= MOST_RESTARTS) throw thrown;
        this.#restart();
      }
    }
  }

  /**
   * Begins anew, without a token, below what is certain; what was held is sent again. Merged entries could not be gone on
   * with: where they begin depends on where the query does.
   */
  #restart(): void {
    const { boundary } = this.#order;
    if (boundary !== undefined) {
      this.#beyond = boundary;
      const endSeconds = Math.floor(millisOfTicks(boundary) / 1000) + 1;
      this.#query = { ...this.#query, window: { ...this.#query.window, endSeconds: Math.min(this.#query.window.endSeconds, endSeconds) } };
    }
    this.#order = new EntryOrder();
    this.#continuation = new Continuation();
    this.#token = undefined;
    this.#oldest = undefined;
    this.#restarts += 1;
  }

  #aboveCut(entries: AuditLogEntry[]): AuditLogEntry[] {
    return this.#floor === this.#first ? entries : entries.filter(({ ticks }) => ticks >= this.#floor);
  }

  /**
   * Whether a page shows that nothing above the cut follows. Usually its token does: it is the id of the page's last
   * entry (official example of the Audit query), from which on the service continues. Where it is not, or pages do not
   * come in order, the chain goes on until an entry above the cut would be out of order by more than a page.
   */
  #isBeyondCut(page: AuditLogPage): boolean {
    if (this.#floor === this.#first) return false;
    const { boundary } = this.#order;
    if (boundary !== undefined && boundary < this.#floor) return true;
    const last = page.entries.at(-1);
    return last !== undefined && last.ticks < this.#floor && page.continuationToken === last.id && isInOrder(page.entries, this.#oldest);
  }
}

/** @param before ticks of what the first entry must not be newer than */
function isInOrder(entries: readonly AuditLogEntry[], before: string | undefined): boolean {
  let previous = before;
  for (const { ticks } of entries) {
    if (previous !== undefined && ticks > previous) return false;
    previous = ticks;
  }
  return true;
}

/** Whether the service has refused to go on from a token that was its own. */
function isTokenRefusal(thrown: unknown): boolean {
  return thrown instanceof TaskError && (thrown.code === 'AUDIT_REQUEST_REFUSED' || thrown.code === 'AUDIT_NOT_FOUND');
}
