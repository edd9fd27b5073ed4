import { modulo, QUARTER_SECONDS, type LocalClock } from './localClock';

const HOUR_SECONDS = 3_600;
const HOURS = 24;
const WEEK_HOURS = 7 * HOURS;
/** 1970 began on a Thursday; weeks begin on Monday. */
const HOURS_BEFORE_1970 = 3 * HOURS;

/** Counts entries by the weekday and hour that the clocks of a time zone showed. */
export class WeekdayHours {
  readonly #clock: LocalClock;
  readonly #counts = new Array<number>(WEEK_HOURS).fill(0);
  /** The stretch of which all seconds are in `#slot`, since 1970 UTC: entries of one time come one after the other. */
  #from = 0;
  #until = 0;
  #slot = 0;

  constructor(clock: LocalClock) {
    this.#clock = clock;
  }

  /** @param second since 1970 UTC */
  add(second: number): void {
    if (second < this.#from || second >= this.#until) this.#find(second);
    this.#counts[this.#slot] = (this.#counts[this.#slot] ?? 0) + 1;
  }

  /** Clocks are set at quarters of an hour, UTC, so every second of one shows the same hour. */
  #find(second: number): void {
    this.#from = second - modulo(second, QUARTER_SECONDS);
    this.#until = this.#from + QUARTER_SECONDS;
    const hour = Math.floor((second + this.#clock.offsetAt(second)) / HOUR_SECONDS);
    this.#slot = modulo(hour + HOURS_BEFORE_1970, WEEK_HOURS);
  }

  /** `[weekday][hour]`, Monday first. */
  counts(): number[][] {
    return Array.from({ length: 7 }, (_, day) => this.#counts.slice(day * HOURS, (day + 1) * HOURS));
  }
}
