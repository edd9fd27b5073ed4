import type { Interval } from '../tasks/common/evidence/verify/exportRecord';
import { common, united, without } from '../tasks/common/evidence/verify/intervals';
import type { ReportGap } from '../tasks/common/report/reportData';
import { isoOfTicks } from '../tasks/common/time/ticks';
import { epochSeconds, formatInstant } from '../tasks/common/window/instant';
import type { EntryStream } from './entryStream';
import type { ExportSource } from './exportSource';

/** What many exports together cover of a window. */
export interface Coverage {
  /** Since when there is no gap; the window's end when its last second is in a gap. */
  readonly from: string;
  readonly until: string;
  /** Oldest first. */
  readonly gaps: readonly ReportGap[];
}

/** The time from the first instant that an export covers to the last, as far as it was asked for; undefined when none is left. */
export function windowOf(sources: readonly ExportSource[], { from, to }: { readonly from: string | undefined; readonly to: string | undefined }): Interval | undefined {
  const covered = united(sources.flatMap((source) => source.covered ?? []));
  const [start, end] = [from ?? covered[0]?.start, to ?? covered.at(-1)?.end];
  return start !== undefined && end !== undefined && start < end ? { start, end } : undefined;
}

/** Whether an export can hold entries of a window. */
export function touches({ covered, told }: ExportSource, window: Interval): boolean {
  return covered === undefined || common({ start: told?.overlapFrom ?? covered.start, end: covered.end }, window) !== undefined;
}

/** What was read of an export's time: of a file that ended before its time, what lies behind its last entry. Undefined for nothing. */
export function readInterval({ source, problem, lastTicks }: EntryStream): Interval | undefined {
  const { covered } = source;
  if (covered === undefined || problem === undefined) return covered;
  if (lastTicks === undefined) return undefined;
  const start = formatInstant(epochSeconds(`${isoOfTicks(lastTicks).slice(0, 19)}Z`) + 1);
  return common({ start, end: covered.end }, covered);
}

/** What of the window no export covers, and why where a manifest tells. */
export function coverageOf(window: Interval, read: readonly Interval[], sources: readonly ExportSource[]): Coverage {
  const told = sources.flatMap((source) => source.told?.gaps ?? []).sort((left, right) => (left.start < right.start ? -1 : 1));
  const gaps = without(window, read).flatMap((hole) => explained(hole, told));
  return { from: gaps.at(-1)?.end ?? window.start, until: window.end, gaps };
}

function explained(hole: Interval, told: readonly ReportGap[]): ReportGap[] {
  const known: ReportGap[] = [];
  for (const { start, end, reason } of told) {
    const part = common({ start: max(start, known.at(-1)?.end ?? hole.start), end }, hole);
    if (part !== undefined) known.push({ ...part, reason });
  }
  const unknown = without(hole, known).map((part) => ({ ...part, reason: 'notFound' as const }));
  return [...known, ...unknown].sort((left, right) => (left.start < right.start ? -1 : 1));
}

/** From where on entries may still have come after all these exports were made; null when everything had settled. */
export function unsettledFrom(sources: readonly ExportSource[], window: Interval): string | null {
  const settled = sources.flatMap(({ covered, told }) => (covered === undefined || told === undefined ? [] : { start: covered.start, end: told.unsettledFrom ?? covered.end }));
  const open = sources.flatMap(({ covered, told }) => (covered === undefined || told?.unsettledFrom === undefined || told.unsettledFrom === null ? [] : { start: told.unsettledFrom, end: covered.end }));
  const left = united(open.flatMap((part) => without(part, settled))).map((part) => common(part, window)).find((part) => part !== undefined);
  return left?.start ?? null;
}

function max(left: string, right: string): string {
  return left > right ? left : right;
}
