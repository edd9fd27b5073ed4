import { performance } from 'node:perf_hooks';

/** What happened longer ago counts half: from so much on, ms. */
const REMEMBERED_MS = 1_000;

/** Time as a thread sees it, ms since any beginning. */
export interface ThreadTime {
  readonly now: () => number;
  /** The part of it in which the thread had nothing to do. */
  readonly idle: () => number;
}

const THIS_THREAD: ThreadTime = { now: () => performance.now(), idle: () => performance.eventLoopUtilization().idle };

/** Which part of the time a thread has nothing to do but wait for something. */
export class WaitShare {
  readonly #time: ThreadTime;
  #waitedMs = 0;
  #allMs = 0;
  #since: number;

  constructor(time: ThreadTime = THIS_THREAD) {
    this.#time = time;
    this.#since = time.now();
  }

  /** @param wait what is waited for; what else the thread does meanwhile is no waiting */
  async during(wait: Promise<void>): Promise<void> {
    const before = this.#time.idle();
    await wait;
    this.#waitedMs += this.#time.idle() - before;
    this.#count();
  }

  /** Of late, 0 to 1; 1 before anything is known. */
  get share(): number {
    this.#count();
    return this.#allMs === 0 ? 1 : Math.min(1, this.#waitedMs / this.#allMs);
  }

  #count(): void {
    const now = this.#time.now();
    this.#allMs += now - this.#since;
    this.#since = now;
    if (this.#allMs <= REMEMBERED_MS) return;
    this.#waitedMs /= 2;
    this.#allMs /= 2;
  }
}
