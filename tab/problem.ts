import type { StateName } from './states';

/** Why nothing can be shown: the state whose words the user gets. */
export class Problem extends Error {
  readonly state: StateName;

  constructor(state: StateName) {
    super(state);
    this.name = 'Problem';
    this.state = state;
  }
}

/** The state of whatever was thrown. */
export function stateOf(thrown: unknown): StateName {
  return thrown instanceof Problem ? thrown.state : 'failed';
}

/**
 * What a promise resolves to, if it does so in time: the host page answers no question that it does not understand.
 * @param ms how long to wait
 * @throws Problem with `state` when the time is over or the promise is rejected for another reason than a Problem
 */
export async function inTime<Value>(promise: Promise<Value>, ms: number, state: StateName): Promise<Value> {
  let timer: number | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = window.setTimeout(() => reject(new Problem(state)), ms);
  });
  try {
    return await Promise.race([promise, end]);
  } catch (thrown) {
    throw thrown instanceof Problem ? thrown : new Problem(state);
  } finally {
    window.clearTimeout(timer);
  }
}
