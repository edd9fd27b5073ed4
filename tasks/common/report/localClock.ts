import { offsetSeconds } from '../window/timeZone';

const DAY_SECONDS = 86_400;
/** Clocks are set at quarters of an hour, UTC: every zone's offset has been a multiple of one since 1972. */
export const QUARTER_SECONDS = 900;

/** What the clocks of a time zone show. The calendar library is asked once a day, not for each entry. */
export class LocalClock {
  readonly #timeZone: string;
  /** The stretch in which `#offset` holds, seconds since 1970 UTC. */
  #from = 0;
  #until = 0;
  #offset = 0;

  /** @param timeZone IANA name */
  constructor(timeZone: string) {
    this.#timeZone = timeZone;
  }

  /** Seconds ahead of UTC. @param second since 1970 UTC */
  offsetAt(second: number): number {
    if (second < this.#from || second >= this.#until) this.#find(second);
    return this.#offset;
  }

  /** No zone sets its clocks twice in a day, so a day with one offset at both ends has it throughout. */
  #find(second: number): void {
    this.#from = second - modulo(second, DAY_SECONDS);
    this.#until = this.#from + DAY_SECONDS;
    this.#offset = offsetSeconds(this.#timeZone, this.#from);
    if (this.#offset === offsetSeconds(this.#timeZone, this.#until)) return;
    this.#from = second - modulo(second, QUARTER_SECONDS);
    this.#until = this.#from + QUARTER_SECONDS;
    this.#offset = offsetSeconds(this.#timeZone, this.#from);
  }
}

/** Never negative. */
export function modulo(dividend: number, divisor: number): number {
  return ((dividend % divisor) + divisor) % divisor;
}
