import { Temporal } from "temporal-polyfill/implementation";
import { parsed, quoted, refused, type Parsed } from "./parsed";

/** Whether `name` is an IANA time zone that this Node.js knows, in any case. Offsets such as `+01:00` are not names. */
export function isTimeZone(name: string): boolean {
  // The calendar library would also take an offset, or find a zone inside a whole ISO 8601 date.
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) {
    return false;
  }
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** Reads the name of an IANA time zone, and gives it in its own spelling (`europe/berlin` is `Europe/Berlin`). */
export function parseTimeZone(text: string): Parsed<string> {
  const name = text.trim();
  if (!isTimeZone(name)) {
    return refused(
      `${quoted(name)} is not a known time zone. Write UTC or an IANA name, such as Europe/Berlin or America/New_York; ` +
        "offsets and Windows names are not understood.",
    );
  }
  return parsed(Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId);
}

/**
 * How far the clocks of a time zone are ahead of UTC at an instant, seconds; negative in the west.
 * @param epochSeconds since 1970 UTC
 * @throws {RangeError} when `timeZone` is unknown: ask `isTimeZone` first.
 */
export function offsetSeconds(timeZone: string, epochSeconds: number): number {
  return Temporal.Instant.fromEpochMilliseconds(epochSeconds * 1000).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1_000_000_000;
}
