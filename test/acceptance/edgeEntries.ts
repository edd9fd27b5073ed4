const TICKS_BEFORE_1970 = 621_355_968_000_000_000n;
const LAST_TICKS = 3_155_378_975_999_999_999n;
const SECOND = 10_000_000n;

/**
 * Entries one tick, a millisecond and a second around both bounds of a window, and seven in one tick inside it.
 * @param window ms since 1970
 */
export function edgeEntries(window: { readonly start: number; readonly end: number }): object[] {
  const [start, end] = [window.start, window.end].map((ms) => BigInt(ms) * 10_000n + TICKS_BEFORE_1970) as [bigint, bigint];
  const around = [-2n * SECOND, -SECOND, -10_000n, -1n, 0n, 1n, 10_000n, SECOND, 2n * SECOND];
  const middle = start + 3_600n * SECOND + 1_234_567n;
  const ticks = [...around.map((offset) => start + offset), ...Array.from({ length: 7 }, () => middle), ...around.map((offset) => end + offset)];
  return ticks.map(entryAt);
}

function entryAt(ticks: bigint, index: number): object {
  const number = String(index).padStart(12, '0');
  const ms = Number((ticks - TICKS_BEFORE_1970) / 10_000n);
  const timestamp = `${new Date(ms).toISOString().slice(0, 19)}.${String(ticks % SECOND).padStart(7, '0')}Z`;
  return {
    id: `${String(LAST_TICKS - ticks).padStart(19, '0')};00000064-0000-8888-8000-000000000000;86fbe369-0000-4000-8000-${number}`,
    timestamp, actionId: 'Project.CreateCompleted', area: 'Project', category: 'create', details: `Entry ${index}`,
  };
}
