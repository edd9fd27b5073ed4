import type {EntryWriter} from './entryWriter';
import {SeededRandom} from './random';
import {Shelf} from './shelf';
import type {StoredEntry} from './storedEntry';
import type {Bucket, Timetable} from './timetable';

/** Something that holds audit log entries. */
export interface EntrySource {
  /**
   * Blocks of entries, newest block first and inside a block newest first (then by id), that together hold every entry with
   * `oldestMs` ≤ time < `newestMs` + 1 ms; they may hold others.
   */
  blocks(newestMs: number, oldestMs: number): Iterable<readonly StoredEntry[]>;
}

const USUAL_BUCKETS = 48;
const TICKS_PER_MS = 10_000;

/** The entries of an organization, a pure function of seed and instant; a window costs only its own entries. */
export class GeneratedEntries implements EntrySource {
  private readonly cache = new Map<number, readonly StoredEntry[]>();

  /** @param kept how many buckets stay in memory once they are made */
  constructor(private readonly seed: number, private readonly timetable: Timetable, private readonly writer: EntryWriter, private readonly kept = USUAL_BUCKETS) {}

  *blocks(newestMs: number, oldestMs: number): Iterable<readonly StoredEntry[]> {
    const newest = Math.min(this.timetable.bucketAt(newestMs), this.timetable.last ?? Number.MAX_SAFE_INTEGER);
    const oldest = Math.max(this.timetable.bucketAt(oldestMs), this.timetable.first ?? Number.MIN_SAFE_INTEGER);
    for (let index = newest; index >= oldest; index -= 1) yield this.entriesOf(index);
  }

  private entriesOf(index: number): readonly StoredEntry[] {
    const cached = this.cache.get(index);
    if (cached !== undefined) {
      this.cache.delete(index);
      this.cache.set(index, cached);
      return cached;
    }
    const entries = this.generate(index);
    this.cache.set(index, entries);
    if (this.cache.size > this.kept) this.cache.delete(this.cache.keys().next().value as number);
    return entries;
  }

  private generate(index: number): StoredEntry[] {
    const bucket = this.timetable.bucket(index);
    const {lateness} = this.timetable;
    const random = new SeededRandom(this.seed, index);
    const shelf = new Shelf(bucket.count);
    for (const offset of drawOffsets(random, bucket)) {
      const ms = bucket.startMs + Math.floor(offset / TICKS_PER_MS);
      const subTicks = offset % TICKS_PER_MS;
      const late = lateness !== undefined && random.chance(lateness.share) ? random.below(lateness.longestMs) : 0;
      this.writer.write(shelf, random, ms, subTicks, ms + late);
    }
    return sortTies(shelf.entries);
  }
}

/** Times of a bucket's entries in ticks after its start, newest first, with groups that share one tick. */
function drawOffsets(random: SeededRandom, bucket: Bucket): Float64Array {
  const span = Math.max(1, Math.floor((bucket.endMs - bucket.startMs) * TICKS_PER_MS * bucket.crowding));
  const offsets = new Float64Array(bucket.count);
  for (let index = 0; index < bucket.count; index += 1) {
    const sameTick = index > 0 && random.chance(0.03);
    offsets[index] = sameTick ? (offsets[index - 1] as number) : drawOffset(random, span);
  }
  if (bucket.onStart && bucket.count > 0) offsets[0] = 0;
  return offsets.sort().reverse();
}

/** Most events have all 7 digits of their fraction; some have fewer because the last ones are zero. */
function drawOffset(random: SeededRandom, span: number): number {
  const exact = random.below(span);
  const digits = random.chance(0.7) ? 7 : random.below(8);
  const step = 10 ** (7 - digits);
  return Math.floor(exact / step) * step;
}

/** Puts entries of the same tick in the order of their ids. Ids begin with the time, so the rest is in order already. */
function sortTies(entries: StoredEntry[]): StoredEntry[] {
  const tied = entries.some((entry, index) => index > 0 && isSameTick(entry, entries[index - 1] as StoredEntry));
  return tied ? entries.sort((left, right) => (left.id < right.id ? -1 : 1)) : entries;
}

function isSameTick(left: StoredEntry, right: StoredEntry): boolean {
  return left.ms === right.ms && left.subTicks === right.subTicks;
}
