import type { KnownBlock } from '../manifest';

/** The hashes of ids that a manifest says its chain holds, in about twenty bytes each, and which of them were met. */
export class KnownHashes {
  /** Different hashes. */
  size = 0;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #isUsed: Uint8Array;
  readonly #isMet: Uint8Array;
  readonly #mask: number;

  constructor(blocks: readonly KnownBlock[]) {
    const count = blocks.reduce((sum, { ids }) => sum + ids.length, 0);
    const slots = 2 ** Math.ceil(Math.log2(count * 2 + 2));
    this.#mask = slots - 1;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#isUsed = new Uint8Array(slots);
    this.#isMet = new Uint8Array(slots);
    for (const { ids } of blocks) for (const id of ids) this.#add(parseInt(id.slice(0, 8), 16), parseInt(id.slice(8), 16));
  }

  /** Marks the hash of an id as met. @returns whether it is known */
  meet(idHash: Buffer): boolean {
    const slot = this.#slotOf(idHash.readUInt32BE(0), idHash.readUInt32BE(4));
    if (this.#isUsed[slot] === 0) return false;
    this.#isMet[slot] = 1;
    return true;
  }

  /** How many are neither met nor among the others. */
  unmet(others: KnownHashes | undefined): number {
    let count = 0;
    for (let slot = 0; slot <= this.#mask; slot += 1) {
      if (this.#isUsed[slot] === 1 && this.#isMet[slot] === 0 && !(others?.has(this.#high[slot] ?? 0, this.#low[slot] ?? 0) ?? false)) count += 1;
    }
    return count;
  }

  has(high: number, low: number): boolean {
    return this.#isUsed[this.#slotOf(high, low)] === 1;
  }

  #add(high: number, low: number): void {
    const slot = this.#slotOf(high, low);
    if (this.#isUsed[slot] === 0) this.size += 1;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#isUsed[slot] = 1;
  }

  /** Where a hash is, or would be. */
  #slotOf(high: number, low: number): number {
    let slot = low & this.#mask;
    while (this.#isUsed[slot] === 1 && (this.#high[slot] !== high || this.#low[slot] !== low)) slot = (slot + 1) & this.#mask;
    return slot;
  }
}
