const HALF_CHARACTER = /\p{Surrogate}/gu;

/**
 * A text as a manifest can hold it: no longer than its form allows, and without halves of characters, which no UTF-8 and
 * therefore no canonical JSON has.
 * @param longest in UTF-16 units
 */
export function manifestText(text: string, longest: number): string {
  return text.slice(0, longest).replace(HALF_CHARACTER, '\ufffd');
}

/** The same for what may be missing. */
export function manifestTextOrNull(text: string | undefined, longest: number): string | null {
  return text === undefined || text === '' ? null : manifestText(text, longest);
}
