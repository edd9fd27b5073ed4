import { modulo, type LocalClock } from './localClock';

const HOUR_SECONDS = 3_600;
const HOURS = 24;
const WEEK_HOURS = 7 * HOURS;
/** 1970 began on a Thursday; weeks begin on Monday. */
const HOURS_BEFORE_1970 = 3 * HOURS;

/** Counts entries by the weekday and hour that the clocks of a time zone showed. */
export class WeekdayHours {
  readonly #clock: LocalClock;
  readonly #counts = new Array<number>(WEEK_HOURS).fill(0);

  constructor(clock: LocalClock) {
    this.#clock = clock;
  }

  /** @param second since 1970 UTC */
  add(second: number): void {
    const hour = Math.floor((second + this.#clock.offsetAt(second)) / HOUR_SECONDS);
    const slot = modulo(hour + HOURS_BEFORE_1970, WEEK_HOURS);
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
  }

  /** `[weekday][hour]`, Monday first. */
  counts(): number[][] {
    return Array.from({ length: 7 }, (_, day) => this.#counts.slice(day * HOURS, (day + 1) * HOURS));
  }
}
