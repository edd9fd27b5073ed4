/**
 * Makes the cells of a CSV row (RFC 4180) of an entry's documented fields, 16 bytes at a time: what tasks/common/export/csvRows.ts
 * makes of the usual ones. At any other it stops, and goes on behind it when that one has been made.
 *
 * Memory: state, places, the entry, the room for rows. Positions are addresses in this memory.
 */
import { BACKSLASH, DELETE, DOT, equalTo, LOWER_N, LOWER_U, MINUS, OPEN_BRACE, OPEN_BRACKET, PLUS, QUOTE, SLASH, SPACE, STEP, UPPER_Z, ZERO } from "./bytes";

/** Where the next byte of the row goes. */
export const POSITION_AT: usize = 1024;
/** Begin and end of each value, relative to the entry, by turns; a negative begin where the entry does not have it. */
export const PLACES_AT: usize = 2048;
export const ENTRY_AT: usize = 4096;
/** Entries that are longer are not given. */
export const MOST_ENTRY_BYTES: usize = 64 * 1024;
/** Behind the longest entry, bytes are read that mean nothing. */
export const ROOM_AT: usize = ENTRY_AT + MOST_ENTRY_BYTES + 64;
export const ROOM_BYTES: usize = 256 * 1024;
/** Written behind the last byte of a row, without meaning. */
export const BEHIND_ROOM: usize = 64;

const APOSTROPHE: u8 = 0x27;
const NO_ROW: usize = 0;

/**
 * Goes on with a row: the fields, the instant, all other fields as one.
 * @param from the first column to be written, without the delimiter before it if it has been stopped at the one before
 * @param fields how many
 * @param timestamp which of them has the instant
 * @returns the column at which it has stopped, behind the delimiter; two more than there are fields at the end of the row
 */
export function cells(from: i32, fields: i32, timestamp: i32, hasOthers: bool, delimiter: u8): i32 {
  let at = <usize>load<u32>(POSITION_AT);
  const columns = fields + 2;
  for (let column = from; column < columns; column += 1) {
    if (column > 0) {
      store<u8>(at, delimiter);
      at += 1;
    }
    let next = at;
    if (column < fields) next = field(column, at, delimiter);
    else if (column == fields) next = instant(timestamp, at);
    else if (hasOthers) next = NO_ROW;
    if (next == NO_ROW) {
      store<u32>(POSITION_AT, <u32>at);
      return column;
    }
    at = next;
  }
  store<u16>(at, LINE_END);
  store<u32>(POSITION_AT, <u32>at + 2);
  return columns;
}

/** Every function below takes where in the row it begins to write, and gives where it ends, or NO_ROW for a value that it leaves to others. */
function field(number: i32, at: usize, delimiter: u8): usize {
  const begin = load<i32>(PLACES_AT + <usize>number * 2 * sizeof<i32>());
  if (begin < 0) return at;
  const from = ENTRY_AT + <usize>begin;
  const to = ENTRY_AT + <usize>load<i32>(PLACES_AT + (<usize>number * 2 + 1) * sizeof<i32>());
  switch (load<u8>(from)) {
    case QUOTE: return text(from + 1, to - 1, at, delimiter);
    case LOWER_N: return at;
    case OPEN_BRACE: case OPEN_BRACKET: return json(from, to, at, delimiter);
    case MINUS: {
      store<u8>(at, APOSTROPHE);
      return copy(from, to, at + 1);
    }
    default: return copy(from, to, at);
  }
}

/** @param from behind the quotation mark */
function text(from: usize, to: usize, at: usize, delimiter: u8): usize {
  if (from == to) return at;
  if (!beginsHarmless(load<u8>(from))) return NO_ROW;
  let delimiters = i8x16.splat(0);
  let special: i32 = 0;
  for (let part = from; part < to; part += STEP) {
    const bytes = v128.load(part);
    const valid = firstBytes(to - part);
    delimiters = v128.or(delimiters, v128.and(equalTo(bytes, delimiter), valid));
    special |= i8x16.bitmask(v128.and(v128.or(equalTo(bytes, BACKSLASH), equalTo(bytes, DELETE)), valid));
  }
  if (special != 0) return unescaped(from, to, at, delimiter);
  if (!v128.any_true(delimiters)) return copy(from, to, at);
  store<u8>(at, QUOTE);
  const end = copy(from, to, at + 1);
  store<u8>(end, QUOTE);
  return end + 1;
}

/** Copies a text in which quotation marks, backslashes and slashes are escaped. */
function unescaped(from: usize, to: usize, begin: usize, delimiter: u8): usize {
  let needsQuotes = false;
  let at = begin + 1;
  for (let read = from; read < to; read += 1) {
    let byte = load<u8>(read);
    if (byte == DELETE) return NO_ROW;
    if (byte == BACKSLASH) {
      read += 1;
      byte = load<u8>(read);
      if (byte == QUOTE) {
        store<u8>(at, QUOTE);
        at += 1;
      } else if (byte != BACKSLASH && byte != SLASH) return NO_ROW;
    }
    if (byte == QUOTE || byte == delimiter) needsQuotes = true;
    store<u8>(at, byte);
    at += 1;
  }
  return enclosed(begin, at, needsQuotes);
}

