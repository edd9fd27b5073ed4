import { TaskError } from '../errors/taskError';
import type { AuditLogPage } from './page';

/** Pages without an entry that may follow each other before the service is taken to be stuck. */
const MOST_EMPTY_PAGES = 50;

/**
 * Decides after each page whether and how to go on. `hasMore` alone ends the chain: not a short page, and not the token,
 * which the service also sends with its last page.
 */
export class Continuation {
  #emptyPages = 0;
  #previous: string | undefined;
  /** One earlier token, kept at ever longer distances: it finds a cycle of any length without keeping them all (Brent). */
  #kept: string | undefined;
  #sinceKept = 0;
  #keepFor = 1;

  /**
   * The token of the next page; undefined when this page was the last one.
   * @throws TaskError AUDIT_PAGING_BROKEN when following the tokens could not come to a true end
   */
  next(page: AuditLogPage): string | undefined {
    if (!page.hasMore) return undefined;
    const token = page.continuationToken;
    if (token === undefined) throw broken('says that more entries follow, but not where they begin', page);
    if (token === this.#previous || token === this.#kept) throw broken('goes round in a circle instead of coming to the older entries', page);
    this.#emptyPages = page.entries.length === 0 ? this.#emptyPages + 1 : 0;
    if (this.#emptyPages > MOST_EMPTY_PAGES) throw broken(`sent ${this.#emptyPages} pages without an entry, one after the other`, page);
    this.#previous = token;
    this.#sinceKept += 1;
    if (this.#sinceKept === this.#keepFor) {
      this.#kept = token;
      this.#sinceKept = 0;
      this.#keepFor *= 2;
    }
    return token;
  }
}

function broken(what: string, { activityId }: AuditLogPage): TaskError {
  return new TaskError('AUDIT_PAGING_BROKEN', `The Audit service ${what}; nothing is published, because entries would be missing.`, {
    activityId,
    advice: ['Run the pipeline again. If it happens again, export a shorter window, and report it to Microsoft and as an issue of this extension.'],
  });
}
