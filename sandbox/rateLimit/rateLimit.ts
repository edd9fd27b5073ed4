import {openLedger, type Ledger} from './ledger';

/**
 * How much one identity may use. Source of the form: learn.microsoft.com/azure/devops/integrate/concepts/rate-limits, which says
 * neither at what usage the headers begin nor how usage is forgotten; so both can be told.
 */
export interface RateLimitOptions {
  /** The sliding window, ms; five minutes in Azure DevOps. */
  readonly windowMs: number;
  /** Units within a window, beyond which requests are blocked. */
  readonly limit: number;
  /** Units that a request to the audit service costs. */
  readonly costPerRequest: number;
  /** Share of the limit from which on answers carry the headers; default 0.5. */
  readonly headersFrom?: number;
  /** Share of the limit from which on answers are delayed; `X-RateLimit-Limit` names this usage. Default 0.9. */
  readonly delayFrom?: number;
  /** Whether used units drain away at `limit` a window, or each counts for a whole window; default evenly. */
  readonly forgets?: 'evenly' | 'atOnce';
  /** What `Retry-After` on a delayed answer names: when the next request will not be delayed, or no more than this answer's delay. Default undelayed. */
  readonly retryAfter?: 'undelayed' | 'delay';
}

/** What came of the limit so far, over all identities. */
export interface RateLimitRecord {
  /** Requests that counted. */
  readonly passed: number;
  readonly delayed: number;
  /** Requests that were answered 429. */
  readonly blocked: number;
  /** Those of them that began after an answer with a warning had reached the caller. */
  readonly blockedAfterWarning: number;
  /** Clock of the stand-in, ms since 1970, when the first answer with the headers had been sent. */
  readonly firstWarnedAt: number | null;
  /** Largest usage of one identity, as a share of the limit. */
  readonly peakShare: number;
}

/** A request at the limit; all in ms since 1970. */
export interface Arrival {
  readonly now: number;
  /** When the caller began it at the earliest; default now. */
  readonly startedAt?: number;
  /** The clock that answers show, which may stand still; default now. */
  readonly shownNow?: number;
}

/** What becomes of a request. */
export interface Verdict {
  readonly isBlocked: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** ms for which the answer is held back. */
  readonly delayMs: number;
}

const LONGEST_DELAY_MS = 30_000;

/** A limit on what each identity uses: first the headers, then delays, then 429. */
export class RateLimit {
  private readonly ledgers = new Map<string, Ledger>();
  private counts = {passed: 0, delayed: 0, blocked: 0, blockedAfterWarning: 0, peakShare: 0};
  private firstWarnedAt: number | null = null;

  constructor(readonly options: RateLimitOptions) {}

  get record(): RateLimitRecord {
    return {...this.counts, firstWarnedAt: this.firstWarnedAt};
  }

  /** Counts a request. */
  judge(identity: string, {now, startedAt = now, shownNow = now}: Arrival): Verdict {
    const {limit, costPerRequest: cost} = this.options;
    const ledger = this.ledgerOf(identity);
    if (ledger.usageAt(now) + cost > limit + 1e-9) {
      this.counts.blocked += 1;
      if (this.firstWarnedAt !== null && startedAt > this.firstWarnedAt) this.counts.blockedAfterWarning += 1;
      return {isBlocked: true, delayMs: 0, headers: {...this.headers(ledger, now, shownNow), 'retry-after': seconds(ledger.msUntil(limit - cost, now))}};
    }
    ledger.add(cost, now);
    this.counts.passed += 1;
    return this.passed(ledger, now, shownNow);
  }

  /** To be told when an answer with these headers has been sent. */
  delivered(verdict: Verdict, at: number): void {
    if ('x-ratelimit-limit' in verdict.headers) this.firstWarnedAt ??= at;
  }

  /** {@link optimumMs} under these rules. */
  optimumMs(requests: number): number {
    return optimumMs(this.options, requests);
  }

  private passed(ledger: Ledger, now: number, shownNow: number): Verdict {
    const {limit, headersFrom = 0.5, windowMs, retryAfter = 'undelayed'} = this.options;
    const usage = ledger.usageAt(now);
    this.counts.peakShare = Math.max(this.counts.peakShare, usage / limit);
    if (usage < headersFrom * limit) return {isBlocked: false, headers: {}, delayMs: 0};
    const headers = this.headers(ledger, now, shownNow);
    const undelayed = this.undelayed();
    if (usage <= undelayed) return {isBlocked: false, headers, delayMs: 0};
    this.counts.delayed += 1;
    const delayMs = Math.round(Math.min(LONGEST_DELAY_MS, windowMs / 10) * (usage - undelayed) / (limit - undelayed));
    const waitMs = retryAfter === 'delay' ? delayMs : ledger.msUntil(undelayed - this.options.costPerRequest, now);
    return {isBlocked: false, delayMs, headers: {...headers, 'x-ratelimit-delay': (delayMs / 1000).toFixed(3), 'retry-after': seconds(waitMs)}};
  }

  private headers(ledger: Ledger, now: number, shownNow: number): Record<string, string> {
    const undelayed = this.undelayed();
    return {
      'x-ratelimit-resource': 'Audit/User', 'x-ratelimit-limit': String(undelayed),
      'x-ratelimit-remaining': String(Math.max(0, Math.floor((undelayed - ledger.usageAt(now)) * 1000) / 1000)),
      'x-ratelimit-reset': String(Math.ceil((shownNow + ledger.msUntil(0, now)) / 1000)),
    };
  }

  private undelayed(): number {
    return this.options.limit * (this.options.delayFrom ?? 0.9);
  }

  private ledgerOf(identity: string): Ledger {
    const known = this.ledgers.get(identity);
    if (known) return known;
    const ledger = openLedger(this.options);
    this.ledgers.set(identity, ledger);
    return ledger;
  }
}

/**
 * The least time, in ms, in which so many requests of one identity can pass, if each takes no time: a full token bucket is spent at
 * once, and what drains away is used to the full. Where units count for a whole window: as many as fit into each window, at its beginning.
 */
export function optimumMs({windowMs, limit, costPerRequest, forgets}: RateLimitOptions, requests: number): number {
  if (forgets === 'atOnce') return Math.max(0, Math.ceil(requests / Math.floor(limit / costPerRequest)) - 1) * windowMs;
  return Math.max(0, requests * costPerRequest - limit) * windowMs / limit;
}

/** Whole seconds as a header, at least one. */
function seconds(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)));
}
