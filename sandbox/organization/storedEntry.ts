/** An entry's text before it is stored. */
export interface WrittenEntry {
  readonly id: string;
  readonly json: string;
  /** Who accessed the log, for entries that the service aggregates (`AuditLog.AccessLog`). */
  readonly accessBy: string | undefined;
}

/**
 * An audit log entry as the service holds it. Its text lies as UTF-8 in a block shared with its neighbours, outside the
 * JavaScript heap: a million strings would keep the garbage collector busier than the service.
 */
export interface StoredEntry {
  readonly id: string;
  /** The event's time: ms since 1970 and the rest, 0 to 9999 ticks of 100 ns. */
  readonly ms: number;
  readonly subTicks: number;
  /** When queries begin to see the entry, ms since 1970: not before its time; for late arrivals minutes after it. */
  readonly visibleFrom: number;
  readonly accessBy: string | undefined;
  readonly block: Buffer;
  readonly from: number;
  readonly to: number;
}

/** The entry's JSON text exactly as the service sends it. */
export function jsonText(entry: StoredEntry): string {
  return entry.block.toString('utf8', entry.from, entry.to);
}

/** An entry with a block of its own. */
export function storeEntry(written: WrittenEntry, time: {ms: number; subTicks: number}, visibleFrom: number): StoredEntry {
  const block = Buffer.from(written.json);
  return {id: written.id, accessBy: written.accessBy, ms: time.ms, subTicks: time.subTicks, visibleFrom, block, from: 0, to: block.length};
}
