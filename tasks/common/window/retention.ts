import { DAY_MS } from "./duration";
import type { Window } from "./window";

/**
 * How long Azure DevOps keeps audit log entries, in milliseconds: 90 days.
 * Source: https://learn.microsoft.com/azure/devops/organizations/audit/azure-devops-auditing
 */
export const RETENTION_MS = 90 * DAY_MS;

/** A window without what the service has deleted, and the start it had (seconds since 1970 UTC) if that was changed. */
export interface ClippedWindow {
  readonly window: Window;
  readonly clippedFrom?: number;
}

/** The oldest instant of which the service still has entries, in whole seconds since 1970 UTC. */
export function oldestRetained(nowMs: number): number {
  // Floored, so that a window of exactly 90 days is whole whatever fraction of a second it starts at.
  return Math.floor((nowMs - RETENTION_MS) / 1000);
}

/** Whether the service has deleted everything that the window could hold. */
export function isWhollyExpired(window: Window, nowMs: number): boolean {
  return window.endSeconds <= oldestRetained(nowMs);
}

/**
 * Moves a start that is older than the retention to the oldest instant the service still has.
 * @throws {RangeError} when nothing of the window is left: ask `isWhollyExpired` first.
 */
export function clipToRetention(window: Window, nowMs: number): ClippedWindow {
  if (isWhollyExpired(window, nowMs)) {
    throw new RangeError("The whole window is older than the retention, so there is nothing to clip it to.");
  }
  const oldest = oldestRetained(nowMs);
  return window.startSeconds >= oldest
    ? { window }
    : { window: { startSeconds: oldest, endSeconds: window.endSeconds }, clippedFrom: window.startSeconds };
}

/**
 * From which instant of the window on (seconds since 1970 UTC) entries may still appear, because it is younger than
 * `settleMs` (ms); undefined when the whole window has settled.
 */
export function unsettledFrom(window: Window, nowMs: number, settleMs: number): number | undefined {
  const settledUntil = Math.floor((nowMs - settleMs) / 1000);
  return settledUntil >= window.endSeconds ? undefined : Math.max(window.startSeconds, settledUntil);
}
