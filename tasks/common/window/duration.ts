import { parsed, quoted, refused, type Parsed } from "./parsed";

const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;

/** A day of a duration: always 24 hours, unlike a day of a calendar. Milliseconds. */
export const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

const ISO_DURATION =
  /^P(?=.)(?:(?<w>\d+)W)?(?:(?<d>\d+)D)?(?:T(?=\d)(?:(?<h>\d+)H)?(?:(?<m>\d+)M)?(?:(?<s>\d+)S)?)?$/i;
const SHORT_DURATION = /^(?=.)(?:(?<w>\d+)w\s*)?(?:(?<d>\d+)d\s*)?(?:(?<h>\d+)h\s*)?(?:(?<m>\d+)m\s*)?(?:(?<s>\d+)s)?$/i;

const HOW_TO_WRITE = "Write it short, such as 24h, 7d, 90m or 1d12h, or as ISO 8601, such as P1D or PT6H.";

/**
 * Reads a duration, in milliseconds, from ISO 8601 (`P1D`, `PT6H`, `P1DT12H`, `P2W`) or from the short form (`24h`, `7d`,
 * `90m`, `45s`, `2w`, `1d12h`, `1d 12h`). Letters may be upper or lower case, but for `M` in the short form, which others
 * use for months. A day is 24 hours and a week 7 days. Zero is a duration; limits are `parseDurationBetween`'s.
 */
export function parseDuration(text: string): Parsed<number> {
  const trimmed = text.trim();
  const parts = (ISO_DURATION.exec(trimmed) ?? shortParts(trimmed))?.groups;
  if (parts === undefined) {
    return refused(`${whyUnreadable(trimmed)} ${HOW_TO_WRITE}`);
  }
  const count = (unit: string): number => Number(parts[unit] ?? 0);
  const ms =
    count("w") * WEEK_MS + count("d") * DAY_MS + count("h") * HOUR_MS + count("m") * MINUTE_MS + count("s") * SECOND_MS;
  return Number.isSafeInteger(ms) ? parsed(ms) : refused(`${quoted(trimmed)} is too long. ${HOW_TO_WRITE}`);
}

/**
 * Reads a duration, in milliseconds, as `parseDuration` does, and refuses one outside `minMs` to `maxMs` (both allowed).
 * Every refusal names the limits.
 */
export function parseDurationBetween(text: string, minMs: number, maxMs: number): Parsed<number> {
  const duration = parseDuration(text);
  const limits = `Allowed is from ${shortDuration(minMs)} to ${shortDuration(maxMs)}.`;
  if (!duration.ok) {
    return refused(`${duration.problem} ${limits}`);
  }
  if (duration.value < minMs) {
    return refused(`${quoted(text.trim())} is too short. ${limits}`);
  }
  if (duration.value > maxMs) {
    return refused(`${quoted(text.trim())} is too long. ${limits}`);
  }
  return duration;
}

/**
 * A duration in words: "24 hours", "1 day 2 hours", "50 minutes". `ms` is in milliseconds and not negative; parts of a
 * second are left out, unless there is nothing else to say. One day alone is "24 hours", since a calendar's day may differ.
 */
export function formatDuration(ms: number): string {
  if (ms > 0 && ms < SECOND_MS) {
    return plural(Math.ceil(ms), "millisecond");
  }
  const parts = partsOf(ms).map(({ count, word }) => plural(count, word));
  return parts.length === 0 ? "0 seconds" : parts.join(" ");
}

/** A duration as the inputs take it: "24h", "90d", "1d2h". `ms` is in milliseconds; parts of a second are left out. */
export function shortDuration(ms: number): string {
  return partsOf(ms).map(({ count, word }) => `${count}${word.charAt(0)}`).join("") || "0s";
}

function shortParts(text: string): RegExpExecArray | null {
  return text.includes("M") ? null : SHORT_DURATION.exec(text);
}

function whyUnreadable(text: string): string {
  if (text === "") {
    return "A duration is missing.";
  }
  if (/^[-−]/.test(text) || /^P.*-/i.test(text)) {
    return `${quoted(text)} is negative, and a duration cannot be.`;
  }
  if (/\d[.,]\d/.test(text)) {
    return `${quoted(text)} has a decimal, and a duration takes whole numbers only (90m instead of 1.5h).`;
  }
  if (/^P[^T]*\d[YM]/i.test(text) || /^\d+\s*(?:M|y|mo)/.test(text) || /year|month/i.test(text)) {
    return `${quoted(text)} has years or months, whose length differs; count in days instead (30d).`;
  }
  return /^\d+$/.test(text) ? `${quoted(text)} has no unit.` : `${quoted(text)} is not a duration.`;
}

function partsOf(ms: number): { count: number; word: string }[] {
  if (Math.floor(ms / SECOND_MS) === DAY_MS / SECOND_MS) {
    return [{ count: 24, word: "hour" }];
  }
  return [
    { count: Math.floor(ms / DAY_MS), word: "day" },
    { count: Math.floor((ms % DAY_MS) / HOUR_MS), word: "hour" },
    { count: Math.floor((ms % HOUR_MS) / MINUTE_MS), word: "minute" },
    { count: Math.floor((ms % MINUTE_MS) / SECOND_MS), word: "second" },
  ].filter(({ count }) => count > 0);
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
