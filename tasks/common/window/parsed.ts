/**
 * What reading a user's text gives: the value, or one or two sentences saying what is wrong with the text and what to
 * write instead. The sentences do not name the input, since only the caller knows its name.
 */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

const LONGEST_QUOTATION = 60;

/** A successful reading. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** A failed reading; `problem` is for the user. */
export function refused(problem: string): Parsed<never> {
  return { ok: false, problem };
}

/** The user's own text in double quotes: on one line, and cut when it is long, so that a message stays a message. */
export function quoted(text: string): string {
  const shown = text.length > LONGEST_QUOTATION ? `${text.slice(0, LONGEST_QUOTATION)}…` : text;
  return JSON.stringify(shown);
}
