import { TaskError } from '../errors/taskError';
import type { Parsed } from '../window/parsed';

/** Collects the problems of all inputs of a step, so that the user corrects them in one go. */
export class InputProblems<Input extends string> {
  readonly list: string[] = [];
  readonly #aliases: Readonly<Partial<Record<Input, string>>>;

  /** @param aliases the names by which users know inputs, where they differ from those that the agent passes on */
  constructor(aliases: Readonly<Partial<Record<Input, string>>>) {
    this.#aliases = aliases;
  }

  /** The value, or undefined after noting the problem under the name by which the user knows the input. */
  take<T>(input: Input, result: Parsed<T>): T | undefined {
    if (result.ok) return result.value;
    this.add(input, result.problem);
    return undefined;
  }

  add(input: Input, problem: string): void {
    this.list.push(`${this.#aliases[input] ?? input}: ${problem}`);
  }

  /** The failure that names them all. */
  asFailure(): TaskError {
    const count = this.list.length === 1 ? 'One input of the step needs' : `${this.list.length} inputs of the step need`;
    return new TaskError('INPUTS_INVALID', `${count} correcting; nothing was requested yet.`, { advice: this.list });
  }
}
