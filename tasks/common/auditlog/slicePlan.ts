import type { PageBudget } from './pageBudget';
import { Slice, type SliceRange } from './slice';

/** Pages still to come below which an export stays one chain. */
const SHORTEST_CUT = 20;
/** Pages still to come below which a slice is not cut once there are several. */
const SHORTEST_SLICE = 5;
/**
 * Pages that a slice should have at least while nobody would be idle for it. Every cut costs about half a page, and what
 * was misjudged is cut again: fewer and larger slices came out faster than many small ones, in uniform logs and skewed ones.
 */
const USUAL_SLICE = 30;
/** The part of what may be held back that the slices being read may fill. */
const HELD_BY_SLICES = 0.6;
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
  if (!longest || most < (longest.isWhole ? SHORTEST_CUT : SHORTEST_SLICE + 4 * seamPages(longest, budget))) return undefined;
  const made = cut(longest, pieces(most, all, room, budget, limits), budget);
  slices.splice(slices.indexOf(longest) + 1, 0, ...made);
  return made[0];
}

function pagesAhead(slice: Slice, budget: PageBudget): number {
  return slice.entriesAhead(budget.pageEntries) / budget.pageEntries;
}

function seamPages({ rate }: Slice, budget: PageBudget): number {
  return SEAM_SECONDS * (rate ?? 0) / budget.pageEntries;
}

/** Into how many pieces the longest slice is cut. */
function pieces(pages: number, allPages: number, room: Room, budget: PageBudget, limits: PlanLimits): number {
  const forAll = Math.max(USUAL_SLICE, allPages / limits.concurrency);
  const fitting = Math.max(SHORTEST_SLICE, HELD_BY_SLICES * limits.mostHeldBytes / limits.concurrency / Math.max(1, budget.pageBytes));
  const helpers = Math.min(room.requests + 1, Math.floor(pages / SHORTEST_SLICE));
  return Math.max(2, helpers, Math.ceil(pages / Math.min(forAll, fitting)));
}

/** Cuts what is ahead of a slice into so many pieces, at whole seconds. @returns the pieces cut off, newest first */
function cut(slice: Slice, count: number, budget: PageBudget): Slice[] {
  const { from, to } = slice.ahead(budget.pageEntries);
  const { rate } = slice;
  const bounds: number[] = [];
  for (let index = 1; index < count; index += 1) {
    const bound = Math.floor(to - (to - from) * index / count);
    if (bound > from && bound < (bounds.at(-1) ?? slice.position)) bounds.push(bound);
  }
  const [first] = bounds;
  if (first === undefined) return [];
  slice.cutAt(first);
  const ranges = bounds.map((bound, index): SliceRange => ({ from: bounds[index + 1] ?? from, to: bound }));
  return ranges.map((range) => new Slice(range, rate));
}
