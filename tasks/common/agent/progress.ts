import type { Clock } from '../time/clock';
import type { Agent } from './agent';

/** At most one line of progress in so many ms. */
const LINE_EVERY_MS = 10_000;

/** Tells how far long work has come: the percentage whenever it changes, a line of the log only now and then. */
export class Progress {
  readonly #agent: Agent;
  readonly #clock: Clock;
  #lineAt: number;
  #percent = -1;

  constructor(agent: Agent, clock: Clock) {
    this.#agent = agent;
    this.#clock = clock;
    this.#lineAt = clock() + LINE_EVERY_MS;
  }

  /** @param line made only when it is time for one */
  report(percent: number, line: () => string): void {
    const whole = Math.max(0, Math.min(99, Math.floor(percent)));
    if (whole > this.#percent) {
      this.#percent = whole;
      this.#agent.progress(whole);
    }
    const now = this.#clock();
    if (now < this.#lineAt) return;
    this.#lineAt = now + LINE_EVERY_MS;
    this.#agent.log.info(line());
  }
}
