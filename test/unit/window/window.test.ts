import assert from "node:assert/strict";
import fc from "fast-check";
import { formatInstant, parseInstant } from "../../../tasks/common/window/instant";
import { isTimeZone, parseTimeZone } from "../../../tasks/common/window/timeZone";
import { betweenWindow, lastWindow, PERIODS, previousWindow, type Window } from "../../../tasks/common/window/window";

const DAY_SECONDS = 86_400;

function instant(text: string) {
  const read = parseInstant(text);
  assert.ok(read.ok, `${text} is not an instant`);
  return read.value;
}

function millis(text: string): number {
  return Date.parse(text);
}

function bounds(window: Window): [start: string, end: string] {
  return [formatInstant(window.startSeconds), formatInstant(window.endSeconds)];
}

describe("the last window", () => {
  it("ends with the second that now is in, never in the future, and is as long as asked", () => {
    const window = lastWindow(millis("2026-11-20T14:05:02.999Z"), DAY_SECONDS * 1000);
    assert.deepEqual(bounds(window), ["2026-11-19T14:05:02Z", "2026-11-20T14:05:02Z"]);
  });
});

describe("the previous window", () => {
  const cases: [why: string, now: string, period: "day" | "week" | "month", zone: string, start: string, end: string][] = [
    ["a day in UTC", "2026-11-20T03:00:00Z", "day", "UTC", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"],
    ["at the very midnight", "2026-11-20T00:00:00Z", "day", "UTC", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"],
    ["1 ms before midnight", "2026-11-19T23:59:59.999Z", "day", "UTC", "2026-11-18T00:00:00Z", "2026-11-19T00:00:00Z"],
    ["a half-hour zone", "2026-11-20T00:00:00Z", "day", "Asia/Kolkata", "2026-11-18T18:30:00Z", "2026-11-19T18:30:00Z"],
    ["a 23-hour day", "2026-03-30T03:00:00Z", "day", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"],
    ["a 25-hour day", "2026-10-26T03:00:00Z", "day", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"],
    ["a half-hour change", "2026-04-05T20:00:00Z", "day", "Australia/Lord_Howe", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"],
    ["a day begun at 01:00", "2018-11-05T12:00:00Z", "day", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"],
    ["a day before 01:00", "2018-11-04T12:00:00Z", "day", "America/Sao_Paulo", "2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z"],
    ["a midnight that does not exist", "2024-04-01T12:00:00Z", "day", "Asia/Beirut", "2024-03-30T22:00:00Z", "2024-03-31T21:00:00Z"],
    ["a midnight inside a gap", "1919-04-01T12:00:00Z", "day", "America/Toronto", "1919-03-31T04:30:00Z", "1919-04-01T04:00:00Z"],
    ["a skipped date", "2011-12-31T00:00:00Z", "day", "Pacific/Apia", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"],
    ["a date shown again", "2010-11-07T02:45:00Z", "day", "America/St_Johns", "2010-11-06T02:30:00Z", "2010-11-07T02:30:00Z"],
    ["a week, on a Monday", "2026-11-16T03:00:00Z", "week", "UTC", "2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z"],
    ["a week, on a Sunday", "2026-11-22T23:00:00Z", "week", "UTC", "2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z"],
    ["a week with a change", "2026-10-27T03:00:00Z", "week", "Europe/Berlin", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z"],
    ["a month", "2026-03-31T03:00:00Z", "month", "UTC", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"],
    ["a month across the year", "2027-01-01T03:00:00Z", "month", "UTC", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"],
    ["a month with a change", "2026-04-01T03:00:00Z", "month", "America/New_York", "2026-02-01T05:00:00Z", "2026-03-01T05:00:00Z"],
    ["that month itself", "2026-04-01T05:00:00Z", "month", "America/New_York", "2026-03-01T05:00:00Z", "2026-04-01T04:00:00Z"],
  ];
  for (const [why, now, period, zone, start, end] of cases) {
    it(`is right for ${why} (${zone}, ${now})`, () => {
      assert.deepEqual(bounds(previousWindow(millis(now), period, zone)), [start, end]);
    });
  }

  const zones = Intl.supportedValuesOf("timeZone");
  const anyZone = fc.constantFrom(...zones);
  const anyMoment = fc.integer({ min: millis("1980-01-01T00:00:00Z"), max: millis("2040-01-01T00:00:00Z") });

  /** The local date by Node's own calendar, which knows nothing of the one under test. */
  const formats = new Map<string, Intl.DateTimeFormat>();
  const localDate = (zone: string, seconds: number): string => {
    const format = formats.get(zone) ?? new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" });
    formats.set(zone, format);
    return format.format(seconds * 1000);
  };

  function checkDay(zone: string, nowMs: number): void {
    const day = previousWindow(nowMs, "day", zone);
    assert.ok(day.endSeconds * 1000 <= nowMs, "ends in the future");
    assert.ok(nowMs - day.endSeconds * 1000 < 26 * 3_600_000, "is not the last one");
    const hours = (day.endSeconds - day.startSeconds) / 3600;
    assert.ok(hours >= 20 && hours <= 28, `has ${hours} hours`);
    for (const bound of [day.startSeconds, day.endSeconds]) {
      assert.ok(localDate(zone, bound) > localDate(zone, bound - 1), "does not begin with the first second of a date");
    }
    assert.equal(localDate(zone, day.startSeconds), localDate(zone, day.endSeconds - 1), "holds more than one date");
  }

  it("is one whole local date for every time zone and moment", () => {
    for (const zone of zones) {
      fc.assert(fc.property(anyMoment, (nowMs) => checkDay(zone, nowMs)), { numRuns: 5 });
    }
  }).timeout(60_000);

  it("follows the window before it without a gap or an overlap", () => {
    fc.assert(
      fc.property(anyZone, anyMoment, fc.constantFrom(...PERIODS), (zone, nowMs, period) => {
        const later = previousWindow(nowMs, period, zone);
        assert.ok(later.startSeconds < later.endSeconds);
        assert.equal(previousWindow(later.endSeconds * 1000, period, zone).endSeconds, later.endSeconds);
        assert.equal(previousWindow(later.endSeconds * 1000 - 1, period, zone).endSeconds, later.startSeconds);
        assert.equal(previousWindow(later.startSeconds * 1000, period, zone).endSeconds, later.startSeconds);
      }),
      { numRuns: 500 },
    );
  }).timeout(60_000);

  it("has 23 to 25 hours where clocks change by an hour", () => {
    for (const zone of ["Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "Australia/Sydney"]) {
      const lengths = new Set<number>();
      for (let nowMs = millis("2018-01-01T12:00:00Z"); nowMs < millis("2019-01-01T12:00:00Z"); nowMs += DAY_SECONDS * 1000) {
        const day = previousWindow(nowMs, "day", zone);
        lengths.add((day.endSeconds - day.startSeconds) / 3600);
      }
      assert.deepEqual([...lengths].sort(), [23, 24, 25], zone);
    }
  }).timeout(20_000);
});

describe("a window between two instants", () => {
  const nowMs = millis("2026-11-20T12:00:00.400Z");

  it("floors a finer start and raises a finer end", () => {
    const window = betweenWindow(instant("2026-11-19T00:00:00.9Z"), instant("2026-11-19T06:00:00.0000001+01:00"), nowMs);
    assert.ok(window.ok);
    assert.deepEqual(bounds(window.value), ["2026-11-19T00:00:00Z", "2026-11-19T05:00:01Z"]);
  });

  it("ends now when no end is given", () => {
    const window = betweenWindow(instant("2026-11-19T00:00:00Z"), undefined, nowMs);
    assert.ok(window.ok);
    assert.deepEqual(bounds(window.value), ["2026-11-19T00:00:00Z", "2026-11-20T12:00:00Z"]);
  });

  it("may end in the second that now is in", () => {
    assert.ok(betweenWindow(instant("2026-11-19T00:00:00Z"), instant("2026-11-20T12:00:00.3Z"), nowMs).ok);
  });

  const refusals: [start: string, end: string | undefined, problem: RegExp][] = [
    ["2026-11-19T00:00:00Z", "2026-11-20T12:00:02Z", /ends in the future, at 2026-11-20T12:00:02Z; now it is 2026-11-20T12:00:00Z/],
    ["2026-11-20T12:00:00Z", undefined, /starts at 2026-11-20T12:00:00Z, and it is only 2026-11-20T12:00:00Z now.*2026-11-19T12:00:00Z/],
    ["2026-12-01T00:00:00Z", "2026-11-01T00:00:00Z", /starts at 2026-12-01T00:00:00Z, and it is only/],
    ["2026-11-10T00:00:00Z", "2026-11-09T00:00:00Z", /end, 2026-11-09T00:00:00Z, is not after its start, 2026-11-10.*such as 2026-11-11T00:00:00Z/],
    ["2026-11-20T06:00:00Z", "2026-11-20T06:00:00Z", /is not after its start.*such as 2026-11-20T12:00:00Z/],
  ];
  for (const [start, end, problem] of refusals) {
    it(`is refused from ${start} to ${end ?? "now"}`, () => {
      const window = betweenWindow(instant(start), end === undefined ? undefined : instant(end), nowMs);
      assert.match(window.ok ? "accepted" : window.problem, problem);
    });
  }
});

describe("time zones", () => {
  for (const name of ["UTC", "Europe/Berlin", "europe/berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "US/Pacific"]) {
    it(`knows ${name}`, () => assert.equal(isTimeZone(name), true));
  }
  for (const name of ["", "Europe/Berlinn", "+02:00", "+0200", "-05", "20261120T000000Z", "W. Europe Standard Time", "CEST", "2026-11-20T00:00:00Z", "local", "UTC\n"]) {
    it(`does not know ${JSON.stringify(name)}`, () => assert.equal(isTimeZone(name), false));
  }

  it("gives a zone in its own spelling, and says how to write one", () => {
    assert.deepEqual(parseTimeZone(" europe/berlin "), { ok: true, value: "Europe/Berlin" });
    const unknown = parseTimeZone("Mitteleuropa");
    assert.match(unknown.ok ? "" : unknown.problem, /"Mitteleuropa" is not a known time zone.*such as Europe\/Berlin/);
  });
});
