import { RemedyError } from './remedyError';

/** Characters that mean something to some common shell where they stand unquoted; a `?` alone makes zsh refuse the line. */
const UNSAFE = /[;&|<>()$`*?[\]{}~!#\n\r]/;

/**
 * Splits a command line into words as a POSIX shell does: single quotes, double quotes, backslashes.
 * @throws RemedyError for an open quote, and for whatever a shell would expand or run, because advice has to be plain
 */
export function shellWords(commandLine: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < commandLine.length; at += 1) {
    const character = commandLine.charAt(at);
    if (character === ' ' || character === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const piece = pieceAt(commandLine, at);
    word = (word ?? '') + piece.text;
    at = piece.end;
  }
  if (word !== undefined) words.push(word);
  return words;
}

interface Piece {
  readonly text: string;
  /** Index of its last character. */
  readonly end: number;
}

function pieceAt(line: string, at: number): Piece {
  const character = line.charAt(at);
  if (character === "'") return singleQuoted(line, at);
  if (character === '"') return doubleQuoted(line, at);
  if (character === '\\') {
    if (at + 1 >= line.length) throw new RemedyError('The command ends with a backslash.');
    return { text: line.charAt(at + 1), end: at + 1 };
  }
  if (UNSAFE.test(character)) throw new RemedyError(`The command holds an unquoted ${JSON.stringify(character)}, which shells do not take literally.`);
  return { text: character, end: at };
}

function singleQuoted(line: string, at: number): Piece {
  const end = line.indexOf("'", at + 1);
  if (end < 0) throw new RemedyError("The command has an open '.");
  return { text: line.slice(at + 1, end), end };
}

/** Between double quotes a backslash only escapes `$`, a backtick, `"` and itself. */
function doubleQuoted(line: string, start: number): Piece {
  let text = '';
  for (let at = start + 1; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === '"') return { text, end: at };
    if (character === '$' || character === '`') throw new RemedyError(`The command holds ${character} between double quotes, which shells expand.`);
    const isEscape = character === '\\' && '$`"\\'.includes(line.charAt(at + 1) || ' ');
    if (isEscape) at += 1;
    text += isEscape ? line.charAt(at) : character;
  }
  throw new RemedyError('The command has an open ".');
}
