import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, DOT, LOWER_E, LOWER_U, MINUS, OPEN_BRACE, OPEN_BRACKET, PLUS, QUOTE, UPPER_E, ZERO } from './bytes';

/**
 * Walks over JSON as bytes, without making values of it: it finds where things begin and end, which white space stands
 * between tokens, and what is invalid inside strings. So an entry can be kept byte for byte.
 * Grammar: RFC 8259. Bytes outside strings must obey it; faults inside strings are noted as edits that repair them.
 */
export class JsonScanner {
  /** Replacements that turn what was scanned into compact, valid JSON; ascending, not overlapping. */
  edits: Edit[] = [];
  /** Whether one of the edits repairs a fault, rather than dropping white space. */
  hasRepairs = false;
  position: number;
  readonly #bytes: Uint8Array;
  /** Positions of backslashes that are taken to stand for themselves before the quote that ends a string. */
  readonly #strayBackslashes: ReadonlySet<number>;
  /** Positions of backslashes before a quote that, by what follows, could end the string. */
  readonly doubtfulBackslashes: number[] = [];

  constructor(bytes: Uint8Array, position = 0, strayBackslashes: ReadonlySet<number> = new Set()) {
    this.#bytes = bytes;
    this.position = position;
    this.#strayBackslashes = strayBackslashes;
  }

  /** The byte at the next token, white space passed over; -1 at the end. */
  peek(): number {
    const bytes = this.#bytes;
    const from = this.position;
    let at = from;
    while (isWhiteSpace(bytes[at])) at += 1;
    if (at > from) {
      this.edits.push({ from, to: at, by: NOTHING });
      this.position = at;
    }
    return bytes[at] ?? -1;
  }

  /** Passes over the next token if it is this byte. */
  take(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.position += 1;
    return true;
  }

  /** Passes over the next token, which must be this byte. */
  expect(byte: number): void {
    if (!this.take(byte)) throw this.fault();
  }

  /** Passes over one value of any kind. */
  value(depth = 0): void {
    if (depth > DEEPEST) throw this.fault();
    const byte = this.peek();
    if (byte === QUOTE) this.string();
    else if (byte === OPEN_BRACE) this.object(() => { this.value(depth + 1); });
    else if (byte === OPEN_BRACKET) this.array(() => { this.value(depth + 1); });
    else if (byte === MINUS || isDigit(byte)) this.#number();
    else this.#literal(byte);
  }

  /** Passes over an object; `onMember` is called at each member's value, with the key's place (quotes not included), and must pass over the value. */
  object(onMember: (keyFrom: number, keyTo: number) => void): void {
    this.expect(OPEN_BRACE);
    if (this.take(CLOSE_BRACE)) return;
    do {
      if (this.peek() !== QUOTE) throw this.fault();
      const keyFrom = this.position + 1;
      this.string();
      const keyTo = this.position - 1;
      this.expect(COLON);
      onMember(keyFrom, keyTo);
    } while (this.take(COMMA));
    this.expect(CLOSE_BRACE);
  }

  /** Passes over an array; `onElement` must pass over one value. */
  array(onElement: () => void): void {
    this.expect(OPEN_BRACKET);
    if (this.take(CLOSE_BRACKET)) return;
    do onElement();
    while (this.take(COMMA));
    this.expect(CLOSE_BRACKET);
  }

  /** Passes over a string, whose opening quote is the next byte, and notes what has to be repaired in it. */
  string(): void {
    const bytes = this.#bytes;
    let at = this.position + 1;
    for (;;) {
      const byte = bytes[at];
      if (byte === undefined) throw this.fault();
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) at = this.#escape(at);
      else {
        if (byte < 0x20) this.#repair(at, at + 1, `\\u${byte.toString(16).padStart(4, '0')}`);
        at += 1;
      }
    }
    this.position = at + 1;
  }

  fault(): JsonFault {
    return new JsonFault(this.position);
  }

  /** Where the string goes on after the backslash at `at`. */
  #escape(at: number): number {
    const next = this.#bytes[at + 1];
    if (next === QUOTE) {
      if (this.#strayBackslashes.has(at)) {
        this.#repair(at, at + 1, '\\\\');
        return at + 1;
      }
      if (endsValue(this.#bytes, at + 2)) this.doubtfulBackslashes.push(at);
      return at + 2;
    }
    if (next === LOWER_U ? isHex(this.#bytes, at + 2) : next !== undefined && SIMPLE_ESCAPES.has(next)) return at + 2;
    this.#repair(at, at + 1, '\\\\');
    return at + 1;
  }

  #number(): void {
    const bytes = this.#bytes;
    let at = this.position;
    const digits = (): void => {
      if (!isDigit(bytes[at])) throw this.fault();
      while (isDigit(bytes[at])) at += 1;
    };
    if (bytes[at] === MINUS) at += 1;
    if (bytes[at] === ZERO) at += 1;
    else digits();
    if (bytes[at] === DOT) {
      at += 1;
      digits();
    }
    if (bytes[at] === LOWER_E || bytes[at] === UPPER_E) {
      at += 1;
      if (bytes[at] === PLUS || bytes[at] === MINUS) at += 1;
      digits();
    }
    this.position = at;
  }

  #literal(first: number): void {
    const word = LITERALS[first];
    if (!word?.every((byte, index) => this.#bytes[this.position + index] === byte)) throw this.fault();
    this.position += word.length;
  }

  #repair(from: number, to: number, by: string): void {
    this.hasRepairs = true;
    this.edits.push({ from, to, by: Buffer.from(by, 'ascii') });
  }
}

export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly by: Uint8Array;
}

/** The bytes from `from` to `to` with the edits that fall into that range carried out. No copy is made when there are none. */
export function applyEdits(bytes: Buffer, from: number, to: number, edits: readonly Edit[]): Buffer {
  if (edits.length === 0) return bytes.subarray(from, to);
  const pieces: Uint8Array[] = [];
  let at = from;
  for (const edit of edits) {
    pieces.push(bytes.subarray(at, edit.from), edit.by);
    at = edit.to;
  }
  pieces.push(bytes.subarray(at, to));
  return Buffer.concat(pieces);
}

/** Bytes that are no JSON, and where. */
export class JsonFault extends Error {
  constructor(readonly position: number) {
    super(`No JSON at byte ${position}`);
  }
}

/** Nothing that the service sends is nested deeper by far; a hostile answer must not exhaust the stack. */
const DEEPEST = 100;

const NOTHING = new Uint8Array(0);
const SIMPLE_ESCAPES: ReadonlySet<number> = new Set(Buffer.from('\\/bfnrt', 'ascii'));
const LITERALS: Readonly<Record<number, Buffer>> = { 0x74: Buffer.from('true'), 0x66: Buffer.from('false'), 0x6e: Buffer.from('null') };

function isWhiteSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHex(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < from + 4; at += 1) {
    const byte = bytes[at] ?? 0;
    const isLetter = (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
    if (!isLetter && !isDigit(byte)) return false;
  }
  return true;
}

function endsValue(bytes: Uint8Array, from: number): boolean {
  let at = from;
  while (isWhiteSpace(bytes[at])) at += 1;
  const byte = bytes[at];
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === COLON;
}
