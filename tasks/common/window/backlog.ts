import { DAY_MS, HOUR_MS } from './duration';
import type { Window } from './window';

const DAY_SECONDS = DAY_MS / 1000;
/** A scheduled day that comes late is still one export. */
const LONGEST_SECONDS = 1.5 * DAY_SECONDS;
/** No export is shorter than this only because a day begins in between. */
const SHORTEST_SECONDS = 6 * HOUR_MS / 1000;

/**
 * Splits a backlog into a series of windows of about a day, oldest first, that follow each other without a gap. They are cut
 * at midnights UTC; a window of up to a day and a half stays whole.
 */
export function dayLongWindows({ startSeconds, endSeconds }: Window): Window[] {
  const windows: Window[] = [];
  let from = startSeconds;
  while (endSeconds - from > LONGEST_SECONDS) {
    let cut = (Math.floor(from / DAY_SECONDS) + 1) * DAY_SECONDS;
    if (cut - from < SHORTEST_SECONDS) cut += DAY_SECONDS;
    windows.push({ startSeconds: from, endSeconds: cut });
    from = cut;
  }
  return [...windows, { startSeconds: from, endSeconds }];
}
