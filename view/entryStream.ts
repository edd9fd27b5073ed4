import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { compareEntries, type AuditLogEntry } from '../tasks/common/auditlog/entry';
import { NoFile, openFile } from '../tasks/common/evidence/verify/fileContent';
import { EntryLines } from './entryLines';
import type { ExportSource } from './exportSource';
import { unpack } from './unpack';

/** Small, because many files are read at once. Bytes. */
const PIECE_BYTES = 32 * 1024;
/** Of zlib. */
const ENDS_EARLY = 'Z_BUF_ERROR';

/**
 * The entries of one export, one after the other; a file that breaks off or is damaged ends where it can no longer be read. Damage
 * to compressed content is mostly noticed at its very end, by its checksum, and what was unpacked since is wrong: so the first line
 * that no export would write there has the whole file checked, and the entries just before it are not shown either.
 */
export class EntryStream {
  /** The next entry; undefined before the first `fill` and at the end. */
  head: AuditLogEntry | undefined;
  /** Ticks of the head, and at the end of the last entry. */
  lastTicks: string | undefined;
  /** Why it could not be read to its end; a sentence. */
  problem: string | undefined;
  /** Whether that is because its compressed content is not what was written: then what was read can be wrong too. */
  isDamaged = false;
  /** Entries that are newer than the one before them. */
  misplaced = 0;
  entries = 0;
  readonly source: ExportSource;
  readonly #lines: EntryLines;
  #last: AuditLogEntry | undefined;
  #handle: FileHandle | undefined;
  #pieces: AsyncIterator<unknown> | undefined;
  #read: readonly AuditLogEntry[] = [];
  #at = 0;
  #hasEnded = false;
  /** Of compressed content, what was unpacked last. */
  #doubtful: readonly AuditLogEntry[] = [];
  #isChecked = false;

  constructor(source: ExportSource) {
    const file = source.entryFile ?? '';
    this.source = source;
    this.#lines = new EntryLines(/\.json(?:\.gz)?$/.test(file) ? 'array' : 'lines');
  }

  /** Lines that hold no entry. */
  get unreadable(): number {
    return this.#lines.unreadable;
  }

  get #file(): string {
    return path.join(this.source.path, this.source.entryFile ?? '');
  }

  get #isPacked(): boolean {
    return this.#file.endsWith('.gz');
  }

  /** Passes over the head. @returns false when the next one has to be read from the file first, by `fill` */
  advance(): boolean {
    this.#last = this.head;
    this.#at += 1;
    this.head = this.#read[this.#at];
    if (this.head === undefined) return false;
    this.#count(this.head);
    return true;
  }

  /** Reads on in the file, until there is a head or the end. */
  async fill(): Promise<void> {
    this.#read = [];
    this.#at = 0;
    while (this.#read.length === 0 && !this.#hasEnded) this.#read = await this.#readOn();
    this.head = this.#read[0];
    if (this.head !== undefined) this.#count(this.head);
    else await this.close();
  }

  async close(): Promise<void> {
    await this.#pieces?.return?.().catch(() => undefined);
    await this.#handle?.close().catch(() => undefined);
    this.#handle = undefined;
    // Each would keep a piece of its file in memory.
    this.#pieces = undefined;
    this.#last = undefined;
  }

  async #readOn(): Promise<readonly AuditLogEntry[]> {
    try {
      const piece = await (await this.#open()).next();
      const entries = piece.done === true ? this.#lines.end() : this.#lines.push(piece.value as Buffer);
      if (this.#isPacked && !this.#isChecked && (this.#lines.unreadable > 0 || !this.#isInOrder(entries))) await this.#check();
      this.#hasEnded = piece.done === true || this.#lines.isHopeless;
      this.problem ??= this.#lines.problem;
      return this.#isPacked ? this.#inDoubt(entries) : entries;
    } catch (thrown) {
      this.#hasEnded = true;
      this.problem = problemOf(thrown);
      this.isDamaged = isDamage(thrown);
      return this.isDamaged ? [] : this.#inDoubt([]);
    }
  }

  /** What is no longer in doubt once the next entries are there. */
  #inDoubt(entries: readonly AuditLogEntry[]): readonly AuditLogEntry[] {
    const before = this.#doubtful;
    this.#doubtful = this.#hasEnded ? [] : entries;
    return this.#hasEnded ? [...before, ...entries] : before;
  }

  #isInOrder(entries: readonly AuditLogEntry[]): boolean {
    let before = this.#doubtful.at(-1);
    for (const entry of entries) {
      if (before !== undefined && compareEntries(before, entry) >= 0) return false;
      before = entry;
    }
    return true;
  }

  /** @throws zlib's error when the content is damaged anywhere */
  async #check(): Promise<void> {
    this.#isChecked = true;
    const handle = await openFile(this.#file);
    if (handle === undefined) throw new NoFile();
    try {
      const pieces = unpack(handle.createReadStream({ highWaterMark: PIECE_BYTES, autoClose: false }));
      while ((await pieces.next()).done !== true);
    } finally {
      await handle.close();
    }
  }

  async #open(): Promise<AsyncIterator<unknown>> {
    if (this.#pieces !== undefined) return this.#pieces;
    this.#handle = await openFile(this.#file);
    if (this.#handle === undefined) throw new NoFile();
    const file = this.#handle.createReadStream({ highWaterMark: PIECE_BYTES, autoClose: false });
    this.#pieces = (this.#isPacked ? unpack(file) : file as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    return this.#pieces;
  }

  #count(entry: AuditLogEntry): void {
    this.entries += 1;
    if (this.#last !== undefined && compareEntries(this.#last, entry) > 0) this.misplaced += 1;
    this.lastTicks = entry.ticks;
  }
}

function problemOf(thrown: unknown): string {
  if (thrown instanceof NoFile) return 'there is no file that can be read';
  if (isDamage(thrown)) return 'its compressed content is damaged';
  const code = codeOf(thrown);
  if (code === ENDS_EARLY) return 'its compressed content ends too early';
  if (typeof code === 'string') return `it cannot be read (${code})`;
  throw thrown;
}

function isDamage(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code?.startsWith('Z_') === true && code !== ENDS_EARLY;
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
