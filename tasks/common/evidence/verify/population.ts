import { isoOfTicks } from '../../time/ticks';
import { momentOf, type SeenEntry } from './entryChecks';
import type { Interval } from './exportRecord';
import { compareMoments, ticksOfMoment, type Moment } from '../../auditlog/moments';
import { NameCounts } from './nameCounts';

/** Entries and what is said of them as a whole. */
export interface PopulationSummary {
  readonly entries: number;
  /** Instants with seven digits of fraction, UTC; null without entries. */
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly categories: readonly { readonly name: string; readonly entries: number }[];
}

/** Counts the entries of a time, each once. */
export class Population {
  #entries = 0;
  readonly #oldest: Moment = { seconds: Infinity, fraction: 0 };
  readonly #newest: Moment = { seconds: -1, fraction: 0 };
  readonly #start: Moment;
  readonly #end: Moment;
  readonly #categories = new NameCounts();

  /** @param range half-open */
  constructor(range: Interval) {
    this.#start = momentOf(range.start);
    this.#end = momentOf(range.end);
  }

  /** @param ceiling from here on newer exports hold the entries @returns whether the entry counts */
  add(entry: SeenEntry, ceiling: Moment | undefined): boolean {
    const { moment } = entry;
    if (compareMoments(moment, this.#start) < 0 || compareMoments(moment, this.#end) >= 0 || (ceiling !== undefined && compareMoments(moment, ceiling) >= 0)) return false;
    this.#entries += 1;
    entry.countCategory(this.#categories);
    if (compareMoments(moment, this.#oldest) < 0) Object.assign(this.#oldest, moment);
    if (compareMoments(moment, this.#newest) > 0) Object.assign(this.#newest, moment);
    return true;
  }

  get summary(): PopulationSummary {
    return {
      entries: this.#entries,
      oldest: this.#entries === 0 ? null : isoOfTicks(ticksOfMoment(this.#oldest)),
      newest: this.#entries === 0 ? null : isoOfTicks(ticksOfMoment(this.#newest)),
      categories: this.#categories.sorted(),
    };
  }
}
