/**
 * Passes over an entry of the audit log, 16 bytes at a time, and notes where the values stand that every entry is asked for. All
 * of it must be valid JSON (RFC 8259); nothing is repaired. It finds what tasks/common/auditlog/entryScanner.ts finds, and says so
 * less often: where it does not understand an entry, that one or jsonScanner.ts does.
 *
 * Memory: names, then places, then the input. Positions are addresses in this memory.
 */
import {
  BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, DOT, equalTo, LOWER_B, LOWER_E, LOWER_F, LOWER_N, LOWER_R, LOWER_T, LOWER_U, MINUS, OPEN_BRACE, OPEN_BRACKET, PLUS,
  QUOTE, SLASH, SPACE, STEP, ZERO,
} from "./bytes";

/** A name's bytes, with zeros behind them. Longer ones are none that matter. */
const NAME_BYTES: usize = 32;
const MOST_NAMES: usize = 32;
const NAMES_AT: usize = 1024;
const LENGTHS_AT: usize = NAMES_AT + MOST_NAMES * NAME_BYTES;
/** By name: the one that followed it last time. Entries mostly have their members in one order. */
const NEXT_AT: usize = LENGTHS_AT + MOST_NAMES * sizeof<i32>();
/** By length: as many bytes set. */
const MASKS_AT: usize = NEXT_AT + (MOST_NAMES + 1) * sizeof<i32>() + 12;

/** Begin and end of each value, relative to the entry, by the number of its name; -1 where the entry does not have it. */
export const PLACES_AT: usize = 4096;
export const INPUT_AT: usize = 8192;
export const BEHIND_INPUT: usize = NAME_BYTES + STEP;

/** It is no valid JSON, or has an escaped key. */
const INVALID: isize = -1;
/** The input ends before the entry does. */
const CUT: isize = -2;
/** Nothing that the service sends is nested deeper by far; a hostile answer must not exhaust the stack. */
const DEEPEST: i32 = 100;
const NO_NAME: i32 = -1;

/** Whether white space stood between the tokens of what was scanned last. */
export let hasSpace: bool = false;
/** Whether it has members of other names. */
export let hasOthers: bool = false;
let names: i32 = 0;
let lastName: i32 = <i32>MOST_NAMES;
/** Backslashes met so far. */
let escapes: u32 = 0;

/** Takes in one more name. @param length at most 32; its bytes stand at INPUT_AT */
export function addName(length: i32): void {
  memory.copy(NAMES_AT + <usize>names * NAME_BYTES, INPUT_AT, <usize>length);
  store<i32>(LENGTHS_AT + <usize>names * sizeof<i32>(), length);
  memory.fill(MASKS_AT + <usize>length * NAME_BYTES, 0xff, <usize>length);
  names += 1;
}

/**
 * Scans the object that begins at `from`; of a repeated member the last counts, as for JSON.parse.
 * @param end of the input; BEHIND_INPUT bytes of memory must follow it, which are overwritten or read
 * @returns where it ends, INVALID or CUT
 */
export function scan(from: usize, end: usize): isize {
  hasSpace = false;
  hasOthers = false;
  lastName = <i32>MOST_NAMES;
  memory.fill(PLACES_AT, 0xff, <usize>names * 2 * sizeof<i32>());
  // Every text ends at the latest here.
  v128.store(end, i8x16.splat(<i8>QUOTE));
  if (from >= end) return CUT;
  return load<u8>(from) == OPEN_BRACE ? afterObject(from, end, 0, from) : INVALID;
}

function afterValue(at: usize, end: usize, depth: i32): isize {
  if (at >= end) return CUT;
  switch (load<u8>(at)) {
    case QUOTE: return afterText(at, end);
    case OPEN_BRACE: return depth <= DEEPEST ? afterObject(at, end, depth, at) : INVALID;
    case OPEN_BRACKET: return depth <= DEEPEST ? afterArray(at, end, depth) : INVALID;
    case LOWER_N: return afterWord(at, end, 4, load<u32>(at) == NULL);
    case LOWER_T: return afterWord(at, end, 4, load<u32>(at) == TRUE);
    case LOWER_F: return afterWord(at, end, 5, load<u32>(at + 1) == ALSE);
    default: return afterNumber(at, end);
  }
}

/** @param depth 0 for the entry itself, whose members are noted relative to `entry` */
function afterObject(from: usize, end: usize, depth: i32, entry: usize): isize {
  let at: isize = afterSpace(from + 1, end);
  if (<usize>at < end && load<u8>(at) == CLOSE_BRACE) return at + 1;
  while (true) {
    if (<usize>at >= end) return CUT;
    if (load<u8>(at) != QUOTE) return INVALID;
    const keyFrom: usize = at;
    const escapesBefore = escapes;
    at = afterText(keyFrom, end);
    if (at < 0) return at;
    const keyTo: usize = at;
    if (depth == 0 && escapes != escapesBefore) return INVALID;
    at = afterSpace(keyTo, end);
    if (<usize>at >= end) return CUT;
    if (load<u8>(at) != COLON) return INVALID;
    const valueFrom: usize = afterSpace(at + 1, end);
    at = afterValue(valueFrom, end, depth + 1);
    if (at < 0) return at;
    if (depth == 0) note(keyFrom, keyTo, valueFrom - entry, at - entry);
    at = afterSpace(at, end);
    if (<usize>at >= end) return CUT;
    const byte = load<u8>(at);
    if (byte == CLOSE_BRACE) return at + 1;
    if (byte != COMMA) return INVALID;
    at = afterSpace(at + 1, end);
  }
  return INVALID;
}

