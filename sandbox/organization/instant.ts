/**
 * A moment to 100 ns, as two numbers that each stay exact: milliseconds since 1970 and the remaining ticks (0 to 9999).
 * One .NET tick is 100 ns; a single Number cannot hold the ticks of a present-day instant.
 */
export interface Instant {
  readonly ms: number;
  readonly subTicks: number;
}

/** Milliseconds from 1970 to the last millisecond of the year 9999. */
const LAST_MS = 253_402_300_799_999;
const DAY_MS = 86_400_000;
const TWO_DIGITS = Array.from({length: 100}, (_, value) => String(value).padStart(2, '0'));

/**
 * `DateTime.MaxValue.Ticks` minus the ticks of an instant: the first part of an entry's id, which makes ids sort newest first.
 * Source: recomputed for both entries of the official QueryLog example.
 */
export function invertedTicks(ms: number, subTicks: number): string {
  return String(LAST_MS - ms).padStart(15, '0') + pad4(9999 - subTicks);
}

/**
 * An instant as the service writes it: trailing zeros of the fraction trimmed, with `Z` or `+00:00`.
 */
export function timestampText(ms: number, subTicks: number, zone: 'Z' | '+00:00'): string {
  const day = Math.floor(ms / DAY_MS);
  if (day !== lastDay) {
    lastDay = day;
    lastDate = new Date(ms).toISOString().slice(0, 11);
  }
  const inDay = ms - day * DAY_MS;
  const seconds = Math.floor(inDay / 1000);
  const clock = `${lastDate}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const fraction = (inDay % 1000) * 10_000 + subTicks;
  return fraction === 0 ? clock + zone : `${clock}.${trimZeros(fraction)}${zone}`;
}

let lastDay = Number.NaN;
let lastDate = '';

/** Reads ISO 8601 with `Z` or an offset and up to 7 fraction digits; undefined for anything else. */
export function parseInstant(text: string): Instant | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const seconds = Date.parse(`${match[1] ?? ''}${match[3] ?? ''}`);
  if (Number.isNaN(seconds)) return undefined;
  const fraction = (match[2] ?? '').padEnd(7, '0');
  return {ms: seconds + Number(fraction.slice(0, 3)), subTicks: Number(fraction.slice(3))};
}

/** The instant that an inverted tick count of 19 digits stands for. */
export function instantOfInverted(inverted: string): Instant {
  return {ms: LAST_MS - Number(inverted.slice(0, 15)), subTicks: 9999 - Number(inverted.slice(15))};
}

function pad4(value: number): string {
  return value > 999 ? String(value) : String(value).padStart(4, '0');
}

function two(value: number): string {
  return TWO_DIGITS[value] as string;
}

/** A fraction of a second in 100 ns as up to 7 digits. */
function trimZeros(fraction: number): string {
  let digits = 7;
  let value = fraction;
  while (value % 10 === 0) {
    value /= 10;
    digits -= 1;
  }
  return String(value).padStart(digits, '0');
}
