import type { SeenEntry } from './entryChecks';
import { compareMoments, type Moment } from '../../auditlog/moments';

/** Late entries that are compared at a time; more are of no honest chain. */
const MOST = 1_000_000;

interface LateEntry {
  readonly id: string;
  readonly moment: Moment;
  readonly place: string;
  readonly line: number;
}

/**
 * The late entries of newer exports, while the walk over the older ones has not passed their time: each of them must be in no
 * older export. All other entries are apart by the windows of their exports.
 */
export class LateEntries {
  /** Whether there were too many to compare. */
  isFull = false;
  #count = 0;
  readonly #bySecond = new Map<number, LateEntry[]>();
  #fresh: LateEntry[] = [];

  /** An entry of the export that is walked over now. @returns a newer export that holds the same entry */
  meet(entry: SeenEntry, place: string): { readonly place: string; readonly line: number } | undefined {
    if (entry.isLate) this.#keep({ id: entry.id(), moment: { ...entry.moment }, place, line: entry.line });
    if (this.#count === 0) return undefined;
    const same = this.#bySecond.get(entry.moment.seconds);
    if (same === undefined) return undefined;
    const id = entry.id();
    return same.find((other) => other.id === id);
  }

  /** The walk goes on to the next older export. @param coveredStart of the one that is done: older ones hold nothing as new as that */
  passed(coveredStart: Moment): void {
    for (const late of this.#fresh) {
      const same = this.#bySecond.get(late.moment.seconds);
      if (same) same.push(late);
      else this.#bySecond.set(late.moment.seconds, [late]);
      this.#count += 1;
    }
    this.#fresh = [];
    for (const [second, entries] of this.#bySecond) {
      const kept = entries.filter(({ moment }) => compareMoments(moment, coveredStart) < 0);
      this.#count -= entries.length - kept.length;
      if (kept.length === 0) this.#bySecond.delete(second);
      else this.#bySecond.set(second, kept);
    }
  }

  #keep(late: LateEntry): void {
    if (this.#count + this.#fresh.length < MOST) this.#fresh.push(late);
    else this.isFull = true;
  }
}
