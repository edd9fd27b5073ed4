import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { TaskError } from '../errors/taskError';
import { startDeadline } from '../time/deadline';
import { TransportError } from './failure';
import { parseHttpDate } from './httpDate';

/** What an answer says before its body. */
export interface ResponseHead {
  readonly status: number;
  /** A header by its lower-case name. Untrusted text: disarm it before it is shown. */
  header(name: string): string | undefined;
  /** What Azure DevOps calls this request, a GUID; undefined when it did not say. */
  readonly activityId: string | undefined;
  /** The service's own clock, ms; undefined without a readable `Date`. */
  readonly dateMs: number | undefined;
  /** Whether the service says that nothing remains of the caller's rate limit. */
  readonly isExhausted: boolean;
}

/** One whole answer, decompressed. */
export interface HttpResponse extends ResponseHead {
  readonly body: Buffer;
}

export interface Attempt {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly maximumBytes: number;
  readonly wholeTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sends once and reads the whole answer. Rejects with what Node or undici throw, a TransportError, or RESPONSE_TOO_LARGE. */
export async function attempt(dispatcher: Dispatcher, request: Attempt): Promise<HttpResponse> {
  request.signal.throwIfAborted();
  const timeLimit = startDeadline(request.wholeTimeoutMs, request.signal, () => new TransportError('WHOLE_TIMEOUT'));
  try {
    // undici heeds the signal only once a connection stands, so it is raced against the signal.
    return await Promise.race([exchange(dispatcher, request, timeLimit.signal), rejectionOnAbort(timeLimit.signal)]);
  } finally {
    timeLimit.stop();
  }
}

async function exchange(dispatcher: Dispatcher, request: Attempt, signal: AbortSignal): Promise<HttpResponse> {
  const answer = await dispatch(dispatcher, request, signal);
  const raw = await readBody(answer.body, request);
  const head = headOf(answer);
  return { ...head, body: await decode(raw, head.header('content-encoding'), request) };
}

/** Sends the request; the body of the answer is still to be read. */
export function dispatch(dispatcher: Dispatcher, request: Attempt, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  return dispatcher.request({
    origin: request.url.origin,
    path: request.url.pathname + request.url.search,
    method: request.method,
    headers: { ...request.headers },
    body: request.body ?? null,
    signal,
  });
}

export function rejectionOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => { reject(signal.reason as Error); }, { once: true });
  });
}

async function readBody(body: Dispatcher.ResponseData['body'], request: Attempt): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > request.maximumBytes) {
      body.destroy();
      throw tooLarge(request);
    }
    pieces.push(piece);
  }
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces, length);
}

const DECODERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

async function decode(raw: Buffer, encoding: string | undefined, request: Attempt): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? 'identity';
  if (name === 'identity' || name === '' || raw.length === 0) return raw;
  if (!Object.hasOwn(DECODERS, name)) throw new TransportError('BODY_UNDECODABLE');
  try {
    return await DECODERS[name as keyof typeof DECODERS](raw, { maxOutputLength: request.maximumBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(request);
    throw new TransportError('BODY_UNDECODABLE', cause);
  }
}

function tooLarge(request: Attempt): TaskError {
  const mebibytes = Math.round(request.maximumBytes / 1024 / 1024);
  return new TaskError('RESPONSE_TOO_LARGE', `${request.url.hostname} sent an answer of more than ${mebibytes} MiB, which is not what Azure DevOps sends.`, {
    advice: [`Find out what answers for ${request.url.hostname} on this agent's network (a proxy's page, for example).`],
  });
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function headOf({ statusCode, headers }: Dispatcher.ResponseData): ResponseHead {
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const activityId = header('activityid') ?? header('x-ms-request-id');
  return {
    status: statusCode,
    header,
    // Shown to people: nothing but a GUID passes, because a hostile answer could send back a token here.
    activityId: activityId !== undefined && GUID.test(activityId) ? activityId : undefined,
    dateMs: parseHttpDate(header('date')),
    isExhausted: header('x-ratelimit-remaining')?.trim() === '0',
  };
}
