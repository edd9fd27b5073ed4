import type { Agent } from '../agent/agent';
import type { Clock } from '../time/clock';
import type { Random } from '../time/random';
import type { Sleep } from '../time/sleep';

/** What the story of a step needs from outside; all of it can be replaced. */
export interface StepParts<A extends Agent = Agent> {
  readonly agent: A;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  /** Aborted when the run is canceled. */
  readonly cancel: AbortSignal;
  readonly productVersion: string;
}
