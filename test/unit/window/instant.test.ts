import assert from "node:assert/strict";
import fc from "fast-check";
import { compactInstant, formatDate, formatInstant, parseInstant } from "../../../tasks/common/window/instant";

function problemOf(text: string): string {
  const instant = parseInstant(text);
  assert.ok(!instant.ok, `${text} was accepted`);
  return instant.problem;
}

describe("instants", () => {
  const midnight = Date.UTC(2026, 10, 20) / 1000;
  const readable: [text: string, floor: number, ceil?: number][] = [
    ["2026-11-20T00:00:00Z", midnight],
    ["2026-11-20T00:00Z", midnight],
    ["2026-11-20t00:00:00z", midnight],
    ["2026-11-20 00:00:00Z", midnight],
    [" 20261120T000000Z ", midnight],
    ["2026-11-20T01:00:00+01:00", midnight],
    ["2026-11-20T05:30:00+0530", midnight],
    ["2026-11-19T19:00:00-05", midnight],
    ["2026-11-20T00:00:00.000Z", midnight],
    ["2026-11-20T00:00:00.000000001Z", midnight, midnight + 1],
    ["2026-11-20T00:00:00,9999999Z", midnight, midnight + 1],
    ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29) / 1000],
    ["1969-12-31T23:59:59.5Z", -1, 0],
  ];
  for (const [text, floor, ceil = floor] of readable) {
    it(`reads "${text}"`, () => {
      assert.deepEqual(parseInstant(text), { ok: true, value: { epochSecondsFloor: floor, epochSecondsCeil: ceil } });
    });
  }

  const withoutOffset: [text: string, repaired: string][] = [
    ["2026-11-20T00:00:00", "2026-11-20T00:00:00Z"],
    ["2026-11-20T00:00", "2026-11-20T00:00Z"],
    ["2026-11-20 06:30:00.25", "2026-11-20 06:30:00.25Z"],
    ["2026-11-20", "2026-11-20T00:00:00Z"],
    ["20261120", "20261120T000000Z"],
  ];
  for (const [text, repaired] of withoutOffset) {
    it(`refuses "${text}" for want of an offset, and shows it repaired`, () => {
      assert.match(problemOf(text), /offset/);
      assert.ok(problemOf(text).includes(`Write ${repaired} if it is UTC`), problemOf(text));
      assert.ok(parseInstant(repaired).ok);
    });
  }

  const impossible = [
    "2026-02-30T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-11-20T24:00:00Z",
    "2026-11-20T12:60:00Z",
    "2026-12-31T23:59:60Z",
    "20261231T235960Z",
    "2026-11-20T00:00:00+25:00",
    "2026-02-30T00:00:00",
  ];
  for (const text of impossible) {
    it(`refuses "${text}", which does not exist`, () => assert.match(problemOf(text), /does not exist.*2026-11-20T00:00:00Z/));
  }

  const unreadable = [
    "", "yesterday", "11/20/2026 00:00:00", "2026-02-30", "1763596800", "+002026-11-20T00:00:00Z",
    "2026-11-20T00:00:00Z[Europe/Berlin]", "2026-11-20T00:00:00.0123456789Z", "2026-11-20T00:00:00Z\nx",
  ];
  for (const text of unreadable) {
    it(`refuses ${JSON.stringify(text)} with an example`, () => {
      assert.match(problemOf(text), /is missing|is not a date and time with an offset/);
      assert.match(problemOf(text), /such as 2026-11-20T00:00:00Z \(UTC\) or 2026-11-20T00:00:00\+01:00/);
    });
  }

  it("formats in UTC, and without colons for folder names", () => {
    assert.equal(formatInstant(midnight), "2026-11-20T00:00:00Z");
    assert.equal(compactInstant(midnight), "20261120T000000Z");
    assert.equal(formatInstant(-1), "1969-12-31T23:59:59Z");
    assert.deepEqual([formatDate(midnight), formatDate(midnight - 1)], ["2026-11-20", "2026-11-19"]);
  });

  it("reads back every instant it formats, in both forms", () => {
    const lastOf9999 = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1000, 0) / 1000, max: lastOf9999 }), (seconds) => {
        const expected = { ok: true, value: { epochSecondsFloor: seconds, epochSecondsCeil: seconds } };
        assert.deepEqual(parseInstant(formatInstant(seconds)), expected);
        assert.deepEqual(parseInstant(compactInstant(seconds)), expected);
      }),
    );
  });
});
