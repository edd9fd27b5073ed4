import type { Random } from '../../tasks/common/time/random';
import type { Sleep } from '../../tasks/common/time/sleep';

/** A clock that moves only when somebody sleeps, so that waits of minutes take no time. */
export class SteppedTime {
  nowMs: number;
  /** All sleeps so far, in ms. */
  readonly waits: number[] = [];

  constructor(nowMs = Date.UTC(2026, 10, 20)) {
    this.nowMs = nowMs;
  }

  readonly clock = (): number => this.nowMs;

  readonly sleep: Sleep = (ms, signal) => {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    this.waits.push(ms);
    this.nowMs += ms;
    return Promise.resolve();
  };
}

/** Dice that always fall alike; its UUIDs count up. */
export function loadedRandom(fraction = 0): Random {
  let count = 0;
  return {
    fraction: () => fraction,
    uuid: () => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`,
  };
}
