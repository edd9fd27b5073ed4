import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';
import type { Clock } from '../time/clock';
import type { Random } from '../time/random';
import type { Sleep } from '../time/sleep';
import { attempt, type HttpResponse } from './attempt';
import { assertMayGo, type Credential } from './credential';
import type { Dispatchers } from './dispatchers';
import { isRetriedTransport, transportFailure } from './failure';
import { backoffMs, isRetriedStatus, LONGEST_WAIT_MS, MOST_ATTEMPTS, retryAfterMs } from './retryDelay';
import type { HttpSettings } from './settings';

export type { HttpResponse } from './attempt';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Goes along only to the credential's own hosts. */
  readonly credential?: Credential;
  /** Most bytes of the answer's body, decompressed; more is an error. Default 64 MiB. */
  readonly maximumBytes?: number;
  /** Hand a 429 back instead of waiting when nothing remains of the rate limit: the caller knows that it cannot be spent yet. */
  readonly returnsExhausted?: boolean;
  /** Whether a 200's body is all there; one that is not counts as a transport fault and is asked for again. */
  readonly isWhole?: (body: Buffer) => boolean;
  readonly signal: AbortSignal;
}

/** What a run tells about its requests. */
export interface HttpStatistics {
  requests: number;
  retries: number;
  /** ms spent waiting because a service asked for it or a request had failed. */
  waitedMs: number;
}

/** A wait that is about to begin. */
export interface Wait {
  readonly host: string;
  readonly ms: number;
  /** `asked`: the service named the time; `failed`: a request failed and is repeated. */
  readonly why: 'asked' | 'failed';
}

export interface HttpParts {
  readonly settings: HttpSettings;
  readonly dispatchers: Dispatchers;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly onWait: (wait: Wait) => void;
}

const DEFAULT_MAXIMUM_BYTES = 64 * 1024 * 1024;

/** What has been tried so far: being asked to wait is not a failure, and uses up none of the attempts. */
interface Tries {
  attempts: number;
  failures: number;
}

type Outcome = { readonly response: HttpResponse } | { readonly retryInMs: number; readonly why: Wait['why'] };

/**
 * The one way out: every request of the product passes here, with its time-outs, its retries and its waits.
 * Redirects are never followed. The answer is returned whatever its status once retries are of no use.
 */
export class Http {
  readonly statistics: HttpStatistics = { requests: 0, retries: 0, waitedMs: 0 };
  readonly #parts: HttpParts;
  /** Per host, the instant (ms) before which the service does not want another request. */
  readonly #notBefore = new Map<string, number>();

  constructor(parts: HttpParts) {
    this.#parts = parts;
  }

  /**
   * Sends a request and repeats it after transport faults, broken bodies, 429 and 5xx.
   * @throws TaskError NETWORK_UNREACHABLE, CERTIFICATE_NOT_TRUSTED, RESPONSE_TOO_LARGE, THROTTLED_TOO_LONG,
   *   TOKEN_HOST_REFUSED; or the reason of the request's signal
   */
  async send(request: HttpRequest): Promise<HttpResponse> {
    if (request.credential) assertMayGo(request.credential, request.url);
    const requestId = this.#parts.random.uuid();
    const tries: Tries = { attempts: 0, failures: 0 };
    for (;;) {
      await this.#waitUntilWelcome(request);
      tries.attempts += 1;
      const outcome = await this.#try(request, requestId, tries);
      if ('response' in outcome) return outcome.response;
      if (outcome.why === 'failed') tries.failures += 1;
      this.statistics.retries += 1;
      await this.#wait(request, outcome.retryInMs, outcome.why);
    }
  }

  async close(): Promise<void> {
    await this.#parts.dispatchers.close();
  }

  async #try(request: HttpRequest, requestId: string, tries: Tries): Promise<Outcome> {
    const { dispatcher, proxy } = this.#parts.dispatchers.route(request.url);
    this.statistics.requests += 1;
    try {
      const response = await attempt(dispatcher, {
        method: request.method,
        url: request.url,
        body: request.body,
        headers: {
          accept: 'application/json',
          'user-agent': this.#parts.settings.userAgent,
          'x-vss-e2eid': requestId,
          ...request.headers,
          ...(request.credential?.authorization !== undefined && { authorization: request.credential.authorization }),
        },
        maximumBytes: request.maximumBytes ?? DEFAULT_MAXIMUM_BYTES,
        wholeTimeoutMs: this.#parts.settings.timeouts.whole,
        signal: request.signal,
      });
      return this.#judge(request, response, tries);
    } catch (thrown) {
      request.signal.throwIfAborted();
      if (thrown instanceof TaskError) throw thrown;
      if (isLast(tries) || !isRetriedTransport(thrown)) throw transportFailure(thrown, request.url, proxy, tries.attempts);
      return { retryInMs: backoffMs(tries.failures + 1, this.#parts.random), why: 'failed' };
    }
  }

  #judge(request: HttpRequest, response: HttpResponse, tries: Tries): Outcome {
    const now = this.#parts.clock();
    const askedMs = retryAfterMs(response.header('retry-after'), response.dateMs ?? now);
    const isRetried = isRetriedStatus(response.status);
    if (response.status === 429 && response.isExhausted && request.returnsExhausted === true) return { response };
    if (askedMs !== undefined && isRetried) {
      this.#refuseLongWait(request.url, askedMs, response.activityId);
      return { retryInMs: Math.max(askedMs, backoffMs(tries.attempts, this.#parts.random)), why: 'asked' };
    }
    if (askedMs !== undefined) this.#notBefore.set(request.url.hostname, now + askedMs);
    const isBroken = response.status === 200 && request.isWhole?.(response.body) === false;
    if (!(isRetried || isBroken) || isLast(tries)) return { response };
    return { retryInMs: backoffMs(tries.failures + 1, this.#parts.random), why: 'failed' };
  }

  /** Waits for what an earlier answer of the same host asked for, a 200 included. */
  async #waitUntilWelcome(request: HttpRequest): Promise<void> {
    const notBefore = this.#notBefore.get(request.url.hostname);
    if (notBefore === undefined) return;
    const ms = notBefore - this.#parts.clock();
    if (ms <= 0) {
      this.#notBefore.delete(request.url.hostname);
      return;
    }
    this.#refuseLongWait(request.url, ms, undefined);
    await this.#wait(request, ms, 'asked');
  }

  async #wait(request: HttpRequest, ms: number, why: Wait['why']): Promise<void> {
    this.#parts.onWait({ host: request.url.hostname, ms, why });
    this.statistics.waitedMs += ms;
    await this.#parts.sleep(ms, request.signal);
  }

  #refuseLongWait(url: URL, ms: number, activityId: string | undefined): void {
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
}

function isLast(tries: Tries): boolean {
  return tries.failures + 1 >= MOST_ATTEMPTS;
}
