import { setMaxListeners } from 'node:events';
import type { PageSource } from './chain';
import { HeldBack, type HeldBatch } from './heldBack';
import { PageBudget } from './pageBudget';
import type { AuditLogQuery } from './query';
import { readEntries, type EntryBatch } from './readEntries';
import { Slice } from './slice';
import { nextSlice, spreadRate, type PlanLimits } from './slicePlan';
import { WaitShare, type ThreadTime } from './waitShare';

export interface SlicesOptions {
  /** Most requests on their way at once; 1: one chain. */
  readonly concurrency: number;
  /** Where a file for what comes before its turn is made once it does not fit into memory. */
  readonly folder: string;
  /** Bytes of what comes before its turn that stay in memory. */
  readonly memoryBytes?: number;
  /** Most bytes that are held back, memory and file together. */
  readonly mostHeldBytes?: number;
  /** Bytes of answers that may be on their way at once. */
  readonly flightBytes?: number;
  /** Default: the time of this thread. */
  readonly time?: ThreadTime;
}

const MEMORY_BYTES = 2 * 1024 * 1024;
/** With less, slices of usual entries become so small that their cuts cost more than a twentieth of the requests. */
const MOST_HELD_BYTES = 96 * 1024 * 1024;
/** Who waits less than this part of the time is slower than the service: reading ahead would only have it write to the disk and read again. */
const LITTLE_WAITING = 0.1;

/**
 * All entries of a window, as {@link readEntries} reads them, by several chains at once where one would take long: the rest
 * of the window is cut into slices while it is read. What it yields does not depend on how many chains there are, nor on
 * the order in which they are answered.
 *
 * @throws TaskError AUDIT_PAGING_BROKEN, AUDIT_ORDER_BROKEN, OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE, and what
 *   {@link PageReader.read} throws; the first failure ends all chains
 */
export async function* readSlices(reader: PageSource, query: AuditLogQuery, options: SlicesOptions, signal: AbortSignal): AsyncGenerator<EntryBatch, void, undefined> {
  // Where entries are merged depends on where a query begins, so that slices would show others than one chain.
  if (options.concurrency === 1 || !query.skipAggregation) {
    yield* readEntries(reader, query, signal);
    return;
  }
  const reading = new SliceReading(reader, query, options, signal);
  try {
    yield* reading.batches();
  } finally {
    await reading.end();
  }
}

class SliceReading {
  readonly #reader: PageSource;
  readonly #query: AuditLogQuery;
  readonly #concurrency: number;
  readonly #memoryBytes: number;
  readonly #mostHeldBytes: number;
  readonly #waiting: WaitShare;
  readonly #budget: PageBudget;
  readonly #heldBack: HeldBack;
  /** What is not handed on wholly, newest first: the first is the front. */
  readonly #slices: Slice[];
  readonly #tasks = new Set<Promise<void>>();
  readonly #outer: AbortSignal;
  readonly #halt = new AbortController();
  readonly #onOuterAbort = (): void => { this.#halt.abort(this.#outer.reason); };
  #failure: { readonly thrown: unknown } | undefined;
  #wake: (() => void) | undefined;
  #pages = 0;
  #reached: string | undefined;

  constructor(reader: PageSource, query: AuditLogQuery, options: SlicesOptions, signal: AbortSignal) {
    this.#reader = reader;
    this.#query = query;
    this.#concurrency = options.concurrency;
    this.#memoryBytes = options.memoryBytes ?? MEMORY_BYTES;
    this.#mostHeldBytes = options.mostHeldBytes ?? MOST_HELD_BYTES;
    this.#waiting = new WaitShare(options.time);
    this.#budget = new PageBudget(options.concurrency, options.flightBytes);
    this.#heldBack = new HeldBack({ folder: options.folder, memoryBytes: this.#memoryBytes, onFailure: (thrown) => { this.#fail(thrown); } });
    this.#slices = [new Slice({ from: query.window.startSeconds, to: query.window.endSeconds })];
    this.#outer = signal;
    setMaxListeners(0, this.#halt.signal);
    signal.addEventListener('abort', this.#onOuterAbort, { once: true });
  }

  async* batches(): AsyncGenerator<EntryBatch, void, undefined> {
    for (;;) {
      this.#assertGoesOn();
      this.#startRequests();
      const [front] = this.#slices;
      if (!front) return;
      const batch = front.held.shift();
      if (batch) yield await this.#handOn(batch);
      else if (front.isRead && !front.isReading) this.#slices.shift();
      else await this.#waiting.during(new Promise<void>((resolve) => { this.#wake = resolve; }));
    }
  }

  /** Ends what is still on its way and removes what is held back. */
  async end(): Promise<void> {
    // After a true end nothing is on its way, and a token that is being renewed is for the next reading.
    if (this.#tasks.size > 0) this.#halt.abort(new Error('Nobody waits for the entries any more.'));
    await Promise.all(this.#tasks);
    this.#outer.removeEventListener('abort', this.#onOuterAbort);
    await this.#heldBack.close();
  }

  #assertGoesOn(): void {
    if (this.#failure) throw this.#failure.thrown;
    this.#outer.throwIfAborted();
  }

  async #handOn(batch: HeldBatch): Promise<EntryBatch> {
    const entries = await this.#heldBack.take(batch);
    this.#assertGoesOn();
    this.#startRequests();
    this.#reached = batch.reached ?? this.#reached;
    return { entries, pages: this.#pages, reached: this.#reached, ahead: { entries: this.#heldBack.count, share: this.#shareRead() } };
  }

  #shareRead(): number {
    const { startSeconds, endSeconds } = this.#query.window;
    const left = this.#slices.reduce((sum, { secondsLeft }) => sum + secondsLeft, 0);
    return endSeconds === startSeconds ? 1 : 1 - left / (endSeconds - startSeconds);
  }

  get #limits(): PlanLimits {
    const most = this.#mostHeldBytes;
    return { concurrency: this.#concurrency, mostHeldBytes: this.#waiting.share < LITTLE_WAITING ? Math.min(this.#memoryBytes, most) : most };
  }

  #startRequests(): void {
    while (!this.#failure && !this.#halt.signal.aborted && this.#tasks.size < this.#budget.mostInFlight) {
      const room = { heldBytes: this.#heldBack.bytes, requests: this.#budget.mostInFlight - this.#tasks.size };
      const slice = nextSlice(this.#slices, room, this.#budget, this.#limits);
      if (!slice) return;
      slice.isReading = true;
      const task: Promise<void> = this.#readPage(slice).catch((thrown: unknown) => { this.#fail(thrown); }).finally(() => {
        this.#tasks.delete(task);
        slice.isReading = false;
        this.#startRequests();
        this.#wake?.();
      });
      this.#tasks.add(task);
    }
  }

  async #readPage(slice: Slice): Promise<void> {
    const { page, certain } = await slice.read(this.#reader, { ...this.#query, batchSize: this.#budget.batchSize }, this.#halt.signal);
    this.#pages += 1;
    this.#budget.note(page);
    spreadRate(this.#slices, slice);
    const isNext = slice === this.#slices[0] && slice.held.length === 0;
    // The next request does not wait for the disk, unless much does.
    slice.held.push(this.#heldBack.keep(certain, slice.reached, isNext));
    await this.#heldBack.ready();
  }

  #fail(thrown: unknown): void {
    this.#failure ??= { thrown };
    this.#halt.abort(thrown);
    this.#wake?.();
  }
}
