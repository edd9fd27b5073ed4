import type { Agent } from '../agent/agent';
import { TaskError } from '../errors/taskError';
import { quoted, type Parsed } from '../window/parsed';

/** What reading inputs needs of an agent. */
export type InputSource<Input extends string> = Pick<Agent<Input>, 'input' | 'variable'>;

/** What Azure Pipelines leaves in an input when the variable has no value (learn.microsoft.com/azure/devops/pipelines/process/variables). */
const UNEXPANDED = /\$\([^()]+\)/;

/** Collects the problems of all inputs of a step, so that the user corrects them in one go. */
export class InputProblems<Input extends string> {
  readonly #aliases: Readonly<Partial<Record<Input, string>>>;
  readonly #problems = new Map<string, string[]>();

  /** @param aliases the names by which users know inputs, where they differ from those that the agent passes on */
  constructor(aliases: Readonly<Partial<Record<Input, string>>>) {
    this.#aliases = aliases;
  }

  /** One item for each input that has a problem, under the name by which the user knows it. */
  get list(): string[] {
    return [...this.#problems].map(([input, problems]) => `${this.#aliases[input as Input] ?? input}: ${problems.join(' ')}`);
  }

  /** The agent, but every input that is read while it holds a variable without a value is noted as a problem. */
  watching(agent: InputSource<Input>): InputSource<Input> {
    return {
      variable: (name) => agent.variable(name),
      input: (name) => {
        const value = agent.input(name);
        const macro = UNEXPANDED.exec(value ?? '')?.[0];
        if (macro !== undefined && !this.#problems.has(name)) {
          this.add(name, `the variable ${quoted(macro)} has no value when this step begins. Define it, or write the value itself.`);
        }
        return value;
      },
    };
  }

  /** The value, or undefined after noting the problem. */
  take<T>(input: Input, result: Parsed<T>): T | undefined {
    if (result.ok) return result.value;
    this.add(input, result.problem);
    return undefined;
  }

  add(input: Input, problem: string): void {
    this.#problems.set(input, [...(this.#problems.get(input) ?? []), problem]);
  }

  /** The failure that names them all. */
  asFailure(): TaskError {
    const { list } = this;
    const count = list.length === 1 ? 'One input of the step needs' : `${list.length} inputs of the step need`;
    return new TaskError('INPUTS_INVALID', `${count} correcting; nothing was requested yet.`, { advice: list });
  }
}
