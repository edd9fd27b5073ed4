import type { PageBudget } from './pageBudget';
import { Slice } from './slice';

/** Pages still to come below which an export stays one chain. */
const SHORTEST_CUT = 20;
/** Pages still to come below which a slice is not cut once there are several: with more, some are idle for long at the end; with fewer, cuts cost as much as they save. */
const SHORTEST_SLICE = 3;
/**
 * Pages that a slice should have at least while nobody would be idle for it. Every cut costs about half a page, and what
 * was misjudged is cut again: fewer and larger slices came out faster than many small ones, in uniform logs and skewed ones.
 */
const USUAL_SLICE = 30;
/** The part of what may be held back that the slices being read may fill. */
const HELD_BY_SLICES = 0.75;
/** Seconds that are asked for twice at a cut, because bounds are widened. */
const SEAM_SECONDS = 3;

export interface PlanLimits {
  readonly concurrency: number;
  /** Most bytes that may be held back. */
  readonly mostHeldBytes: number;
}

/** How much is free. */
export interface Room {
  /** Bytes that are held back. */
  readonly heldBytes: number;
  /** Requests that could be started now. */
  readonly requests: number;
}

/**
 * Whether there is room for a further page. The further behind the front, the sooner a slice has to stop, so that there is
 * room left for helping at the front.
 * @param rank how many unread slices come before it
 */
function hasRoom(rank: number, { heldBytes }: Room, budget: PageBudget, limits: PlanLimits): boolean {
  const allowed = limits.mostHeldBytes * (1 - rank / (4 * Math.max(rank, limits.concurrency)));
  return heldBytes + limits.concurrency * budget.pageBytes <= allowed;
}

/** The front always may go on while nothing of it waits to be handed on: everybody waits for it. */
function mayGoOn(slice: Slice, rank: number, room: Room, budget: PageBudget, limits: PlanLimits): boolean {
  return !slice.isReading && (rank === 0 && slice.held.length === 0 || hasRoom(rank, room, budget, limits));
}

/**
 * The slice of which the next page is to be read, newest first; slices that are not finished are cut when all that may go on
 * are being read already.
 * @param slices all that are not handed on wholly, newest first; new ones are added to it
 */
export function nextSlice(slices: Slice[], room: Room, budget: PageBudget, limits: PlanLimits): Slice | undefined {
  const unread = slices.filter(({ isRead }) => !isRead);
  const waiting = unread.find((slice, rank) => mayGoOn(slice, rank, room, budget, limits));
  if (waiting) return waiting;
  let longest: Slice | undefined;
  let [most, all] = [0, 0];
  for (const [rank, slice] of unread.entries()) {
    const pages = pagesAhead(slice, budget);
    all += pages;
    if (pages <= most || !hasRoom(rank + 1, room, budget, limits)) continue;
    longest = slice;
    most = pages;
  }
  if (!longest) return undefined;
  const shortest = shortestSlice(longest, budget);
  if (most < (longest.isWhole ? Math.max(SHORTEST_CUT, shortest) : shortest)) return undefined;
  const made = cutSlice(longest, cutFor({ longest: most, all, shortest }, room, budget, limits), most, budget);
  slices.splice(slices.indexOf(longest) + 1, 0, ...made);
  return made[0];
}

function pagesAhead(slice: Slice, budget: PageBudget): number {
  return slice.entriesAhead(budget.pageEntries) / budget.pageEntries;
}

/** Pages of a slice that is worth what its cut costs. */
function shortestSlice({ rate }: Slice, budget: PageBudget): number {
  return SHORTEST_SLICE + 4 * SEAM_SECONDS * (rate ?? 0) / budget.pageEntries;
}

/** Estimated pages still to come. */
interface PagesAhead {
  /** Of the slice that is cut. */
  readonly longest: number;
  readonly all: number;
  /** The fewest that are worth a slice. */
  readonly shortest: number;
}

/** How a slice is cut: so many pieces of so many pages each, and what is left as one more. */
interface Cut {
  readonly count: number;
  readonly pages: number;
}

/**
 * Equal pieces, so that all end together. Where that would be more than may be held back, smaller ones, and the rest waits
 * in one piece until they are done. Never many at once: the density may be misjudged, and each costs a request.
 */
function cutFor(ahead: PagesAhead, room: Room, budget: PageBudget, limits: PlanLimits): Cut {
  const fitting = Math.max(ahead.shortest, HELD_BY_SLICES * limits.mostHeldBytes / limits.concurrency / Math.max(1, budget.pageBytes));
  const helpers = Math.min(room.requests + 1, Math.floor(ahead.longest / ahead.shortest));
  const forAll = Math.ceil(ahead.longest / Math.max(USUAL_SLICE, ahead.shortest, ahead.all / limits.concurrency));
  const count = Math.min(limits.concurrency + 1, Math.max(2, helpers, forAll));
  return { count, pages: Math.min(ahead.longest / count, fitting) };
}

/** Cuts what is ahead of a slice, at whole seconds. @returns the pieces cut off, newest first */
function cutSlice(slice: Slice, wanted: Cut, allPages: number, budget: PageBudget): Slice[] {
  const { from, to } = slice.ahead(budget.pageEntries);
  const step = (to - from) * wanted.pages / allPages;
  const bounds: number[] = [];
  for (let index = 1; index <= wanted.count; index += 1) {
    const bound = Math.floor(to - step * index);
    if (bound > from && bound < (bounds.at(-1) ?? slice.position)) bounds.push(bound);
  }
  const [first] = bounds;
  if (first === undefined) return [];
  slice.cutAt(first);
  return bounds.map((bound, index) => new Slice({ from: bounds[index + 1] ?? from, to: bound }, slice.rate));
}

/** After a page of a slice: those behind it of which nothing is known yet are taken to be as dense. */
export function spreadRate(slices: readonly Slice[], learned: Slice): void {
  for (const slice of slices.slice(slices.indexOf(learned) + 1)) {
    if (slice.isKnown) return;
    slice.suppose(learned.rate);
  }
}
