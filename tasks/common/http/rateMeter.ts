import type { RateNews } from './rateHeaders';
import { LONGEST_WAIT_MS } from './retryDelay';

/** One request that has been answered; instants in ms. */
export interface Answered {
  readonly startedAt: number;
  readonly endedAt: number;
  /** No other request was on its way at any time in between. */
  readonly isAlone: boolean;
  /** The service turned it away, so that it used nothing. */
  readonly isRefused: boolean;
}

/** News that can be reckoned with. */
export type MeterReading = RateNews & { readonly limit: number; readonly remaining: number };

/** The window of Azure DevOps, for answers that do not tell when usage ends. */
const DOCUMENTED_WINDOW_MS = 5 * 60_000;
/** The share of the limit that is kept in hand in the long run: there, requests go exactly as fast as usage is forgotten. */
const RESERVE = 1 / 20;
/** How much more is believed to be there after an answer without a warning. */
const RECOVERY = 1 / 20;
/** A first guess of a request's cost is at most this share of the limit: the rest of the usage may be others'. */
const DEAREST_GUESS = 1 / 10;
/** Two amounts used must differ by so much to show how usage ends. */
const TELLING_DIFFERENCE = 1 / 5;
/** Waits are reckoned longer by so much, because the service tells its times in whole seconds. */
const MARGIN = 1.2;
/** After so many requests that seemed to cost nothing, their average has to do. */
const ENOUGH_SINGLES = 8;

/**
 * What remains of a rate limit, and how fast it may be spent. All amounts are shares of the limit, because one service may
 * tell of several limits in turn. How the service forgets is not documented: each unit after a
 * whole window, or all of them evenly. So it is found out, and until then the slower way is believed.
 */
export class RateMeter {
  /** What the service said last, and when. */
  #remaining: number;
  #toldAt: number;
  /** The most that was left while the service still warned: without a warning there is more. */
  #mostWarned: number;
  #windowMs: number;
  #drainPerMs: number;
  /** The news with the lowest usage: against it shows whether the end of all usage moves with usage. */
  #lowest: { readonly used: number; readonly resetInMs: number } | undefined;
  #isEven: boolean | undefined;
  #measuredCost: number | undefined;
  #single: { readonly remaining: number; readonly at: number; count: number } | undefined;
  /** Instants at which own requests were answered, oldest first. */
  readonly #answers: readonly number[];

  /** @param answers own requests of this host and identity, oldest first; the owner goes on adding to it */
  constructor(reading: MeterReading, at: number, answers: readonly number[]) {
    this.#remaining = this.#mostWarned = reading.remaining / reading.limit;
    this.#toldAt = at;
    this.#answers = answers;
    this.#windowMs = reading.resetInMs ?? DOCUMENTED_WINDOW_MS;
    this.#drainPerMs = 1 / this.#windowMs;
    this.#heed(reading);
  }

  get remaining(): number {
    return this.#remaining;
  }

  get toldAt(): number {
    return this.#toldAt;
  }

  /** Whether a request's cost is known, so that several may be on their way. */
  get isCostKnown(): boolean {
    return this.#measuredCost !== undefined;
  }

