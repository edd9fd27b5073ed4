import {jsonText, type StoredEntry} from '../organization/storedEntry';
import type {EntryStore} from './entryStore';

/** An entry that an export of a window must hold. */
export interface TruthEntry {
  readonly id: string;
  /** As the entry writes it. */
  readonly timestamp: string;
  /** .NET ticks, 19 digits. */
  readonly ticks: string;
  /** The entry's text exactly as the service sends it. */
  readonly json: string;
}

const RETENTION_MS = 7_776_000_000;
const TICKS_BEFORE_1970 = 621_355_968_000_000_000n;

/**
 * What a window holds: `start` ≤ time < `end` (ms since 1970), newest first, then by id; each entry once. Shares only the generator with
 * the query: it reads each entry's own `timestamp`, and knows no switches.
 *
 * @param at the moment for which the question is put: later arrivals and what is older than 90 days are left out
 */
export function* groundTruth(store: EntryStore, window: {start: number; end: number}, at: number): Generator<TruthEntry> {
  const startTicks = ticksOfMs(window.start);
  const endTicks = ticksOfMs(window.end);
  const oldestTicks = ticksOfMs(at - RETENTION_MS);
  const additions = [...store.additions].map(read).filter(belongs).sort(byTimeThenId);
  for (const block of store.origin.blocks(window.end, window.start)) {
    for (const entry of block.filter(isVisible).map(read).filter(belongs).sort(byTimeThenId)) {
      while (additions.length > 0 && byTimeThenId(additions[0] as TruthEntry, entry) < 0) yield additions.shift() as TruthEntry;
      yield entry;
    }
  }
  yield* additions;

  function isVisible(entry: StoredEntry): boolean {
    return entry.visibleFrom <= at;
  }

  function belongs({ticks}: TruthEntry): boolean {
    const exact = BigInt(ticks);
    return exact >= startTicks && exact < endTicks && exact >= oldestTicks;
  }
}

function read(entry: StoredEntry): TruthEntry {
  const json = jsonText(entry);
  const timestamp = /"timestamp"\s*:\s*"([^"]*)"/.exec(json)?.[1] ?? '';
  return {id: entry.id, timestamp, ticks: ticksOf(timestamp).toString().padStart(19, '0'), json};
}

/** Reads a timestamp with whole hours of offset or `Z`. */
function ticksOf(timestamp: string): bigint {
  const [, toSecond = '', fraction = '', zone = 'Z'] = /^([^.Z+]+?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(timestamp) ?? [];
  return ticksOfMs(Date.parse(toSecond + zone)) + BigInt(fraction.padEnd(7, '0'));
}

function ticksOfMs(ms: number): bigint {
  return BigInt(Math.floor(ms)) * 10_000n + TICKS_BEFORE_1970;
}

function byTimeThenId(left: TruthEntry, right: TruthEntry): number {
  if (left.ticks !== right.ticks) return left.ticks > right.ticks ? -1 : 1;
  return left.id < right.id ? -1 : 1;
}
