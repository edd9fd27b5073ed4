import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { FreeSpace, type Extent } from './freeSpace';
import { outputFailure } from './outputFailure';

/**
 * A file for what does not fit into memory: written and read by this process only, and gone after it. Its name is removed
 * as soon as it is open, so that nothing stays behind however the process ends; where a system does not allow that, on
 * closing.
 */
export class SpillFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #space = new FreeSpace();
  #hasName: boolean;

  private constructor(path: string, handle: FileHandle, hasName: boolean) {
    this.#path = path;
    this.#handle = handle;
    this.#hasName = hasName;
  }

  /**
   * @param folder made if it is not there
   * @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL
   */
  static async create(folder: string): Promise<SpillFile> {
    const file = path.join(folder, `audit-log-${process.pid}-${randomUUID()}.tmp`);
    try {
      await mkdir(folder, { recursive: true });
      const handle = await open(file, 'wx+', 0o600);
      return new SpillFile(file, handle, !await isRemoved(file));
    } catch (thrown) {
      throw outputFailure(thrown, file);
    }
  }

  /**
   * Bytes that the file takes on the disk: what was freed is used again.
   */
  get bytes(): number {
    return this.#space.end;
  }

  /** @throws TaskError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE */
  async write(content: Uint8Array): Promise<Extent> {
    const extent = this.#space.take(content.length);
    try {
      for (let done = 0; done < content.length;) {
        done += (await this.#handle.write(content, done, content.length - done, extent.at + done)).bytesWritten;
      }
    } catch (thrown) {
      throw outputFailure(thrown, this.#path);
    }
    return extent;
  }

  /**
   * Reads a piece back and frees its place.
   * @throws TaskError OUTPUT_NOT_WRITABLE
   */
  async take(extent: Extent): Promise<Buffer> {
    // Of its own, not of Buffer's pool: it lives as long as the last of its entries.
    const content = Buffer.allocUnsafeSlow(extent.length);
    try {
      for (let done = 0; done < extent.length;) {
        const { bytesRead } = await this.#handle.read(content, done, extent.length - done, extent.at + done);
        if (bytesRead === 0) throw Object.assign(new Error('The file has become shorter.'), { code: 'EIO' });
        done += bytesRead;
      }
    } catch (thrown) {
      throw outputFailure(thrown, this.#path);
    }
    this.#space.giveBack(extent);
    return content;
  }

  /** Never rejects: nothing in it is needed any more. */
  async close(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    if (this.#hasName) this.#hasName = !await isRemoved(this.#path);
  }
}

function isRemoved(file: string): Promise<boolean> {
  return rm(file, { force: true }).then(() => true, () => false);
}
