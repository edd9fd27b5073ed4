import { createHash } from 'node:crypto';
import type { Transform } from 'node:stream';
import path from 'node:path';
import { createGzip } from 'node:zlib';
import { OutputFile } from '../files/outputFile';
import type { FileDescription, FileFormat } from './fileDescription';
import { PumpedTransform } from './pumpedTransform';

/** Small pieces are gathered until they are worth a call, bytes. */
const GATHERED_BYTES = 256 * 1024;
/** Fast, and large files still shrink to about a tenth: the thread pool must keep up with the service. */
const GZIP_LEVEL = 4;

/** A file to which content is given piece by piece, compressed on the way when its name says so (`.gz`). */
export class ContentFile {
  readonly #name: string;
  readonly #format: FileFormat;
  readonly #file: OutputFile;
  readonly #gzip: PumpedTransform | undefined;
  readonly #contentHash = createHash('sha256');
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;

  private constructor(name: string, format: FileFormat, file: OutputFile) {
    this.#name = name;
    this.#format = format;
    this.#file = file;
    this.#gzip = name.endsWith('.gz') ? new PumpedTransform(gzip(), (piece) => file.write(piece)) : undefined;
  }

  /** @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL */
  static async create(folder: string, name: string, format: FileFormat): Promise<ContentFile> {
    return new ContentFile(name, format, await OutputFile.create(path.join(folder, name)));
  }

  /** @throws TaskError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE */
  async write(...pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      this.#gathered.push(piece);
      this.#gatheredBytes += piece.length;
    }
    if (this.#gatheredBytes >= GATHERED_BYTES) await this.#passOn();
  }

  /** @param entries how many entries the file holds */
  async close(entries: number): Promise<FileDescription> {
    await this.#passOn();
    await this.#gzip?.end();
    const { bytes, sha256 } = await this.#file.close();
    return { name: this.#name, format: this.#format, bytes, sha256, contentSha256: this.#contentHash.digest('hex'), entries };
  }

  async abandon(): Promise<void> {
    this.#gzip?.abandon();
    await this.#file.abandon();
  }

  async #passOn(): Promise<void> {
    if (this.#gatheredBytes === 0) return;
    const content = Buffer.concat(this.#gathered, this.#gatheredBytes);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#contentHash.update(content);
    await (this.#gzip ? this.#gzip.write([content]) : this.#file.write(content));
  }
}

/** zlib compresses in the thread pool, one large piece a task. */
function gzip(): Transform {
  return createGzip({ level: GZIP_LEVEL, chunkSize: 64 * 1024 });
}
