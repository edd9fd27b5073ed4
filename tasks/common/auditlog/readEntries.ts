import { Chain, type PageSource } from './chain';
import type { AuditLogEntry } from './entry';
import type { AuditLogQuery } from './query';

/** A step of reading: the entries whose place is certain now. */
export interface EntryBatch {
  /** Inside the window, each once over the whole reading, newest first. May be empty. */
  readonly entries: readonly AuditLogEntry[];
  /** Pages read so far. */
  readonly pages: number;
  /** Ticks of the oldest entry seen so far, without a hole above it; undefined before the first. */
  readonly reached: string | undefined;
  /** Where several chains read: what is read beside these. */
  readonly ahead?: ReadAhead;
}

export interface ReadAhead {
  /** Entries older than these that are read already and wait for their turn. */
  readonly entries: number;
  /** The part of the window's time that is read, 0 to 1. Never goes back. */
  readonly share: number;
}

/**
 * All entries of a window, clipped, deduplicated and in order, page by page, by one chain of tokens.
 * Memory: two pages and the entries of one tick.
 *
 * @throws TaskError AUDIT_PAGING_BROKEN, AUDIT_ORDER_BROKEN, and what {@link PageReader.read} throws
 */
export async function* readEntries(reader: PageSource, query: AuditLogQuery, signal: AbortSignal): AsyncGenerator<EntryBatch, void, undefined> {
  const chain = new Chain(reader, query);
  let pages = 0;
  while (!chain.isRead) {
    const { certain } = await chain.read(signal);
    pages += 1;
    yield { entries: certain, pages, reached: chain.reached };
  }
  yield { entries: chain.rest(), pages, reached: chain.reached };
}
