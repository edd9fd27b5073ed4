import { compareEntries, type AuditLogEntry } from '../tasks/common/auditlog/entry';
import { ticksOfSeconds } from '../tasks/common/time/ticks';
import { epochSeconds } from '../tasks/common/window/instant';
import { EntryStream } from './entryStream';
import type { ExportSource } from './exportSource';
import { TooManyAtOnce } from './viewFailure';

/** Files that are open at a time; systems allow not many more. */
const MOST_OPEN = 900;
/** Entries given at a time. */
const BATCH = 100;

/** An entry, and whether an export says that it came late. */
export interface ShownEntry {
  readonly entry: AuditLogEntry;
  readonly isLate: boolean;
}

/**
 * The entries of many exports, newest first, each once: all files are read side by side, each opened when its time comes, so that
 * the same entry of several exports comes from all of them at once and nothing has to be remembered. Only where a file is not in
 * order, this is not either.
 */
export class MergedEntries {
  /** Entries that were passed over, because an export before had them. */
  duplicates = 0;
  /** Those that could be opened, in order of opening. */
  readonly streams: EntryStream[] = [];
  /** The newest end first. */
  readonly #waiting: readonly { readonly source: ExportSource; readonly opensAt: string }[];
  /** A heap: none is newer than the one at half its place. */
  readonly #heap: Reader[] = [];
  #opened = 0;
  #previous: AuditLogEntry | undefined;

  constructor(sources: readonly ExportSource[]) {
    this.#waiting = sources.map((source) => ({ source, opensAt: opensAt(source) })).sort((left, right) => (left.opensAt > right.opensAt ? -1 : Number(left.opensAt < right.opensAt)));
  }

  /** How many exports have been begun, and how many there are. */
  get progress(): { readonly begun: number; readonly all: number } {
    return { begun: this.#opened, all: this.#waiting.length };
  }

  /** @throws TooManyAtOnce, and what reading throws that is no fault of a file */
  async* batches(): AsyncGenerator<ShownEntry[], void, undefined> {
    try {
      let batch: ShownEntry[] = [];
      for (;;) {
        await this.#openDue();
        if (this.#heap.length === 0) break;
        for (let newest = this.#heap[0]; newest !== undefined; newest = this.#isDue() ? undefined : this.#heap[0]) {
          this.#take(newest, batch);
          if (!newest.stream.advance()) await newest.stream.fill();
          this.#settleTop();
          if (batch.length < BATCH) continue;
          yield batch;
          batch = [];
        }
      }
      if (batch.length > 0) yield batch;
    } finally {
      await Promise.all(this.streams.map((stream) => stream.close()));
    }
  }

  #take({ stream, lateBefore }: Reader, batch: ShownEntry[]): void {
    const entry = stream.head;
    if (entry === undefined) return;
    if (this.#previous !== undefined && compareEntries(this.#previous, entry) === 0) this.duplicates += 1;
    else batch.push({ entry, isLate: entry.ticks < lateBefore });
    this.#previous = entry;
  }

  /** Whether a file that is not open yet can have the next entry. */
  #isDue(): boolean {
    const next = this.#waiting[this.#opened];
    const newest = this.#heap[0]?.stream.head;
    return next !== undefined && (newest === undefined || next.opensAt > newest.ticks);
  }

  async #openDue(): Promise<void> {
    while (this.#isDue()) {
      const { source } = this.#waiting[this.#opened] as { source: ExportSource };
      this.#opened += 1;
      if (this.#heap.length >= MOST_OPEN) throw new TooManyAtOnce(MOST_OPEN);
      const stream = new EntryStream(source);
      this.streams.push(stream);
      await stream.fill();
      this.#heap.push({ stream, lateBefore: lateBefore(source) });
      this.#rise();
      this.#settleTop();
    }
  }

  #rise(): void {
    const heap = this.#heap;
    for (let at = heap.length - 1; at > 0;) {
      const above = (at - 1) >> 1;
      const [upper, lower] = [heap[above], heap[at]];
      if (upper === undefined || lower === undefined || !isBefore(lower, upper)) return;
      [heap[above], heap[at]] = [lower, upper];
      at = above;
    }
  }

  /** Puts the top where its new head belongs; a stream that has ended leaves. */
  #settleTop(): void {
    const heap = this.#heap;
    while (heap[0] !== undefined && heap[0].stream.head === undefined) {
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) heap[0] = last;
    }
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const [first, second] = [heap[left], heap[right]];
      const below = first !== undefined && second !== undefined && isBefore(second, first) ? right : left;
      const [upper, lower] = [heap[at], heap[below]];
      if (upper === undefined || lower === undefined || !isBefore(lower, upper)) return;
      [heap[at], heap[below]] = [lower, upper];
      at = below;
    }
  }
}

interface Reader {
  readonly stream: EntryStream;
  /** Ticks; what is older came late. */
  readonly lateBefore: string;
}

/** Of one entry in several files, first where it came late. */
function isBefore(left: Reader, right: Reader): boolean {
  const [leftHead, rightHead] = [left.stream.head, right.stream.head];
  if (leftHead === undefined || rightHead === undefined) return rightHead !== undefined;
  const order = compareEntries(leftHead, rightHead);
  return order < 0 || (order === 0 && left.lateBefore > right.lateBefore);
}

/** Nothing in an export is as new as its end; where that is not known, it is opened at once. */
function opensAt({ covered, told }: ExportSource): string {
  return covered === undefined || told === undefined ? BEYOND : ticksOfSeconds(epochSeconds(covered.end));
}

function lateBefore({ covered, told }: ExportSource): string {
  return covered === undefined || told === undefined ? '' : ticksOfSeconds(epochSeconds(covered.start));
}

/** Greater than all ticks. */
const BEYOND = '~';