function afterArray(from: usize, end: usize, depth: i32): isize {
  let at: isize = afterSpace(from + 1, end);
  if (<usize>at < end && load<u8>(at) == CLOSE_BRACKET) return at + 1;
  while (true) {
    at = afterValue(at, end, depth + 1);
    if (at < 0) return at;
    at = afterSpace(at, end);
    if (<usize>at >= end) return CUT;
    const byte = load<u8>(at);
    if (byte == CLOSE_BRACKET) return at + 1;
    if (byte != COMMA) return INVALID;
    at = afterSpace(at + 1, end);
  }
  return INVALID;
}

function afterText(from: usize, end: usize): isize {
  let at = from + 1;
  while (true) {
    at = afterPlain(at);
    if (at >= end) return CUT;
    const byte = load<u8>(at);
    if (byte == QUOTE) return at + 1;
    if (byte != BACKSLASH) return INVALID;
    escapes += 1;
    if (at + 1 >= end) return CUT;
    if (load<u8>(at + 1) == LOWER_U) {
      if (at + 6 > end) return CUT;
      if (!isHex(at + 2)) return INVALID;
      at += 6;
    } else {
      if (!isSimpleEscape(load<u8>(at + 1))) return INVALID;
      at += 2;
    }
  }
  return INVALID;
}

/** To the next quotation mark, backslash or control character. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function afterPlain(from: usize): usize {
  let at = from;
  while (true) {
    const bytes = v128.load(at);
    const special = i8x16.bitmask(v128.or(v128.or(equalTo(bytes, QUOTE), equalTo(bytes, BACKSLASH)), i8x16.lt_u(bytes, i8x16.splat(<i8>SPACE))));
    if (special != 0) return at + <usize>ctz(special);
    at += STEP;
  }
  return at;
}

function afterNumber(from: usize, end: usize): isize {
  let at: isize = load<u8>(from) == MINUS ? from + 1 : from;
  at = <usize>at < end && load<u8>(at) == ZERO ? at + 1 : afterDigits(at, end);
  if (at >= 0 && <usize>at < end && load<u8>(at) == DOT) at = afterDigits(at + 1, end);
  // A small letter differs from the large one in this bit.
  if (at < 0 || <usize>at >= end || (load<u8>(at) | 0x20) != LOWER_E) return at;
  at += 1;
  if (<usize>at < end && (load<u8>(at) == PLUS || load<u8>(at) == MINUS)) at += 1;
  return afterDigits(at, end);
}

function afterDigits(from: usize, end: usize): isize {
  let at = from;
  while (at < end && isDigit(load<u8>(at))) at += 1;
  if (at > from) return at;
  return at < end ? INVALID : CUT;
}

function afterWord(at: usize, end: usize, length: usize, isIt: bool): isize {
  if (at + length > end) return CUT;
  return isIt ? at + length : INVALID;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function afterSpace(from: usize, end: usize): usize {
  // Every byte that is no white space is greater, but for those that make the entry invalid.
  return load<u8>(from) > SPACE ? from : afterRareSpace(from, end);
}

function afterRareSpace(from: usize, end: usize): usize {
  let at = from;
  while (at < end && isSpace(load<u8>(at))) at += 1;
  if (at > from) hasSpace = true;
  return at;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function note(keyFrom: usize, keyTo: usize, valueFrom: usize, valueTo: usize): void {
  const name = find(keyFrom + 1, <i32>(keyTo - keyFrom - 2));
  if (name == NO_NAME) {
    hasOthers = true;
    return;
  }
  const place = PLACES_AT + <usize>name * 2 * sizeof<i32>();
  store<i32>(place, <i32>valueFrom);
  store<i32>(place + sizeof<i32>(), <i32>valueTo);
}

function find(key: usize, length: i32): i32 {
  const nextAt = NEXT_AT + <usize>lastName * sizeof<i32>();
  const next = load<i32>(nextAt);
  if (isName(next, key, length)) {
    lastName = next;
    return next;
  }
  for (let name: i32 = 0; name < names; name += 1) {
    if (isName(name, key, length)) {
      store<i32>(nextAt, name);
      lastName = name;
      return name;
    }
  }
  return NO_NAME;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isName(name: i32, key: usize, length: i32): bool {
  if (load<i32>(LENGTHS_AT + <usize>name * sizeof<i32>()) != length) return false;
  const mask = MASKS_AT + <usize>length * NAME_BYTES;
  const bytes = NAMES_AT + <usize>name * NAME_BYTES;
  const first = v128.and(v128.xor(v128.load(key), v128.load(bytes)), v128.load(mask));
  const second = v128.and(v128.xor(v128.load(key + STEP), v128.load(bytes + STEP)), v128.load(mask + STEP));
  return !v128.any_true(v128.or(first, second));
}

function isSpace(byte: u8): bool {
  return byte == SPACE || byte == 0x09 || byte == 0x0a || byte == 0x0d;
}

function isDigit(byte: u8): bool {
  return byte >= ZERO && byte <= ZERO + 9;
}

function isHex(from: usize): bool {
  for (let at = from; at < from + 4; at += 1) {
    const byte = load<u8>(at);
    const small = byte | 0x20;
    if (!isDigit(byte) && !(small >= 0x61 && small <= 0x66)) return false;
  }
  return true;
}

function isSimpleEscape(byte: u8): bool {
  return byte == QUOTE || byte == BACKSLASH || byte == SLASH || byte == LOWER_B || byte == LOWER_F || byte == LOWER_N || byte == LOWER_R || byte == LOWER_T;
}

/** `null`, `true` and what follows the `f` of `false`, as numbers whose first byte is the lowest. */
const NULL: u32 = 0x6c6c756e;
const TRUE: u32 = 0x65757274;
const ALSE: u32 = 0x65736c61;
