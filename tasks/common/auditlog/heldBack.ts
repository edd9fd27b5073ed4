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
  /** In memory, or in the file, once that is written. */
  readonly place: { readonly entries: readonly AuditLogEntry[] } | { readonly extent: Promise<Extent> };
}

export interface HeldBackOptions {
  /** Where a file for them is made once it is needed. */
  readonly folder: string;
  /** Bytes of entries that stay in memory; what is beyond goes to the file. */
  readonly memoryBytes: number;
  /** Called for TaskErrors OUTPUT_DISK_FULL and OUTPUT_NOT_WRITABLE. */
  readonly onFailure: (thrown: unknown) => void;
}

/** What is on its way to the file is in memory as well; with more than this, bytes, whoever brings more has to wait. */
const MOST_UNWRITTEN = 4 * 1024 * 1024;

/** Keeps what came before its turn: a little in memory, the rest in one file. */
export class HeldBack {
  /** Bytes of all entries held, wherever. */
  bytes = 0;
  /** How many. */
  count = 0;
  readonly #options: HeldBackOptions;
  #memoryBytes = 0;
  #file: Promise<SpillFile> | undefined;
  /** On their way to the file. */
  readonly #writes = new Set<Promise<unknown>>();
  #unwrittenBytes = 0;

  constructor(options: HeldBackOptions) {
    this.#options = options;
  }

  /** @param isNext whether their turn comes next: then they stay in memory */
  keep(entries: readonly AuditLogEntry[], reached: string | undefined, isNext: boolean): HeldBatch {
    const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
    const count = entries.length;
    this.bytes += bytes;
    this.count += count;
    if (isNext || entries.length === 0 || this.#memoryBytes + bytes <= this.#options.memoryBytes) {
      this.#memoryBytes += bytes;
      return { bytes, count, reached, place: { entries } };
    }
    return { bytes, count, reached, place: { extent: this.#write(entries, bytes) } };
  }

  /** Ends when more can be brought. Never rejects. */
  async ready(): Promise<void> {
    while (this.#unwrittenBytes > MOST_UNWRITTEN) await Promise.race(this.#writes);
  }

  /** @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL */
  async take({ bytes, count, place }: HeldBatch): Promise<readonly AuditLogEntry[]> {
    this.bytes -= bytes;
    this.count -= count;
    if ('entries' in place) {
      this.#memoryBytes -= bytes;
      return place.entries;
    }
    const file = await this.#file;
    return file ? readHeldEntries(await file.take(await place.extent)) : [];
  }

  /** Removes the file. Never rejects. */
  async close(): Promise<void> {
    await Promise.all(this.#writes);
    const file = await this.#file?.catch(() => undefined);
    await file?.close();
  }

  #write(entries: readonly AuditLogEntry[], bytes: number): Promise<Extent> {
    this.#file ??= SpillFile.create(this.#options.folder);
    const extent = this.#file.then((file) => file.write(holdEntries(entries)));
    const write: Promise<void> = extent.then(() => undefined, this.#options.onFailure).then(() => {
      this.#writes.delete(write);
      this.#unwrittenBytes -= bytes;
    });
    this.#writes.add(write);
    this.#unwrittenBytes += bytes;
    return extent;
  }
}
