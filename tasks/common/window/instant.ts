import { Temporal } from "temporal-polyfill/implementation";
import { parsed, quoted, refused, type Parsed } from "./parsed";

/** An instant a user wrote, in seconds since 1970 UTC: the whole second at or before it, and the one at or after it. */
export interface InstantInSeconds {
  readonly epochSecondsFloor: number;
  readonly epochSecondsCeil: number;
}

const DATE = /^(?<date>\d{4}-\d\d-\d\d|\d{8})$/;
const DATE_AND_TIME =
  /^(?<date>\d{4}-\d\d-\d\d|\d{8})[T ](?<time>\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?|\d{4}(?:\d\d(?:[.,]\d{1,9})?)?)(?<offset>Z|[+-]\d\d(?::?\d\d)?)?$/i;
const LEAP_SECOND = /[T ]\d\d:?\d\d:?60/i;

const HOW_TO_WRITE =
  "Write date, time and offset as ISO 8601, such as 2026-11-20T00:00:00Z (UTC) or 2026-11-20T00:00:00+01:00.";

/**
 * Reads an instant from ISO 8601, which must carry `Z` or an offset: the same text without one means another instant on
 * every machine. Fractions of a second may have up to 9 digits; which of the two whole seconds around it counts is the
 * caller's decision. Dates and times that do not exist, leap seconds among them, are refused.
 */
export function parseInstant(text: string): Parsed<InstantInSeconds> {
  const trimmed = text.trim();
  const match = DATE_AND_TIME.exec(trimmed);
  if (match === null) {
    return refused(whyUnreadable(trimmed));
  }
  const offset = match.groups?.["offset"];
  const instant = LEAP_SECOND.test(trimmed) ? undefined : instantOf(offset === undefined ? `${trimmed}Z` : trimmed);
  if (instant === undefined) {
    return refused(`${quoted(trimmed)} is a date or time that does not exist. ${HOW_TO_WRITE}`);
  }
  if (offset === undefined) {
    return refused(`${quoted(trimmed)} has no offset from UTC. Write ${trimmed}Z if it is UTC, or ${trimmed}+01:00 with your own offset.`);
  }
  return parsed({ epochSecondsFloor: wholeSeconds(instant, "floor"), epochSecondsCeil: wholeSeconds(instant, "ceil") });
}

/** ISO 8601 in UTC, such as `2026-11-20T00:00:00Z`, of whole seconds since 1970 UTC (years 0 to 9999). */
export function formatInstant(epochSeconds: number): string {
  return `${new Date(epochSeconds * 1000).toISOString().slice(0, "2026-11-20T00:00:00".length)}Z`;
}

/** The UTC date of whole seconds since 1970 UTC (years 0 to 9999): `2026-11-20`. */
export function formatDate(epochSeconds: number): string {
  return formatInstant(epochSeconds).slice(0, "2026-11-20".length);
}

/** Seconds since 1970 UTC of what `formatInstant` wrote. */
export function epochSeconds(instant: string): number {
  return Date.parse(instant) / 1000;
}

/** As `formatInstant`, without the colons that Windows refuses in file names: `20261120T000000Z`. */
export function compactInstant(epochSeconds: number): string {
  return formatInstant(epochSeconds).replace(/[-:]/g, "");
}

function instantOf(text: string): Temporal.Instant | undefined {
  try {
    return Temporal.Instant.from(text);
  } catch {
    return undefined;
  }
}

function wholeSeconds(instant: Temporal.Instant, roundingMode: "floor" | "ceil"): number {
  return instant.round({ smallestUnit: "second", roundingMode }).epochMilliseconds / 1000;
}

function whyUnreadable(text: string): string {
  if (text === "") {
    return `A date and time is missing. ${HOW_TO_WRITE}`;
  }
  if (DATE.test(text) && instantOf(`${text}T00Z`) !== undefined) {
    return `${quoted(text)} has neither time nor offset. Write ${text.includes("-") ? `${text}T00:00:00Z` : `${text}T000000Z`} if it is UTC.`;
  }
  return `${quoted(text)} is not a date and time with an offset. ${HOW_TO_WRITE}`;
}
