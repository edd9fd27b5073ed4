import type { Extent } from '../files/freeSpace';
import { SpillFile } from '../files/spillFile';
import type { AuditLogEntry } from './entry';
import { bytesOf, holdEntries, readHeldEntries } from './heldEntries';

/** Entries that came before their turn. */
export interface HeldBatch {
  readonly bytes: number;
  readonly count: number;
  /** Ticks of the oldest entry that its chain had seen by then. */
  readonly reached: string | undefined;
  readonly place: { readonly entries: readonly AuditLogEntry[] } | { readonly extent: Extent };
}

export interface HeldBackOptions {
  /** Where a file for them is made once it is needed. */
  readonly folder: string;
  /** Bytes of entries that stay in memory; what is beyond goes to the file. */
  readonly memoryBytes: number;
}

/** Keeps what came before its turn: a little in memory, the rest in one file. */
export class HeldBack {
  /** Bytes of all entries held, wherever. */
  bytes = 0;
  /** How many. */
  count = 0;
  readonly #options: HeldBackOptions;
  #memoryBytes = 0;
  #file: Promise<SpillFile> | undefined;

  constructor(options: HeldBackOptions) {
    this.#options = options;
  }

  /**
   * @param isNext whether their turn comes next: then they stay in memory
   * @throws TaskError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE
   */
  async keep(entries: readonly AuditLogEntry[], reached: string | undefined, isNext: boolean): Promise<HeldBatch> {
    const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
    const count = entries.length;
    this.bytes += bytes;
    this.count += count;
    if (isNext || entries.length === 0 || this.#memoryBytes + bytes <= this.#options.memoryBytes) {
      this.#memoryBytes += bytes;
      return { bytes, count, reached, place: { entries } };
    }
    this.#file ??= SpillFile.create(this.#options.folder);
    const file = await this.#file;
    return { bytes, count, reached, place: { extent: await file.write(holdEntries(entries)) } };
  }

  /** @throws TaskError OUTPUT_NOT_WRITABLE */
  async take({ bytes, count, place }: HeldBatch): Promise<readonly AuditLogEntry[]> {
    this.bytes -= bytes;
    this.count -= count;
    if ('entries' in place) {
      this.#memoryBytes -= bytes;
      return place.entries;
    }
    const file = await this.#file;
    return file ? readHeldEntries(await file.take(place.extent)) : [];
  }

  /** Removes the file. Never rejects. */
  async close(): Promise<void> {
    const file = await this.#file?.catch(() => undefined);
    await file?.close();
  }
}
