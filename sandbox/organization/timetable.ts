import {SeededRandom} from './random';

/** Cuts time into buckets and says how many entries each holds, so that any window can be generated on its own. */
export interface Timetable {
  /** The bucket that holds an instant, in ms since 1970; out-of-range instants give a bucket without entries. */
  bucketAt(ms: number): number;
  bucket(index: number): Bucket;
  /** First and last bucket with entries, where there is one. */
  readonly first?: number;
  readonly last?: number;
  /** Which entries become visible only some time after theirs; undefined: none. */
  readonly lateness: Lateness | undefined;
}

/** How many entries come late, 0 to 1, and how late at most, ms. */
export interface Lateness {
  readonly share: number;
  readonly longestMs: number;
}

/** A half-open stretch of time, `startMs` ≤ t < `endMs`, and its number of entries. */
export interface Bucket {
  readonly startMs: number;
  readonly endMs: number;
  readonly count: number;
  /** Share of the bucket, counted from its start, into which its entries crowd: 1, or less in a burst. */
  readonly crowding: number;
  /** Its first entry lies exactly on `startMs`. */
  readonly onStart: boolean;
}

const HOUR_MS = 3_600_000;
const BUCKET_LENGTHS_MS = [HOUR_MS, 900_000, 300_000, 60_000, 20_000, 5_000, 1_000];
const ENTRIES_PER_BUCKET = 500;

/** Weight of an hour of the week: working hours in Europe and America, quiet nights and weekends. */
function hourWeight(dayOfWeek: number, hour: number): number {
  if (dayOfWeek === 0 || dayOfWeek === 6) return 0.15;
  if (hour >= 7 && hour < 17) return 2.6;
  return hour >= 17 && hour < 22 ? 1.1 : 0.2;
}

const MEAN_WEIGHT = Array.from({length: 168}, (_, hour) => hourWeight(Math.floor(hour / 24), hour % 24))
  .reduce((sum, weight) => sum + weight, 0) / 168;

/**
 * An organization at work: no first and no last day.
 *
 * @param entriesPerDay average over a week
 */
export function workingHours(seed: number, entriesPerDay: number, lateness: Lateness | undefined): Timetable {
  const lengthMs = BUCKET_LENGTHS_MS.find((length) => (entriesPerDay * length) / (24 * HOUR_MS) <= ENTRIES_PER_BUCKET / 2) ?? 1_000;
  const mean = (entriesPerDay * lengthMs) / (24 * HOUR_MS);
  return {
    lateness,
    bucketAt: (ms) => Math.floor(ms / lengthMs),
    bucket(index) {
      const startMs = index * lengthMs;
      const random = new SeededRandom(seed ^ 0x7ab1e, index);
      const start = new Date(startMs);
      const burst = random.chance(0.02);
      const expected = (mean * hourWeight(start.getUTCDay(), start.getUTCHours()) * (0.6 + random.below(800) / 1000) * (burst ? 6 : 1)) / MEAN_WEIGHT;
      const count = Math.floor(expected) + (random.chance(expected % 1) ? 1 : 0);
      return {startMs, endMs: startMs + lengthMs, count, crowding: burst ? 0.1 : 1, onStart: random.chance(0.3)};
    },
  };
}

/** Where in time crowded entries lie, both as shares from the oldest on: 95 % of them in 5 % of the time, beginning after 70 % of it. */
const CROWDED: readonly (readonly [entries: number, time: number])[] = [[0, 0], [0.025, 0.7], [0.975, 0.75], [1, 1]];

/**
 * Exactly `count` entries, spread over `start` ≤ t < `end` (ms since 1970). The oldest lies exactly on `start`.
 *
 * @param crowded 95 % of them lie in 5 % of the time
 */
export function exactly(count: number, start: number, end: number, crowded = false): Timetable {
  const buckets = Math.max(1, Math.min(Math.ceil(count / ENTRIES_PER_BUCKET), Math.floor(end - start)));
  const isBent = (index: number): boolean => crowded && index > 0 && index < buckets;
  const boundary = (index: number): number => start + Math.floor(isBent(index) ? (end - start) * crowdedShare(index / buckets) : ((end - start) * index) / buckets);
  const before = (index: number): number => Math.floor((count * index) / buckets);
  return {
    lateness: undefined,
    first: 0,
    last: buckets - 1,
    bucketAt(ms) {
      if (ms < start) return -1;
      if (ms >= end) return buckets;
      let [low, high] = [0, buckets];
      while (high - low > 1) {
        const middle = (low + high) >>> 1;
        if (boundary(middle) <= ms) low = middle;
        else high = middle;
      }
      return low;
    },
    bucket: (index) => ({
      startMs: boundary(index), endMs: boundary(index + 1), count: before(index + 1) - before(index), crowding: 1, onStart: index === 0,
    }),
  };
}

/** The share of the time in which a share of crowded entries lies. */
function crowdedShare(entries: number): number {
  const upper = CROWDED.findIndex(([share]) => share >= entries);
  const [[fromEntries, fromTime], [toEntries, toTime]] = [CROWDED[upper - 1] ?? [0, 0], CROWDED[upper] ?? [1, 1]];
  return fromTime + ((entries - fromEntries) / (toEntries - fromEntries)) * (toTime - fromTime);
}
