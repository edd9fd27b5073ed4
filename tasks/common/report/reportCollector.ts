import type { AuditLogEntry } from '../auditlog/entry';
import { IdTrace } from '../auditlog/idTrace';
import { ACCESS_LOG, CONNECTION_USED, OwnEntries, type OwnFootprint } from '../auditlog/ownFootprint';
import { millisOfTicks, ticksOfSeconds } from '../time/ticks';
import type { Window } from '../window/window';
import { EntryActors } from './entryActors';
import { EntryCounts } from './entryCounts';
import { EntryMechanisms } from './entryMechanisms';
import { firstSeen, seenNames, type KnownNames, type SeenNames } from './firstSeen';
import { LocalClock } from './localClock';
import { NameCounts } from './nameCounts';
import { REPORT_DATA_VERSION, type CollectedReport, type ReportDetail } from './reportData';
import { MOST_EXPORTS, MOST_GAPS, type ReportFacts } from './reportFacts';
import { RowCollector } from './rowCollector';
import { EXPORT_LIMITS, type RowLimits } from './rowLimits';
import { toCounts } from './toCounts';

export type { KnownNames, SeenNames };

export interface ReportOptions {
  readonly detail: ReportDetail;
  /** IANA name in its own spelling. */
  readonly timeZone: string;
  /** What the export covers. */
  readonly covered: Window;
  /** Whether an entry appeared late; where this is not given, those before `covered` did. */
  readonly isLate?: (entry: AuditLogEntry) => boolean;
  /** Of several exports each its own. */
  readonly own: OwnFootprint | readonly OwnFootprint[];
  /** Undefined where nothing is known of earlier exports. */
  readonly known?: KnownNames | undefined;
  /** Default: {@link EXPORT_LIMITS}. Null: no rows are made, because those of the report will be the evidence itself. */
  readonly limits?: RowLimits | null;
}

/**
 * Makes the data of a report while the entries stream by, at bounded memory. The same entries make the same bytes, whatever
 * the batches.
 */
export class ReportCollector {
  readonly #options: ReportOptions;
  readonly #own: readonly OwnEntries[];
  /** By action: all that our own entries can have. */
  readonly #ownIds: ReadonlyMap<string | undefined, IdTrace>;
  readonly #isLate: (entry: AuditLogEntry) => boolean;
  readonly #counts: EntryCounts;
  readonly #actors = new EntryActors();
  readonly #mechanisms = new EntryMechanisms();
  readonly #leftOut = { actors: new NameCounts(), actions: new NameCounts() };
  readonly #rows: RowCollector | undefined;
  #entries = 0;
  #ownEntries = 0;
  #late = 0;

  /** @throws {RangeError} when the time zone is unknown */
  constructor(options: ReportOptions) {
    this.#options = options;
    this.#own = [options.own].flat().map((footprint) => new OwnEntries(footprint));
    this.#ownIds = new Map([
      [ACCESS_LOG, new IdTrace(this.#own.flatMap(({ readerIds }) => readerIds))],
      [CONNECTION_USED, new IdTrace(this.#own.flatMap(({ connectionIds }) => connectionIds))],
    ]);
    const coveredStart = ticksOfSeconds(options.covered.startSeconds);
    this.#isLate = options.isLate ?? (({ ticks }) => ticks < coveredStart);
    this.#counts = new EntryCounts(options.covered, new LocalClock(options.timeZone));
    const { detail, limits = EXPORT_LIMITS } = options;
    this.#rows = detail === 'full' && limits !== null ? new RowCollector(limits) : undefined;
  }

  /** @param entries newest first over all calls. Await it: that is what bounds the memory. */
  async add(entries: readonly AuditLogEntry[]): Promise<void> {
    for (const entry of entries) {
      const full = this.#add(entry);
      if (full) await full;
    }
  }

  /** Entries that a filter keeps out of the report: no later export is to call their actors and actions new. */
  leaveOut(entries: readonly AuditLogEntry[]): void {
    for (const entry of entries) {
      if (this.#isOwn(entry)) continue;
      this.#leftOut.actions.add(entry.names().action);
      this.#leftOut.actors.addActor(this.#actors.of(entry, this.#mechanisms.of(entry)));
    }
  }

  /** Once all entries have been added. `rows` is null where none were made. */
  async finish(facts: ReportFacts): Promise<CollectedReport> {
    const { coverage: { gaps, ...coverage }, repaired, filtered, exports, ...said } = facts;
    const { detail, timeZone, known } = this.#options;
    const data: CollectedReport = {
      reportDataVersion: REPORT_DATA_VERSION,
      detail,
      ...said,
      exports: [...exports].sort(byStart).slice(-MOST_EXPORTS),
      timeZone,
      coverage: { ...coverage, gaps: [...gaps].sort(byStart).reverse().slice(0, MOST_GAPS), gapCount: gaps.length },
      counts: { entries: this.#entries, late: this.#late, repaired, own: this.#ownEntries, filtered },
      ...this.#counts.result(),
      firstSeen: known ? firstSeen(this.#counts, known) : null,
      rows: await this.#rows?.finish() ?? null,
    };
    return detail === 'counts' ? toCounts(data) : data;
  }

  /** Who acted and what was done in all entries, those left out too, without our own reading. */
  seenNames(): SeenNames {
    return seenNames(this.#counts, this.#leftOut);
  }

  #add(entry: AuditLogEntry): Promise<void> | undefined {
    const isOwn = this.#isOwn(entry);
    const isLate = this.#isLate(entry);
    const mechanism = this.#mechanisms.of(entry);
    const actor = this.#actors.of(entry, mechanism);
    this.#entries += 1;
    if (isLate) this.#late += 1;
    if (isOwn) this.#ownEntries += 1;
    else this.#counts.add(entry, actor, mechanism);
    return this.#rows?.add({ ms: millisOfTicks(entry.ticks), id: entry.id, actor, mechanism, fields: entry.fields(), isOwn, isLate }, entry.raw);
  }

  /** Every use of any connection leaves such an entry, so nearly all are told apart without parsing. */
  #isOwn(entry: AuditLogEntry): boolean {
    const isPossible = this.#ownIds.get(entry.names().action)?.mayBeIn(entry.raw) === true;
    return isPossible && this.#own.some((own) => own.isOwn(entry.fields()));
  }
}

/** Instants in one form are in order as texts. */
function byStart(left: { readonly start: string }, right: { readonly start: string }): number {
  return left.start < right.start ? -1 : left.start > right.start ? 1 : 0;
}
