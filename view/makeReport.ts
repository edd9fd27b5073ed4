import { realpath } from 'node:fs/promises';
import type { AuditLogEntry } from '../tasks/common/auditlog/entry';
import type { OwnFootprint } from '../tasks/common/auditlog/ownFootprint';
import type { Interval } from '../tasks/common/evidence/verify/exportRecord';
import { ReportCollector, type KnownNames } from '../tasks/common/report/reportCollector';
import type { CollectedReport, ReportExport } from '../tasks/common/report/reportData';
import { VIEW_LIMITS } from '../tasks/common/report/rowLimits';
import { ticksOfSeconds } from '../tasks/common/time/ticks';
import { epochSeconds } from '../tasks/common/window/instant';
import { coverageOf, readInterval, touches, unsettledFrom, windowOf } from './coverage';
import { chooseOrganization } from './chooseOrganization';
import type { EntryStream } from './entryStream';
import type { ExportSource } from './exportSource';
import { findSources } from './findSources';
import { knownBefore } from './knownBefore';
import { MergedEntries, type ShownEntry } from './mergeEntries';
import { Notes } from './notes';
import { noteReading } from './noteReading';
import type { ViewOptions } from './options';
import { ViewFailure } from './viewFailure';

/** A report over many exports, and what was found on the way. */
export interface MadeReport {
  readonly data: CollectedReport;
  /** Entries that several exports had; each is shown once. */
  readonly duplicates: number;
  /** Folders that were read. */
  readonly exports: number;
  readonly notes: Notes;
}

/** What the report itself names; a terminal shows more. */
const MOST_NOTES = 50;
const NOT_VERIFIED = 'Nothing was verified for this page: whether the exports are complete and unaltered, verify-audit-log.mjs tells.';

/**
 * Makes one report over all exports below a folder, at bounded memory. Nothing in the folder is trusted, nothing is verified, and
 * nothing there is changed.
 * @param onProgress called now and then, with exports begun and exports at all
 * @throws ViewFailure when there is nothing to show; and what reading the folder itself throws
 */
export async function makeReport(options: ViewOptions, productVersion: string, onProgress: (begun: number, all: number) => void): Promise<MadeReport> {
  const notes = new Notes();
  const found = await findSources(await realpath(options.root), notes);
  if (found.length === 0) throw new ViewFailure(`There is no export below ${options.root}. Unpack the downloaded artifacts first: an export is a folder with a manifest.json.`);
  const { organization, sources: ofOne } = chooseOrganization(found, options.organization, notes);
  const window = windowOf(ofOne, options.requested);
  if (window === undefined) throw new ViewFailure('What these exports cover cannot be told, because no manifest of them can be used. Name the range with --from and --to.');
  const sources = ofOne.filter((source) => touches(source, window));
  const known = await knownBefore(ofOne, window);
  notes.add('', known.sentence);
  const merged = new MergedEntries(sources.filter(({ entryFile }) => entryFile !== undefined));
  const late = new WeakSet<AuditLogEntry>();
  const collector = newCollector(options, window, sources, late, known.names);
  for await (const batch of merged.batches()) {
    await collector.add(entriesOf(inRange(batch, options.requested), late));
    onProgress(merged.progress.begun, merged.progress.all);
  }
  noteReading(sources, merged, notes);
  const read = merged.streams.flatMap((stream) => readInterval(stream) ?? []);
  const data = await collector.finish({
    productVersion, organization, run: null,
    artifactName: onlyOne(sources.map(({ told }) => told?.artifactName ?? null)),
    exports: shownExports(merged.streams),
    window: { ...window, unsettledFrom: unsettledFrom(sources, window) },
    coverage: { isChain: true, ...coverageOf(window, read, sources) },
    repaired: distinct(sources).reduce((sum, { told }) => sum + (told?.repaired ?? 0), 0),
    filter: null, filtered: 0,
  });
  return { data: { ...data, notes: [...notes.first(MOST_NOTES - 1), NOT_VERIFIED] }, duplicates: merged.duplicates, exports: sources.length, notes };
}

/** @param late holds the entries that came late, before they are added */
function newCollector({ detail, timeZone }: ViewOptions, { start, end }: Interval, sources: readonly ExportSource[], late: WeakSet<AuditLogEntry>, known: KnownNames | undefined): ReportCollector {
  return new ReportCollector({
    detail, timeZone,
    covered: { startSeconds: epochSeconds(start), endSeconds: epochSeconds(end) },
    own: footprints(sources),
    isLate: (entry) => late.has(entry),
    known,
    limits: VIEW_LIMITS,
  });
}

function entriesOf(batch: readonly ShownEntry[], late: WeakSet<AuditLogEntry>): AuditLogEntry[] {
  for (const { entry, isLate } of batch) if (isLate) late.add(entry);
  return batch.map(({ entry }) => entry);
}

function inRange(batch: readonly ShownEntry[], { from, to }: ViewOptions['requested']): readonly ShownEntry[] {
  if (from === undefined && to === undefined) return batch;
  const [start, end] = [from === undefined ? '' : ticksOfSeconds(epochSeconds(from)), to === undefined ? '~' : ticksOfSeconds(epochSeconds(to))];
  return batch.filter(({ entry }) => entry.ticks >= start && entry.ticks < end);
}

/** Oldest first; a copy of an export is the same export. */
function shownExports(streams: readonly EntryStream[]): ReportExport[] {
  const shown = new Map<string, ReportExport>();
  for (const { source: { folder, place, covered, told }, entries } of streams) {
    if (covered !== undefined) shown.set(told?.sha256 ?? place, { folder, ...covered, entries });
  }
  return [...shown.values()];
}

/** Each export once, however often it lies here. */
function distinct(sources: readonly ExportSource[]): ExportSource[] {
  return [...new Map(sources.map((source) => [source.told?.sha256 ?? source.place, source])).values()];
}

function footprints(sources: readonly ExportSource[]): OwnFootprint[] {
  return [...new Map(sources.flatMap(({ told }) => (told === undefined ? [] : [[JSON.stringify(told.own), told.own] as const]))).values()];
}

function onlyOne<Value>(values: readonly Value[]): Value | null {
  const [first, ...others] = new Set(values);
  return first === undefined || others.length > 0 ? null : first;
}
