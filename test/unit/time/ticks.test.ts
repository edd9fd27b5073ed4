import assert from "node:assert/strict";
import fc from "fast-check";
import { isoOfTicks, millisOfTicks, ticksOfId, ticksOfSeconds, ticksOfTimestamp } from "../../../tasks/common/time/ticks";

const MAX_TICKS = 3155378975999999999n;
const anyTicks = fc.bigInt({ min: 0n, max: MAX_TICKS });
const written = (ticks: bigint): string => String(ticks).padStart(19, "0");

/** Ticks by exact integer arithmetic over Node's own calendar. */
function expectedTicks(epochMs: number, belowMillisecond = 0n): string {
  return written((BigInt(epochMs) + 62_135_596_800_000n) * 10_000n + belowMillisecond);
}

describe("ticks", () => {
  // The two entries of the example that documents the Audit query.
  const official: [timestamp: string, id: string][] = [
    ["2019-03-05T14:05:02.1460838+00:00", "2518505060978539161;00000064-0000-8888-8000-000000000000;86fbe369-3f5d-4f52-9ab0-3be7db271948"],
    ["2019-03-05T14:00:35.5034419+00:00", "2518505063644965580;00000002-0000-8888-8000-000000000000;198b13cf-5201-48e8-acef-0d8bb2d9e815"],
  ];
  for (const [timestamp, id] of official) {
    it(`are the same from timestamp and id of the official entry of ${timestamp}`, () => {
      const ticks = ticksOfTimestamp(timestamp);
      assert.equal(ticks?.length, 19);
      assert.equal(ticksOfId(id), ticks);
      assert.equal(isoOfTicks(ticks), timestamp.replace("+00:00", "Z"));
    });
  }

  const readable: [text: string, ticks: string][] = [
    ["0001-01-01T00:00:00Z", "0000000000000000000"],
    ["1970-01-01T00:00:00Z", "0621355968000000000"],
    ["9999-12-31T23:59:59.9999999Z", "3155378975999999999"],
    ["2026-11-20T09:45:23.25Z", expectedTicks(Date.UTC(2026, 10, 20, 9, 45, 23, 250))],
    ["2026-11-20T09:45:23.2500001+00:00", expectedTicks(Date.UTC(2026, 10, 20, 9, 45, 23, 250), 1n)],
    ["2026-11-20T09:45:23-00:00", expectedTicks(Date.UTC(2026, 10, 20, 9, 45, 23))],
    ["2026-11-20T01:00:00+05:30", expectedTicks(Date.UTC(2026, 10, 19, 19, 30))],
    ["2026-11-20T23:00:00.5-08:00", expectedTicks(Date.UTC(2026, 10, 21, 7, 0, 0, 500))],
    ["2024-02-29T00:00:00Z", expectedTicks(Date.UTC(2024, 1, 29))],
    ["2000-02-29T00:00:00Z", expectedTicks(Date.UTC(2000, 1, 29))],
  ];
  for (const [text, ticks] of readable) {
    it(`of ${text} are ${ticks}`, () => assert.equal(ticksOfTimestamp(text), ticks));
  }

  const unreadable = [
    "", "2026-11-20", "2026-11-20T00:00:00", "2026-11-20T00:00:00.Z", "2026-11-20T00:00:00.12345678Z", "2026-11-20 00:00:00Z",
    "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-11-20T24:00:00Z",
    "2026-11-20T00:60:00Z", "2026-11-20T00:00:60Z", "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00",
    "2026-11-20T00:00:00ZZ", "2026-11-20T00:00:00Z\n", "x2026-11-20T00:00:00Z", "/Date(1763596800000)/",
  ];
  for (const text of unreadable) {
    it(`are not made up for ${JSON.stringify(text)}`, () => assert.equal(ticksOfTimestamp(text), undefined));
  }

  it("agree with Node's calendar for every instant, in every form the service writes", () => {
    const anyMillis = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(anyMillis, fc.integer({ min: 0, max: 9999 }), fc.constantFrom("Z", "+00:00"), (ms, below, suffix) => {
        const iso = new Date(ms).toISOString().slice(0, -1) + String(below).padStart(4, "0");
        const ticks = expectedTicks(ms, BigInt(below));
        assert.equal(ticksOfTimestamp(iso + suffix), ticks);
        assert.equal(ticksOfTimestamp(iso.replace(/\.?0+$/, "") + suffix), ticksOfTimestamp(iso + suffix));
        assert.equal(millisOfTicks(ticks), ms);
      }),
    );
  });

  it("come back from ISO 8601 unchanged", () => {
    fc.assert(fc.property(anyTicks, (ticks) => assert.equal(ticksOfTimestamp(isoOfTicks(written(ticks))), written(ticks))));
  });

  it("come back from an id unchanged", () => {
    fc.assert(
      fc.property(anyTicks, (ticks) => {
        assert.equal(ticksOfId(`${written(MAX_TICKS - ticks)};service;event`), written(ticks));
      }),
    );
  });

  for (const id of ["", "86fbe369-3f5d-4f52-9ab0-3be7db271948", "251850506097853916;a;b", "25185050609785391610;a;b", "3155378976000000000;a;b", "-518505060978539161;a;b"]) {
    it(`are not made up for the id ${JSON.stringify(id)}`, () => assert.equal(ticksOfId(id), undefined));
  }

  it("sort as text as they sort as numbers", () => {
    const anySecond = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 });
    fc.assert(
      fc.property(anySecond, anySecond, (one, other) => {
        assert.equal(ticksOfSeconds(one) < ticksOfSeconds(other), one < other);
      }),
    );
    const instants = ["0001-01-01T00:00:00Z", "0099-12-31T00:00:00Z", "1969-12-31T23:59:59.9999999Z", "2026-11-20T00:00:00Z", "2026-11-20T00:00:00.0000001Z"];
    const ticks = instants.map((text) => ticksOfTimestamp(text) ?? "");
    assert.deepEqual([...ticks].sort(), ticks);
  });

  it("of whole seconds are those of the same timestamp", () => {
    const lastOf9999 = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800, max: lastOf9999 }), (seconds) => {
        const ticks = ticksOfSeconds(seconds);
        assert.equal(ticks.length, 19);
        assert.equal(ticks, expectedTicks(seconds * 1000));
        assert.equal(millisOfTicks(ticks), seconds * 1000);
      }),
    );
  });
});
