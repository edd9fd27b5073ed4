import { ticksOfId, ticksOfTimestamp } from '../time/ticks';
import { BACKSLASH, COLON, DOT, QUOTE, SEMICOLON, UPPER_T, UPPER_Z, ZERO } from './bytes';

/** Ticks in two parts that fit a Number each: whole seconds since 0001-01-01, and 100 ns steps of the next one. */
export interface Moment {
  seconds: number;
  fraction: number;
}

/** From 19 digits. */
export function momentOfTicks(ticks: string): Moment {
  return { seconds: Number(ticks.slice(0, SECOND_DIGITS)), fraction: Number(ticks.slice(SECOND_DIGITS)) };
}

/** Negative when `left` is earlier. */
export function compareMoments(left: Moment, right: Moment): number {
  return left.seconds - right.seconds || left.fraction - right.fraction;
}

/** 19 digits. */
export function ticksOfMoment({ seconds, fraction }: Moment): string {
  return String(seconds).padStart(SECOND_DIGITS, '0') + String(fraction).padStart(7, '0');
}

/** The beginning of an entry's day, as bytes and as a number: entries that follow each other are mostly of one day. */
export class MomentReader {
  #date = Buffer.alloc(DATE_LENGTH);
  #dateSeconds = -1;

  /** Reads a timestamp as {@link ticksOfTimestamp} does, from the bytes of a JSON string, quotes included. @returns false when it is none */
  timestamp(bytes: Buffer, from: number, to: number, into: Moment): boolean {
    return this.#usual(bytes, from + 1, to - 1, into) || unusual(bytes, from, to, into, ticksOfTimestamp);
  }

  /** `2026-11-20T14:05:02.1460838Z` or `+00:00` at its end. Everything else is read the slow way. */
  #usual(bytes: Buffer, from: number, to: number, into: Moment): boolean {
    const length = to - from;
    if (length < SHORTEST || length > LONGEST || bytes[from + DATE_LENGTH] !== UPPER_T || bytes[from + 13] !== COLON || bytes[from + 16] !== COLON) return false;
    const end = endOfTime(bytes, from, to);
    if (end < 0 || !this.#isDateKnown(bytes, from)) return false;
    const hour = twoDigits(bytes, from + 11);
    const minute = twoDigits(bytes, from + 14);
    const second = twoDigits(bytes, from + 17);
    if (!(hour < 24 && minute < 60 && second < 60)) return false;
    into.seconds = this.#dateSeconds + hour * 3600 + minute * 60 + second;
    const fraction = fractionOf(bytes, from + TIME_LENGTH, end);
    into.fraction = fraction;
    return fraction >= 0;
  }

  #isDateKnown(bytes: Buffer, from: number): boolean {
    let at = 0;
    while (at < DATE_LENGTH && this.#date[at] === bytes[from + at]) at += 1;
    if (at === DATE_LENGTH && this.#dateSeconds >= 0) return true;
    const ticks = ticksOfTimestamp(`${bytes.toString('latin1', from, from + DATE_LENGTH)}T00:00:00Z`);
    if (ticks === undefined) return false;
    bytes.copy(this.#date, 0, from, from + DATE_LENGTH);
    this.#dateSeconds = momentOfTicks(ticks).seconds;
    return true;
  }
}

/** The instant that an id begins with, from the bytes of a JSON string, quotes included. @returns false when it begins with none */
export function momentOfId(bytes: Buffer, from: number, to: number, into: Moment): boolean {
  const after = bytes[from + 1 + TICKS_DIGITS];
  if (to - from < TICKS_DIGITS + 2 || (after !== SEMICOLON && after !== QUOTE)) return unusual(bytes, from, to, into, ticksOfId);
  const seconds = digits(bytes, from + 1, SECOND_DIGITS);
  const fraction = digits(bytes, from + 1 + SECOND_DIGITS, TICKS_DIGITS - SECOND_DIGITS);
  if (seconds < 0 || fraction < 0 || seconds > MAX_SECONDS) return false;
  into.seconds = MAX_SECONDS - seconds;
  into.fraction = MAX_FRACTION - fraction;
  return true;
}

/** The text of a JSON string, from its bytes, quotes included; undefined for another value. */
export function textOf(bytes: Buffer, from: number, to: number): string | undefined {
  if (from < 0 || bytes[from] !== QUOTE) return undefined;
  for (let at = from; at < to; at += 1) if (bytes[at] === BACKSLASH) return JSON.parse(bytes.toString('utf8', from, to)) as string;
  return bytes.toString('utf8', from + 1, to - 1);
}

function unusual(bytes: Buffer, from: number, to: number, into: Moment, read: (text: string) => string | undefined): boolean {
  const ticks = read(textOf(bytes, from, to) ?? '');
  if (ticks === undefined) return false;
  const moment = momentOfTicks(ticks);
  into.seconds = moment.seconds;
  into.fraction = moment.fraction;
  return true;
}

/** Where the time ends and `Z` or `+00:00` begins; -1 for another ending. */
function endOfTime(bytes: Buffer, from: number, to: number): number {
  if (bytes[to - 1] === UPPER_Z) return to - 1;
  const end = to - OFFSET.length;
  if (end < from + TIME_LENGTH) return -1;
  for (let at = 0; at < OFFSET.length; at += 1) if (bytes[end + at] !== OFFSET[at]) return -1;
  return end;
}

/** Of nothing, or of a point and 1 to 7 digits; -1 otherwise. */
function fractionOf(bytes: Buffer, from: number, end: number): number {
  if (from === end) return 0;
  const length = end - from - 1;
  if (bytes[from] !== DOT || length < 1 || length > 7) return -1;
  let value = digits(bytes, from + 1, length);
  for (let missing = 7 - length; missing > 0; missing -= 1) value *= 10;
  return value;
}

/** A number of `count` digits, negative when not all are digits. */
function digits(bytes: Buffer, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function twoDigits(bytes: Buffer, from: number): number {
  const value = digits(bytes, from, 2);
  return value < 0 ? NaN : value;
}

const SECOND_DIGITS = 12;
const TICKS_DIGITS = 19;
/** .NET's `DateTime.MaxValue`, as in time/ticks.ts. */
const MAX_SECONDS = 315_537_897_599;
const MAX_FRACTION = 9_999_999;
const DATE_LENGTH = '2026-11-20'.length;
const TIME_LENGTH = '2026-11-20T14:05:02'.length;
const SHORTEST = TIME_LENGTH + 1;
const LONGEST = '2026-11-20T14:05:02.1460838+00:00'.length;
const OFFSET = Buffer.from('+00:00');
