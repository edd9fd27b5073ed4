import type { Sleep } from '../../tasks/common/time/sleep';

/** What waits for so long waits for the simulated clock: the job's maxDuration. All shorter time-outs are those of the real network. */
const LONG_MS = 20 * 60_000;

interface LongTimer {
  readonly due: number;
  readonly fire: () => void;
}

/** One clock for product and stand-in, and the time-outs that are meant by it. It moves when somebody sleeps, asks a service, or the year goes on. */
export class SimulatedTime {
  nowMs: number;
  readonly #timers = new Set<LongTimer>();
  readonly #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  /** From now on long time-outs of this process follow this clock. */
  install(): void {
    const { setTimeout, clearTimeout } = this.#real;
    const simulated = (fire: () => void, ms?: number, ...rest: unknown[]): unknown => {
      if (ms === undefined || ms < LONG_MS) return (setTimeout as (...all: unknown[]) => unknown)(fire, ms, ...rest);
      const timer = { due: this.nowMs + ms, fire };
      this.#timers.add(timer);
      return timer;
    };
    // The promisified form of setTimeout, and all else that Node hangs on it, stays.
    globalThis.setTimeout = Object.defineProperties(simulated, Object.getOwnPropertyDescriptors(setTimeout)) as typeof globalThis.setTimeout;
    globalThis.clearTimeout = (timer) => {
      if (!this.#timers.delete(timer as unknown as LongTimer)) clearTimeout(timer);
    };
  }

  uninstall(): void {
    Object.assign(globalThis, this.#real);
  }

  advance(ms: number): void {
    this.nowMs += ms;
    for (const timer of this.#timers) {
      if (timer.due > this.nowMs) continue;
      this.#timers.delete(timer);
      timer.fire();
    }
  }

  readonly sleep: Sleep = (ms, signal) => {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    this.advance(ms);
    return signal?.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve();
  };
}
