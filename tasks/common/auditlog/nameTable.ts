import { textOf } from './moments';
import { QUOTE } from './bytes';

/** Longer names are not worth remembering. */
const LONGEST_BYTES = 200;

interface Name {
  readonly bytes: Buffer;
  readonly text: string;
}

/** Makes texts of the names that come again and again, of each only once. */
export class NameTable {
  readonly #slots: (Name | undefined)[];
  #free: number;

  /** @param slots at most half as many names are remembered */
  constructor(slots: number) {
    this.#slots = new Array<Name | undefined>(slots).fill(undefined);
    this.#free = slots;
  }

  /**
   * The text of a JSON string as JSON.parse reads it; undefined for any other value.
   * @param from where it begins, quotes included; negative for none
   */
  textOf(bytes: Buffer, from: number, to: number): string | undefined {
    if (from < 0 || bytes[from] !== QUOTE) return undefined;
    if (to - from > LONGEST_BYTES) return textOf(bytes, from, to);
    const slots = this.#slots;
    let slot = hashOf(bytes, from, to) % slots.length;
    for (let known = slots[slot]; known !== undefined; known = slots[slot]) {
      if (isSame(known.bytes, bytes, from, to)) return known.text;
      slot = (slot + 1) % slots.length;
    }
    const text = textOf(bytes, from, to) ?? '';
    if (this.#free > slots.length / 2) {
      // A copy: the page is not to live as long as its names.
      slots[slot] = { bytes: Buffer.from(bytes.subarray(from, to)), text };
      this.#free -= 1;
    }
    return text;
  }
}

/** Whether a name is that part of the bytes. */
export function isSame(name: Buffer, bytes: Buffer, from: number, to: number): boolean {
  const { length } = name;
  if (length !== to - from) return false;
  for (let at = 0; at < length; at += 1) if (name[at] !== bytes[from + at]) return false;
  return true;
}

/** Of the length and of some bytes: enough to tell names of one field apart; equal ones are compared as a whole. */
export function hashOf(bytes: Buffer, from: number, to: number): number {
  const length = to - from;
  let hash = length;
  for (let at = to - 2; at > from; at -= 1 + (length >> 3)) hash = Math.imul(hash, 31) + (bytes[at] as number);
  return hash >>> 0;
}
