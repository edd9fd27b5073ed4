import type { Log } from '../agent/agent';
import type { Pace } from '../http/hostBudget';
import type { Wait } from '../http/http';
import type { Clock } from '../time/clock';
import { formatDuration } from '../window/duration';

/** A service that goes on asking is quoted again after so long, in ms. */
const AGAIN_AFTER_MS = 2 * 60_000;
/** A wait of so many ms is worth a line whatever was said before: the log would seem to stand still. */
const LONG_WAIT_MS = 30_000;
/** How often a log says that requests are still spaced out, in ms. */
const STILL_AFTER_MS = 5 * 60_000;

interface Told {
  /** When the last line about waits that were asked for was printed, ms; and the waits since then. */
  askedAt: number;
  unsaid: { count: number; ms: number };
  /** When the last line about spacing was printed, and whether it said that requests are spaced out. */
  pacedAt: number;
  isPaced: boolean;
}

/** Says in the log why the step waits: calmly, and not once for each request. */
export class WaitTeller {
  readonly #log: Pick<Log, 'info'>;
  readonly #clock: Clock;
  readonly #hosts = new Map<string, Told>();

  constructor(log: Pick<Log, 'info'>, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Tells of a wait that begins. */
  wait({ host, ms, why }: Wait): void {
    if (why === 'failed') {
      this.#log.info(`${host} gave no usable answer; trying again in ${rounded(ms)}.`);
      return;
    }
    const told = this.#toldOf(host);
    const now = this.#clock();
    if (ms < LONG_WAIT_MS && now - told.askedAt < AGAIN_AFTER_MS) {
      told.unsaid = { count: told.unsaid.count + 1, ms: told.unsaid.ms + ms };
      return;
    }
    const { count, ms: unsaidMs } = told.unsaid;
    const before = count === 0 ? '' : ` It had asked ${count === 1 ? 'once' : `${count} times`} since the last line, for ${rounded(unsaidMs)} in all.`;
    this.#log.info(`${host} asks to wait ${rounded(ms)}; waiting.${before}`);
    told.askedAt = now;
    told.unsaid = { count: 0, ms: 0 };
  }

  /** Tells that requests are spaced out, still are, or no longer are. */
  pace(host: string, { left }: Pace): void {
    const told = this.#toldOf(host);
    const now = this.#clock();
    if (left === undefined && told.isPaced) {
      this.#log.info(`${host} is at ease again; requests go at full speed.`);
    } else if (left !== undefined && told.isPaced && now - told.pacedAt >= STILL_AFTER_MS) {
      this.#log.info(`${host}: ${percent(left)} of the rate limit is left; requests are still spaced out.`);
    } else if (left !== undefined && !told.isPaced && now - told.pacedAt >= AGAIN_AFTER_MS) {
      this.#log.info(`${host} warns that ${percent(left)} of its rate limit is left for this identity; requests are spaced out so that it need not refuse any.`);
    } else {
      return;
    }
    told.isPaced = left !== undefined;
    told.pacedAt = now;
  }

  #toldOf(host: string): Told {
    const told = this.#hosts.get(host) ?? { askedAt: -Infinity, unsaid: { count: 0, ms: 0 }, pacedAt: -Infinity, isPaced: false };
    this.#hosts.set(host, told);
    return told;
  }
}

function rounded(ms: number): string {
  return formatDuration(Math.max(1000, Math.ceil(ms / 1000) * 1000));
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
