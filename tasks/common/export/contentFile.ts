import { createHash, type Hash } from 'node:crypto';
import type { Transform } from 'node:stream';
import path from 'node:path';
import { constants, createGzip } from 'node:zlib';
import { OutputFile } from '../files/outputFile';
import type { FileDescription, FileFormat } from './fileDescription';
import { PumpedTransform } from './pumpedTransform';

/** Content is gathered until it is worth a call, and passed on in pieces of so many bytes; only the last is shorter. */
export const PIECE_BYTES = 256 * 1024;
/** So many pieces may wait for being compressed or written: about what a page brings at once, so that the next one can be asked for and scanned meanwhile. */
const MOST_PASSING = 6;
/** A file of a fifth: from here on a twentieth less takes half as long again, and the thread pool must keep up with the service. */
const GZIP_LEVEL = 3;

/** A file to which content is given piece by piece, compressed on the way when its name says so (`.gz`). */
export class ContentFile {
  /** How many bytes of the file hold the first, the first two … pieces of {@link PIECE_BYTES}; empty where nothing is compressed. */
  readonly pieceEnds: number[] = [];
  readonly #name: string;
  readonly #format: FileFormat;
  readonly #file: OutputFile;
  readonly #gzip: PumpedTransform | undefined;
  /** Undefined where nothing is compressed: content and file are the same, and hashing them twice would cost as much as writing them. */
  readonly #contentHash: Hash | undefined;
  #gathered: Buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  /** For the whole file: buffers that are dropped again and again stay in memory until the next collection. */
  readonly #free: Buffer[] = [];
  /** Pieces that are compressed or written, on other threads; in order. */
  readonly #passing: Promise<void>[] = [];
  /** Ends with the last of them. */
  #passed: Promise<void> = Promise.resolve();
  #gatheredBytes = 0;

  private constructor(name: string, format: FileFormat, file: OutputFile) {
    this.#name = name;
    this.#format = format;
    this.#file = file;
    this.#contentHash = name.endsWith('.gz') ? createHash('sha256') : undefined;
    this.#gzip = name.endsWith('.gz') ? new PumpedTransform(gzip(), (piece) => file.write(piece)) : undefined;
  }

  /** @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL */
  static async create(folder: string, name: string, format: FileFormat): Promise<ContentFile> {
    return new ContentFile(name, format, await OutputFile.create(path.join(folder, name)));
  }

  /** @throws TaskError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE */
  async write(...pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      if (piece.length < PIECE_BYTES - this.#gatheredBytes) this.#gather(piece);
      else await this.#writeLong(piece);
    }
  }

  async #writeLong(piece: Uint8Array): Promise<void> {
    for (let from = 0; from < piece.length;) {
      const taken = piece.subarray(from, from + PIECE_BYTES - this.#gatheredBytes);
      this.#gather(taken);
      from += taken.length;
      if (this.#gatheredBytes === PIECE_BYTES) await this.#passOn();
    }
  }

  #gather(piece: Uint8Array): void {
    this.#gathered.set(piece, this.#gatheredBytes);
    this.#gatheredBytes += piece.length;
  }

  /** @param entries how many entries the file holds */
  async close(entries: number): Promise<FileDescription> {
    await this.#passOn();
    await this.#passed;
    await this.#gzip?.end();
    const { bytes, sha256 } = await this.#file.close();
    return { name: this.#name, format: this.#format, bytes, sha256, contentSha256: this.#contentHash?.digest('hex') ?? sha256, entries };
  }

  async abandon(): Promise<void> {
    this.#gzip?.abandon();
    await this.#passed.catch(() => undefined);
    await this.#file.abandon();
  }

  /** Waits only where others have more than enough to do: entries are read while these are compressed. A failure reaches whoever writes later, or closes. */
  async #passOn(): Promise<void> {
    if (this.#gatheredBytes === 0) return;
    const buffer = this.#gathered;
    const content = buffer.subarray(0, this.#gatheredBytes);
    this.#contentHash?.update(content);
    this.#passed = this.#passed.then(() => (this.#gzip ? this.#compress(this.#gzip, content) : this.#file.write(content))).then(() => { this.#free.push(buffer); });
    this.#passed.catch(() => undefined);
    this.#passing.push(this.#passed);
    if (this.#passing.length > MOST_PASSING) await this.#passing.shift();
    this.#gathered = this.#free.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
    this.#gatheredBytes = 0;
  }

  async #compress(gzip: PumpedTransform, content: Uint8Array): Promise<void> {
    await gzip.writeThrough(content);
    this.pieceEnds.push(gzip.givenBytes);
  }
}

/** zlib compresses in the thread pool, one large piece a task. What a piece becomes is complete with it, for some bytes more: there the file can be cut. */
function gzip(): Transform {
  return createGzip({ level: GZIP_LEVEL, chunkSize: 64 * 1024, flush: constants.Z_SYNC_FLUSH });
}
