/**
 * .NET ticks: 100-nanosecond steps since 0001-01-01T00:00:00 UTC, here always as 19 digits with leading zeros, so that
 * comparing two strings compares the instants. A Number cannot hold them exactly. The last 7 of the 19 digits are the
 * fraction of a second, so seconds and fraction are only put side by side, never multiplied.
 * Source: https://learn.microsoft.com/dotnet/api/system.datetime.ticks
 */

const FRACTION_DIGITS = 7;
const SECOND_DIGITS = 12;
const DAY_SECONDS = 86_400;

/** Seconds from 0001-01-01 to 1970-01-01. */
const SECONDS_UNTIL_1970 = 62_135_596_800;

/** The whole seconds of .NET's `DateTime.MaxValue`, 3155378975999999999 ticks; its fraction is all nines. */
const MAX_SECONDS = 315_537_897_599;
const MAX_FRACTION = 9_999_999;

const TIMESTAMP =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,7})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const TIME_LENGTH = "2026-11-20T00:00:00".length;
const INVERTED_TICKS = /^\d{19}(?:;|$)/;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

/**
 * Ticks of an entry's `timestamp`, in both forms the service sends: `Z` or an offset (in practice `+00:00`), with 0 to 7
 * digits of fraction. Undefined for any other text, and for a date that does not exist.
 */
export function ticksOfTimestamp(text: string): string | undefined {
  if (!TIMESTAMP.test(text)) {
    return undefined;
  }
  const days = daysBefore(twoDigits(text, 0) * 100 + twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8));
  if (days === undefined) {
    return undefined;
  }
  const secondOfDay = twoDigits(text, 11) * 3600 + twoDigits(text, 14) * 60 + twoDigits(text, 17);
  const seconds = days * DAY_SECONDS + secondOfDay - offsetSeconds(text);
  if (seconds < 0 || seconds > MAX_SECONDS) {
    return undefined;
  }
  const fraction = text.slice(TIME_LENGTH + 1, text.length - (text.endsWith("Z") ? 1 : "+00:00".length));
  return joined(seconds, fraction.padEnd(FRACTION_DIGITS, "0"));
}

/** Ticks of whole seconds since 1970 UTC. Years 1 to 9999. */
export function ticksOfSeconds(epochSeconds: number): string {
  return joined(epochSeconds + SECONDS_UNTIL_1970, "0000000");
}

/**
 * Ticks that an entry's `id` carries: the id begins with `DateTime.MaxValue.Ticks` minus the entry's ticks, followed by a
 * semicolon. Undefined where the id does not begin so. Source: both entries of the official example of the Audit query.
 */
export function ticksOfId(id: string): string | undefined {
  if (!INVERTED_TICKS.test(id)) {
    return undefined;
  }
  const seconds = MAX_SECONDS - Number(id.slice(0, SECOND_DIGITS));
  if (seconds < 0) {
    return undefined;
  }
  const fraction = MAX_FRACTION - Number(id.slice(SECOND_DIGITS, SECOND_DIGITS + FRACTION_DIGITS));
  return joined(seconds, String(fraction).padStart(FRACTION_DIGITS, "0"));
}

/** ISO 8601 in UTC with all 7 digits of the fraction, such as `2026-11-20T14:05:02.1460838Z`. */
export function isoOfTicks(ticks: string): string {
  const wholeSecond = new Date(epochSecondsOf(ticks) * 1000).toISOString().slice(0, TIME_LENGTH);
  return `${wholeSecond}.${ticks.slice(SECOND_DIGITS)}Z`;
}

/** Whole seconds since 1970 UTC. Digit by digit: every entry is asked for it, and a part of a text would be made for each. */
export function epochSecondsOf(ticks: string): number {
  let seconds = 0;
  for (let at = 0; at < SECOND_DIGITS; at += 1) seconds = seconds * 10 + ticks.charCodeAt(at) - 48;
  return seconds - SECONDS_UNTIL_1970;
}

/** Milliseconds since 1970 UTC, finer parts cut off. */
export function millisOfTicks(ticks: string): number {
  return epochSecondsOf(ticks) * 1000 + Number(ticks.slice(SECOND_DIGITS, SECOND_DIGITS + 3));
}


function joined(seconds: number, fraction: string): string {
  return String(seconds).padStart(SECOND_DIGITS, "0") + fraction;
}

/** Days from 0001-01-01 to a date of the Gregorian calendar, negative in year 0; undefined for a day its month does not have. */
function daysBefore(year: number, month: number, day: number): number | undefined {
  const leapDay = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 1 : 0;
  const before = DAYS_BEFORE_MONTH[month - 1] ?? 0;
  const length = (DAYS_BEFORE_MONTH[month] ?? 0) - before + (month === 2 ? leapDay : 0);
  if (day > length) {
    return undefined;
  }
  const years = year - 1;
  const leapYears = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return years * 365 + leapYears + before + (month > 2 ? leapDay : 0) + day - 1;
}

function offsetSeconds(text: string): number {
  if (text.endsWith("Z")) {
    return 0;
  }
  const sign = text.charAt(text.length - 6) === "-" ? -1 : 1;
  return sign * (twoDigits(text, text.length - 5) * 3600 + twoDigits(text, text.length - 2) * 60);
}

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
}