  /** What one request costs, as far as it is known. */
  get cost(): number {
    if (this.#measuredCost !== undefined) return this.#measuredCost;
    // Others may use the limit too, so that the average of the own requests can be far too high.
    const recent = this.#answers.length - this.#firstSince(this.#toldAt - this.#windowMs);
    const average = (1 - this.#remaining) / Math.max(1, recent);
    return average > 0 ? Math.min(average, DEAREST_GUESS) : DEAREST_GUESS;
  }

  /** Takes what an answer said. */
  note(reading: MeterReading, { startedAt, endedAt, isAlone, isRefused }: Answered): void {
    this.#heed(reading);
    const remaining = reading.remaining / reading.limit;
    this.#mostWarned = Math.max(this.#mostWarned, remaining);
    this.#measure(remaining, endedAt, isAlone && !isRefused);
    // Answers overtake each other: one that began before the last was told may be the older news, and then the lower is right.
    this.#remaining = startedAt >= this.#toldAt ? remaining : Math.min(this.#remaining, remaining);
    this.#toldAt = endedAt;
  }

  /**
   * An answer without any warning: a little more is believed to be there.
   * @returns whether all of it is there again
   */
  relax({ startedAt, endedAt }: Answered): boolean {
    if (startedAt < this.#toldAt) return false;
    const isForgotten = endedAt - this.#toldAt >= this.#windowMs;
    this.#remaining = Math.min(1, Math.max(this.#remaining, this.#mostWarned) + Math.max(2 * this.cost, RECOVERY));
    this.#toldAt = endedAt;
    this.#single = undefined;
    return isForgotten || this.#remaining >= 1;
  }

  /** What is left for certain, while the service may not have counted the requests on their way. */
  left(inFlight: number): number {
    return this.#remaining - inFlight * this.cost;
  }

  /** Whether another request fits. */
  isEnough(inFlight: number): boolean {
    return this.left(inFlight) >= this.cost * 0.999;
  }

  /**
   * ms that are to lie between two starts: the less is left the more, and at the reserve as many as it takes the service to
   * forget one request.
   */
  intervalMs(inFlight: number): number {
    const { cost } = this;
    if (!this.isCostKnown && this.left(inFlight) > 2 * DEAREST_GUESS) return 0;
    // Where usage ends all at once, there is no pace that could be kept: what is there is used, only not in one go.
    const reserve = this.#isEven === false ? RESERVE / 4 : Math.max(RESERVE, 1.25 * cost);
    return Math.min(LONGEST_WAIT_MS, cost * reserve / (this.#drainPerMs * Math.max(this.left(inFlight), cost)));
  }

  /**
   * When a request may start although too little is left, in ms.
   * @param notBefore until when the service asked to wait
   */
  enoughAt(notBefore: number): number {
    if (this.#isEven === undefined && notBefore > this.#toldAt) return notBefore;
    const { cost } = this;
    const missing = cost - this.#remaining;
    const oldest = this.#answers[this.#firstSince(this.#toldAt - this.#windowMs) + Math.ceil(missing / cost - 0.001) - 1];
    const isDrained = this.#isEven === true || oldest === undefined;
    const at = isDrained ? this.#toldAt + MARGIN * missing / this.#drainPerMs : oldest + this.#windowMs;
    return Math.max(notBefore, Math.min(at, this.#toldAt + LONGEST_WAIT_MS));
  }

  #heed({ limit, remaining, resetInMs }: MeterReading): void {
    const used = 1 - remaining / limit;
    if (resetInMs === undefined || used <= 0) return;
    this.#windowMs = Math.max(this.#windowMs === DOCUMENTED_WINDOW_MS ? 0 : this.#windowMs, resetInMs);
    this.#drainPerMs = used / resetInMs;
    if (this.#lowest === undefined || used < this.#lowest.used) this.#lowest = { used, resetInMs };
    const lowest = this.#lowest;
    if (used - lowest.used < TELLING_DIFFERENCE) return;
    const evenly = resetInMs * lowest.used / used;
    this.#isEven = Math.abs(lowest.resetInMs - evenly) < Math.abs(lowest.resetInMs - resetInMs);
  }

  /** A request's cost, from what is lost between two answers with nothing else on its way. */
  #measure(remaining: number, at: number, isAlone: boolean): void {
    if (!isAlone || remaining === 0) {
      this.#single = undefined;
      return;
    }
    const before = this.#single ??= { remaining, at, count: -1 };
    before.count += 1;
    if (before.count === 0) return;
    // What was forgotten meanwhile is between nothing and what is forgotten when all is forgotten evenly.
    const least = (before.remaining - remaining) / before.count;
    const most = least + this.#drainPerMs * (at - before.at) / before.count;
    if (most <= 0 && before.count < ENOUGH_SINGLES) return;
    const known = this.#measuredCost ?? (most <= 0 ? this.cost : most);
    const isCheaper = this.#isEven !== false && most > 0 && most < known;
    this.#measuredCost = isCheaper ? Math.max(most, known / 2) : Math.max(known, least);
    this.#single = { remaining, at, count: 0 };
  }

  /** Index of the first own answer after an instant. */
  #firstSince(instant: number): number {
    const index = this.#answers.findIndex((at) => at > instant);
    return index < 0 ? this.#answers.length : index;
  }
}
