import type { Sleep } from '../../tasks/common/time/sleep';

interface Sleeper {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

/** A clock that goes on to the next sleeper whenever nobody has anything to do: hours of several workers take no time, and always end alike. */
export class VirtualTime {
  nowMs: number;
  #sleepers: Sleeper[] = [];
  #order = 0;

  constructor(nowMs = Date.UTC(2026, 10, 20)) {
    this.nowMs = nowMs;
  }

  readonly clock = (): number => this.nowMs;

  readonly sleep: Sleep = (ms, signal) => new Promise((resolve, reject) => {
    const onAbort = (): void => {
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
      reject(signal?.reason as Error);
    };
    const sleeper: Sleeper = {
      at: this.nowMs + ms,
      order: this.#order,
      wake: () => { signal?.removeEventListener('abort', onAbort); resolve(); },
    };
    this.#order += 1;
    if (signal?.aborted) reject(signal.reason as Error);
    else {
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.push(sleeper);
    }
  });

  /** How many sleep now. */
  get sleepers(): number {
    return this.#sleepers.length;
  }

  /** Lets time go on until the work is done; an error when everybody waits for something that no sleeper brings. */
  async run<T>(work: Promise<T>): Promise<T> {
    const progress = { isDone: false };
    const settled = work.finally(() => { progress.isDone = true; });
    settled.catch(() => undefined);
    for (;;) {
      await new Promise(setImmediate);
      if (progress.isDone) return settled;
      const next = this.#sleepers.reduce<Sleeper | undefined>((first, other) => (first === undefined || other.at < first.at || (other.at === first.at && other.order < first.order) ? other : first), undefined);
      if (!next) throw new Error('Nobody sleeps, and the work is not done.');
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.nowMs = Math.max(this.nowMs, next.at);
      next.wake();
    }
  }
}
