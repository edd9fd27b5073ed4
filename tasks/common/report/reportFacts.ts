import type { ReportData, ReportGap } from './reportData';

/** What the entries do not tell of a report. */
export interface ReportFacts extends Pick<ReportData, 'productVersion' | 'organization' | 'run' | 'artifactName' | 'exports' | 'window' | 'filter'> {
  /** All gaps in any order; the report names the newest. */
  readonly coverage: { readonly isChain: boolean; readonly from: string; readonly until: string; readonly gaps: readonly ReportGap[] };
  /** Entries whose JSON was invalid. */
  readonly repaired: number;
  /** Entries that `filter` left out. */
  readonly filtered: number;
}

/** Most exports and gaps that a report names. */
export const MOST_EXPORTS = 1_000;
export const MOST_GAPS = 100;
