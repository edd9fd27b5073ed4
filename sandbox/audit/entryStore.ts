import {instantOfInverted, type Instant} from '../organization/instant';
import type {EntrySource} from '../organization/organization';
import type {StoredEntry} from '../organization/storedEntry';
import type {Switches} from '../switches';
import {RETENTION_MS, type AuditQuery} from './query';

type WalkSwitches = Pick<Switches, 'startBound' | 'endBound' | 'boundPrecision' | 'orderInsideTick'>;

/** The entries of the organization, with those that came during the session, in the order of the service. */
export class EntryStore {
  /** In the order of ids, newest first: a year of runs adds thousands, and every page of every query walks them. */
  private readonly added: StoredEntry[] = [];

  constructor(private readonly source: EntrySource) {}

  /** Adds an entry that the source does not know. */
  add(entry: StoredEntry): void {
    this.added.splice(firstIndex(this.added, (known) => known.id > entry.id), 0, entry);
  }

  get additions(): readonly StoredEntry[] {
    return this.added;
  }

  get origin(): EntrySource {
    return this.source;
  }

  /** The entries that answer a question, newest first, from the one after `position` (an entry's id) on. */
  *walk(query: AuditQuery, position: string | undefined, now: number, switches: WalkSwitches): Generator<StoredEntry> {
    const from = position === undefined ? undefined : instantOfInverted(position.slice(0, 19));
    const newest = Math.min(query.end.ms + 1000, now, from?.ms ?? Number.POSITIVE_INFINITY);
    const oldest = Math.max(query.start.ms - 1000, now - RETENTION_MS);
    const compare = order(switches.orderInsideTick);
    for (const entry of this.merged(newest, oldest, compare)) {
      if (entry.visibleFrom > now || entry.ms < now - RETENTION_MS || !isInside(entry, query, switches)) continue;
      if (position === undefined || comparePosition(entry.id, position, switches.orderInsideTick) > 0) yield entry;
    }
  }

  private *merged(newest: number, oldest: number, compare: (left: StoredEntry, right: StoredEntry) => number): Generator<StoredEntry> {
    const between = this.added.slice(firstIndex(this.added, ({ms}) => ms <= newest), firstIndex(this.added, ({ms}) => ms < oldest));
    const waiting = compare === BY_ID ? between : between.sort(compare);
    let next = 0;
    for (const block of this.source.blocks(newest, oldest)) {
      for (const entry of compare === BY_ID ? block : block.toSorted(compare)) {
        for (; next < waiting.length && compare(waiting[next] as StoredEntry, entry) < 0; next += 1) yield waiting[next] as StoredEntry;
        yield entry;
      }
    }
    yield* waiting.slice(next);
  }
}

/** Index of the first entry for which a condition holds that holds for all entries after it too; the length if there is none. */
function firstIndex(entries: readonly StoredEntry[], holds: (entry: StoredEntry) => boolean): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(entries[middle] as StoredEntry)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const BY_ID = (left: StoredEntry, right: StoredEntry): number => (left.id < right.id ? -1 : 1);
const BY_TIME_THEN_REVERSED_ID = (left: StoredEntry, right: StoredEntry): number => -comparePosition(right.id, left.id, 'reversed');

function order(orderInsideTick: Switches['orderInsideTick']): (left: StoredEntry, right: StoredEntry) => number {
  return orderInsideTick === 'id' ? BY_ID : BY_TIME_THEN_REVERSED_ID;
}

/** Negative when `left` comes before `right` in the answers. The first 19 characters of an id are its inverted time. */
function comparePosition(left: string, right: string, orderInsideTick: Switches['orderInsideTick']): number {
  if (left === right) return 0;
  const sameTick = left.slice(0, 19) === right.slice(0, 19);
  const ascending = left < right ? -1 : 1;
  return sameTick && orderInsideTick === 'reversed' ? -ascending : ascending;
}

function isInside(entry: StoredEntry, query: AuditQuery, switches: WalkSwitches): boolean {
  const sinceStart = compareTime(entry, query.start, switches.boundPrecision);
  const sinceEnd = compareTime(entry, query.end, switches.boundPrecision);
  return (switches.startBound === 'inclusive' ? sinceStart >= 0 : sinceStart > 0) && (switches.endBound === 'inclusive' ? sinceEnd <= 0 : sinceEnd < 0);
}

function compareTime(left: Instant, right: Instant, precision: Switches['boundPrecision']): number {
  if (precision === 'second') return Math.floor(left.ms / 1000) - Math.floor(right.ms / 1000);
  return left.ms - right.ms || (precision === 'tick' ? left.subTicks - right.subTicks : 0);
}
