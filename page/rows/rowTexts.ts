/** The rows of a report as texts that follow each other: pieces of base64 that stand for themselves, or chunks. They can be read once. */
export type RowTexts = AsyncIterable<string> | Iterable<string>;

/** Four letters stand for three bytes. */
const LETTERS_AT_ONCE = 256 * 1024;

/** Base64 as pieces that stand for themselves. */
export function* piecesOf(base64: string): Generator<string, void, undefined> {
  for (let from = 0; from < base64.length; from += LETTERS_AT_ONCE) yield base64.slice(from, from + LETTERS_AT_ONCE);
}
