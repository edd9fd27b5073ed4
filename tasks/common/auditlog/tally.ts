import type { AuditLogEntry } from './entry';

/** Which entry, and when. */
export interface EntryMark {
  readonly id: string;
  /** .NET ticks, 19 digits. */
  readonly ticks: string;
}

/** Counts of entries, made in one pass. */
export interface Tally {
  readonly entries: number;
  /** The newest and the oldest entry; undefined without entries. */
  readonly newest: EntryMark | undefined;
  readonly oldest: EntryMark | undefined;
  readonly byCategory: ReadonlyMap<string, number>;
  readonly byArea: ReadonlyMap<string, number>;
  readonly byAction: ReadonlyMap<string, number>;
}

/** Different names that are counted each for itself; the service has some hundreds, a hostile answer must not fill the memory. */
const MOST_NAMES = 2_000;
/** Where names beyond that, and entries without a name, are counted. */
export const OTHER_NAMES = '(other)';
const LONGEST_NAME = 200;

/** The one fold behind every count of the product. */
export class TallyFold implements Tally {
  entries = 0;
  newest: EntryMark | undefined;
  oldest: EntryMark | undefined;
  readonly byCategory = new Map<string, number>();
  readonly byArea = new Map<string, number>();
  readonly byAction = new Map<string, number>();

  /** Counts an entry; entries come newest first. */
  add(entry: AuditLogEntry): void {
    const { category, area, action } = entry.names();
    this.entries += 1;
    const mark = { id: entry.id, ticks: entry.ticks };
    this.newest ??= mark;
    this.oldest = mark;
    count(this.byCategory, category);
    count(this.byArea, area);
    count(this.byAction, action);
  }
}

function count(counts: Map<string, number>, value: string | undefined): void {
  const name = value === undefined || value === '' ? OTHER_NAMES : value.length > LONGEST_NAME ? value.slice(0, LONGEST_NAME) : value;
  const key = counts.has(name) || counts.size < MOST_NAMES ? name : OTHER_NAMES;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
