import { type ReportRows } from '../../tasks/common/report/reportData';
import { inflate } from './inflate';
import { readColumns } from './readColumns';
import { type RowStore } from './rowStore';

/** So long the browser may be kept from painting and answering at a time, ms. */
const LONGEST_TURN = 12;

/** How far loading has come. */
export interface RowProgress {
  readonly isDone: boolean;
  /** Rows of chunks that could not be read. */
  readonly unreadable: number;
}

/**
 * Brings all rows into the store, newest first, a chunk at a time, and gives way to the browser between them.
 * It ends quietly once `signal` is aborted. A chunk that cannot be read is counted, and the others are shown.
 */
export async function loadRows(rows: ReportRows, store: RowStore, signal: AbortSignal, onProgress: (progress: RowProgress) => void): Promise<void> {
  const hasEnded = (): boolean => signal.aborted;
  let unreadable = 0;
  let turnBegan = performance.now();
  for (const [number, chunk] of rows.chunks.entries()) {
    const columns = readColumns(await inflate(chunk.columns).catch(() => ''), chunk.rows);
    if (hasEnded()) return;
    if (columns === undefined || !store.hasRoomFor(chunk.rows)) unreadable += chunk.rows;
    else store.append(number, columns);
    if (performance.now() - turnBegan < LONGEST_TURN && number > 0) continue;
    onProgress({ isDone: false, unreadable });
    await nextTurn();
    turnBegan = performance.now();
    if (hasEnded()) return;
  }
  store.prepareSearch();
  onProgress({ isDone: true, unreadable });
}

/** Lets the browser paint and answer what the reader did; a timer of 0 ms is put off to 4 ms once it is nested. */
async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** The whole entries of a chunk as their JSON lines, when the data have them. The last ones asked for are kept. */
export class WholeEntries {
  readonly #rows: ReportRows;
  readonly #kept = new Map<number, Promise<readonly string[]>>();

  constructor(rows: ReportRows) {
    this.#rows = rows;
  }

  /** The line of a row; undefined when the data do not have it. */
  async line(chunk: number, offset: number): Promise<string | undefined> {
    const lines = this.#rows.chunks[chunk]?.lines;
    if (lines === undefined || lines === null) return undefined;
    const kept = this.#kept.get(chunk) ?? inflate(lines).then((text) => text.split('\n'), () => []);
    this.#kept.delete(chunk);
    this.#kept.set(chunk, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > 3 && oldest !== undefined) this.#kept.delete(oldest);
    const line = (await kept)[offset];
    return line === '' ? undefined : line;
  }
}
