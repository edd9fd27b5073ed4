import type { ResponseHead } from './attempt';
import { LONGEST_WAIT_MS } from './retryDelay';

/** What an answer says about the caller's rate limit; what it says unreadably or against reason is undefined. */
export interface RateNews {
  /** Units that may be used before answers are delayed; more than 0. */
  readonly limit: number | undefined;
  /** Units that are left of the limit, from 0 to the limit. */
  readonly remaining: number | undefined;
  /** ms until the whole usage will be forgotten, if nothing is added; by the service's own clock, from 1 s to the longest wait. */
  readonly resetInMs: number | undefined;
  /** ms for which this answer was held back, at most what the service documents. */
  readonly delayedMs: number | undefined;
  /** Whether any of the headers is there, readable or not: without them the service is at ease. */
  readonly isWarning: boolean;
}

/** The longest time for which Azure DevOps says it delays a request. */
const LONGEST_DELAY_MS = 30_000;
const NUMBER = /^\d{1,12}(?:\.\d{1,9})?$/;

/**
 * Reads the headers `X-RateLimit-*` (learn.microsoft.com/azure/devops/integrate/concepts/rate-limits, "API client experience").
 * @param nowMs this machine's clock, for an answer without a readable `Date`
 */
export function readRateHeaders(head: Pick<ResponseHead, 'header' | 'dateMs'>, nowMs: number): RateNews {
  const text = (name: string): string | undefined => head.header(`x-ratelimit-${name}`);
  const limit = positive(text('limit'));
  const remaining = numberOf(text('remaining'));
  const delay = numberOf(text('delay'));
  const reset = numberOf(text('reset'));
  const resetInMs = reset === undefined ? -1 : reset * 1000 - (head.dateMs ?? nowMs);
  return {
    limit,
    remaining: remaining === undefined ? undefined : Math.min(remaining, limit ?? remaining),
    resetInMs: resetInMs >= 1000 && resetInMs <= LONGEST_WAIT_MS ? resetInMs : undefined,
    delayedMs: delay === undefined ? undefined : Math.min(LONGEST_DELAY_MS, Math.ceil(delay * 1000)),
    isWarning: ['limit', 'remaining', 'reset', 'delay'].some((name) => text(name) !== undefined),
  };
}

function numberOf(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  return NUMBER.test(trimmed) ? Number(trimmed) : undefined;
}

function positive(text: string | undefined): number | undefined {
  const value = numberOf(text);
  return value !== undefined && value > 0 ? value : undefined;
}
