import { rm } from 'node:fs/promises';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { TaskError } from '../errors/taskError';
import { OutputFile } from '../files/outputFile';
import { dispatch, headOf, rejectionOnAbort, type Attempt, type ResponseHead } from './attempt';
import { TransportError } from './failure';

/** An answer whose body lies in a file. */
export interface DownloadedFile extends ResponseHead {
  /** Of the file; 0 without one, which is so for every status but 200. */
  readonly bytes: number;
}

/**
 * Sends once and writes the body of a 200 to a new file, decompressed; nothing is left there after a failure.
 * The time for the whole counts only until the body begins: then silence alone is too long.
 * Rejects with what Node or undici throw, a TransportError, DOWNLOAD_TOO_LARGE, OUTPUT_DISK_FULL or OUTPUT_NOT_WRITABLE.
 */
export async function attemptDownload(dispatcher: Dispatcher, request: Attempt, file: string): Promise<DownloadedFile> {
  request.signal.throwIfAborted();
  const flow = new AbortController();
  const onAbort = (): void => { flow.abort(request.signal.reason); };
  request.signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => { flow.abort(new TransportError('WHOLE_TIMEOUT')); }, request.wholeTimeoutMs);
  try {
    // undici heeds the signal only once a connection stands, so it is raced against the signal.
    const answer = await Promise.race([dispatch(dispatcher, request, flow.signal), rejectionOnAbort(flow.signal)]);
    clearTimeout(timer);
    const head = headOf(answer);
    if (head.status === 200) return { ...head, bytes: await save(answer.body, head, request, file) };
    drop(answer.body);
    return { ...head, bytes: 0 };
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', onAbort);
  }
}

type Body = Dispatcher.ResponseData['body'];

async function save(body: Body, head: ResponseHead, request: Attempt, file: string): Promise<number> {
  const output = await create(body, file);
  let ownFailure: unknown;
  try {
    const decoder = decoderFor(head.header('content-encoding'));
    const write = (pieces: AsyncIterable<Buffer>): Promise<void> => writeWithin(pieces, output, request).catch((thrown: unknown) => {
      // Tearing down the body makes undici reject with its own reason, which may come first.
      if (thrown instanceof TaskError) ownFailure = thrown;
      throw thrown;
    });
    await (decoder ? pipeline(body, decoder, write) : pipeline(body, write));
    return (await output.close()).bytes;
  } catch (thrown) {
    drop(body);
    await output.abandon();
    await rm(file, { force: true }).catch(() => undefined);
    throw ownFailure ?? (isUndecodable(thrown) ? new TransportError('BODY_UNDECODABLE', thrown) : thrown);
  }
}

async function create(body: Body, file: string): Promise<OutputFile> {
  try {
    return await OutputFile.create(file);
  } catch (thrown) {
    drop(body);
    throw thrown;
  }
}

/** Lets go of a body and its connection. */
function drop(body: Body): void {
  body.on('error', () => undefined).destroy();
}

async function writeWithin(pieces: AsyncIterable<Buffer>, output: OutputFile, request: Attempt): Promise<void> {
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > request.maximumBytes) throw tooLarge(request);
    await output.write(piece);
  }
}

const DECODERS: Readonly<Record<string, () => Transform>> = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress };

function decoderFor(encoding: string | undefined): Transform | undefined {
  const name = encoding?.trim().toLowerCase() ?? 'identity';
  if (name === 'identity' || name === '') return undefined;
  if (!Object.hasOwn(DECODERS, name)) throw new TransportError('BODY_UNDECODABLE');
  return DECODERS[name]?.();
}

/** Node's codes for broken compression: those of zlib, and those of brotli. */
function isUndecodable(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && /^(?:Z_|ERR__)/.test(thrown.code);
}

function tooLarge(request: Attempt): TaskError {
  const mebibytes = Math.round(request.maximumBytes / 1024 / 1024);
  return new TaskError('DOWNLOAD_TOO_LARGE', `${request.url.hostname} sent a file of more than ${mebibytes} MiB, which is more than this step takes.`, {
    advice: ['Find out what was published there: an export of the audit log is not as large as that.'],
  });
}
