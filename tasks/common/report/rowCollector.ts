import { ChunkColumns, type Row } from './chunkColumns';
import { GatheredLines } from './gatheredLines';
import { packed } from './packed';
import type { ChunkedRows, RowChunk } from './reportData';
import type { RowLimits } from './rowLimits';

const ROWS_OF_CHUNK = 2_000;
/** Entries can be large; then a chunk has fewer. Bytes of whole entries. */
const BYTES_OF_CHUNK = 4 * 1024 ** 2;

/** Makes chunks of rows. One is compressed on another thread while the next is gathered. */
export class RowCollector {
  readonly #limits: RowLimits;
  readonly #chunks: RowChunk[] = [];
  readonly #lines = new GatheredLines();
  #columns = new ChunkColumns();
  #bytes = 0;
  #included = 0;
  #leftOut = 0;
  /** Bytes of whole lines so far, compressed. */
  #lineBytes = 0;
  #isFullOfLines: boolean;
  #compressing: Promise<void> = Promise.resolve();

  constructor(limits: RowLimits) {
    this.#limits = limits;
    this.#isFullOfLines = limits.lineBytes <= 0;
  }

  /**
   * @param raw the entry's JSON, without line feed
   * @returns what to wait for before more is added, when a chunk is full
   */
  add(row: Row, raw: Buffer): Promise<void> | undefined {
    if (this.#included >= this.#limits.rows) {
      this.#leftOut += 1;
      return undefined;
    }
    this.#included += 1;
    this.#columns.add(row);
    this.#bytes += raw.length;
    if (!this.#isFullOfLines) this.#lines.add(raw);
    return this.#columns.rows >= ROWS_OF_CHUNK || this.#bytes >= BYTES_OF_CHUNK ? this.#next() : undefined;
  }

  async finish(): Promise<ChunkedRows> {
    if (this.#columns.rows > 0) await this.#next();
    await this.#compressing;
    return { form: 'chunks', included: this.#included, leftOut: this.#leftOut, chunks: this.#chunks };
  }

  async #next(): Promise<void> {
    const columns = this.#columns;
    this.#columns = new ChunkColumns();
    this.#bytes = 0;
    const lines = this.#lines.take();
    await this.#compressing;
    this.#compressing = this.#compress(columns, lines);
    // Whoever waits next learns of a failure; until then it must not end the process.
    this.#compressing.catch(() => undefined);
  }

  async #compress(columns: ChunkColumns, lines: Buffer): Promise<void> {
    const [packedColumns, packedLines] = await Promise.all([packed(JSON.stringify(columns.columns())), this.#isFullOfLines ? null : packed(lines)]);
    this.#lineBytes += packedLines === null ? 0 : Buffer.byteLength(packedLines, 'base64');
    this.#isFullOfLines ||= this.#lineBytes > this.#limits.lineBytes;
    this.#chunks.push({ rows: columns.rows, columns: packedColumns, lines: this.#isFullOfLines ? null : packedLines });
  }
}
