import { ticksOfSeconds } from '../time/ticks';
import { Continuation } from './continuation';
import type { AuditLogEntry } from './entry';
import { EntryOrder } from './order';
import type { PageReader } from './pageReader';
import type { AuditLogQuery } from './query';

/** A step of reading: the entries whose place is certain now. */
export interface EntryBatch {
  /** Inside the window, each once over the whole reading, newest first. May be empty. */
  readonly entries: readonly AuditLogEntry[];
  /** Pages read so far. */
  readonly pages: number;
  /** Ticks of the oldest entry seen so far; undefined before the first. */
  readonly reached: string | undefined;
}

/**
 * All entries of a window, clipped, deduplicated and in order, page by page.
 * Memory: two pages and the entries of one tick.
 *
 * @throws TaskError AUDIT_PAGING_BROKEN, AUDIT_ORDER_BROKEN, and what {@link PageReader.read} throws
 */
export async function* readEntries(reader: Pick<PageReader, 'read'>, query: AuditLogQuery, signal: AbortSignal): AsyncGenerator<EntryBatch, void, undefined> {
  const first = ticksOfSeconds(query.window.startSeconds);
  const beyond = ticksOfSeconds(query.window.endSeconds);
  const order = new EntryOrder();
  const continuation = new Continuation();
  let reached: string | undefined;
  let pages = 0;
  for (let token: string | undefined; ;) {
    const page = await reader.read(query, token, signal);
    pages += 1;
    for (const entry of page.entries) if (reached === undefined || entry.ticks < reached) reached = entry.ticks;
    yield { entries: order.push(page.entries.filter(({ ticks }) => ticks >= first && ticks < beyond)), pages, reached };
    token = continuation.next(page);
    if (token === undefined) break;
  }
  yield { entries: order.flush(), pages, reached };
}
