import { ChunkColumns } from '../../tasks/common/report/chunkColumns';
import { type EvidenceRows } from '../../tasks/common/report/reportData';
import { EvidenceBytes } from './evidenceBytes';
import { lineBlocks, textBetween, type LineBlock } from './lineBlocks';
import { LineReader } from './readLine';
import { RecentLines } from './recentLines';
import { type RowProgress, type RowSource } from './rowSource';
import { type RowTexts } from './rowTexts';
import { type RowStore } from './rowStore';
import { Turns } from './turns';

/** Where the lines of a chunk of rows stand. Their text is inflated again when somebody asks for it: all of it would take ten times the page. */
interface Place extends Pick<LineBlock, 'from' | 'until'> {
  /** Numbers of lines that make no row. */
  readonly skipped: ReadonlySet<number>;
}

/** Lines that are no entries: none are in what the task writes, and a forged file could have any number of them. */
const MOST_UNREADABLE = 10_000;

/** Rows that are the evidence's own lines. A line that is no entry is counted, and the others are shown. */
export class LineSource implements RowSource {
  readonly capacity: number;
  readonly progress: RowProgress;
  readonly #rows: EvidenceRows;
  readonly #bytes: EvidenceBytes;
  readonly #startSeconds: number;
  readonly #places: Place[] = [];
  readonly #recent = new RecentLines((chunk) => this.#linesOf(chunk));
  #unreadable = 0;

  /**
   * @param following base64 that continues that of the rows
   * @param entries of the whole export
   * @param startSeconds of its window, since 1970 UTC
   */
  constructor(rows: EvidenceRows, following: RowTexts, entries: number, startSeconds: number) {
    this.#rows = rows;
    this.#bytes = new EvidenceBytes(rows.gzip, following);
    this.#startSeconds = startSeconds;
    this.capacity = Math.min(entries, rows.cut?.entries ?? entries);
    this.progress = { isDone: false, unreadable: 0, leftOut: entries - this.capacity, expected: this.capacity };
  }

  async load(store: RowStore, signal: AbortSignal, onProgress: (progress: RowProgress) => void): Promise<void> {
    await this.#loadBlocks(store, signal, () => onProgress({ ...this.progress, unreadable: this.#unreadable })).catch(() => {});
    const turns = new Turns();
    await turns.next();
    if (signal.aborted) return;
    await store.prepareSearch(turns);
    onProgress({ ...this.progress, isDone: true, unreadable: this.capacity - store.count, expected: store.count });
  }

  async line(chunk: number, offset: number): Promise<string | undefined> {
    return (await this.#recent.of(chunk))[offset];
  }

  async #loadBlocks(store: RowStore, signal: AbortSignal, onProgress: () => void): Promise<void> {
    const reader = new LineReader(this.#rows.own, this.#startSeconds);
    const turns = new Turns();
    for await (const block of lineBlocks(this.#bytes.arriving(), this.#rows.cut)) {
      if (signal.aborted) return;
      this.#append(store, reader, block);
      const isFirst = this.#places.length === 1;
      if (!turns.isOver && !isFirst) continue;
      onProgress();
      await (isFirst ? turns.painted() : turns.next());
    }
  }

  #append(store: RowStore, reader: LineReader, { from, until, text }: LineBlock): void {
    const columns = new ChunkColumns();
    const skipped = new Set<number>();
    for (const [number, line] of linesOf(text).entries()) {
      if (skipped.size > MOST_UNREADABLE) break;
      const row = store.hasRoomFor(columns.rows + 1) ? reader.row(line) : undefined;
      if (row === undefined) skipped.add(number);
      else columns.add(row);
    }
    this.#unreadable += skipped.size;
    if (this.#unreadable > MOST_UNREADABLE) throw new RangeError('These are no entries');
    store.append(this.#places.length, columns.columns());
    this.#places.push({ from, until, skipped });
  }

  async #linesOf(chunk: number): Promise<readonly string[]> {
    const place = this.#places[chunk];
    if (place === undefined) return [];
    // Where not all bytes are here yet, they are the beginning of a file too.
    const text = await textBetween(this.#bytes.here, true, place.from, place.until);
    return linesOf(text).filter((_, number) => !place.skipped.has(number));
  }
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
