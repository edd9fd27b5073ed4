/** How many rows a report has, and how many bytes their whole lines take, compressed. */
export interface RowLimits {
  readonly rows: number;
  readonly lineBytes: number;
}

/** Bytes of `audit-log.jsonl.gz` that the page of an export holds: more than a hundred thousand entries. */
export const MOST_ON_PAGE = 28 * 1024 ** 2;

/** Bytes of rows, as they stand in the JSON, that a run attaches of an export for the tab. */
export const MOST_ATTACHED = 4 * 1024 ** 2;

/** Of the report of a single export, where it cannot show the evidence as it is: rows cost more than all the counts. */
export const EXPORT_LIMITS: RowLimits = { rows: 25_000, lineBytes: 3 * 1024 ** 2 };

/** Of a report over many exports. */
export const VIEW_LIMITS: RowLimits = { rows: 500_000, lineBytes: 64 * 1024 ** 2 };
