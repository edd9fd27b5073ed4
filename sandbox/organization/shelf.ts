import type {StoredEntry} from './storedEntry';

const LARGEST_BLOCK_BYTES = 256 * 1024;
/** About what an entry takes; blocks that a quiet hour never fills would keep the garbage collector busy. */
const USUAL_ENTRY_BYTES = 2 * 1024;
/** More than the ids and the timestamp of an entry ever need. */
const FRAME_BYTES = 1024;

/** Collects the entries of a bucket, their texts side by side in few large blocks. */
export class Shelf {
  readonly entries: StoredEntry[] = [];
  private block = Buffer.allocUnsafeSlow(0);
  private used = 0;
  private from = 0;
  private readonly blockBytes: number;

  /** @param entries about how many there will be */
  constructor(entries: number) {
    this.blockBytes = Math.min(LARGEST_BLOCK_BYTES, entries * USUAL_ENTRY_BYTES);
  }

  /** Begins an entry whose parts, ids and timestamp aside, take at most so many bytes. */
  begin(bytes: number): void {
    const needed = bytes + FRAME_BYTES;
    if (this.block.length - this.used < needed) {
      this.block = Buffer.allocUnsafeSlow(Math.max(this.blockBytes, needed));
      this.used = 0;
    }
    this.from = this.used;
  }

  ascii(text: string): void {
    this.used += this.block.write(text, this.used, 'latin1');
  }

  utf8(text: string): void {
    this.used += this.block.write(text, this.used, 'utf8');
  }

  bytes(part: Buffer): void {
    this.block.set(part, this.used);
    this.used += part.length;
  }

  /** Ends the entry. */
  end(id: string, ms: number, subTicks: number, visibleFrom: number, accessBy: string | undefined): void {
    this.entries.push({id, ms, subTicks, visibleFrom, accessBy, block: this.block, from: this.from, to: this.used});
  }
}
