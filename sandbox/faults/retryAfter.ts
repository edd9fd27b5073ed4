import type {RetryAfter} from './fault';

/** The `Retry-After` header for a wish, or none. */
export function retryAfterHeaders(wish: RetryAfter | undefined, now: number): Record<string, string> {
  if (wish === undefined) return {};
  if ('raw' in wish) return {'retry-after': wish.raw};
  if ('seconds' in wish) return {'retry-after': String(wish.seconds)};
  return {'retry-after': new Date(now + wish.dateInSeconds * 1000).toUTCString()};
}
