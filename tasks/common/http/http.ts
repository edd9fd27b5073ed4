import { TaskError } from '../errors/taskError';
import type { Clock } from '../time/clock';
import type { Random } from '../time/random';
import type { Sleep } from '../time/sleep';
import { attempt, type Attempt, type HttpResponse, type ResponseHead } from './attempt';
import { Budgets } from './budgets';
import { assertMayGo, type Credential } from './credential';
import type { Dispatchers } from './dispatchers';
import { attemptDownload, type DownloadedFile } from './download';
import { isRetriedTransport, transportFailure } from './failure';
import type { Outcome as BudgetOutcome, Pace } from './hostBudget';
import { readRateHeaders } from './rateHeaders';
import { backoffMs, isRetriedStatus, MOST_ATTEMPTS, retryAfterMs } from './retryDelay';
import type { HttpSettings } from './settings';
import { refuseLongWait, WaitingTime, type Wait } from './waits';

export type { HttpResponse } from './attempt';
export type { DownloadedFile } from './download';
export type { Wait } from './waits';

interface AnyRequest {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Goes along only to the credential's own hosts. */
  readonly credential?: Credential;
  readonly signal: AbortSignal;
}

export interface HttpRequest extends AnyRequest {
  readonly method: 'GET' | 'POST';
  readonly body?: string;
  /** Most bytes of the answer's body, decompressed; more is an error. Default 64 MiB. */
  readonly maximumBytes?: number;
  /** Hand a 429 back instead of waiting when nothing remains of the rate limit: the caller knows that it cannot be spent yet. */
  readonly returnsExhausted?: boolean;
  /** Whether a 200's body is all there; one that is not counts as a transport fault and is asked for again. */
  readonly isWhole?: (body: Buffer) => boolean;
}

/** A GET whose answer goes to a file. */
export interface DownloadRequest extends AnyRequest {
  /** Most bytes of the file, decompressed; more is an error. */
  readonly maximumBytes: number;
}

/** What a run tells about its requests. */
export interface HttpStatistics {
  requests: number;
  retries: number;
  /**
   * ms in which anything waited because a service asked for it, because its limit was near, or because a request had failed;
   * what waited at the same time counts once.
   */
  waitedMs: number;
}

export interface HttpParts {
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly onWait: (wait: Wait) => void;
  /** Requests to a host are spaced out, told at each of them, or no longer are. */
  readonly onPace?: (host: string, pace: Pace) => void;
  readonly settings: HttpSettings;
  readonly dispatchers: Dispatchers;
  readonly random: Random;
}

const DEFAULT_MAXIMUM_BYTES = 64 * 1024 * 1024;

/** What has been tried so far: being asked to wait is not a failure, and uses up none of the attempts. */
interface Tries {
  /** Whose turn it is, where several wait. */
  readonly turn: number;
  attempts: number;
  failures: number;
}

type Outcome<R> = { readonly response: R } | { readonly retryInMs: number };

/** What an answer means for its own request, and for all others. */
interface Judgement<R> {
  readonly outcome: Outcome<R>;
  readonly haltMs: number | undefined;
}

/** One kind of request: how it is sent once, and what counts as a broken answer. */
interface Exchange<R extends ResponseHead> {
  readonly request: AnyRequest & { readonly returnsExhausted?: boolean };
  readonly parts: Pick<Attempt, 'method' | 'body' | 'maximumBytes'> & { readonly accept: string };
  readonly once: (dispatcher: ReturnType<Dispatchers['route']>['dispatcher'], attempt: Attempt) => Promise<R>;
  readonly isBroken: (response: R) => boolean;
}

/**
 * The one way out: every request of the product passes here, with its time-outs, its retries and its waits.
 * Redirects are never followed. The answer is returned whatever its status once retries are of no use.
 */
export class Http {
  readonly #parts: HttpParts;
  readonly #budgets: Budgets;
  readonly #waiting: WaitingTime;
  readonly #counts = { requests: 0, retries: 0 };
  #turns = 0;

