import { type ReportData } from '../../tasks/common/report/reportData';
import { ChunkSource } from './chunkSource';
import { LineSource } from './lineSource';
import { type RowStore } from './rowStore';
import { type RowTexts } from './rowTexts';

/** How far loading has come. */
export interface RowProgress {
  readonly isDone: boolean;
  /** Rows that could not be read. */
  readonly unreadable: number;
  /** Rows that a cap keeps out of the data: the oldest. */
  readonly leftOut: number;
  /** Rows that there will be; in the end, those that there are. */
  readonly expected: number;
}

/** Where the rows of a report come from. */
export interface RowSource {
  /** Rows that there can be at most. */
  readonly capacity: number;
  readonly progress: RowProgress;
  /**
   * Brings all rows into the store, newest first, piece by piece, and gives way to the browser in between. It ends quietly once `signal` is
   * aborted, and never rejects: what cannot be read is counted, and the rest is shown.
   */
  load(store: RowStore, signal: AbortSignal, onProgress: (progress: RowProgress) => void): Promise<void>;
  /** The whole entry of a row; undefined when the data do not have it. @param chunk of the store, and the row's place in it */
  line(chunk: number, offset: number): Promise<string | undefined>;
}

/**
 * Undefined for data without rows.
 * @param following the rows that are not in the data, but follow those that are
 */
export function rowSource({ rows, counts, window }: ReportData, following: RowTexts = []): RowSource | undefined {
  if (rows === null) return undefined;
  return rows.form === 'chunks' ? new ChunkSource(rows, following) : new LineSource(rows, following, counts.entries, Date.parse(window.start) / 1000);
}
