import type { OwnFootprint } from '../auditlog/ownFootprint';

/**
 * What summary, report and tab show of an export: one form for all three, made while the entries stream by. This file has types and
 * constants only, because the pages in the browser read it as well.
 *
 * Instants are `2026-11-20T00:00:00Z`. Everything in it that came from the service is untrusted text.
 */

/** A page refuses data of a version that it does not know. */
export const REPORT_DATA_VERSION = 1;

/** Type of the attachment that carries the data to the tab; a run can have several, one for each of its exports. */
export const REPORT_ATTACHMENT = 'audit-log.report';

/**
 * In the page: id of the element that holds the data with their first rows, and class of those that follow it. Each of these holds a piece of
 * base64 that continues `gzip` and stands for itself, or one more of the `chunks`.
 */
export const DATA_ELEMENT = 'report-data';
export const ROWS_ELEMENTS = 'report-rows';

/** `counts`: without people, addresses and entries, for those who may see that something happened, but not who did it. */
export type ReportDetail = 'full' | 'counts';

/** By what entries are counted. */
export const DIMENSIONS = ['category', 'area', 'action', 'actor', 'ip', 'mechanism', 'project'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Who acted: a person, a service principal, or Azure DevOps itself. */
export type ActorKind = 'person' | 'servicePrincipal' | 'service';

export interface ReportActor {
  readonly kind: ActorKind;
  /** Display name; the id where there is none. */
  readonly name: string;
  /** UPN of a person, null otherwise. */
  readonly upn: string | null;
  /** What tells two actors of one name apart. */
  readonly id: string;
}

/** A value and how many entries have it; `null` stands for entries without one. */
export interface NameCount {
  readonly name: string | null;
  readonly entries: number;
  /** Of the dimension `actor` only. */
  readonly actor?: ReportActor;
}

/** The values of a dimension, most frequent first, then by name. What is beyond the cap is counted together. */
export interface DimensionCounts {
  readonly values: readonly NameCount[];
  readonly others: { readonly names: number; readonly entries: number };
}

export interface ReportGap {
  readonly start: string;
  readonly end: string;
  readonly reason: 'expired' | 'deleted' | 'continueFrom' | 'notFound';
}

/** An entry of the Notable list. */
export interface NotableEntry {
  readonly id: string;
  /** ms since 1970, UTC. */
  readonly ms: number;
  readonly action: string;
  readonly actor: string;
  readonly project: string | null;
  /** The service's own words, cut to 300 characters. */
  readonly details: string;
}

/** A rule of the Notable list that found something. Its title and reason are in NOTABLE_RULES (notableRules.ts). */
export interface NotableFinding {
  readonly rule: string;
  readonly entries: number;
  /** Newest first, at most 20; none with the detail `counts`. */
  readonly shown: readonly NotableEntry[];
}

/** Names that no earlier export of the chain had; at most 200 of each are named. */
export interface FirstSeen {
  /** Undefined with the detail `counts`. */
  readonly actors?: readonly ReportActor[];
  readonly actorCount: number;
  readonly actions: readonly string[];
  readonly actionCount: number;
}

/** One of the exports whose entries are shown. */
export interface ReportExport {
  readonly folder: string;
  readonly start: string;
  readonly end: string;
  readonly entries: number;
}

export interface ReportRun {
  readonly id: string;
  readonly number: string | null;
  readonly attempt: number;
  readonly stage: string | null;
  readonly job: string | null;
  readonly pipeline: string | null;
  readonly project: string | null;
}

/** A chunk of rows: each string is base64 of gzip. */
export interface RowChunk {
  readonly rows: number;
  /** JSON of {@link RowColumns}. */
  readonly columns: string;
  /** The same rows as JSON Lines, whole as the service sent them; null beyond the cap for whole entries. */
  readonly lines: string | null;
}

/** A column of few different values: `values[index[row]]`. */
export interface DictionaryColumn<Value> {
  readonly values: readonly Value[];
  readonly index: readonly number[];
}

/** Rows by column, newest first inside a chunk. Texts are as the service sent them, without the cuts of the counts. */
export interface RowColumns {
  /** ms since 1970 of the first row; of each following one how much older it is than the row before. */
  readonly ms: readonly number[];
  readonly id: readonly string[];
  readonly correlation: DictionaryColumn<string>;
  readonly actor: DictionaryColumn<ReportActor>;
  readonly category: DictionaryColumn<string | null>;
  readonly area: DictionaryColumn<string | null>;
  readonly action: DictionaryColumn<string | null>;
  readonly ip: DictionaryColumn<string | null>;
  readonly mechanism: DictionaryColumn<string | null>;
  readonly project: DictionaryColumn<string | null>;
  readonly details: DictionaryColumn<string>;
  /** Rows (numbers inside the chunk) that are our own reading of the log. */
  readonly own: readonly number[];
  /** Rows that happened before the window and appeared late. */
  readonly late: readonly number[];
}

/** Rows that were made for the report: of many exports, under a filter, and where no file holds whole entries that can be taken as they are. */
export interface ChunkedRows {
  readonly form: 'chunks';
  readonly included: number;
  /** Rows that the cap keeps out: the oldest. */
  readonly leftOut: number;
  /** Newest first. */
  readonly chunks: readonly RowChunk[];
}

/** Rows that are the evidence's own bytes: making columns of them would cost an export more than all its counts. */
export interface EvidenceRows {
  readonly form: 'lines';
  /** By what our own reading of the log is known among the entries. */
  readonly own: OwnFootprint;
  /** What the bytes hold where they are only the beginning of the file, so that the oldest entries are missing; null where they are all of it. */
  readonly cut: EvidenceCut | null;
  /** Base64 of `audit-log.jsonl.gz`, or of as much from its beginning as the cap lets in. Entries before `window.start` appeared late. */
  readonly gzip: string;
}

/** The whole lines that can be inflated from the beginning of the file: whoever reads them knows when he has them all. */
export interface EvidenceCut {
  readonly entries: number;
  /** Of the lines, with their line feeds. */
  readonly bytes: number;
}

export type ReportRows = ChunkedRows | EvidenceRows;

export interface ReportData {
  readonly reportDataVersion: typeof REPORT_DATA_VERSION;
  readonly detail: ReportDetail;
  readonly productVersion: string;
  readonly organization: string;
  /** Null where several runs' exports are shown together. */
  readonly run: ReportRun | null;
  /** Null when the task published no artifact. */
  readonly artifactName: string | null;
  /** Oldest first, at most 1,000. */
  readonly exports: readonly ReportExport[];
  /** From `unsettledFrom` on entries may still come late; null when all had settled. */
  readonly window: { readonly start: string; readonly end: string; readonly unsettledFrom: string | null };
  /** IANA name; of `weekdayHours` and of the days of `overTime`. */
  readonly timeZone: string;
  readonly coverage: {
    /** Whether the export continues others. */
    readonly isChain: boolean;
    readonly from: string;
    readonly until: string;
    /** Newest first, at most 100; `gapCount` counts all. */
    readonly gaps: readonly ReportGap[];
    readonly gapCount: number;
  };
  readonly counts: {
    /** All entries that are counted and shown here; what a filter leaves out is not among them. */
    readonly entries: number;
    readonly late: number;
    readonly repaired: number;
    /** Our own reading of the log; among `entries`, but in no dimension, chart or list: it would be most of a quiet day. */
    readonly own: number;
    /** Left out by `filter`. */
    readonly filtered: number;
  };
  /** The filter for the views that was in force. */
  readonly filter: { readonly include: readonly string[]; readonly exclude: readonly string[] } | null;
  /** Entries over time: `counts[category][slot]`; slot 0 begins at `start`, each lasts `stepSeconds`. */
  readonly overTime: { readonly start: string; readonly stepSeconds: number; readonly categories: readonly string[]; readonly counts: readonly (readonly number[])[] };
  /** `[weekday][hour]` in `timeZone`, Monday first. */
  readonly weekdayHours: readonly (readonly number[])[];
  /** With the detail `counts` those of `actor` and `ip` have no values, and `others` counts all. */
  readonly dimensions: Readonly<Record<Dimension, DimensionCounts>>;
  /** Null where nothing is known of earlier exports. */
  readonly firstSeen: FirstSeen | null;
  readonly notable: readonly NotableFinding[];
  /** Null with the detail `counts`. */
  readonly rows: ReportRows | null;
  /** What the reader has to know of how this was put together from many exports' files, such as that one could not be read: sentences, at most 50. */
  readonly notes?: readonly string[];
}

/** A report as the collector makes it: with rows of its own, or without any. */
export interface CollectedReport extends ReportData {
  readonly rows: ChunkedRows | null;
}
