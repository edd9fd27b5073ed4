/** How many rows a report has, and how many bytes their whole lines take, compressed. */
export interface RowLimits {
  readonly rows: number;
  readonly lineBytes: number;
}

/** Of the report of a single export. */
export const EXPORT_LIMITS: RowLimits = { rows: 100_000, lineBytes: 4 * 1024 ** 2 };

/** Of a report over many exports. */
export const VIEW_LIMITS: RowLimits = { rows: 500_000, lineBytes: 64 * 1024 ** 2 };
