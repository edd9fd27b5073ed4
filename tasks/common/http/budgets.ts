import type { Credential } from './credential';
import { HostBudget, type BudgetParts, type Pace } from './hostBudget';
import { tooLong } from './waits';

export interface BudgetsParts extends Pick<BudgetParts, 'clock' | 'sleep'> {
  readonly onHalt: (host: string, ms: number) => void;
  readonly onPace: (host: string, pace: Pace) => void;
}

/** One budget for each host and identity. A credential's audience is the identity: a renewed token is still the same caller. */
export class Budgets {
  readonly #parts: BudgetsParts;
  /** By host, then by audience. */
  readonly #hosts = new Map<string, Map<string, HostBudget>>();

  constructor(parts: BudgetsParts) {
    this.#parts = parts;
  }

  of(url: URL, credential: Credential | undefined): HostBudget {
    const host = url.hostname;
    const ofHost = this.#hosts.get(host) ?? new Map<string, HostBudget>();
    this.#hosts.set(host, ofHost);
    const identity = credential?.audience ?? '';
    const known = ofHost.get(identity);
    if (known) return known;
    const budget = this.#open(url);
    budget.halt(Math.max(...[...ofHost.values()].map(({ notBefore }) => notBefore)) - this.#parts.clock());
    ofHost.set(identity, budget);
    return budget;
  }

  #open(url: URL): HostBudget {
    const host = url.hostname;
    const { clock, sleep, onHalt, onPace } = this.#parts;
    return new HostBudget({
      clock,
      sleep,
      events: { onHalt: (ms) => { onHalt(host, ms); }, onPace: (pace) => { onPace(host, pace); } },
      haltHost: (ms) => { for (const budget of this.#hosts.get(host)?.values() ?? []) budget.halt(ms); },
      tooLong: (ms) => tooLong(url, ms, undefined),
    });
  }
}
