import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY_MS, formatDuration, parseDuration, parseDurationBetween, shortDuration } from "../../../tasks/common/window/duration";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function problemOf(text: string): string {
  const duration = parseDuration(text);
  assert.ok(!duration.ok, `${text} was accepted`);
  return duration.problem;
}

describe("durations", () => {
  const readable: [text: string, ms: number][] = [
    ["24h", 24 * HOUR_MS],
    ["7d", 7 * 24 * HOUR_MS],
    ["90m", 90 * MINUTE_MS],
    ["45s", 45_000],
    ["2w", 14 * 24 * HOUR_MS],
    ["1d12h", 36 * HOUR_MS],
    ["1w2d3h4m5s", ((9 * 24 + 3) * 3600 + 4 * 60 + 5) * 1000],
    ["1d 12h", 36 * HOUR_MS],
    ["  24H ", 24 * HOUR_MS],
    ["0m", 0],
    ["007d", 7 * 24 * HOUR_MS],
    ["P1D", 24 * HOUR_MS],
    ["PT6H", 6 * HOUR_MS],
    ["P1DT12H", 36 * HOUR_MS],
    ["P2W", 14 * 24 * HOUR_MS],
    ["PT90M", 90 * MINUTE_MS],
    ["pt1h", HOUR_MS],
    ["PT0S", 0],
  ];
  for (const [text, ms] of readable) {
    it(`reads "${text}"`, () => assert.deepEqual(parseDuration(text), { ok: true, value: ms }));
  }

  const unreadable: [text: string, reason: RegExp][] = [
    ["", /missing/],
    ["  ", /missing/],
    ["24", /no unit/],
    ["P", /not a duration/],
    ["PT", /not a duration/],
    ["P1DT", /not a duration/],
    ["PT1D", /not a duration/],
    ["P1H", /not a duration/],
    ["12h1d", /not a duration/],
    ["1d2d", /not a duration/],
    ["soon", /not a duration/],
    ["٣h", /not a duration/],
    ["-24h", /negative/],
    ["-P1D", /negative/],
    ["P-1D", /negative/],
    ["1.5h", /whole numbers/],
    ["PT1,5H", /whole numbers/],
    ["P1M", /years or months/],
    ["P1Y", /years or months/],
    ["P1Y2D", /years or months/],
    ["3M", /years or months/],
    ["1y", /years or months/],
    ["2 months", /years or months/],
    ["99999999999999999999d", /too long/],
  ];
  for (const [text, reason] of unreadable) {
    it(`refuses "${text}" and says how to write one`, () => {
      assert.match(problemOf(text), reason);
      assert.match(problemOf(text), /such as 24h, 7d, 90m or 1d12h, or as ISO 8601, such as P1D or PT6H\.$/);
    });
  }

  it("keeps a message on one line and short, whatever the text", () => {
    const problem = problemOf(`24h\n##vso[task.complete]${"x".repeat(5000)}`);
    assert.doesNotMatch(problem, /\n/);
    assert.ok(problem.length < 300);
  });

  it("takes both limits and names them in every refusal", () => {
    const between = (text: string) => parseDurationBetween(text, MINUTE_MS, 90 * DAY_MS);
    assert.deepEqual(between("1m"), { ok: true, value: MINUTE_MS });
    assert.deepEqual(between("90d"), { ok: true, value: 90 * DAY_MS });
    assert.deepEqual(between("59s"), { ok: false, problem: '"59s" is too short. Allowed is from 1m to 90d.' });
    assert.deepEqual(between("0m"), { ok: false, problem: '"0m" is too short. Allowed is from 1m to 90d.' });
    assert.deepEqual(between("90d1s"), { ok: false, problem: '"90d1s" is too long. Allowed is from 1m to 90d.' });
    const unread = between("never");
    assert.match(unread.ok ? "" : unread.problem, /"never" is not a duration\. .* Allowed is from 1m to 90d\.$/);
  });

  const worded: [ms: number, words: string, short: string][] = [
    [0, "0 seconds", "0s"],
    [0.4, "1 millisecond", "0s"],
    [250, "250 milliseconds", "0s"],
    [999, "999 milliseconds", "0s"],
    [1999, "1 second", "1s"],
    [50 * MINUTE_MS, "50 minutes", "50m"],
    [HOUR_MS, "1 hour", "1h"],
    [24 * HOUR_MS, "24 hours", "24h"],
    [26 * HOUR_MS, "1 day 2 hours", "1d2h"],
    [90 * DAY_MS, "90 days", "90d"],
    [DAY_MS + 61_000, "1 day 1 minute 1 second", "1d1m1s"],
  ];
  for (const [ms, words, short] of worded) {
    it(`words ${ms} ms as "${words}" and "${short}"`, () => {
      assert.equal(formatDuration(ms), words);
      assert.equal(shortDuration(ms), short);
    });
  }

  it("reads back every duration it shortens", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (seconds) => {
        assert.deepEqual(parseDuration(shortDuration(seconds * 1000)), { ok: true, value: seconds * 1000 });
      }),
    );
  });

  it("reads ISO 8601 and the short form alike", () => {
    const count = fc.integer({ min: 0, max: 999 });
    fc.assert(
      fc.property(count, count, count, count, (days, hours, minutes, seconds) => {
        const iso = parseDuration(`P${days}DT${hours}H${minutes}M${seconds}S`);
        assert.ok(iso.ok);
        assert.deepEqual(parseDuration(`${days}d${hours}h${minutes}m${seconds}s`), iso);
      }),
    );
  });
});
