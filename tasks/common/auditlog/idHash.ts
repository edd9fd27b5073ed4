import { sha256Of } from './sha256';

/** Hashes of the ids of the entries of {@link BLOCK_SECONDS} from `from` on. */
export interface IdBlock {
  /** Seconds since 1970, UTC; a multiple of {@link BLOCK_SECONDS}. */
  readonly from: number;
  /** Ascending, each once. */
  readonly ids: BigUint64Array;
}

/** Ids that are known: complete from `knownFrom` (seconds since 1970, UTC) on. */
export interface RememberedIds {
  readonly knownFrom: number;
  /** Oldest first. */
  readonly blocks: readonly IdBlock[];
}

/** Length of a block, seconds. */
export const BLOCK_SECONDS = 600;

/** Where the block of an instant begins, both in seconds since 1970, UTC. */
export function blockOf(second: number): number {
  return Math.floor(second / BLOCK_SECONDS) * BLOCK_SECONDS;
}

/**
 * What is kept of an entry's id to know the entry again: the first 64 bits of the SHA-256 of its UTF-8. Among 200,000
 * ids a new one is taken for a known one with a chance of one in 10^14.
 */
export function idHash(id: string): bigint {
  return sha256Of(id).readBigUInt64BE(0);
}

/** As manifests write it: 16 digits, lower-case hexadecimal. */
export function idHashText(idHash: bigint): string {
  return idHash.toString(16).padStart(16, '0');
}

/** Reads what {@link idHashText} wrote. */
export function parseIdHash(text: string): bigint {
  return BigInt(`0x${text}`);
}

/** Whether sorted hashes hold one. */
export function holdsIdHash(sorted: BigUint64Array, wanted: bigint): boolean {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const found = sorted[middle] ?? 0n;
    if (found === wanted) return true;
    if (found < wanted) from = middle + 1;
    else to = middle;
  }
  return false;
}

/** All the hashes, ascending and each once. */
export function sortedIdHashes(parts: readonly (BigUint64Array | undefined)[]): BigUint64Array {
  const sorted = new BigUint64Array(parts.reduce((sum, part) => sum + (part?.length ?? 0), 0));
  let length = 0;
  for (const part of parts) {
    if (part) sorted.set(part, length);
    length += part?.length ?? 0;
  }
  sorted.sort();
  return sorted.filter((idHash, index) => index === 0 || idHash !== sorted[index - 1]);
}
