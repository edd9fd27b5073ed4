import assert from 'node:assert/strict';
import { build } from 'esbuild';
import fc from 'fast-check';
import { readReportData } from '../../../tasks/common/report/readReportData';
import { ReportCollector } from '../../../tasks/common/report/reportCollector';
import type { ReportData } from '../../../tasks/common/report/reportData';
import { toCounts } from '../../../tasks/common/report/toCounts';
import { NOVEMBER_20_SECONDS } from '../../support/auditEntries';
import { reportFacts } from '../../support/reportFacts';
import { sandboxEntries } from '../../support/sandboxEntries';

const covered = { startSeconds: NOVEMBER_20_SECONDS, endSeconds: NOVEMBER_20_SECONDS + 86_400 };
const UNREADABLE = { problem: 'unreadable' };
type Json = Record<string, unknown>;

describe('report data that came from elsewhere', () => {
  let data: ReportData;
  before(async () => {
    const collector = new ReportCollector({ detail: 'full', timeZone: 'UTC', covered, own: { clientId: null, objectId: null, serviceConnectionId: null, pipelineId: null }, known: { actors: new Set(), actions: new Set() } });
    await collector.add([...sandboxEntries(400, covered, 0.2)]);
    data = await collector.finish(reportFacts(covered, {
      run: { id: '4711', number: '20261120.1', attempt: 1, stage: 'export', job: null, pipeline: 'audit', project: 'Fiber' },
      exports: [{ folder: 'one', start: '2026-11-20T00:00:00Z', end: '2026-11-21T00:00:00Z', entries: 400 }],
      coverage: { isChain: true, from: '2026-11-20T00:00:00Z', until: '2026-11-21T00:00:00Z', gaps: [{ start: '2026-11-19T00:00:00Z', end: '2026-11-20T00:00:00Z', reason: 'expired' }] },
      filter: { include: ['area: Git'], exclude: [] },
    }));
  });

  it('is read as it was written', () => {
    for (const written of [data, toCounts(data), { ...data, run: null, artifactName: null, filter: null, rows: null, notes: ['One file could not be read.'] }]) assert.deepEqual(readReportData(JSON.parse(JSON.stringify(written))), written);
  });

  it('loses what the form does not know', () => {
    assert.deepEqual(readReportData({ ...data, script: 'alert(1)', window: { ...data.window, more: 1 } }), data);
  });

  it('of a newer version is said to be newer, whatever else it holds', () => {
    for (const newer of [{ ...data, reportDataVersion: 2 }, { reportDataVersion: 3 }]) assert.deepEqual(readReportData(newer), { problem: 'newerVersion' });
    for (const other of [0, -1, 1.5, '2', null, Infinity]) assert.deepEqual(readReportData({ ...data, reportDataVersion: other }), UNREADABLE);
  });

  it('of another form is unreadable', () => {
    for (const value of [undefined, null, 7, '', [], {}, 'text', [data], { reportDataVersion: 1 }]) assert.deepEqual(readReportData(value), UNREADABLE);
    for (const [name, bad] of Object.entries({
      detail: 'all', exports: Array.from({ length: 1_001 }, () => data.exports[0]), window: { start: 'yesterday', end: '2026-11-21T00:00:00Z', unsettledFrom: null }, organization: 'x'.repeat(3_000),
      weekdayHours: data.weekdayHours.slice(1), overTime: { ...data.overTime, counts: data.overTime.counts.slice(1) }, counts: { ...data.counts, own: -1 }, rows: { ...data.rows, chunks: [{ rows: 1, columns: 1, lines: null }] },
      dimensions: { ...data.dimensions, actor: undefined }, notable: [{ rule: 'x', entries: 1, shown: {} }],
    })) assert.deepEqual(readReportData({ ...data, [name]: bad }), UNREADABLE, name);
    assert.deepEqual(readReportData({ ...data, overTime: { ...data.overTime, stepSeconds: 0 } }), UNREADABLE);
    assert.deepEqual(readReportData({ ...data, overTime: { ...data.overTime, counts: data.overTime.counts.map((row, at) => (at === 0 ? row.slice(1) : row)) } }), UNREADABLE);
  });

  it('with one value replaced by anything is unreadable or still of its form, and never fails otherwise', () => {
    const text = JSON.stringify(data);
    const places = placesIn(data);
    fc.assert(fc.property(fc.nat(places.length - 1), fc.oneof(fc.jsonValue(), fc.constant(undefined)), (place, value) => {
      const mutated = JSON.parse(text) as Json;
      const path = places[place]!;
      const parent = path.slice(0, -1).reduce<Json>((object, key) => object[key] as Json, mutated);
      const key = path.at(-1)!;
      const previous = parent[key];
      parent[key] = value;
      const read = readReportData(mutated);
      if (typeof value !== typeof previous && previous !== null && key !== 'notes') assert.ok('problem' in read || key === 'actor' || key === 'actors' || value === null, path.join('.'));
      else if (!('problem' in read)) assert.deepEqual(readReportData(JSON.parse(JSON.stringify(read))), read);
    }), { numRuns: 300 });
  });

  it('is read without anything of Node.js, in a few kilobytes', async () => {
    const { outputFiles: [bundle] } = await build({ entryPoints: ['tasks/common/report/readReportData.ts'], bundle: true, minify: true, write: false, format: 'esm', platform: 'browser' });
    assert.ok(bundle!.contents.length < 4_096, String(bundle!.contents.length));
  });
});

/** Where values stand, the first three items of each list. */
function placesIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  const names = Object.keys(value).filter((name) => !Array.isArray(value) || Number(name) < 3);
  return names.flatMap((name) => [[...path, name], ...placesIn((value as Json)[name], [...path, name])]);
}
