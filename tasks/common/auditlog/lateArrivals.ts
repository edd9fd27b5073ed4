import { millisOfTicks, ticksOfSeconds } from '../time/ticks';
import type { AuditLogEntry } from './entry';
import { BLOCK_SECONDS, idHash, type RememberedIds } from './idHash';
import { IdMemory } from './idMemory';
import type { EntryBatch } from './readEntries';

/** The entries that the chain held before this export, as far as its manifest says. */
export interface KnownEntries extends RememberedIds {
  has(idHash: bigint): boolean;
}

export interface LateArrivalsOptions {
  /** Where the window begins that this export covers, seconds since 1970 UTC; what is older was read again. */
  readonly coveredStart: number;
  /** Undefined when nothing is continued. Otherwise the reading must not begin before its `knownFrom`: older entries could not be told apart. */
  readonly known: KnownEntries | undefined;
  /** Where the next export will begin to read, seconds since 1970 UTC: the ids from here on are remembered for it. */
  readonly rememberFrom: number;
  /** Most ids that are remembered. In a denser burst fewer seconds are. */
  readonly mostRemembered: number;
  /** When the predecessor was read, seconds since 1970 UTC; undefined when nothing is continued. */
  readonly predecessorReadAt: number | undefined;
}

/**
 * Stands between reading and writing: of the entries before the covered start, which were read again, only those pass
 * that the chain does not hold yet. It remembers what it saw, so that the next export can do the same.
 */
export class LateArrivals {
  /** How many entries before the covered start passed. */
  late = 0;
  readonly #options: LateArrivalsOptions;
  readonly #coveredStart: string;
  readonly #rememberFrom: string;
  readonly #memory: IdMemory;
  #oldestLate: string | undefined;

  constructor(options: LateArrivalsOptions) {
    this.#options = options;
    this.#coveredStart = ticksOfSeconds(options.coveredStart);
    this.#rememberFrom = ticksOfSeconds(options.rememberFrom);
    this.#memory = new IdMemory(options.mostRemembered);
  }

  /** The second in which the oldest late entry happened, seconds since 1970 UTC. */
  get oldestLateSeconds(): number | undefined {
    return this.#oldestLate === undefined ? undefined : secondOf(this.#oldestLate);
  }

  /** At least so many seconds after it happened the latest of the late entries appeared: the predecessor did not see it yet. Null without any. */
  get greatestLatenessSeconds(): number | null {
    const { predecessorReadAt } = this.#options;
    if (this.#oldestLate === undefined || predecessorReadAt === undefined) return null;
    const second = secondOf(this.#oldestLate);
    const happened = this.#oldestLate === ticksOfSeconds(second) ? second : second + 1;
    return Math.max(0, predecessorReadAt - happened);
  }

  /** The batches, newest first as they are read, without the entries that an earlier export holds. */
  async* pass(batches: AsyncIterable<EntryBatch>): AsyncGenerator<EntryBatch, void, undefined> {
    for await (const batch of batches) yield { ...batch, entries: batch.entries.filter((entry) => this.#belongs(entry)) };
  }

  /** Once all has passed: the ids seen, and those inherited, which the service may have hidden this time and show again later. */
  remembered(): RememberedIds {
    const { known, rememberFrom, coveredStart } = this.#options;
    const inherited = (known?.blocks ?? []).filter(({ from }) => from + BLOCK_SECONDS > rememberFrom && from < coveredStart);
    return this.#memory.joined(inherited, Math.max(rememberFrom, known?.knownFrom ?? coveredStart));
  }

  #belongs({ id, ticks }: AuditLogEntry): boolean {
    const isCovered = ticks >= this.#coveredStart;
    const isRemembered = ticks >= this.#rememberFrom;
    if (isCovered && !isRemembered) return true;
    const hash = idHash(id);
    if (isRemembered) this.#memory.add(hash, secondOf(ticks));
    if (isCovered) return true;
    if (this.#options.known?.has(hash) === true) return false;
    this.late += 1;
    this.#oldestLate = ticks;
    return true;
  }
}

function secondOf(ticks: string): number {
  return Math.floor(millisOfTicks(ticks) / 1000);
}
