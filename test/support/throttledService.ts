import { setMaxListeners } from 'node:events';
import { RateLimit, type RateLimitOptions, type RateLimitRecord } from '../../sandbox/rateLimit/rateLimit';
import type { ResponseHead } from '../../tasks/common/http/attempt';
import { HostBudget } from '../../tasks/common/http/hostBudget';
import { parseHttpDate } from '../../tasks/common/http/httpDate';
import { readRateHeaders } from '../../tasks/common/http/rateHeaders';
import { retryAfterMs } from '../../tasks/common/http/retryDelay';
import { VirtualTime } from './virtualTime';

/** What came of a throttled reading in simulated time. */
export interface ThrottledRun {
  readonly ms: number;
  readonly optimumMs: number;
  readonly record: RateLimitRecord;
  readonly mostInFlight: number;
  readonly halts: number;
}

export interface ThrottledRunOptions {
  readonly limit: RateLimitOptions;
  readonly requests: number;
  readonly concurrency: number;
  /** Of each request, there and back. */
  readonly latencyMs: number;
  /** The service's clock minus the agent's, ms. */
  readonly skewMs?: number;
}

/** Workers that send requests through a budget to a service with a rate limit, in simulated time. */
export async function runThrottled({ limit, requests, concurrency, latencyMs, skewMs = 0 }: ThrottledRunOptions): Promise<ThrottledRun> {
  const time = new VirtualTime();
  const service = new RateLimit(limit);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const seen = { mostInFlight: 0, inFlight: 0, halts: 0 };
  const budget: HostBudget = new HostBudget({
    clock: time.clock, sleep: time.sleep, tooLong: (ms) => new Error(`${ms} ms are too long`),
    haltHost: (ms) => { budget.halt(ms); }, events: { onHalt: () => { seen.halts += 1; }, onPace: () => undefined },
  });
  const startedMs = time.nowMs;
  let left = requests;
  const worker = async (turn: number): Promise<void> => {
    while (left > 0) {
      left -= 1;
      for (let isBlocked = true; isBlocked;) {
        const pass = await budget.enter(turn, signal);
        seen.inFlight += 1;
        seen.mostInFlight = Math.max(seen.mostInFlight, seen.inFlight);
        const startedAt = time.nowMs;
        await time.sleep(latencyMs / 2);
        const shownNow = time.nowMs + skewMs;
        const verdict = service.judge('exporter', { now: time.nowMs, startedAt, shownNow });
        await time.sleep(verdict.delayMs + latencyMs / 2);
        service.delivered(verdict, time.nowMs);
        const head = headOf(verdict.headers, shownNow);
        seen.inFlight -= 1;
        isBlocked = verdict.isBlocked;
        pass.giveBack({ rate: readRateHeaders(head, time.nowMs), isRefused: isBlocked, haltMs: retryAfterMs(head.header('retry-after'), time.nowMs) });
      }
    }
  };
  await time.run(Promise.all(Array.from({ length: concurrency }, (_, turn) => worker(turn))));
  return { ms: time.nowMs - startedMs, optimumMs: service.optimumMs(requests), record: service.record, mostInFlight: seen.mostInFlight, halts: seen.halts };
}

function headOf(headers: Readonly<Record<string, string>>, shownNow: number): Pick<ResponseHead, 'header' | 'dateMs'> {
  return { header: (name) => headers[name], dateMs: parseHttpDate(new Date(shownNow).toUTCString()) };
}
