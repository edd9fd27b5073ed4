import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** What reading a file to its end gives. */
export interface FileContent {
  readonly bytes: number;
  /** Of the file. */
  readonly sha256: string;
  /** Of what it holds once unpacked; undefined when it could not be unpacked to its end. */
  readonly contentSha256: string | undefined;
  /** Why it could not: a sentence. */
  readonly problem: string | undefined;
}

export interface ReadOptions {
  /** Given every piece of the unpacked content in order; may keep the piece. */
  readonly onContent?: ((piece: Buffer) => void) | undefined;
  /** Unpacked content beyond this is not read, bytes. */
  readonly mostContent: number;
}

const PIECE_BYTES = 512 * 1024;
const UNPACKED_PIECE_BYTES = 256 * 1024;

/** A folder, a link or a device under a file's name. */
export class NoFile extends Error {}

/**
 * Reads a file once: its hash, that of its content, and the content itself, at constant memory. A name that ends in `.gz` is unpacked.
 * @returns undefined when there is no such file
 * @throws NoFile when there is something else in its place; and what reading throws
 */
export async function readContent(file: string, options: ReadOptions): Promise<FileContent | undefined> {
  const handle = await openFile(file);
  if (handle === undefined) return undefined;
  try {
    return file.endsWith('.gz') ? await readPacked(handle, options) : await readPlain(handle, options);
  } finally {
    await handle.close();
  }
}

/** The whole of a small file, or undefined when there is none; `tooLarge` when it has more than `most` bytes. @throws NoFile, and what reading throws */
export async function readSmall(file: string, most: number): Promise<Buffer | 'tooLarge' | undefined> {
  const handle = await openFile(file);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    return size > most ? 'tooLarge' : await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Undefined when there is no such file. @throws NoFile, and what opening throws */
export async function openFile(file: string): Promise<FileHandle | undefined> {
  try {
    // Asked before it is opened: opening a pipe would wait for ever.
    if (!(await lstat(file)).isFile()) throw new NoFile();
    // Windows has no such flag.
    return await open(file, constants.O_RDONLY | ((constants as Partial<typeof constants>).O_NOFOLLOW ?? 0));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

async function readPlain(handle: FileHandle, { onContent, mostContent }: ReadOptions): Promise<FileContent> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of piecesOf(handle)) {
    bytes += piece.length;
    hash.update(piece);
    if (bytes <= mostContent) onContent?.(piece);
  }
  const sha256 = hash.digest('hex');
  return { bytes, sha256, contentSha256: sha256, problem: bytes > mostContent ? TOO_LARGE : undefined };
}

async function readPacked(handle: FileHandle, options: ReadOptions): Promise<FileContent> {
  const hash = createHash('sha256');
  const contentHash = createHash('sha256');
  let bytes = 0;
  let problem: string | undefined;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const piece of piecesOf(handle)) {
      bytes += piece.length;
      hash.update(piece);
      yield piece;
    }
  }
  try {
    // As a consumer that iterates: the next piece is unpacked in another thread while this one is looked at.
    await pipeline(counted, createGunzip({ chunkSize: UNPACKED_PIECE_BYTES }), (content) => passOn(content as AsyncIterable<Buffer>, contentHash, options));
  } catch (thrown) {
    problem = problemOf(thrown);
    return { ...await readPlain(handle, { mostContent: Infinity }), contentSha256: undefined, problem };
  }
  return { bytes, sha256: hash.digest('hex'), contentSha256: contentHash.digest('hex'), problem };
}

async function passOn(content: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>, { onContent, mostContent }: ReadOptions): Promise<void> {
  let bytes = 0;
  for await (const piece of content) {
    bytes += piece.length;
    if (bytes > mostContent) throw new TooLarge();
    hash.update(piece);
    onContent?.(piece);
  }
}

/** From the file's beginning, wherever it was read to before. */
async function* piecesOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafeSlow(PIECE_BYTES), 0, PIECE_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

class TooLarge extends Error {}

const TOO_LARGE = 'it holds far more than its number of entries allows, so it was not read to its end';

function problemOf(thrown: unknown): string {
  if (thrown instanceof TooLarge) return TOO_LARGE;
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'Z_BUF_ERROR') return 'its compressed content ends too early';
  if (typeof code === 'string' && code.startsWith('Z_')) return 'its compressed content is damaged';
  throw thrown;
}
