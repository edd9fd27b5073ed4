const FIRST_CAPACITY = 1024 ** 2;
const LINE_FEED = 10;

/** Copies of whole entries as JSON Lines: the entries' own bytes are part of pages that must not be kept. */
export class GatheredLines {
  #buffer = Buffer.alloc(0);
  #spare = Buffer.alloc(0);
  #length = 0;

  add(raw: Buffer): void {
    const needed = this.#length + raw.length + 1;
    if (needed > this.#buffer.length) this.#grow(needed);
    raw.copy(this.#buffer, this.#length);
    this.#buffer[needed - 1] = LINE_FEED;
    this.#length = needed;
  }

  /** What has been gathered. It stays as it is until the call after the next. */
  take(): Buffer {
    const lines = this.#buffer.subarray(0, this.#length);
    [this.#buffer, this.#spare] = [this.#spare, this.#buffer];
    this.#length = 0;
    return lines;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_CAPACITY, needed * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
