import type { Interval } from './exportRecord';

/** The same time in ascending intervals that do not touch. */
export function united(intervals: readonly Interval[]): Interval[] {
  const result: { start: string; end: string }[] = [];
  for (const { start, end } of [...intervals].sort((left, right) => (left.start < right.start ? -1 : 1))) {
    const last = result.at(-1);
    if (last !== undefined && start <= last.end) last.end = end > last.end ? end : last.end;
    else if (start < end) result.push({ start, end });
  }
  return result;
}

/** What lies in `from` and in none of `others`, ascending. */
export function without(from: Interval, others: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  let at = from.start;
  for (const { start, end } of united(others)) {
    if (end <= at) continue;
    if (start >= from.end) break;
    if (start > at) result.push({ start: at, end: start });
    at = end;
  }
  if (at < from.end) result.push({ start: at, end: from.end });
  return result;
}

/** What lies in both; undefined when nothing does. */
export function common(left: Interval, right: Interval): Interval | undefined {
  const start = left.start > right.start ? left.start : right.start;
  const end = left.end < right.end ? left.end : right.end;
  return start < end ? { start, end } : undefined;
}
