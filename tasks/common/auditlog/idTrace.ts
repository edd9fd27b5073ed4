/** Behind it any letter could hide. */
const ESCAPE = Buffer.from('\\u');

/**
 * Tells by its bytes whether JSON may hold one of some ids: what may hold one has to be parsed, and nearly nothing has. An id is
 * looked for by its longest part without letters, which is the same in whatever case the id is written.
 */
export class IdTrace {
  readonly #parts: readonly Buffer[];

  /** @param ids of hexadecimal digits, such as UUIDs; the same ones may come again, as they do in forty exports of one pipeline */
  constructor(ids: readonly string[]) {
    this.#parts = [...new Set(ids.map(withoutLetters))].map((part) => Buffer.from(part));
  }

  mayBeIn(json: Buffer): boolean {
    for (const part of this.#parts) if (json.includes(part)) return true;
    return this.#parts.length > 0 && json.includes(ESCAPE);
  }
}

function withoutLetters(id: string): string {
  return id.split(/[a-z]+/i).reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}
