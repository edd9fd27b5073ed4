import type { SeenEntry } from './entryChecks';
import { sha256Of } from '../../auditlog/sha256';
import type { Place } from './verdict';

/** An entry that was drawn. */
export interface SampledEntry extends Place {
  /** SHA-256 of seed and id, by which it was drawn; lower-case hexadecimal. */
  readonly sha256: string;
  readonly id: string;
  readonly timestamp: string;
  readonly actor: string;
  readonly action: string;
}

/** Most entries that are drawn. */
export const LARGEST_SAMPLE = 10_000;

/**
 * Draws the entries with the lowest SHA-256 of seed and id (one after the other, UTF-8). Whoever has the entries and the
 * seed draws the same ones, in whatever order they are read.
 */
export class Sample {
  readonly count: number;
  readonly seed: string;
  readonly #drawn: { readonly hash: Buffer; readonly entry: SampledEntry }[] = [];

  constructor(count: number, seed: string) {
    this.count = count;
    this.seed = seed;
  }

  /** By hash, the lowest first. */
  get entries(): readonly SampledEntry[] {
    return this.#drawn.map(({ entry }) => entry);
  }

  offer(seen: SeenEntry, folder: string, file: string): void {
    const id = seen.id();
    const hash = sha256Of(`${this.seed}${id}`);
    const drawn = this.#drawn;
    const last = drawn.at(-1);
    if (drawn.length >= this.count && last !== undefined && Buffer.compare(hash, last.hash) >= 0) return;
    const at = this.#placeOf(hash);
    // The same entry in another export.
    if (drawn[at]?.hash.equals(hash) === true) return;
    drawn.splice(at, 0, { hash, entry: { ...described(seen), sha256: hash.toString('hex'), id, folder, file, line: seen.line } });
    if (drawn.length > this.count) drawn.pop();
  }

  #placeOf(hash: Buffer): number {
    let from = 0;
    let to = this.#drawn.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const found = this.#drawn[middle];
      if (found !== undefined && Buffer.compare(found.hash, hash) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function described({ bytes, from, to }: SeenEntry): Pick<SampledEntry, 'timestamp' | 'actor' | 'action'> {
  const fields = JSON.parse(bytes.toString('utf8', from, to)) as Readonly<Record<string, unknown>>;
  const text = (...names: readonly string[]): string => names.map((name) => fields[name]).find((value): value is string => typeof value === 'string' && value !== '')?.slice(0, 200) ?? '';
  return { timestamp: text('timestamp'), actor: text('actorUPN', 'actorDisplayName', 'actorUserId', 'actorClientId', 'actorCUID'), action: text('actionId') };
}
