import {hostileEntry} from './hostileText';
import type {SeededRandom} from './random';

/** How the texts of the entries are to be spoiled. */
export interface TextOptions {
  /** Share of the entries whose texts are hostile, 0 to 1. */
  readonly hostileShare: number;
  /** White space between the tokens of an entry. */
  readonly whitespace: boolean;
  /** Share of the entries with a stray backslash in `details`, which makes their JSON invalid. */
  readonly strayBackslashShare: number;
}

/** Spoils an entry's text as the options and chance demand; most texts stay as they are. */
export function spoil(json: string, random: SeededRandom, options: TextOptions): string {
  let text = json;
  if (random.chance(options.hostileShare)) text = hostileEntry(JSON.parse(text) as Record<string, unknown>, random);
  if (options.whitespace) text = spreadOut(text);
  if (random.chance(options.strayBackslashShare)) text = strayBackslash(text);
  return text;
}

/** Whether the options leave every text as it is. */
export function spoilsNothing(options: TextOptions): boolean {
  return options.hostileShare === 0 && !options.whitespace && options.strayBackslashShare === 0;
}

/** Puts a backslash that escapes nothing into an entry's `details`: the invalid JSON that collectors of this log report. */
export function strayBackslash(json: string): string {
  return json.replace(/("details"\s*:\s*")/, (found) => `${found}C:\\Projects\\web `);
}

/** The same JSON with blanks, tabs and line ends between its tokens. */
function spreadOut(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[{}[\],:]/gs, (token) => {
    if (token.startsWith('"')) return token;
    return token === ':' ? ' :\t' : token === ',' ? ' ,\r\n  ' : token === '{' || token === '[' ? `${token} ` : ` ${token}`;
  });
}
