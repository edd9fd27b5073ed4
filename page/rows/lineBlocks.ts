import { type EvidenceCut } from '../../tasks/common/report/reportData';
import { inflated, type Pieces } from './inflate';

/** Lines that are read at once, bytes: a few milliseconds of work. The first rows do not wait for so many. */
const BLOCK_BYTES = 256 * 1024;
/** No entry comes near it, bytes. */
const LONGEST_LINE = 64 * 1024 * 1024;
/** All lines together, bytes: what the browser has the time for, and several times what our files grow to. */
const MOST_BYTES = 1024 * 1024 * 1024;
const LINE_FEED = 10;

/** Whole lines that follow each other. */
export interface LineBlock {
  /** Where it begins and ends in the file's content, bytes. */
  readonly from: number;
  readonly until: number;
  readonly text: string;
}

/**
 * The content of a gzip file, in blocks of whole lines.
 * @param cut what is to be read of it where it is only the beginning of a file
 * @throws when it is no such file, too large, or has less than `cut` says; all lines that it has are given before
 */
export async function* lineBlocks(pieces: Pieces, cut: EvidenceCut | null): AsyncGenerator<LineBlock, void, undefined> {
  const gathered = new GatheredBytes();
  const end = cut?.bytes ?? MOST_BYTES;
  let from = 0;
  if (end > 0) {
    for await (const bytes of inflated(pieces, cut !== null)) {
      if (cut === null && from + gathered.size + bytes.length > MOST_BYTES) throw new RangeError('The lines are too long');
      gathered.add(bytes.subarray(0, end - from - gathered.size));
      if (gathered.size > LONGEST_LINE) throw new RangeError('The lines are too long');
      if (from + gathered.size === end && cut !== null) break;
      if (from > 0 && gathered.size < BLOCK_BYTES) continue;
      const lines = gathered.takeLines();
      if (lines.length === 0) continue;
      yield { from, until: from + lines.length, text: textOf(lines) };
      from += lines.length;
    }
  }
  const rest = cut === null ? gathered.takeAll() : gathered.takeLines();
  if (rest.length > 0) yield { from, until: from + rest.length, text: textOf(rest) };
  if (cut !== null && from + rest.length < cut.bytes) throw new RangeError('Some of the lines are missing');
}

/** The text of a part of the content. @throws as {@link lineBlocks} */
export async function textBetween(pieces: Pieces, isCut: boolean, from: number, until: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let at = 0;
  for await (const bytes of inflated(pieces, isCut)) {
    if (at + bytes.length > from) parts.push(bytes.subarray(Math.max(0, from - at), until - at));
    at += bytes.length;
    if (at >= until) break;
  }
  return textOf(joined(parts));
}

/** Bytes until there are enough of them. */
class GatheredBytes {
  size = 0;
  #parts: Uint8Array[] = [];

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.size += bytes.length;
  }

  /** All whole lines; what follows the last line feed stays. */
  takeLines(): Uint8Array {
    for (let index = this.#parts.length - 1; index >= 0; index -= 1) {
      const part = this.#parts[index] as Uint8Array;
      const end = part.lastIndexOf(LINE_FEED) + 1;
      if (end === 0) continue;
      const lines = joined([...this.#parts.slice(0, index), part.subarray(0, end)]);
      this.#parts = [part.subarray(end), ...this.#parts.slice(index + 1)];
      this.size -= lines.length;
      return lines;
    }
    return new Uint8Array();
  }

  takeAll(): Uint8Array {
    const all = joined(this.#parts);
    this.#parts = [];
    this.size = 0;
    return all;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whatever the bytes are: what is no UTF-8 becomes U+FFFD. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
