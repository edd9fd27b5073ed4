import { RemedyError } from './remedyError';

/** Words of an `az` command before its options, and its options by name. */
export interface AzCommand {
  /** Such as `ad app update`. */
  readonly name: string;
  readonly options: ReadonlyMap<string, string>;
}

/** Options that take no value. */
const FLAGS: ReadonlySet<string> = new Set(['--yes', '-y']);

/** @throws RemedyError when the words are no `az` command, or an option is repeated or has no value */
export function parseAzCommand(words: readonly string[]): AzCommand {
  if (words[0] !== 'az') throw new RemedyError(`"${words[0] ?? ''}" is not az.`);
  const firstOption = words.findIndex((word) => word.startsWith('-'));
  const name = words.slice(1, firstOption < 0 ? undefined : firstOption).join(' ');
  const options = new Map<string, string>();
  for (let at = firstOption < 0 ? words.length : firstOption; at < words.length; at += 1) {
    const option = words[at] ?? '';
    if (!option.startsWith('-')) throw new RemedyError(`unrecognized arguments: ${option}`);
    if (options.has(option)) throw new RemedyError(`${option} stands twice.`);
    if (FLAGS.has(option)) {
      options.set(option === '-y' ? '--yes' : option, 'true');
      continue;
    }
    at += 1;
    const value = words[at];
    if (value === undefined) throw new RemedyError(`argument ${option}: expected one argument`);
    options.set(option, value);
  }
  return { name, options };
}

/** Takes the options of one command one by one; what nobody took is an error. */
export class AzOptions {
  readonly #left: Map<string, string>;

  constructor(options: ReadonlyMap<string, string>) {
    this.#left = new Map(options);
  }

  /** @throws RemedyError when it is missing */
  take(...names: readonly string[]): string {
    const value = this.takeOptional(...names);
    if (value === undefined) throw new RemedyError(`the following arguments are required: ${names.join('/')}`);
    return value;
  }

  takeOptional(...names: readonly string[]): string | undefined {
    const name = names.find((candidate) => this.#left.has(candidate));
    if (name === undefined) return undefined;
    const value = this.#left.get(name);
    this.#left.delete(name);
    return value;
  }

  /** @throws RemedyError when an option is left that the command does not know */
  finish(): void {
    if (this.#left.size > 0) throw new RemedyError(`unrecognized arguments: ${[...this.#left.keys()].join(' ')}`);
  }
}

/**
 * JSON of an option.
 * @throws RemedyError when it is none
 */
export function jsonOption(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new RemedyError(`Failed to parse string as JSON: ${text}`);
}
