import { Temporal } from "temporal-polyfill/implementation";
import { formatInstant, type InstantInSeconds } from "./instant";
import { parsed, refused, type Parsed } from "./parsed";

/** A half-open range of time, `start <= t < end`, in whole seconds since 1970 UTC. */
export interface Window {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

const DAY_SECONDS = 86_400;

export type Period = "day" | "week" | "month";

/** The periods that `previousWindow` knows. */
export const PERIODS: readonly Period[] = ["day", "week", "month"];

/**
 * The window of `durationMs` (ms, whole seconds) that ends now. Now is floored to a whole second, so that no window claims
 * to cover a moment that has not come yet.
 */
export function lastWindow(nowMs: number, durationMs: number): Window {
  const endSeconds = Math.floor(nowMs / 1000);
  return { startSeconds: endSeconds - Math.ceil(durationMs / 1000), endSeconds };
}

/**
 * The last whole calendar day, week (from Monday) or month that has ended in `timeZone`, an IANA name. A day begins with the
 * first instant of its date, which need not be midnight. A date that a zone skipped is no day.
 * @throws {RangeError} when `timeZone` is unknown: ask `isTimeZone` of timeZone.ts first.
 */
export function previousWindow(nowMs: number, period: Period, timeZone: string): Window {
  const one = { day: { days: 1 }, week: { weeks: 1 }, month: { months: 1 } }[period];
  const startOf = (date: Temporal.PlainDate): number => date.toZonedDateTime(timeZone).epochMilliseconds;
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate();

  // Begins one period ahead, because a clock set back across midnight shows yesterday's date again after today has begun.
  let next = firstDateOf(today, period).add(one);
  while (startOf(next) > nowMs) {
    next = next.subtract(one);
  }
  let first = next.subtract(one);
  while (startOf(first) === startOf(next)) {
    first = first.subtract(one);
  }
  return { startSeconds: startOf(first) / 1000, endSeconds: startOf(next) / 1000 };
}

/**
 * The window between two instants, or from `start` to now where `end` is undefined. A finer start is floored and a finer
 * end raised. Refuses an end in the future, and a start that is not before the end.
 */
export function betweenWindow(start: InstantInSeconds, end: InstantInSeconds | undefined, nowMs: number): Parsed<Window> {
  const now = Math.floor(nowMs / 1000);
  const startSeconds = start.epochSecondsFloor;
  const endSeconds = end?.epochSecondsCeil ?? now;
  // Rounded up: an end inside the current second is raised to that second's end.
  if (endSeconds > Math.ceil(nowMs / 1000)) {
    return refused(
      `The window ends in the future, at ${formatInstant(endSeconds)}; now it is ${formatInstant(now)}. ` +
        "Leave the end empty to export until now, or give one that has passed.",
    );
  }
  if (startSeconds >= now) {
    return refused(
      `The window starts at ${formatInstant(startSeconds)}, and it is only ${formatInstant(now)} now. ` +
        `Give a start that has passed, such as ${formatInstant(now - DAY_SECONDS)}.`,
    );
  }
  if (startSeconds >= endSeconds) {
    return refused(
      `The window's end, ${formatInstant(endSeconds)}, is not after its start, ${formatInstant(startSeconds)}. ` +
        `Give a later end, such as ${formatInstant(Math.min(startSeconds + DAY_SECONDS, now))}, or an earlier start.`,
    );
  }
  return parsed({ startSeconds, endSeconds });
}

function firstDateOf(date: Temporal.PlainDate, period: Period): Temporal.PlainDate {
  switch (period) {
    case "day":
      return date;
    case "week":
      return date.subtract({ days: date.dayOfWeek - 1 });
    case "month":
      return date.with({ day: 1 });
  }
}
