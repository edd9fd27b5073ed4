import { millisOfTicks } from '../time/ticks';
import { Chain, type ChainStep, type PageSource } from './chain';
import type { HeldBatch } from './heldBack';
import type { AuditLogPage } from './page';
import type { AuditLogQuery } from './query';

/** A part of the window, in whole seconds since 1970 UTC: `from` belongs to it, `to` does not. */
export interface SliceRange {
  readonly from: number;
  readonly to: number;
}

/** A part of the window that is read by a chain of its own. */
export class Slice {
  /** What has been read of it and not been handed on, newest first. */
  readonly held: HeldBatch[] = [];
  /** Whether a page of it is being asked for. */
  isReading = false;
  readonly to: number;
  #from: number;
  #chain: Chain | undefined;
  #isRead = false;
  /** Whether it is the whole window still. */
  #isWhole: boolean;
  /** Entries a second where it is being read; before its first page where the slice was read of which it was a part. */
  #rate: number | undefined;
  #last: { entries: number; seconds: number } | undefined;

  /** @param rate of the slice of which it was a part, entries a second; undefined for the whole window */
  constructor({ from, to }: SliceRange, rate?: number) {
    this.#from = from;
    this.to = to;
    this.#rate = rate;
    this.#isWhole = rate === undefined;
  }

  get from(): number {
    return this.#from;
  }

  get rate(): number | undefined {
    return this.#rate;
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  get isRead(): boolean {
    return this.#isRead;
  }

  /** Ticks of the oldest entry seen so far. */
  get reached(): string | undefined {
    return this.#chain?.reached;
  }

  /** How far down it has been read, seconds since 1970 UTC, not rounded. */
  get position(): number {
    const { reached } = this;
    return Math.min(this.to, reached === undefined ? this.to : millisOfTicks(reached) / 1000);
  }

  /** Seconds of it that are still to be read. */
  get secondsLeft(): number {
    return this.#isRead ? 0 : Math.max(0, this.position - this.#from);
  }

  /** Seconds that are still to be read, without those that the page on its way will most likely hold. */
  ahead(pageEntries: number): SliceRange {
    const onItsWay = this.isReading && this.#rate !== undefined ? pageEntries / this.#rate : 0;
    return { from: this.#from, to: Math.max(this.#from, this.position - onItsWay) };
  }

  /** Entries that are still to be read, beside the page on its way, if they are as dense as the last ones. */
  entriesAhead(pageEntries: number): number {
    const { from, to } = this.ahead(pageEntries);
    return this.#isRead ? 0 : (to - from) * (this.#rate ?? 0);
  }

  /** Reads its next page. @throws what {@link Chain.read} throws */
  async read(reader: PageSource, query: AuditLogQuery, signal: AbortSignal): Promise<ChainStep> {
    this.#chain ??= new Chain(reader, { ...query, window: { startSeconds: this.#from, endSeconds: this.to } });
    const before = this.position;
    const step = await this.#chain.read(signal);
    this.#learn(step.page, before);
    if (!this.#chain.isRead) return step;
    this.#isRead = true;
    return { ...step, certain: [...step.certain, ...this.#chain.rest()] };
  }

  /** Ends from now on at this second, which lies above its start and below its position. */
  cutAt(seconds: number): void {
    this.#from = seconds;
    this.#isWhole = false;
    this.#chain?.cutAt(seconds);
  }

  /** How dense the slice before it is at its end, entries a second: until something of its own is known, it is taken to go on like that. */
  suppose(rate: number | undefined): void {
    if (!this.#last) this.#rate = rate;
  }

  /** Whether its density is its own, not its neighbour's. */
  get isKnown(): boolean {
    return this.#last !== undefined;
  }

  /** The density of the last two pages: one alone is too much by chance. */
  #learn({ entries, hasMore }: AuditLogPage, before: number): void {
    let [newest, oldest, count] = [-Infinity, Infinity, 0];
    for (const { ticks } of entries) {
      const seconds = millisOfTicks(ticks) / 1000;
      newest = Math.max(newest, seconds);
      oldest = Math.min(oldest, seconds);
      if (hasMore || (seconds >= this.#from && seconds < this.to)) count += 1;
    }
    // The last page tells also of what is empty below it.
    const page = hasMore ? { entries: count, seconds: newest - oldest } : { entries: count, seconds: before - this.#from };
    if (hasMore && count === 0) return;
    const both = { entries: page.entries + (this.#last?.entries ?? 0), seconds: page.seconds + (this.#last?.seconds ?? 0) };
    this.#last = page;
    this.#rate = both.entries / Math.max(1, both.seconds);
  }
}
