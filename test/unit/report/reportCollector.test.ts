import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { ReportCollector, type ReportOptions } from '../../../tasks/common/report/reportCollector';
import type { DictionaryColumn, CollectedReport, RowChunk, RowColumns } from '../../../tasks/common/report/reportData';
import { nameOf } from '../../../tasks/common/report/chunkColumns';
import type { ReportFacts } from '../../../tasks/common/report/reportFacts';
import { entryAt, NOVEMBER_20_SECONDS } from '../../support/auditEntries';
import { reportFacts } from '../../support/reportFacts';
import { sandboxEntries } from '../../support/sandboxEntries';

const SECOND = 10_000_000;
const DAY_SECONDS = 86_400;
const covered = { startSeconds: NOVEMBER_20_SECONDS, endSeconds: NOVEMBER_20_SECONDS + DAY_SECONDS };
const CLIENT = '0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d';
const CONNECTION = 'c0ffee00-1234-4abc-8def-0123456789ab';
const own = { clientId: CLIENT, objectId: null, serviceConnectionId: CONNECTION, pipelineId: '7' };
const person = (name: string, id = `id of ${name}`): Record<string, unknown> => ({ actorCUID: `7${id}`, actorUserId: id, actorUPN: `${name}@fabrikam.example`, actorDisplayName: name });

async function collect(entries: Iterable<AuditLogEntry>, options: Partial<ReportOptions> = {}, facts: Partial<ReportFacts> = {}, atOnce = 100): Promise<CollectedReport> {
  const collector = new ReportCollector({ detail: 'full', timeZone: 'UTC', covered, own, ...options });
  const all = [...entries];
  for (let from = 0; from < all.length; from += atOnce) await collector.add(all.slice(from, from + atOnce));
  return collector.finish(reportFacts(options.covered ?? covered, facts));
}

function columnsOf(chunk: RowChunk): RowColumns {
  return JSON.parse(gunzipSync(Buffer.from(chunk.columns, 'base64')).toString()) as RowColumns;
}

function linesOf(chunk: RowChunk): string | null {
  return chunk.lines === null ? null : gunzipSync(Buffer.from(chunk.lines, 'base64')).toString();
}

function valuesOf<Value>({ values, index }: DictionaryColumn<Value>): Value[] {
  return index.map((at) => values[at]!);
}

function instantsOf(ms: readonly number[]): number[] {
  let at = ms[0]! * 2;
  return ms.map((older) => (at -= older));
}

