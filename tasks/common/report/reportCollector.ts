import type { AuditLogEntry } from '../auditlog/entry';
import { OwnEntries, type OwnFootprint } from '../auditlog/ownFootprint';
import type { Window } from '../window/window';
import { DIMENSIONS, REPORT_DATA_VERSION, type Dimension, type DimensionCounts, type ReportData, type ReportDetail } from './reportData';
import type { ReportFacts } from './reportFacts';
import { EXPORT_LIMITS, type RowLimits } from './rowLimits';

/** What earlier exports of the chain had, as hashes (16 hexadecimal digits, {@link SeenNames}). */
export interface KnownNames {
  readonly actors: ReadonlySet<string>;
  readonly actions: ReadonlySet<string>;
}

/** Names as hashes of 16 hexadecimal digits, ascending; undefined when there were more than {@link MOST_SEEN}. */
export interface SeenNames {
  readonly actors: readonly string[] | undefined;
  readonly actions: readonly string[] | undefined;
}

export const MOST_SEEN = 2_000;

export interface ReportOptions {
  readonly detail: ReportDetail;
  /** IANA name in its own spelling. */
  readonly timeZone: string;
  /** What the export covers; entries before it appeared late. */
  readonly covered: Window;
  readonly own: OwnFootprint;
  /** Undefined where nothing is known of earlier exports. */
  readonly known?: KnownNames | undefined;
  /** Default: {@link EXPORT_LIMITS}. */
  readonly limits?: RowLimits;
}

/**
 * Makes the data of a report while the entries stream by, at bounded memory. The same entries make the same bytes, whatever
 * the batches.
 */
export class ReportCollector {
  readonly #options: ReportOptions;
  readonly #own: OwnEntries;
  readonly #limits: RowLimits;
  #entries = 0;
  #ownCount = 0;

  constructor(options: ReportOptions) {
    this.#options = options;
    this.#own = new OwnEntries(options.own);
    this.#limits = options.limits ?? EXPORT_LIMITS;
  }

  /** @param entries newest first over all calls, their fields parsed. Await it: that is what bounds the memory. */
  async add(entries: readonly AuditLogEntry[]): Promise<void> {
    await Promise.resolve();
    for (const entry of entries) {
      this.#entries += 1;
      if (this.#own.isOwn(entry.fields())) this.#ownCount += 1;
    }
  }

  /** Once all entries have been added. */
  async finish(facts: ReportFacts): Promise<ReportData> {
    await Promise.resolve();
    const { coverage, repaired, filtered, ...said } = facts;
    const none: DimensionCounts = { values: [], others: { names: 0, entries: 0 } };
    return {
      reportDataVersion: REPORT_DATA_VERSION,
      detail: this.#options.detail,
      ...said,
      timeZone: this.#options.timeZone,
      coverage: { ...coverage, gapCount: coverage.gaps.length },
      counts: { entries: this.#entries, late: 0, repaired, own: this.#ownCount, filtered },
      overTime: { start: facts.window.start, stepSeconds: 3600, categories: [], counts: [] },
      weekdayHours: Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0)),
      dimensions: Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, none])) as unknown as Record<Dimension, DimensionCounts>,
      firstSeen: null,
      notable: [],
      rows: this.#limits.rows === 0 ? null : { included: 0, leftOut: 0, chunks: [] },
    };
  }

  /** Who acted and what was done in the entries that were added, without our own reading. */
  seenNames(): SeenNames {
    return { actors: [], actions: [] };
  }
}
