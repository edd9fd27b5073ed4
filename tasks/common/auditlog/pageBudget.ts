import type { AuditLogPage } from './page';
import { BATCH_SIZES } from './query';

/** Bytes of answers that may be on their way at once. */
const FLIGHT_BYTES = 8 * 1024 * 1024;
const [LARGEST_PAGE, SMALLEST_PAGE] = BATCH_SIZES;

/** How large pages are, how large they may be, and how many of them at once, so that what is on its way stays bounded. */
export class PageBudget {
  readonly #concurrency: number;
  readonly #flightBytes: number;
  #bytes = 0;
  #entries = 0;
  /** The most entries of a page that was not the last: so many the service grants. */
  #granted: number | undefined;

  constructor(concurrency: number, flightBytes = FLIGHT_BYTES) {
    this.#concurrency = concurrency;
    this.#flightBytes = flightBytes;
  }

  note(page: AuditLogPage): void {
    for (const { raw } of page.entries) this.#bytes += raw.length;
    this.#entries += page.entries.length;
    if (page.hasMore && page.entries.length > 0) this.#granted = Math.max(this.#granted ?? 0, page.entries.length);
  }

  /** Entries of a full page. */
  get pageEntries(): number {
    return Math.max(1, this.#granted ?? LARGEST_PAGE);
  }

  /** Bytes of a full page. */
  get pageBytes(): number {
    return this.pageEntries * this.#entryBytes;
  }

  /** How many entries a new chain asks for at a time. */
  get batchSize(): number {
    const affordable = Math.floor(this.#flightBytes / this.#concurrency / Math.max(1, this.#entryBytes));
    return Math.min(LARGEST_PAGE, Math.max(SMALLEST_PAGE, affordable));
  }

  /** How many pages may be on their way at once: at least 1. */
  get mostInFlight(): number {
    return Math.max(1, Math.min(this.#concurrency, Math.floor(this.#flightBytes / Math.max(1, this.pageBytes))));
  }

  get #entryBytes(): number {
    return this.#entries === 0 ? 0 : this.#bytes / this.#entries;
  }
}