/** Counted anew, as simply as can be. */
function countBy(entries: readonly AuditLogEntry[], field: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const entry of entries) {
    const value = entry.fields()[field];
    const name = typeof value === 'string' && value !== '' ? `=${value}` : 'none';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('report collector', () => {
  it('counts what an export of the sandbox holds', async () => {
    const entries = [...sandboxEntries(2_000, covered)];
    const data = await collect(entries);
    assert.deepEqual(data.counts, { entries: 2_000, late: 0, repaired: 0, own: 0, filtered: 0 });
    for (const [dimension, field] of [['category', 'category'], ['area', 'area'], ['action', 'actionId'], ['ip', 'ipAddress'], ['project', 'projectName']] as const) {
      const { values, others } = data.dimensions[dimension];
      assert.deepEqual(others, { names: 0, entries: 0 });
      assert.deepEqual(Object.fromEntries(values.map(({ name, entries: count }) => [name === null ? 'none' : `=${name}`, count])), countBy(entries, field));
      assert.deepEqual(values.map((value) => value.entries), values.map((value) => value.entries).sort((left, right) => right - left));
    }
    assert.equal(data.dimensions.actor.values.reduce((sum, value) => sum + value.entries, 0), 2_000);
    assert.ok(data.dimensions.mechanism.values.every(({ name }) => name?.includes(' ') !== true));
    const { counts, categories, stepSeconds, start } = data.overTime;
    assert.deepEqual([stepSeconds, start, counts[0]?.length], [900, '2026-11-20T00:00:00Z', 96]);
    assert.deepEqual(Object.fromEntries(categories.map((name, row) => [`=${name}`, counts[row]!.reduce((sum, count) => sum + count, 0)])), countBy(entries, 'category'));
    const friday = data.weekdayHours[4]!;
    assert.equal(friday.reduce((sum, count) => sum + count, 0), 2_000);
    assert.equal(friday[13], entries.filter((entry) => String(entry.fields()['timestamp']).includes('T13:')).length);
  });

  it('keeps every row as it was, newest first, with its whole line', async () => {
    const entries = [...sandboxEntries(2_300, covered, 0.3)];
    const { rows } = await collect(entries);
    assert.deepEqual([rows!.included, rows!.leftOut, rows!.chunks.map((chunk) => chunk.rows)], [2_300, 0, [2_000, 300]]);
    const all = rows!.chunks.map(columnsOf);
    assert.deepEqual(all.flatMap(({ id }) => id), entries.map(({ id }) => id));
    for (const [column, field] of [['category', 'category'], ['area', 'area'], ['action', 'actionId'], ['ip', 'ipAddress'], ['project', 'projectName']] as const) {
      assert.deepEqual(all.flatMap((columns) => valuesOf(columns[column])), entries.map((entry) => nameOf(entry.fields()[field])), column);
    }
    assert.deepEqual(all.flatMap((columns) => valuesOf(columns.details)), entries.map((entry) => entry.fields()['details']));
    assert.deepEqual(all.flatMap((columns) => valuesOf(columns.correlation)), entries.map((entry) => entry.fields()['correlationId']));
    assert.deepEqual(all.flatMap(({ ms }) => instantsOf(ms)), entries.map((entry) => Date.parse(String(entry.fields()['timestamp']))));
    assert.deepEqual(rows!.chunks.map(linesOf).join(''), entries.map((entry) => `${entry.raw.toString()}\n`).join(''));
  });

  it('leaves out the oldest rows beyond the cap, and whole lines beyond theirs, but counts all', async () => {
    const entries = [...sandboxEntries(5_500, covered)];
    const { rows, counts } = await collect(entries, { limits: { rows: 5_000, lineBytes: 900_000 } });
    assert.deepEqual([counts.entries, rows!.included, rows!.leftOut], [5_500, 5_000, 500]);
    assert.deepEqual(rows!.chunks.flatMap((chunk) => columnsOf(chunk).id), entries.slice(0, 5_000).map(({ id }) => id));
    const sizes = rows!.chunks.map(({ lines }) => (lines === null ? null : Buffer.byteLength(lines, 'base64')));
    const kept = sizes.filter((size) => size !== null);
    assert.ok(kept.length > 0 && kept.length < sizes.length && sizes.indexOf(null) === kept.length, String(sizes));
    assert.ok(kept.reduce((sum, size) => sum + size, 0) <= 900_000);
    assert.ok((await collect(entries, { limits: { rows: 100, lineBytes: 0 } })).rows!.chunks.every(({ lines }) => lines === null));
  });

  it('makes smaller chunks of large entries', async () => {
    const { rows } = await collect(Array.from({ length: 12 }, (_, number) => entryAt(1_000 - number, number, { details: 'x'.repeat(1024 ** 2) })));
    assert.deepEqual(rows!.chunks.map((chunk) => chunk.rows), [4, 4, 4]);
  });

  it('makes the same bytes of the same entries, whatever the batches', async () => {
    const entries = [...sandboxEntries(2_500, covered, 0.2)];
    const known = { actors: new Set<string>(), actions: new Set<string>() };
    const expected = JSON.stringify(await collect(entries, { known }));
    await fc.assert(fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 0, max: 700 })), async (sizes) => {
      const collector = new ReportCollector({ detail: 'full', timeZone: 'UTC', covered, own, known });
      for (let from = 0; from < entries.length;) {
        const size = sizes.next().value as number;
        await collector.add(entries.slice(from, from + size));
        from += size;
      }
      assert.equal(JSON.stringify(await collector.finish(reportFacts(covered))), expected);
    }), { numRuns: 5 });
  });

  it('folds our own reading into one number, but not that of others', async () => {
    const entries = [
      entryAt(60 * SECOND, 1, { ...person('Ada'), actionId: 'Git.RepositoryDestroyed' }),
      entryAt(50 * SECOND, 2, { actionId: 'AuditLog.AccessLog', actorClientId: CLIENT.toUpperCase() }),
      entryAt(40 * SECOND, 3, { actionId: 'AuditLog.AccessLog', ...person('Eve') }),
      entryAt(30 * SECOND, 4, { actionId: 'Library.ServiceConnectionExecuted', data: { ConnectionId: CONNECTION, DefinitionId: 7 } }),
      entryAt(20 * SECOND, 5, { actionId: 'Library.ServiceConnectionExecuted', data: { ConnectionId: CONNECTION, definitionId: '8' } }),
    ];
    const data = await collect(entries);
    assert.deepEqual([data.counts.entries, data.counts.own], [5, 2]);
    assert.deepEqual(data.dimensions.action.values.map(({ name, entries: count }) => [name, count]), [['AuditLog.AccessLog', 1], ['Git.RepositoryDestroyed', 1], ['Library.ServiceConnectionExecuted', 1]]);
    assert.deepEqual(columnsOf(data.rows!.chunks[0]!).own, [1, 3]);
    assert.equal(data.overTime.counts.flat().reduce((sum, count) => sum + count, 0), 3);
    const unknown = await collect(entries, { own: { clientId: null, objectId: null, serviceConnectionId: null, pipelineId: null } });
    assert.equal(unknown.counts.own, 0);
  });

  it('knows our connection however the entry writes it', async () => {
    const escaped = (entry: AuditLogEntry, plain: string): AuditLogEntry => new AuditLogEntry(Buffer.from(entry.raw.toString().replace(plain, `\\u00${plain.charCodeAt(0).toString(16)}${plain.slice(1)}`)), entry.id, entry.ticks);
    const used = (place: number, id: string): AuditLogEntry => entryAt(-place, place, { actionId: 'Library.ServiceConnectionExecuted', data: { ConnectionId: id } });
    const entries = [used(1, CONNECTION), used(2, CONNECTION.toUpperCase()), escaped(used(3, CONNECTION), CONNECTION), used(4, CLIENT), entryAt(-5, 5, { actionId: 'Library.ServiceConnectionExecuted' })];
    assert.equal((await collect(entries)).counts.own, 3);
  });

  it('marks what happened before the covered window as late, and shows when', async () => {
    const data = await collect([entryAt(1, 1), entryAt(0, 2), entryAt(-1, 3), entryAt(-3_600 * SECOND, 4)]);
    assert.equal(data.counts.late, 2);
    assert.deepEqual(columnsOf(data.rows!.chunks[0]!).late, [2, 3]);
    assert.equal(data.overTime.start, '2026-11-19T23:00:00Z');
    assert.deepEqual(data.overTime.counts[0]!.slice(0, 5), [1, 0, 0, 1, 2]);
  });

  it('tells people, service principals and the service apart, and two of one name', async () => {
    const zeros = '00000000-0000-0000-0000-000000000000';
    const { dimensions: { actor } } = await collect([
      entryAt(9, 1, person('Ada', 'one')), entryAt(8, 2, { ...person('Ada', 'one'), actorDisplayName: 'Ada, as she was called before' }), entryAt(7, 3, person('Ada', 'two')),
      entryAt(6, 4, { actorClientId: 'client', actorCUID: 'c', actorUserId: 'u', actorUPN: 'principal', actorDisplayName: 'bot' }),
      entryAt(5, 5, { actorClientId: zeros, actorCUID: zeros, actorUserId: 'service', actorDisplayName: 'Azure DevOps Service' }),
      entryAt(4, 6, { actorCUID: '7', actorUserId: 'build', authenticationMechanism: 'S2S_ServicePrincipal', actorDisplayName: 'Fiber Build Service' }),
      entryAt(3, 7, { actorUPN: 'x@y.example' }), entryAt(2, 8, {}),
    ]);
    assert.deepEqual(actor.values.map(({ name, entries, actor: who }) => [name, entries, who?.kind, who?.id, who?.upn]), [
      ['Ada', 2, 'person', 'one', 'Ada@fabrikam.example'], ['Ada', 1, 'person', 'two', 'Ada@fabrikam.example'], ['Azure DevOps Service', 1, 'service', 'service', null],
      ['Fiber Build Service', 1, 'service', 'build', null], ['bot', 1, 'servicePrincipal', 'client', null], ['x@y.example', 1, 'person', 'x@y.example', 'x@y.example'], [null, 1, undefined, undefined, undefined],
    ]);
  });

  it('lists the frequent values and counts the others together', async () => {
    const entries = Array.from({ length: 450 }, (_, number) => entryAt(1_000 - number, number, { ipAddress: `198.51.100.${number % 400}` }));
    const { ip } = (await collect(entries)).dimensions;
    assert.deepEqual([ip.values.length, ip.values[0], ip.others], [200, { name: '198.51.100.0', entries: 2 }, { names: 200, entries: 200 }]);
  });

  it('names what the chain had not seen before', async () => {
    const before = new ReportCollector({ detail: 'full', timeZone: 'UTC', covered, own });
    await before.add([entryAt(1, 1, { ...person('Ada'), actionId: 'Extension.Installed' })]);
    const { actors, actions } = before.seenNames();
    assert.match(String(actors), /^[0-9a-f]{16}$/);
    const known = { actors: new Set(actors), actions: new Set(actions) };
    const entries = [entryAt(3, 1, { ...person('Ada'), actionId: 'Extension.Installed' }), entryAt(2, 2, { ...person('Eve'), actionId: 'Extension.Installed' }), entryAt(1, 3, { ...person('Ada'), actionId: 'Token.PatCreateEvent' })];
    const { firstSeen } = await collect(entries, { known });
    assert.deepEqual([firstSeen?.actors?.map(({ name }) => name), firstSeen?.actorCount, firstSeen?.actions, firstSeen?.actionCount], [['Eve'], 1, ['Token.PatCreateEvent'], 1]);
    assert.equal((await collect(entries)).firstSeen, null);
  });

  it('gives no list of names that is not whole', async () => {
    const collector = new ReportCollector({ detail: 'counts', timeZone: 'UTC', covered, own });
    await collector.add(Array.from({ length: 2_001 }, (_, number) => entryAt(9_000 - number, number, person(String(number)))));
    const { actors, actions } = collector.seenNames();
    assert.deepEqual([actors, actions?.length], [undefined, 1]);
  });

  it('shows the newest of what is notable', async () => {
    const { notable } = await collect(Array.from({ length: 25 }, (_, number) => entryAt((100 - number) * SECOND, number, { ...person('Ada'), actionId: 'Git.RepositoryDestroyed', projectName: 'Fiber', details: 'd'.repeat(400) })));
    assert.deepEqual(notable.map(({ rule, entries, shown }) => [rule, entries, shown.length]), [['repositoryDestroyed', 25, 20]]);
    assert.deepEqual(notable[0]!.shown[0], { id: entryAt(100 * SECOND, 0).id, ms: (NOVEMBER_20_SECONDS + 100) * 1000, action: 'Git.RepositoryDestroyed', actor: 'Ada', project: 'Fiber', details: 'd'.repeat(300) });
  });

  it('stays small whatever names come', async () => {
    const long = 'long '.repeat(100);
    const entries = Array.from({ length: 3_000 }, (_, number) => entryAt(9_000 - number, number, Object.fromEntries(['area', 'category', 'actionId', 'ipAddress', 'projectName', 'actorUserId', 'actorDisplayName'].map((field) => [field, `${field} ${number} ${long}`]))));
    const data = await collect(entries, { detail: 'counts', known: { actors: new Set(), actions: new Set() } });
    assert.ok(JSON.stringify(data).length < 300_000, String(JSON.stringify(data).length));
    assert.equal(data.overTime.counts.flat().reduce((sum, count) => sum + count, 0), 3_000);
  });

  it('names the newest gaps and exports only, and counts all gaps', async () => {
    const at = (day: number): string => new Date(Date.UTC(2020, 0, day)).toISOString().replace('.000', '');
    const gaps = Array.from({ length: 150 }, (_, day) => ({ start: at(day), end: at(day + 1), reason: 'expired' as const }));
    const exports = Array.from({ length: 1_200 }, (_, day) => ({ folder: String(day), start: at(day), end: at(day + 1), entries: 1 })).reverse();
    const data = await collect([], {}, { exports, coverage: { isChain: true, from: at(0), until: at(1), gaps } });
    assert.deepEqual([data.coverage.gaps.length, data.coverage.gapCount, data.coverage.gaps[0]?.start], [100, 150, at(149)]);
    assert.deepEqual([data.exports.length, data.exports[0]?.folder, data.exports.at(-1)?.folder], [1_000, '200', '1199']);
  });

  it('without entries shows empty slots', async () => {
    const data = await collect([]);
    assert.deepEqual([data.overTime.categories, data.notable, data.rows], [[], [], { form: 'chunks', included: 0, leftOut: 0, chunks: [] }]);
  });
});
