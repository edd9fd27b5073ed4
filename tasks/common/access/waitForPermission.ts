import type { Random } from '../time/random';
import type { Sleep } from '../time/sleep';
import type { Clock } from '../time/clock';
import type { CheckOutcome } from './check';
import { firstFailure } from './describe';

/** The first pause between two looks, and the longest, ms. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 60_000;

/** Failures that a moment ago's change can cause: everything that Entra or Azure DevOps has to spread. */
const SPREADING: ReadonlySet<string> = new Set(['federation', 'membership', 'project-scoped-user', 'permission', 'auditing', 'query', 'conditional-access']);

export interface WaitParts {
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Called before each pause. */
  readonly onPause: (failure: CheckOutcome, elapsedMs: number, pauseMs: number) => void;
}

/**
 * Looks again until nothing fails, or `limitMs` is over, or what fails cannot heal by waiting.
 * A permission takes 5 to 10 minutes to apply once it is granted.
 *
 * @param look one round of checks, with new observations
 * @returns the outcomes of the last round
 */
export async function waitForPermission(look: () => Promise<CheckOutcome[]>, limitMs: number, parts: WaitParts): Promise<CheckOutcome[]> {
  const begunMs = parts.clock();
  for (let round = 0; ; round += 1) {
    const outcomes = await look();
    const failure = firstFailure(outcomes);
    const elapsedMs = parts.clock() - begunMs;
    if (!failure || !SPREADING.has(failure.id) || elapsedMs >= limitMs) return outcomes;
    const pauseMs = Math.min(limitMs - elapsedMs, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 1.5 ** round) * (0.8 + 0.4 * parts.random.fraction()));
    parts.onPause(failure, elapsedMs, pauseMs);
    await parts.sleep(Math.max(1000, pauseMs), parts.signal);
  }
}
