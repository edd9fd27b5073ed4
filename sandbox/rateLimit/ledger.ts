import type {RateLimitOptions} from './rateLimit';

/** What one identity has used and the service has not forgotten yet. Times in ms since 1970, never going back. */
export interface Ledger {
  usageAt(now: number): number;
  add(cost: number, now: number): void;
  /** ms until usage will have fallen to this much, if nothing is added. */
  msUntil(usage: number, now: number): number;
}

/** An empty ledger that forgets as told. */
export function openLedger({windowMs, limit, forgets = 'evenly'}: RateLimitOptions): Ledger {
  return forgets === 'evenly' ? new DrainingLedger(limit / windowMs) : new ExpiringLedger(windowMs);
}

class DrainingLedger implements Ledger {
  private usage = 0;
  private at = 0;

  /** @param drain units forgotten in a ms */
  constructor(private readonly drain: number) {}

  usageAt(now: number): number {
    return Math.max(0, this.usage - Math.max(0, now - this.at) * this.drain);
  }

  add(cost: number, now: number): void {
    this.usage = this.usageAt(now) + cost;
    this.at = now;
  }

  msUntil(usage: number, now: number): number {
    return Math.max(0, this.usageAt(now) - Math.max(0, usage)) / this.drain;
  }
}

class ExpiringLedger implements Ledger {
  private items: {readonly at: number; readonly cost: number}[] = [];

  constructor(private readonly windowMs: number) {}

  usageAt(now: number): number {
    this.items = this.items.filter(({at}) => at > now - this.windowMs);
    return this.items.reduce((sum, {cost}) => sum + cost, 0);
  }

  add(cost: number, now: number): void {
    this.items.push({at: now, cost});
  }

  msUntil(usage: number, now: number): number {
    let left = this.usageAt(now);
    for (const {at, cost} of this.items) {
      if (left <= Math.max(0, usage)) return 0;
      left -= cost;
      if (left <= Math.max(0, usage)) return at + this.windowMs - now;
    }
    return 0;
  }
}
