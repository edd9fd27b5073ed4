import { OTHER_NAMES } from '../auditlog/tally';
import type { Window } from '../window/window';
import { formatInstant } from '../window/instant';
import { cutText, LONGEST_NAME } from './cutText';
import type { ReportData } from './reportData';

const SHORTEST_STEP = 60;
const LONGEST_STEP = 29_030_400;
/** Lengths of slots. Each is a whole number of times the one before, so that slots of one make up slots of the next. Seconds: 1 min to 48 weeks. */
const STEPS = [SHORTEST_STEP, 300, 900, 3_600, 21_600, 86_400, 604_800, 2_419_200, LONGEST_STEP];
const MOST_SLOTS = 200;
/** 2150: with the longest step, slots from 1970 until then are few enough. What a file claims to be later counts there. Seconds since 1970. */
const LATEST_SECOND = 5_680_281_600;
/** The service has six; a hostile answer must not fill the memory. */
const MOST_CATEGORIES = 12;
/** 1970 began on a Thursday; weeks begin on Monday. Seconds. */
const FIRST_MONDAY = 345_600;

/** Counts entries by category and time, in the shortest slots of which {@link MOST_SLOTS} hold all there is. */
export class TimeSlots {
  /** Slots begin at whole steps after this, seconds since 1970 UTC. */
  readonly #anchor: number;
  #step: number;
  #first: number;
  #last: number;
  /** By category, by number of the slot since the anchor. */
  #counts = new Map<string, Map<number, number>>();
  /** The seconds of `#slot`, since 1970 UTC: entries of one time come one after the other. */
  #slotFrom = 0;
  #slotUntil = 0;
  #slot = 0;

  /**
   * @param covered is shown even where nothing happened
   * @param offset seconds by which local clocks are ahead of UTC: days begin at their midnight
   * @param shortest length of the shortest slots, one of the steps, seconds
   */
  constructor(covered: Window, offset: number, shortest = SHORTEST_STEP) {
    this.#step = STEPS.find((step) => step >= shortest) ?? LONGEST_STEP;
    this.#anchor = FIRST_MONDAY - offset;
    this.#first = this.#slotOf(covered.startSeconds);
    this.#last = this.#slotOf(Math.max(covered.startSeconds, covered.endSeconds - 1));
    this.#widen();
  }

  /**
   * @param second since 1970 UTC
   * @param category what the entry has there
   * @param entries how many there are of it
   */
  add(second: number, category: unknown, entries = 1): void {
    if (second < this.#slotFrom || second >= this.#slotUntil) this.#find(second);
    const counts = this.#of(typeof category === 'string' && category !== '' ? cutText(category, LONGEST_NAME) : OTHER_NAMES);
    counts.set(this.#slot, (counts.get(this.#slot) ?? 0) + entries);
  }

  /** Categories with most entries first. */
  overTime(): ReportData['overTime'] {
    const sums = [...this.#counts].map(([name, counts]) => ({ name, counts, sum: [...counts.values()].reduce((sum, count) => sum + count, 0) }));
    sums.sort((left, right) => right.sum - left.sum || (left.name < right.name ? -1 : 1));
    const slots = Array.from({ length: this.#last - this.#first + 1 }, (_, at) => this.#first + at);
    return {
      start: formatInstant(this.#anchor + this.#first * this.#step),
      stepSeconds: this.#step,
      categories: sums.map(({ name }) => name),
      counts: sums.map(({ counts }) => slots.map((slot) => counts.get(slot) ?? 0)),
    };
  }

  #find(second: number): void {
    const slot = this.#slotOf(second);
    if (slot < this.#first || slot > this.#last) {
      this.#first = Math.min(this.#first, slot);
      this.#last = Math.max(this.#last, slot);
      this.#widen();
    }
    this.#slot = this.#slotOf(second);
    this.#slotFrom = this.#anchor + this.#slot * this.#step;
    this.#slotUntil = this.#slotFrom + this.#step;
  }

  #slotOf(second: number): number {
    return Math.floor((Math.min(Math.max(second, 0), LATEST_SECOND) - this.#anchor) / this.#step);
  }

  #of(category: string): Map<number, number> {
    const known = this.#counts.get(category);
    if (known) return known;
    const name = this.#counts.size < MOST_CATEGORIES ? category : OTHER_NAMES;
    const counts = this.#counts.get(name) ?? new Map<number, number>();
    this.#counts.set(name, counts);
    return counts;
  }

  /** Takes longer slots until there are few enough. */
  #widen(): void {
    const span = (this.#last - this.#first + 1) * this.#step;
    if (span <= MOST_SLOTS * this.#step || this.#step === LONGEST_STEP) return;
    const step = STEPS[STEPS.indexOf(this.#step) + 1] ?? LONGEST_STEP;
    const times = step / this.#step;
    this.#step = step;
    this.#first = Math.floor(this.#first / times);
    this.#last = Math.floor(this.#last / times);
    for (const [name, counts] of this.#counts) this.#counts.set(name, joined(counts, times));
    this.#widen();
  }
}

function joined(counts: ReadonlyMap<number, number>, times: number): Map<number, number> {
  const longer = new Map<number, number>();
  for (const [slot, count] of counts) {
    const at = Math.floor(slot / times);
    longer.set(at, (longer.get(at) ?? 0) + count);
  }
  return longer;
}
