import assert from "node:assert/strict";
import { DAY_MS } from "../../../tasks/common/window/duration";
import { clipToRetention, isWhollyExpired, oldestRetained, RETENTION_MS, unsettledFrom } from "../../../tasks/common/window/retention";
import { lastWindow } from "../../../tasks/common/window/window";

const nowMs = Date.UTC(2026, 10, 20, 12, 0, 0, 400);
const now = Math.floor(nowMs / 1000);
const oldest = now - 90 * 86_400;

describe("retention", () => {
  it("is 90 days", () => {
    assert.equal(RETENTION_MS, 90 * DAY_MS);
    assert.equal(oldestRetained(nowMs), oldest);
  });

  it("leaves a window of exactly 90 days whole", () => {
    const window = lastWindow(nowMs, RETENTION_MS);
    assert.deepEqual(clipToRetention(window, nowMs), { window });
  });

  it("moves an older start and reports where it was", () => {
    assert.deepEqual(clipToRetention({ startSeconds: oldest - 1, endSeconds: now }, nowMs), {
      window: { startSeconds: oldest, endSeconds: now },
      clippedFrom: oldest - 1,
    });
  });

  it("knows a window that is wholly gone, and cannot clip it", () => {
    const gone = { startSeconds: oldest - 86_400, endSeconds: oldest };
    assert.equal(isWhollyExpired(gone, nowMs), true);
    assert.throws(() => clipToRetention(gone, nowMs), RangeError);
    assert.equal(isWhollyExpired({ ...gone, endSeconds: oldest + 1 }, nowMs), false);
  });
});

describe("the unsettled part of a window", () => {
  const settleMs = 30 * 60_000;
  const settledUntil = now - 30 * 60;

  it("begins the settle time before now", () => {
    assert.equal(unsettledFrom({ startSeconds: now - 3600, endSeconds: now }, nowMs, settleMs), settledUntil);
  });
  it("is the whole of a younger window", () => {
    assert.equal(unsettledFrom({ startSeconds: now - 60, endSeconds: now }, nowMs, settleMs), now - 60);
  });
  it("is nothing of an older window", () => {
    assert.equal(unsettledFrom({ startSeconds: 0, endSeconds: settledUntil }, nowMs, settleMs), undefined);
    assert.equal(unsettledFrom({ startSeconds: 0, endSeconds: settledUntil + 1 }, nowMs, settleMs), settledUntil);
  });
  it("is nothing when nothing has to settle", () => {
    assert.equal(unsettledFrom({ startSeconds: now - 60, endSeconds: now }, nowMs, 0), undefined);
  });
});
