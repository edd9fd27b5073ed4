import { parseArgs, type ParseArgsConfig } from 'node:util';
import { formatInstant, parseInstant } from '../window/instant';

/** Options that cannot be followed: a sentence for the user. */
export class BadOption extends Error {}

/** Options of a program that takes a folder and options. @throws BadOption where Node's own parser refuses them */
export function readArguments<const Options extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (thrown) {
    throw new BadOption(thrown instanceof Error ? `${thrown.message.split('. ')[0] ?? ''}.` : 'The options cannot be read.');
  }
}

/** The one folder that is named. @throws BadOption when there is none, or several */
export function onlyFolder(positionals: readonly string[]): string {
  const [root, ...others] = positionals;
  if (root === undefined || others.length > 0) throw new BadOption('Name one folder that holds the exports.');
  return root;
}

/** The range that `--from` and `--to` name, written as in manifests; a finer start is floored and a finer end raised. @throws BadOption */
export function requestedRange(from: string | undefined, to: string | undefined): { readonly from: string | undefined; readonly to: string | undefined } {
  const range = { from: instantOf('--from', from, 'epochSecondsFloor'), to: instantOf('--to', to, 'epochSecondsCeil') };
  if (range.from !== undefined && range.to !== undefined && range.from >= range.to) throw new BadOption('--from must be earlier than --to.');
  return range;
}

function instantOf(option: string, text: string | undefined, rounding: 'epochSecondsFloor' | 'epochSecondsCeil'): string | undefined {
  if (text === undefined) return undefined;
  const read = parseInstant(text);
  if (!read.ok) throw new BadOption(`${option}: ${read.problem}`);
  return formatInstant(read.value[rounding]);
}
