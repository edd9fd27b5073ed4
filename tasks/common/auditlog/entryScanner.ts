import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, DOT, LOWER_E, LOWER_F, LOWER_N, LOWER_T, LOWER_U, MINUS, OPEN_BRACE, OPEN_BRACKET, PLUS, QUOTE, UPPER_E, ZERO } from './bytes';

/**
 * Walks over an entry as bytes and notes where the values stand that every entry is asked for. Nothing is made of the rest, but
 * all of it must be valid (RFC 8259). Nothing is allocated: every byte that is verified or viewed passes through here. Pages are
 * scanned by {@link QuickScanner}, which the verifier does without: everything in its one file can be read.
 * Unlike jsonScanner.ts it repairs nothing, which makes it several times as fast.
 */
export class EntryScanner {
  /** Where a value begins (quotes included), by the number of its name; -1 where the entry does not have it. */
  readonly from: Int32Array;
  /** Where it ends. */
  readonly to: Int32Array;
  /** Where members of other names begin (their key's quote) and end, by turns. */
  readonly others: number[] = [];
  /** How many numbers of {@link others} are of what was scanned last; zero unless they are asked for. */
  othersLength = 0;
  readonly names: FieldNames;
  readonly keepsOthers: boolean;

  /** @param names of the values that are noted, each once; their numbers are their places here */
  constructor(names: readonly string[] = Object.keys(FIELD), keepsOthers = false) {
    this.names = new FieldNames(names);
    this.keepsOthers = keepsOthers;
    this.from = new Int32Array(names.length);
    this.to = new Int32Array(names.length);
  }

  /**
   * Scans the object that begins at `from`; of a repeated member the last counts, as for JSON.parse.
   * @returns where it ends, at most at `end`; negative when no valid object begins there
   */
  scan(bytes: Uint8Array, from: number, end: number): number {
    this.from.fill(NOWHERE);
    this.othersLength = 0;
    if (from >= end || bytes[from] !== OPEN_BRACE) return NOWHERE;
    return afterObject(this, bytes, from, end, 0);
  }
}

/** What is not valid ends nowhere. Every function below takes where something begins and gives where it ends, or this. */
const NOWHERE = -1;

function afterValue(scanner: EntryScanner, bytes: Uint8Array, at: number, end: number, depth: number): number {
  if (at >= end) return NOWHERE;
  switch (bytes[at]) {
    case QUOTE: return afterString(bytes, at, end);
    case OPEN_BRACE: return depth <= DEEPEST ? afterObject(scanner, bytes, at, end, depth) : NOWHERE;
    case OPEN_BRACKET: return depth <= DEEPEST ? afterArray(scanner, bytes, at, end, depth) : NOWHERE;
    case LOWER_N: return afterWord(bytes, at, end, NULL);
    case LOWER_T: return afterWord(bytes, at, end, TRUE);
    case LOWER_F: return afterWord(bytes, at, end, FALSE);
    default: return afterNumber(bytes, at, end);
  }
}

/** @param depth 0 for the entry itself, whose members are noted */
function afterObject(scanner: EntryScanner, bytes: Uint8Array, from: number, end: number, depth: number): number {
  let at = from + 1;
  if (bytes[at] !== QUOTE) {
    at = afterSpace(bytes, at, end);
    if (at < end && bytes[at] === CLOSE_BRACE) return at + 1;
  }
  while (at < end && bytes[at] === QUOTE) {
    const keyFrom = at;
    const keyTo = afterString(bytes, at, end);
    if (keyTo === NOWHERE) return NOWHERE;
    at = bytes[keyTo] === COLON ? keyTo : afterSpace(bytes, keyTo, end);
    if (at >= end || bytes[at] !== COLON) return NOWHERE;
    const valueFrom = bytes[at + 1] === QUOTE ? at + 1 : afterSpace(bytes, at + 1, end);
    at = bytes[valueFrom] === QUOTE ? afterString(bytes, valueFrom, end) : afterValue(scanner, bytes, valueFrom, end, depth + 1);
    if (at === NOWHERE) return NOWHERE;
    if (depth === 0) note(scanner, bytes, keyFrom, keyTo, valueFrom, at);
    if (bytes[at] !== COMMA) {
      at = afterSpace(bytes, at, end);
      if (at >= end || bytes[at] !== COMMA) return at < end && bytes[at] === CLOSE_BRACE ? at + 1 : NOWHERE;
    }
    at += 1;
    if (bytes[at] !== QUOTE) at = afterSpace(bytes, at, end);
  }
  return NOWHERE;
}

function note(scanner: EntryScanner, bytes: Uint8Array, keyFrom: number, keyTo: number, valueFrom: number, valueTo: number): void {
  const field = scanner.names.find(bytes, keyFrom, keyTo);
  if (field === NO_FIELD) {
    if (scanner.keepsOthers) noteOther(scanner, keyFrom, valueTo);
    return;
  }
  scanner.from[field] = valueFrom;
  scanner.to[field] = valueTo;
}

/** The array is not emptied for each entry: that would take longer than the scan. */
function noteOther(scanner: EntryScanner, from: number, to: number): void {
  scanner.others[scanner.othersLength] = from;
  scanner.others[scanner.othersLength + 1] = to;
  scanner.othersLength += 2;
}

