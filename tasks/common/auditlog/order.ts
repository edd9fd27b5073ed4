import { TaskError } from '../errors/taskError';
import { compareEntries, type AuditLogEntry } from './entry';

/** How many of the entries handed out last are remembered, to know a duplicate that comes late. */
const REMEMBERED = 5_000;

/**
 * Brings entries into order and drops repeated ones, while holding no more than the last page and the tick before it.
 * The service sends newest first, but how it orders entries of one tick is not documented, and a page may repeat what
 * the page before it held.
 */
export class EntryOrder {
  /** How many repeated entries were dropped. */
  duplicates = 0;
  #held: AuditLogEntry[] = [];
  /** Ticks of the last entry handed out: nothing as new as this may come any more. */
  #boundary: string | undefined;
  #remembered = new Set<string>();
  #rememberedBefore = new Set<string>();

  /** Ticks down to which, these included, all has been handed out; undefined before the first. */
  get boundary(): string | undefined {
    return this.#boundary;
  }

  /**
   * Takes a page's entries, in any order among themselves and the page before.
   * @returns the entries whose place is now certain, newest first
   * @throws TaskError AUDIT_ORDER_BROKEN for an entry that comes more than a page too late
   */
  push(page: readonly AuditLogEntry[]): AuditLogEntry[] {
    const fresh = page.filter((entry) => this.#isInTime(entry));
    if (page.length === 0) return [];
    const sorted = this.#distinct([...this.#held, ...fresh].sort(compareEntries));
    let cut = Math.max(0, sorted.length - page.length);
    // A page that changed places with this one may hold more of the tick before it.
    const open = sorted[cut - 1]?.ticks;
    while (cut > 0 && sorted[cut - 1]?.ticks === open) cut -= 1;
    this.#held = sorted.slice(cut);
    return this.#handOut(sorted.slice(0, cut));
  }

  /** The rest, once no page follows. */
  flush(): AuditLogEntry[] {
    const rest = this.#held;
    this.#held = [];
    return this.#handOut(rest);
  }

  #isInTime(entry: AuditLogEntry): boolean {
    if (this.#boundary === undefined || entry.ticks < this.#boundary) return true;
    if (!this.#remembered.has(entry.id) && !this.#rememberedBefore.has(entry.id)) throw tooLate();
    this.duplicates += 1;
    return false;
  }

  #distinct(sorted: AuditLogEntry[]): AuditLogEntry[] {
    const distinct = sorted.filter((entry, index) => index === 0 || sorted[index - 1]?.id !== entry.id);
    this.duplicates += sorted.length - distinct.length;
    return distinct;
  }

  #handOut(entries: AuditLogEntry[]): AuditLogEntry[] {
    this.#boundary = entries.at(-1)?.ticks ?? this.#boundary;
    for (const entry of entries) {
      if (this.#remembered.size >= REMEMBERED) {
        this.#rememberedBefore = this.#remembered;
        this.#remembered = new Set();
      }
      this.#remembered.add(entry.id);
    }
    return entries;
  }
}

function tooLate(): TaskError {
  return new TaskError('AUDIT_ORDER_BROKEN', 'The Audit service sent an entry far out of order; nothing is published, because entries could be missing.', {
    advice: ['Run the pipeline again. If it happens again, report it as an issue of this extension; the service may have changed its order.'],
  });
}
