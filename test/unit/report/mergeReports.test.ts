import assert from 'node:assert/strict';
import { ReportCollector } from '../../../tasks/common/report/reportCollector';
import { limitRows } from '../../../tasks/common/report/limitRows';
import { mergeReports } from '../../../tasks/common/report/mergeReports';
import type { CollectedReport } from '../../../tasks/common/report/reportData';
import { formatInstant } from '../../../tasks/common/window/instant';
import { NOVEMBER_20_SECONDS } from '../../support/auditEntries';
import { reportFacts } from '../../support/reportFacts';
import { sandboxEntries } from '../../support/sandboxEntries';

const DAY_SECONDS = 86_400;
const own = { clientId: null, objectId: null, serviceConnectionId: null, pipelineId: null };
const day = (number: number, days = 1): { startSeconds: number; endSeconds: number } => ({ startSeconds: NOVEMBER_20_SECONDS + number * DAY_SECONDS, endSeconds: NOVEMBER_20_SECONDS + (number + days) * DAY_SECONDS });

/** @param seen hashes of what was seen before; undefined when nothing is known of that */
async function reportOf(days: readonly [from: number, days: number], entries: Iterable<Parameters<ReportCollector['add']>[0][number]>, seen?: Set<string>): Promise<{ data: CollectedReport; seen: Set<string> }> {
  const covered = day(...days);
  const collector = new ReportCollector({ detail: 'full', timeZone: 'UTC', covered, own, known: seen && { actors: seen, actions: seen } });
  await collector.add([...entries]);
  const names = collector.seenNames();
  const exports = [{ folder: `day ${days[0]}`, start: formatInstant(covered.startSeconds), end: formatInstant(covered.endSeconds), entries: 1 }];
  return { data: await collector.finish(reportFacts(covered, { exports, repaired: 2, filtered: 3 })), seen: new Set([...seen ?? [], ...names.actors!, ...names.actions!]) };
}

describe('reports of several exports', () => {
  it('together count what one report of all would', async () => {
    const days = [0, 1, 2].map((number) => [...sandboxEntries(700, day(number), 0, number)]);
    const reports: CollectedReport[] = [];
    let seen = new Set<string>();
    for (const [number, entries] of days.entries()) {
      const made = await reportOf([number, 1], entries, seen);
      reports.push(made.data);
      seen = made.seen;
    }
    const merged = mergeReports(reports);
    const { data: whole } = await reportOf([0, 3], [...days].reverse().flat(), new Set());
    assert.deepEqual([merged.weekdayHours, merged.notable, merged.window, merged.overTime], [whole.weekdayHours, whole.notable, whole.window, whole.overTime]);
    // The sandbox's actors are different people each day, so the lists of single days are not whole.
    for (const dimension of ['category', 'area', 'action', 'mechanism', 'project'] as const) assert.deepEqual(merged.dimensions[dimension], whole.dimensions[dimension]);
    assert.deepEqual(new Set(merged.dimensions.actor.values), new Set(whole.dimensions.actor.values));
    assert.deepEqual(merged.counts, { entries: 2_100, late: 0, repaired: 6, own: 0, filtered: 9 });
    assert.deepEqual([merged.firstSeen?.actorCount, merged.firstSeen?.actionCount], [whole.firstSeen?.actorCount, whole.firstSeen?.actionCount]);
    assert.deepEqual([merged.exports.map(({ folder }) => folder), merged.rows], [['day 0', 'day 1', 'day 2'], null]);
  });

  it('know nothing first seen where one of them does not', async () => {
    const [one, two] = [await reportOf([0, 1], []), await reportOf([1, 1], [], new Set())];
    assert.equal(mergeReports([one.data, two.data]).firstSeen, null);
    assert.notEqual(mergeReports([two.data]).firstSeen, null);
  });

  it('of different lengths have the slots of the longest', async () => {
    const [long, short] = [await reportOf([0, 30], sandboxEntries(500, day(0, 30))), await reportOf([30, 1], sandboxEntries(500, day(30)))];
    const { stepSeconds, counts, start } = mergeReports([long.data, short.data]).overTime;
    assert.deepEqual([stepSeconds, start, counts[0]?.length, counts.flat().reduce((sum, count) => sum + count, 0)], [21_600, '2026-11-20T00:00:00Z', 124, 1_000]);
  });

  it('must be some', () => assert.throws(() => mergeReports([]), RangeError));
});

describe('limited rows', () => {
  const bytesOf = (data: CollectedReport): number => JSON.stringify(data.rows?.chunks).length;
  let whole: CollectedReport;
  before(async () => { whole = (await reportOf([0, 1], sandboxEntries(7_000, day(0)))).data; });

  it('are all there where they fit', () => assert.equal(limitRows(whole, bytesOf(whole) + 1_000), whole));

  it('lose the oldest whole lines first, and no row', () => {
    const columns = whole.rows!.chunks.reduce((sum, chunk) => sum + chunk.columns.length, 0);
    const limited = limitRows(whole, columns + whole.rows!.chunks[0]!.lines!.length + 1_000);
    assert.deepEqual([limited.rows!.included, limited.rows!.leftOut], [7_000, 0]);
    assert.deepEqual(limited.rows!.chunks.map(({ lines }) => lines !== null), [true, false, false, false]);
  });

  it('lose the oldest chunks then', () => {
    const [first, second] = whole.rows!.chunks;
    const limited = limitRows(whole, first!.columns.length + second!.columns.length + 1_000);
    assert.deepEqual([limited.rows!.included, limited.rows!.leftOut, limited.rows!.chunks], [4_000, 3_000, [{ ...first!, lines: null }, { ...second!, lines: null }]]);
  });

  it('stay inside every budget', () => {
    for (let bytes = 0; bytes < bytesOf(whole) * 1.1; bytes += 50_000) {
      const limited = limitRows(whole, bytes);
      assert.ok(bytesOf(limited) <= Math.max(bytes, 2), `${bytesOf(limited)} of ${bytes}`);
      assert.equal(limited.rows!.included + limited.rows!.leftOut, 7_000);
    }
    const counts = { ...whole, rows: null };
    assert.equal(limitRows(counts, 0), counts);
  });
});