  constructor(parts: HttpParts) {
    const { clock, sleep, onWait, onPace } = parts;
    this.#parts = parts;
    this.#waiting = new WaitingTime(clock);
    this.#budgets = new Budgets({
      clock,
      sleep,
      onHalt: (host, ms) => { onWait({ host, ms, why: 'asked' }); },
      onPace: (host, pace) => { onPace?.(host, pace); },
    });
  }

  get statistics(): HttpStatistics {
    return { ...this.#counts, waitedMs: this.#waiting.totalMs };
  }

  /**
   * Sends a request and repeats it after transport faults, broken bodies, 429 and 5xx.
   * @throws TaskError NETWORK_UNREACHABLE, CERTIFICATE_NOT_TRUSTED, RESPONSE_TOO_LARGE, THROTTLED_TOO_LONG,
   *   TOKEN_HOST_REFUSED; or the reason of the request's signal
   */
  send(request: HttpRequest): Promise<HttpResponse> {
    return this.#repeat({
      request,
      parts: { method: request.method, body: request.body, maximumBytes: request.maximumBytes ?? DEFAULT_MAXIMUM_BYTES, accept: 'application/json' },
      once: attempt,
      isBroken: (response) => response.status === 200 && request.isWhole?.(response.body) === false,
    });
  }

  /**
   * Writes the body of a 200 to a new file, piece by piece; after a fault it is asked for again from its beginning.
   * With any other status there is no file. It may take as long as it does not fall silent.
   * @param file must not be there yet; its folder must
   * @throws TaskError DOWNLOAD_TOO_LARGE, OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE, and what {@link send} throws
   */
  download(request: DownloadRequest, file: string): Promise<DownloadedFile> {
    return this.#repeat({
      request,
      parts: { method: 'GET', body: undefined, maximumBytes: request.maximumBytes, accept: '*/*' },
      once: (dispatcher, parts) => attemptDownload(dispatcher, parts, file),
      isBroken: () => false,
    });
  }

  async close(): Promise<void> {
    await this.#parts.dispatchers.close();
  }

  async #repeat<R extends ResponseHead>(exchange: Exchange<R>): Promise<R> {
    const { credential, url, signal } = exchange.request;
    if (credential) assertMayGo(credential, url);
    const requestId = this.#parts.random.uuid();
    const tries: Tries = { turn: this.#turns++, attempts: 0, failures: 0 };
    for (;;) {
      const outcome = await this.#inTurn(exchange, requestId, tries);
      if ('response' in outcome) return outcome.response;
      this.#counts.retries += 1;
      if (outcome.retryInMs === 0) continue;
      this.#parts.onWait({ host: url.hostname, ms: outcome.retryInMs, why: 'failed' });
      await this.#waiting.during(() => this.#parts.sleep(outcome.retryInMs, signal));
    }
  }

  /** One attempt, once the host's budget lets it go. */
  async #inTurn<R extends ResponseHead>(exchange: Exchange<R>, requestId: string, tries: Tries): Promise<Outcome<R>> {
    const { credential, url, signal } = exchange.request;
    const pass = await this.#waiting.during(() => this.#budgets.of(url, credential).enter(tries.turn, signal));
    let forBudget: BudgetOutcome = { rate: undefined, isRefused: false, haltMs: undefined };
    tries.attempts += 1;
    try {
      const response = await this.#try(exchange, requestId, tries);
      if ('retryInMs' in response) return response;
      const { outcome, haltMs } = this.#judge(exchange, response.response, tries);
      forBudget = { rate: readRateHeaders(response.response, this.#parts.clock()), isRefused: response.response.status === 429, haltMs };
      if (haltMs !== undefined && !('response' in outcome)) refuseLongWait(url, haltMs, response.response.activityId);
      return outcome;
    } finally {
      pass.giveBack(forBudget);
    }
  }

  async #try<R extends ResponseHead>(exchange: Exchange<R>, requestId: string, tries: Tries): Promise<Outcome<R>> {
    const { request, parts: { accept, ...parts } } = exchange;
    const { dispatcher, proxy } = this.#parts.dispatchers.route(request.url);
    this.#counts.requests += 1;
    try {
      const response = await exchange.once(dispatcher, {
        ...parts,
        url: request.url,
        headers: {
          accept,
          'user-agent': this.#parts.settings.userAgent,
          'x-vss-e2eid': requestId,
          ...request.headers,
          ...(request.credential?.authorization !== undefined && { authorization: request.credential.authorization }),
        },
        wholeTimeoutMs: this.#parts.settings.timeouts.whole,
        signal: request.signal,
      });
      return { response };
    } catch (thrown) {
      request.signal.throwIfAborted();
      if (thrown instanceof TaskError) throw thrown;
      if (isLast(tries) || !isRetriedTransport(thrown)) throw transportFailure(thrown, request.url, proxy, tries.attempts);
      return this.#again(tries);
    }
  }

  #judge<R extends ResponseHead>({ request, isBroken }: Exchange<R>, response: R, tries: Tries): Judgement<R> {
    const askedMs = retryAfterMs(response.header('retry-after'), response.dateMs ?? this.#parts.clock());
    const isRetried = isRetriedStatus(response.status);
    if (response.status === 429 && response.isExhausted && request.returnsExhausted === true) return { outcome: { response }, haltMs: undefined };
    if (askedMs !== undefined && isRetried) {
      // The budget makes this request wait like all others, so nothing more is to be waited for here.
      return { outcome: { retryInMs: 0 }, haltMs: Math.max(askedMs, backoffMs(tries.attempts, this.#parts.random)) };
    }
    if (!(isRetried || isBroken(response)) || isLast(tries)) return { outcome: { response }, haltMs: askedMs };
    return { outcome: this.#again(tries), haltMs: askedMs };
  }

  /** After a failure: the same request once more, a little later. */
  #again(tries: Tries): { readonly retryInMs: number } {
    tries.failures += 1;
    return { retryInMs: backoffMs(tries.failures, this.#parts.random) };
  }
}

function isLast(tries: Tries): boolean {
  return tries.failures + 1 >= MOST_ATTEMPTS;
}
