import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';
import type { Clock } from '../time/clock';
import type { Sleep } from '../time/sleep';
import { LONGEST_WAIT_MS } from './retryDelay';

/** A wait that is about to begin. */
export interface Wait {
  readonly host: string;
  readonly ms: number;
  /** `asked`: the service named the time; `failed`: a request failed and is repeated. */
  readonly why: 'asked' | 'failed';
}

export interface WaitParts {
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly onWait: (wait: Wait) => void;
}

/** Who is waited for, and until when. */
export class Waits {
  /** ms waited so far. */
  totalMs = 0;
  readonly #parts: WaitParts;
  /** Per host, the instant (ms) before which the service does not want another request. */
  readonly #notBefore = new Map<string, number>();

  constructor(parts: WaitParts) {
    this.#parts = parts;
  }

  /** Remembers that the host wants no request for so many ms. */
  noteUnwelcome(url: URL, ms: number): void {
    this.#notBefore.set(url.hostname, this.#parts.clock() + ms);
  }

  /** Waits for what an earlier answer of the same host asked for, a 200 included. */
  async untilWelcome(url: URL, signal: AbortSignal): Promise<void> {
    const notBefore = this.#notBefore.get(url.hostname);
    if (notBefore === undefined) return;
    const ms = notBefore - this.#parts.clock();
    if (ms <= 0) {
      this.#notBefore.delete(url.hostname);
      return;
    }
    refuseLongWait(url, ms, undefined);
    await this.wait(url, ms, 'asked', signal);
  }

  async wait(url: URL, ms: number, why: Wait['why'], signal: AbortSignal): Promise<void> {
    this.#parts.onWait({ host: url.hostname, ms, why });
    this.totalMs += ms;
    await this.#parts.sleep(ms, signal);
  }
}

/** @throws TaskError THROTTLED_TOO_LONG */
export function refuseLongWait(url: URL, ms: number, activityId: string | undefined): void {
  if (ms <= LONGEST_WAIT_MS) return;
  const minutes = Math.ceil(ms / 60_000);
  throw new TaskError('THROTTLED_TOO_LONG', `${disarm(url.hostname)} asks to wait ${minutes} minutes before the next request; the step waits ${LONGEST_WAIT_MS / 60_000} at most.`, {
    activityId,
    advice: [
      'Run the pipeline again later. Azure DevOps limits what one identity may use within five minutes (learn.microsoft.com/azure/devops/integrate/concepts/rate-limits).',
      'If other jobs use the same service principal or managed identity, give the export one of its own.',
    ],
  });
}