/** Copies JSON, each quotation mark twice. */
function json(from: usize, to: usize, begin: usize, delimiter: u8): usize {
  let hasQuotes = false;
  let at = begin + 1;
  let read = from;
  while (read < to) {
    const bytes = v128.load(read);
    v128.store(at, bytes);
    const special = i8x16.bitmask(v128.or(v128.or(equalTo(bytes, QUOTE), equalTo(bytes, BACKSLASH)), equalTo(bytes, DELETE)));
    const plain = special == 0 ? STEP : <usize>ctz(special);
    read += plain;
    at += plain;
    if (special == 0) continue;
    if (read >= to) break;
    const byte = load<u8>(read);
    if (byte == DELETE) return NO_ROW;
    if (byte == BACKSLASH) {
      const next = load<u8>(read + 1);
      // What need not be escaped is shown as it is.
      if (next == LOWER_U || next == SLASH) return NO_ROW;
      store<u8>(at, BACKSLASH);
      at += 1;
      read += 1;
      if (next == QUOTE) continue;
      store<u8>(at, next);
    } else {
      store<u16>(at, <u16>QUOTE << 8 | <u16>QUOTE);
      at += 1;
      hasQuotes = true;
    }
    at += 1;
    read += 1;
  }
  // The last bytes that were looked at together can lie behind the end.
  at -= read - to;
  return enclosed(begin, at, hasQuotes || holds(delimiter, begin + 1, at));
}

/** `2026-11-20 14:05:02.146` of a timestamp as nearly every one is: `2026-11-20T14:05:02`, perhaps a point and digits, and `Z` or `+00:00`. */
function instant(timestamp: i32, at: usize): usize {
  const begin = load<i32>(PLACES_AT + <usize>timestamp * 2 * sizeof<i32>());
  if (begin < 0) return NO_ROW;
  const from = ENTRY_AT + <usize>begin + 1;
  const to = ENTRY_AT + <usize>load<i32>(PLACES_AT + (<usize>timestamp * 2 + 1) * sizeof<i32>()) - 1;
  const point = from + SECONDS_LENGTH;
  const isZulu = load<u8>(to - 1) == UPPER_Z;
  const end = isZulu ? to - 1 : to - OFFSET_LENGTH;
  if (end < point || (!isZulu && (load<u32>(end) != PLUS_00_COLON || load<u16>(end + 4) != ZERO_ZERO))) return NO_ROW;
  if (end > point && (load<u8>(point) != DOT || end == point + 1 || end > point + 1 + MOST_DIGITS)) return NO_ROW;
  for (let digit = point + 1; digit < end; digit += 1) if (load<u8>(digit) < ZERO || load<u8>(digit) > ZERO + 9) return NO_ROW;
  copy(from, point, at);
  store<u8>(at + DATE_LENGTH, SPACE);
  store<u8>(at + SECONDS_LENGTH, DOT);
  const shown = at + SECONDS_LENGTH + 1;
  for (let digit: usize = 0; digit < SHOWN_DIGITS; digit += 1) store<u8>(shown + digit, point + 1 + digit < end ? load<u8>(point + 1 + digit) : ZERO);
  return shown + SHOWN_DIGITS;
}

/** Puts what stands behind `begin`, one byte apart, between quotation marks, or moves it there. */
function enclosed(begin: usize, end: usize, needsQuotes: bool): usize {
  if (!needsQuotes) {
    memory.copy(begin, begin + 1, end - begin - 1);
    return end - 1;
  }
  store<u8>(begin, QUOTE);
  store<u8>(end, QUOTE);
  return end + 1;
}

function copy(from: usize, to: usize, at: usize): usize {
  const end = at + (to - from);
  for (let read = from, write = at; read < to; read += STEP, write += STEP) v128.store(write, v128.load(read));
  return end;
}

function holds(byte: u8, from: usize, to: usize): bool {
  for (let at = from; at < to; at += 1) if (load<u8>(at) == byte) return true;
  return false;
}

/** Visible ASCII that no formula begins with. */
function beginsHarmless(byte: u8): bool {
  return byte > SPACE && byte < DELETE && byte != EQUALS && byte != PLUS && byte != MINUS && byte != AT;
}

/** Marks the first of 16 bytes; all of them for 16 or more. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function firstBytes(count: usize): v128 {
  return i8x16.lt_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>min<usize>(count, STEP)));
}

const DATE_LENGTH: usize = 10;
const SECONDS_LENGTH: usize = 19;
const OFFSET_LENGTH: usize = 6;
/** .NET's ticks. */
const MOST_DIGITS: usize = 7;
const SHOWN_DIGITS: usize = 3;
/** `+00:`, `00` and CRLF, as numbers whose first byte is the lowest. */
const PLUS_00_COLON: u32 = 0x3a30302b;
const ZERO_ZERO: u16 = 0x3030;
const LINE_END: u16 = 0x0a0d;
const EQUALS: u8 = 0x3d;
const AT: u8 = 0x40;
