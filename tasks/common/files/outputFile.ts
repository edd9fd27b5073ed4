import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { outputFailure } from './outputFailure';

/** What a finished file is. */
export interface WrittenFile {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** A new file that is hashed while it is written and is on the disk once closed. */
export class OutputFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** @throws TaskError OUTPUT_NOT_WRITABLE (also when the file is there already), OUTPUT_DISK_FULL */
  static async create(path: string): Promise<OutputFile> {
    try {
      return new OutputFile(path, await open(path, 'wx', 0o640));
    } catch (thrown) {
      throw outputFailure(thrown, path);
    }
  }

  /** @throws TaskError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE */
  async write(content: Uint8Array): Promise<void> {
    this.#hash.update(content);
    this.#bytes += content.length;
    try {
      await this.#handle.writeFile(content);
    } catch (thrown) {
      throw outputFailure(thrown, this.#path);
    }
  }

  /** @throws TaskError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE */
  async close(): Promise<WrittenFile> {
    try {
      await this.#handle.sync();
      await this.#handle.close();
    } catch (thrown) {
      throw outputFailure(thrown, this.#path);
    }
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  /** Lets the file go after a failure; what it holds is of no use. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }
}
