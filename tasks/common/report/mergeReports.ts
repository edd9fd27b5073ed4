import { epochSeconds } from '../window/instant';
import { dimensionsOf } from './entryCounts';
import { MOST_FIRST_SEEN } from './firstSeen';
import { LocalClock } from './localClock';
import { NameCounts } from './nameCounts';
import { NotableCounts } from './notableCounts';
import { DIMENSIONS, type Dimension, type FirstSeen, type ReportActor, type ReportData } from './reportData';
import { MOST_EXPORTS } from './reportFacts';
import { TimeSlots } from './timeSlots';
import { toCounts } from './toCounts';

/**
 * One report over several exports of a run, for the summary: without rows. What is beyond a cap in one of them is beyond it
 * in the result, so a value that is rare in each can be missing from the list.
 * @param reports oldest first, of one time zone
 * @throws {RangeError} without any
 */
export function mergeReports(reports: readonly ReportData[]): ReportData {
  const [first, last] = [reports[0], reports.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('There is no report to merge.');
  const merged: ReportData = {
    ...last,
    exports: reports.flatMap((report) => report.exports).slice(-MOST_EXPORTS),
    window: { ...last.window, start: first.window.start },
    counts: sums(reports),
    overTime: overTime(reports, { startSeconds: epochSeconds(first.window.start), endSeconds: epochSeconds(last.window.end) }, last.timeZone),
    weekdayHours: last.weekdayHours.map((day, weekday) => day.map((_, hour) => reports.reduce((sum, report) => sum + (report.weekdayHours[weekday]?.[hour] ?? 0), 0))),
    dimensions: dimensions(reports),
    firstSeen: firstSeen(reports),
    notable: notable(reports),
    rows: null,
  };
  return reports.some(({ detail }) => detail === 'counts') ? toCounts(merged) : merged;
}

function sums(reports: readonly ReportData[]): ReportData['counts'] {
  const sum = (name: keyof ReportData['counts']): number => reports.reduce((total, { counts }) => total + counts[name], 0);
  return { entries: sum('entries'), late: sum('late'), repaired: sum('repaired'), own: sum('own'), filtered: sum('filtered') };
}

/** Each slot counts where it begins: it lies inside one of the longer slots unless clocks were set in between. */
function overTime(reports: readonly ReportData[], covered: { readonly startSeconds: number; readonly endSeconds: number }, timeZone: string): ReportData['overTime'] {
  const shortest = Math.max(...reports.map((report) => report.overTime.stepSeconds));
  const slots = new TimeSlots(covered, new LocalClock(timeZone).offsetAt(covered.startSeconds), shortest);
  for (const report of reports) {
    const { start, stepSeconds, categories, counts } = report.overTime;
    const startSeconds = epochSeconds(start);
    categories.forEach((category, row) => counts[row]?.forEach((entries, slot) => {
      if (entries > 0) slots.add(startSeconds + slot * stepSeconds, category, entries);
    }));
  }
  return slots.overTime();
}

function dimensions(reports: readonly ReportData[]): ReportData['dimensions'] {
  const merged = DIMENSIONS.map((dimension) => {
    const counts = new NameCounts();
    // The newest first: they say how an actor is called now.
    for (const report of [...reports].reverse()) counts.addCounts(report.dimensions[dimension]);
    return [dimension, counts] as const;
  });
  return dimensionsOf(Object.fromEntries(merged) as Record<Dimension, NameCounts>);
}

/** What one export has seen first is known to the next. */
function firstSeen(reports: readonly ReportData[]): FirstSeen | null {
  const found = reports.flatMap((report) => report.firstSeen ?? []);
  if (found.length < reports.length) return null;
  const actors: ReportActor[] = found.flatMap((seen) => seen.actors ?? []);
  return {
    actors: actors.slice(0, MOST_FIRST_SEEN),
    actorCount: found.reduce((sum, { actorCount }) => sum + actorCount, 0),
    actions: found.flatMap(({ actions }) => actions).slice(0, MOST_FIRST_SEEN),
    actionCount: found.reduce((sum, { actionCount }) => sum + actionCount, 0),
  };
}

function notable(reports: readonly ReportData[]): ReportData['notable'] {
  const counts = new NotableCounts();
  for (const report of [...reports].reverse()) for (const finding of report.notable) counts.addFinding(finding);
  return counts.findings();
}
