import { type ChunkedRows } from '../../tasks/common/report/reportData';
import { inflate } from './inflate';
import { RecentLines } from './recentLines';
import { readColumns } from './readColumns';
import { type RowProgress, type RowSource } from './rowSource';
import { type RowStore } from './rowStore';
import { Turns } from './turns';

/** Rows that were made for the report. A chunk that cannot be read is counted, and the others are shown. */
export class ChunkSource implements RowSource {
  readonly capacity: number;
  readonly progress: RowProgress;
  readonly #rows: ChunkedRows;
  readonly #recent = new RecentLines((chunk) => this.#linesOf(chunk));

  constructor(rows: ChunkedRows) {
    this.#rows = rows;
    this.capacity = rows.chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    this.progress = { isDone: false, unreadable: 0, leftOut: rows.leftOut, expected: rows.included };
  }

  async load(store: RowStore, signal: AbortSignal, onProgress: (progress: RowProgress) => void): Promise<void> {
    const hasEnded = (): boolean => signal.aborted;
    const turns = new Turns();
    let unreadable = 0;
    for (const [number, chunk] of this.#rows.chunks.entries()) {
      const columns = readColumns(await inflate(chunk.columns).catch(() => ''), chunk.rows);
      if (hasEnded()) return;
      if (columns === undefined || !store.hasRoomFor(chunk.rows)) unreadable += chunk.rows;
      else store.append(number, columns);
      if (!turns.isOver && number > 0) continue;
      onProgress({ ...this.progress, unreadable });
      await turns.next();
      if (hasEnded()) return;
    }
    await store.prepareSearch(turns);
    onProgress({ ...this.progress, isDone: true, unreadable });
  }

  async line(chunk: number, offset: number): Promise<string | undefined> {
    const line = (await this.#recent.of(chunk))[offset];
    return line === '' ? undefined : line;
  }

  async #linesOf(chunk: number): Promise<readonly string[]> {
    const lines = this.#rows.chunks[chunk]?.lines ?? null;
    return lines === null ? [] : (await inflate(lines)).split('\n');
  }
}
