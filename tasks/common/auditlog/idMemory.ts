import { BLOCK_SECONDS, blockOf, holdsIdHash, sortedIdHashes, type IdBlock, type RememberedIds } from './idHash';

const FIRST_CAPACITY = 1_024;

/** Hashes of ids with the second of each, newest first, in twelve bytes an entry. */
export class IdMemory {
  readonly #most: number;
  #hashes = new BigUint64Array(FIRST_CAPACITY);
  /** Since 1970 UTC, which fits until 2106. */
  #seconds = new Uint32Array(FIRST_CAPACITY);
  #length = 0;
  /** From here on all are remembered, seconds since 1970 UTC; undefined as long as there was room for every one. */
  #fullFrom: number | undefined;

  /** @param most hashes that are kept; beyond, the oldest second that is not whole is forgotten, and all before it */
  constructor(most: number) {
    this.#most = most;
  }

  /** @param second since 1970 UTC, never later than that of the call before */
  add(idHash: bigint, second: number): void {
    if (this.#fullFrom !== undefined) return;
    if (this.#length === this.#most) {
      this.#fullFrom = second + 1;
      while (this.#seconds[this.#length - 1] === second && this.#length > 0) this.#length -= 1;
      return;
    }
    if (this.#length === this.#hashes.length) this.#grow();
    this.#hashes[this.#length] = idHash;
    this.#seconds[this.#length] = second;
    this.#length += 1;
  }

  /**
   * In blocks, together with others of which only the block is known.
   * @param completeFrom from where on others and own together are all there are, seconds since 1970 UTC
   */
  joined(others: readonly IdBlock[], completeFrom: number): RememberedIds {
    const own = this.#blocks();
    const extra = new Map<number, BigUint64Array>();
    for (const { from, ids } of others) {
      const seen = own.get(from);
      extra.set(from, ids.filter((hash) => !(seen && holdsIdHash(seen, hash))));
    }
    const knownFrom = this.#shrunkFrom(extra, Math.max(completeFrom, this.#fullFrom ?? completeFrom));
    const kept = this.#blocks(knownFrom);
    for (const [from, ids] of extra) if (from + BLOCK_SECONDS > knownFrom) kept.set(from, sortedIdHashes([kept.get(from), ids]));
    const blocks = [...kept].filter(([, ids]) => ids.length > 0).map(([from, ids]) => ({ from, ids }));
    return { knownFrom, blocks: blocks.sort((left, right) => left.from - right.from) };
  }

  /** Gives up the oldest second, and the next, until both together are few enough. */
  #shrunkFrom(extra: ReadonlyMap<number, BigUint64Array>, completeFrom: number): number {
    const extraSince = (from: number): number => [...extra].reduce((sum, [block, ids]) => sum + (block + BLOCK_SECONDS > from ? ids.length : 0), 0);
    let knownFrom = completeFrom;
    let length = this.#lengthSince(knownFrom);
    for (let extras = extraSince(knownFrom); length + extras > this.#most; extras = extraSince(knownFrom)) {
      const oldestOwn = length > 0 ? (this.#seconds[length - 1] ?? 0) + 1 : Infinity;
      const oldestExtra = Math.min(...[...extra].filter(([block, ids]) => block + BLOCK_SECONDS > knownFrom && ids.length > 0).map(([block]) => block + BLOCK_SECONDS));
      knownFrom = Math.min(oldestOwn, oldestExtra);
      length = this.#lengthSince(knownFrom);
    }
    return knownFrom;
  }

  #lengthSince(from: number): number {
    let length = this.#length;
    while (length > 0 && (this.#seconds[length - 1] ?? 0) < from) length -= 1;
    return length;
  }

  #blocks(from = 0): Map<number, BigUint64Array> {
    const blocks = new Map<number, BigUint64Array>();
    const length = this.#lengthSince(from);
    for (let begin = 0; begin < length;) {
      const block = blockOf(this.#seconds[begin] ?? 0);
      let end = begin;
      while (end < length && blockOf(this.#seconds[end] ?? 0) === block) end += 1;
      blocks.set(block, sortedIdHashes([this.#hashes.subarray(begin, end)]));
      begin = end;
    }
    return blocks;
  }

  #grow(): void {
    const [hashes, seconds] = [this.#hashes, this.#seconds];
    this.#hashes = new BigUint64Array(hashes.length * 2);
    this.#hashes.set(hashes);
    this.#seconds = new Uint32Array(seconds.length * 2);
    this.#seconds.set(seconds);
  }
}
