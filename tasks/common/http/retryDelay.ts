import type { Random } from '../time/random';
import { parseHttpDate } from './httpDate';

/** The longest single wait that a service may ask for, in ms. */
export const LONGEST_WAIT_MS = 10 * 60_000;
/** Attempts at one request when nothing tells how long to wait. Those after a wait that the service asked for do not count. */
export const MOST_ATTEMPTS = 6;

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
const RETRIED_STATUSES = new Set([408, 429, 500, 502, 503, 504]);

export function isRetriedStatus(status: number): boolean {
  return RETRIED_STATUSES.has(status);
}

/**
 * Exponential backoff with jitter.
 * @param attempt the attempt that failed, from 1
 * @returns ms, between half and the whole of 500 ms × 2^(attempt − 1), at most 30 s
 */
export function backoffMs(attempt: number, random: Random): number {
  const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  return Math.round(ceiling * (0.5 + 0.5 * random.fraction()));
}

/**
 * What a `Retry-After` header asks for, in ms from now; undefined when there is none or it is unreadable.
 * Both forms of RFC 9110 §10.2.3 are read: seconds and HTTP date. Azure DevOps sends it on a 200 too
 * (learn.microsoft.com/azure/devops/integrate/concepts/rate-limits).
 *
 * @param serverNowMs the answer's own `Date` in ms, against which a date is measured; the agent's clock may be off
 */
export function retryAfterMs(header: string | undefined, serverNowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,10}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const instant = parseHttpDate(text);
  return instant === undefined ? undefined : Math.max(0, instant - serverNowMs);
}
