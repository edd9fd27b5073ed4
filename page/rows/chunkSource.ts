import { readRowChunk } from '../../tasks/common/report/readReportData';
import { type ChunkedRows, type RowChunk } from '../../tasks/common/report/reportData';
import { inflate } from './inflate';
import { parsed, readColumns } from './readColumns';
import { RecentLines } from './recentLines';
import { type RowProgress, type RowSource } from './rowSource';
import { type RowStore } from './rowStore';
import { type RowTexts } from './rowTexts';
import { Turns } from './turns';

/** Rows that were made for the report. A chunk that cannot be read is counted, and the others are shown. */
export class ChunkSource implements RowSource {
  readonly capacity: number;
  readonly progress: RowProgress;
  readonly #chunks: readonly RowChunk[];
  readonly #following: RowTexts;
  readonly #lines: (string | null)[] = [];
  readonly #recent = new RecentLines((chunk) => this.#linesOf(chunk));

  /** @param following chunks that follow those of the rows */
  constructor({ included, leftOut, chunks }: ChunkedRows, following: RowTexts) {
    this.#chunks = chunks;
    this.#following = following;
    this.capacity = included;
    this.progress = { isDone: false, unreadable: 0, leftOut, expected: included };
  }

  async load(store: RowStore, signal: AbortSignal, onProgress: (progress: RowProgress) => void): Promise<void> {
    const hasEnded = (): boolean => signal.aborted;
    const turns = new Turns();
    for await (const chunk of this.#all()) {
      const columns = chunk && readColumns(await inflate(chunk.columns).catch(() => ''), chunk.rows);
      if (hasEnded()) return;
      if (columns !== undefined && store.hasRoomFor(chunk?.rows ?? 0)) store.append(this.#lines.push(chunk?.lines ?? null) - 1, columns);
      const isFirst = this.#lines.length === 1;
      if (!turns.isOver && !isFirst) continue;
      onProgress(this.progress);
      await (isFirst ? turns.painted() : turns.next());
      if (hasEnded()) return;
    }
    await store.prepareSearch(turns);
    onProgress({ ...this.progress, isDone: true, unreadable: this.capacity - store.count });
  }

  async line(chunk: number, offset: number): Promise<string | undefined> {
    const line = (await this.#recent.of(chunk))[offset];
    return line === '' ? undefined : line;
  }

  async* #all(): AsyncGenerator<RowChunk | undefined, void, undefined> {
    yield* this.#chunks;
    for await (const text of this.#following) yield readRowChunk(parsed(text));
  }

  async #linesOf(chunk: number): Promise<readonly string[]> {
    const lines = this.#lines[chunk] ?? null;
    return lines === null ? [] : (await inflate(lines)).split('\n');
  }
}
