/** Longest name that is counted, UTF-16 units. */
export const LONGEST_NAME = 200;

/** The beginning of a text. It is a copy: a part of a string keeps the whole string in memory. */
export function cutText(text: string, longest: number): string {
  return text.length <= longest ? text : Buffer.from(text.slice(0, longest), 'utf16le').toString('utf16le');
}