function afterArray(scanner: EntryScanner, bytes: Uint8Array, from: number, end: number, depth: number): number {
  let at = afterSpace(bytes, from + 1, end);
  if (at < end && bytes[at] === CLOSE_BRACKET) return at + 1;
  for (;;) {
    at = afterValue(scanner, bytes, at, end, depth + 1);
    if (at === NOWHERE) return NOWHERE;
    at = afterSpace(bytes, at, end);
    if (at >= end || bytes[at] !== COMMA) return at < end && bytes[at] === CLOSE_BRACKET ? at + 1 : NOWHERE;
    at = afterSpace(bytes, at + 1, end);
  }
}

function afterString(bytes: Uint8Array, from: number, end: number): number {
  let at = from + 1;
  for (;;) {
    while (IS_PLAIN[bytes[at] as number] === 1) at += 1;
    if (at >= end) return NOWHERE;
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH || at + 1 >= end) return NOWHERE;
    if (bytes[at + 1] === LOWER_U) {
      if (at + 6 > end || !isHex(bytes, at + 2)) return NOWHERE;
      at += 6;
    } else {
      if (!isSimpleEscape(bytes[at + 1])) return NOWHERE;
      at += 2;
    }
  }
}

function afterNumber(bytes: Uint8Array, from: number, end: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from;
  at = at < end && bytes[at] === ZERO ? at + 1 : afterDigits(bytes, at, end);
  if (at !== NOWHERE && at < end && bytes[at] === DOT) at = afterDigits(bytes, at + 1, end);
  if (at === NOWHERE || at >= end || (bytes[at] !== LOWER_E && bytes[at] !== UPPER_E)) return at;
  const sign = at + 1 < end ? bytes[at + 1] : 0;
  return afterDigits(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1, end);
}

function afterDigits(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isDigit(bytes[at])) at += 1;
  return at > from ? at : NOWHERE;
}

function afterWord(bytes: Uint8Array, from: number, end: number, word: Uint8Array): number {
  if (from + word.length > end) return NOWHERE;
  for (let index = 0; index < word.length; index += 1) if (bytes[from + index] !== word[index]) return NOWHERE;
  return from + word.length;
}

function afterSpace(bytes: Uint8Array, from: number, end: number): number {
  // Every byte that is no white space is greater, but for those that make the entry invalid.
  return (bytes[from] as number) > 0x20 ? from : afterRareSpace(bytes, from, end);
}

function afterRareSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0a || bytes[at] === 0x0d)) at += 1;
  return at;
}

/** The members that every export asks an entry for. */
export const FIELD = { id: 0, timestamp: 1, category: 2, area: 3, actionId: 4 } as const;
const NO_FIELD = -1;

/** Nothing that the service sends is nested deeper by far; a hostile file must not exhaust the stack. */
const DEEPEST = 100;

/** Tells by the bytes of a key which of some names it is. */
class FieldNames {
  readonly #names: readonly string[];
  /** The names as JSON, quotes included, with their numbers, by their length. */
  readonly #byLength: { readonly bytes: Buffer; readonly field: number }[][] = [];
  /** By the byte after the quote: whether a name begins with it. A backslash can hide one. */
  readonly #beginsName = new Uint8Array(256);

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#beginsName[BACKSLASH] = 1;
    names.forEach((name, field) => {
      const bytes = Buffer.from(JSON.stringify(name));
      (this.#byLength[bytes.length] ??= []).push({ bytes, field });
      this.#beginsName[bytes[1] as number] = 1;
    });
  }

  /** @param from where the key begins, quotes included */
  find(bytes: Uint8Array, from: number, to: number): number {
    if (this.#beginsName[bytes[from + 1] as number] === 0) return NO_FIELD;
    const candidates = this.#byLength[to - from];
    if (candidates !== undefined) for (const { bytes: name, field } of candidates) if (isSame(bytes, from, name)) return field;
    return includesBackslash(bytes, from, to) ? this.#escaped(bytes, from, to) : NO_FIELD;
  }

  #escaped(bytes: Uint8Array, from: number, to: number): number {
    // A key of any length can stand here; no name that matters is longer when every character of it is escaped.
    if (to - from > LONGEST_ESCAPED) return NO_FIELD;
    const key: unknown = JSON.parse(Buffer.from(bytes.subarray(from, to)).toString('utf8'));
    return this.#names.indexOf(key as string);
  }
}

/** Compares from the end: names that begin alike, such as those of the actor, differ there. */
function isSame(bytes: Uint8Array, from: number, name: Uint8Array): boolean {
  for (let index = name.length - 2; index > 0; index -= 1) if (bytes[from + index] !== name[index]) return false;
  return true;
}

function includesBackslash(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (bytes[at] === BACKSLASH) return true;
  return false;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHex(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < from + 4; at += 1) {
    const byte = bytes[at] ?? 0;
    if (!isDigit(byte) && !((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)) return false;
  }
  return true;
}

function isSimpleEscape(byte: number | undefined): boolean {
  return byte === QUOTE || byte === BACKSLASH || byte === 0x2f || byte === 0x62 || byte === 0x66 || byte === LOWER_N || byte === 0x72 || byte === LOWER_T;
}

/** Bytes that stand for themselves in a string. */
const IS_PLAIN = new Uint8Array(256).map((_, byte) => (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0));
/** `authenticationMechanism` with every letter as `\\u0061`, and more. */
const LONGEST_ESCAPED = 200;
const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
