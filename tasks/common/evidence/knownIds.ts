import { blockOf, holdsIdHash, idHashText, parseIdHash, sortedIdHashes, type IdBlock } from '../auditlog/idHash';
import type { KnownEntries } from '../auditlog/lateArrivals';
import { epochSeconds, formatInstant } from '../window/instant';
import type { KnownBlock } from './manifest';

/** The entries that a manifest says its chain holds, in sixteen bytes each. */
export class KnownIds implements KnownEntries {
  /** Seconds since 1970, UTC. */
  readonly knownFrom: number;
  readonly blocks: readonly IdBlock[];
  readonly #all: BigUint64Array;

  private constructor(knownFrom: number, blocks: readonly IdBlock[]) {
    this.knownFrom = knownFrom;
    this.blocks = blocks;
    this.#all = sortedIdHashes(blocks.map(({ ids }) => ids));
  }

  /** @param knownFrom from where on the blocks hold all entries of the chain, seconds since 1970, UTC */
  static of(known: readonly KnownBlock[], knownFrom: number): KnownIds {
    const blocks = new Map<number, BigUint64Array[]>();
    for (const { from, ids } of known) {
      const block = blockOf(epochSeconds(from));
      const hashes = BigUint64Array.from(ids, parseIdHash);
      const together = blocks.get(block);
      if (together) together.push(hashes);
      else blocks.set(block, [hashes]);
    }
    const sorted = [...blocks].sort(([left], [right]) => left - right);
    return new KnownIds(knownFrom, sorted.map(([from, parts]) => ({ from, ids: sortedIdHashes(parts) })));
  }

  /** Whether the chain holds an entry. @param idHash of its id */
  has(idHash: bigint): boolean {
    return holdsIdHash(this.#all, idHash);
  }
}

/** Blocks as a manifest writes them. */
export function knownBlocks(blocks: readonly IdBlock[]): KnownBlock[] {
  return blocks.map(({ from, ids }) => ({ from: formatInstant(from), ids: Array.from(ids, idHashText) }));
}
