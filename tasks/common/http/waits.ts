import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';
import type { Clock } from '../time/clock';
import { LONGEST_WAIT_MS } from './retryDelay';

/** A wait that is about to begin. */
export interface Wait {
  readonly host: string;
  readonly ms: number;
  /** `asked`: the service named the time, and nothing goes there until then; `failed`: a request failed and is repeated. */
  readonly why: 'asked' | 'failed';
}

/** How long anything has waited; what waits at the same time counts once. */
export class WaitingTime {
  readonly #clock: Clock;
  #spentMs = 0;
  #waiting = 0;
  #since = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** ms so far. */
  get totalMs(): number {
    return this.#spentMs + (this.#waiting === 0 ? 0 : this.#sinceMs());
  }

  /** Counts the time until the wait is over, one way or the other. */
  async during<T>(wait: () => Promise<T>): Promise<T> {
    if (this.#waiting === 0) this.#since = this.#clock();
    this.#waiting += 1;
    try {
      return await wait();
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#spentMs += this.#sinceMs();
    }
  }

  /** A clock may be set back meanwhile. */
  #sinceMs(): number {
    return Math.max(0, this.#clock() - this.#since);
  }
}

/** @throws TaskError THROTTLED_TOO_LONG */
export function refuseLongWait(url: URL, ms: number, activityId: string | undefined): void {
  if (ms <= LONGEST_WAIT_MS) return;
  throw tooLong(url, ms, activityId);
}

/** THROTTLED_TOO_LONG, for a service that asks to wait so many ms. */
export function tooLong(url: URL, ms: number, activityId: string | undefined): TaskError {
  const minutes = Math.ceil(ms / 60_000);
  return new TaskError('THROTTLED_TOO_LONG', `${disarm(url.hostname)} asks to wait ${minutes} minutes before the next request; the step waits ${LONGEST_WAIT_MS / 60_000} at most.`, {
    activityId,
    advice: [
      'Run the pipeline again later. Azure DevOps limits what one identity may use within five minutes (learn.microsoft.com/azure/devops/integrate/concepts/rate-limits).',
      'If other jobs use the same service principal or managed identity, give the export one of its own.',
    ],
  });
}
