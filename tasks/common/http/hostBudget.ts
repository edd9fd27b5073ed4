import type { Clock } from '../time/clock';
import type { Sleep } from '../time/sleep';
import type { RateNews } from './rateHeaders';
import { RateMeter, type Answered, type MeterReading } from './rateMeter';
import { LONGEST_WAIT_MS } from './retryDelay';

/** What a budget tells while it makes requests wait. */
export interface BudgetEvents {
  /** Requests wait because the service asked for it, for so many ms from now on. Once for each time that it asked. */
  readonly onHalt: (ms: number) => void;
  /** Requests are spaced out, or no longer are. Each time that one has to wait for its turn. */
  readonly onPace: (pace: Pace) => void;
}

/** How requests are being spaced out. */
export interface Pace {
  /** Share of the rate limit that is left, from 0 to 1; undefined once nothing is spaced out any more. */
  readonly left: number | undefined;
}

/** What came of a request, as far as the budget is concerned. */
export interface Outcome {
  /** Undefined when no answer came. */
  readonly rate: RateNews | undefined;
  /** The service turned the request away because of its limit. */
  readonly isRefused: boolean;
  /** ms for which the service does not want another request. */
  readonly haltMs: number | undefined;
}

/** A request's leave to be sent; to be given back once its answer is there. */
export interface Pass {
  giveBack(outcome: Outcome): void;
}

export interface BudgetParts {
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly events: BudgetEvents;
  /** Halts everything that goes to the host, this budget's own requests too. */
  readonly haltHost: (ms: number) => void;
  /** What to throw when the service asks for a longer wait than is waited. */
  readonly tooLong: (ms: number) => Error;
}

interface Waiting {
  readonly turn: number;
  readonly start: (pass: Pass) => void;
  readonly refuse: (reason: Error) => void;
}

/** So many requests on their way need no ceiling any more: there are never that many. */
const UNBOUNDED_FROM = 32;
/** Answers older than this have no part in any limit. */
const REMEMBERED_MS = LONGEST_WAIT_MS;

/**
 * The leave to send requests to one host in one identity's name, given in turn. Where the service says nothing, everybody
 * goes at once; where it asks to wait, nobody does; and where it tells what is left, requests are spaced out so that it need
 * not ask.
 */
export class HostBudget {
  readonly #parts: BudgetParts;
  readonly #queue: Waiting[] = [];
  readonly #answers: number[] = [];
  /** Kept once the service is at ease again: what a request costs is known then. */
  #meter: RateMeter | undefined;
  #isPaced = false;
  #inFlight = 0;
  #starts = 0;
  #lastStart = -Infinity;
  #notBefore = -Infinity;
  #isHaltTold = true;
  /** Most requests on their way at once. It is 1 after a halt, and grows with each answer. */
  #ceiling = Infinity;
  #timer: { readonly due: number; readonly stop: AbortController } | undefined;

  constructor(parts: BudgetParts) {
    this.#parts = parts;
  }

  /** The instant, in ms, before which nothing starts. */
  get notBefore(): number {
    return this.#notBefore;
  }

  /** Nothing starts before so many ms have passed; what is waiting already does not start all at once then. */
  halt(ms: number): void {
    if (ms <= 0) return;
    const until = this.#parts.clock() + ms;
    this.#ceiling = 1;
    if (until <= this.#notBefore) return;
    this.#notBefore = until;
    this.#isHaltTold = false;
    if (ms > LONGEST_WAIT_MS) for (const waiting of this.#queue.splice(0)) waiting.refuse(this.#parts.tooLong(ms));
    this.#pump();
  }

  /**
   * Waits for leave to send.
   * @param turn who asked first goes first, also after a failed attempt
   * @throws the signal's reason, or what `tooLong` makes when the service asked for a wait that is too long
   */
  async enter(turn: number, signal: AbortSignal): Promise<Pass> {
    signal.throwIfAborted();
    const haltMs = this.#notBefore - this.#parts.clock();
    if (haltMs > LONGEST_WAIT_MS) throw this.#parts.tooLong(haltMs);
    return new Promise((resolve, reject) => {
      const leave = (): void => { signal.removeEventListener('abort', onAbort); };
      const waiting: Waiting = {
        turn,
        start: (pass) => { leave(); resolve(pass); },
        refuse: (reason) => { leave(); reject(reason); },
      };
      const onAbort = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        this.#pump();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const behind = this.#queue.findIndex((other) => other.turn > turn);
      this.#queue.splice(behind < 0 ? this.#queue.length : behind, 0, waiting);
      this.#pump();
    });
  }

  #pump(): void {
    for (;;) {
      const due = this.#queue.length === 0 ? Infinity : this.#dueAt();
      const now = this.#parts.clock();
      if (due > now) {
        this.#arm(due, now);
        return;
      }
      this.#queue.shift()?.start(this.#startNow(now));
    }
  }

  /** When the next request may start; Infinity when only an answer can tell. */
  #dueAt(): number {
    if (this.#inFlight >= this.#ceiling) return Infinity;
    return Math.max(this.#notBefore, this.#meter && this.#isPaced ? this.#meteredAt(this.#meter) : -Infinity);
  }

  #meteredAt(meter: RateMeter): number {
    if (this.#inFlight > 0 && (!meter.isCostKnown || !meter.isEnough(this.#inFlight))) return Infinity;
    if (meter.isEnough(this.#inFlight)) return this.#lastStart + meter.intervalMs(this.#inFlight);
    return meter.enoughAt(this.#notBefore);
  }

  #arm(due: number, now: number): void {
    if (this.#timer?.due === due) return;
    this.#timer?.stop.abort();
    this.#timer = undefined;
    if (due === Infinity) return;
    const stop = new AbortController();
    const timer = this.#timer = { due, stop };
    this.#tell(due, now);
    const onTime = (): void => {
      if (this.#timer !== timer) return;
      this.#timer = undefined;
      this.#pump();
    };
    this.#parts.sleep(due - now, stop.signal).then(onTime, () => undefined);
  }

  #tell(due: number, now: number): void {
    const { events } = this.#parts;
    if (due === this.#notBefore) {
      if (!this.#isHaltTold) events.onHalt(due - now);
      this.#isHaltTold = true;
    } else if (this.#meter) {
      events.onPace({ left: this.#meter.remaining });
    }
  }

  #startNow(startedAt: number): Pass {
    const isFirst = this.#inFlight === 0;
    this.#inFlight += 1;
    this.#starts += 1;
    this.#lastStart = startedAt;
    const number = this.#starts;
    return {
      giveBack: (outcome) => {
        this.#inFlight -= 1;
        this.#heed(outcome, { startedAt, endedAt: this.#parts.clock(), isAlone: isFirst && number === this.#starts, isRefused: outcome.isRefused });
        this.#pump();
      },
    };
  }

  #heed({ rate, haltMs = 0 }: Outcome, answered: Answered): void {
    if (rate === undefined) return;
    while ((this.#answers[0] ?? Infinity) < answered.endedAt - REMEMBERED_MS) this.#answers.shift();
    if (!answered.isRefused) this.#answers.push(answered.endedAt);
    if (isReading(rate)) {
      if (this.#meter) this.#meter.note(rate, answered);
      else this.#meter = new RateMeter(rate, answered.endedAt, this.#answers);
      this.#isPaced = true;
    } else if (!rate.isWarning && this.#isPaced && this.#meter?.relax(answered) === true) {
      this.#isPaced = false;
      // That all is there again is a belief; it is tried out a few requests at a time.
      this.#ceiling = Math.min(this.#ceiling, this.#inFlight + 1);
      this.#parts.events.onPace({ left: undefined });
    }
    const pauseMs = haltMs > 0 ? haltMs : rate.delayedMs ?? 0;
    if (pauseMs > 0) this.#parts.haltHost(pauseMs);
    else if (rate.remaining === 0) this.#ceiling = 1;
    else this.#ceiling = this.#ceiling + 1 >= UNBOUNDED_FROM ? Infinity : this.#ceiling + 1;
  }
}

function isReading(news: RateNews): news is MeterReading {
  return news.limit !== undefined && news.remaining !== undefined;
}
