import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { DOCUMENTED_FIELDS } from '../../../tasks/common/auditlog/documentedFields';
import { AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { EntryReader } from '../../../tasks/common/auditlog/entryReader';
import { HeldBack } from '../../../tasks/common/auditlog/heldBack';
import { holdEntries, readHeldEntries } from '../../../tasks/common/auditlog/heldEntries';
import { entryAt } from '../../support/auditEntries';
import { isTaskError } from '../../support/taskErrors';
import { temporaryFolder } from '../../support/temporaryFolder';

/** All that can be told of an entry. */
const whole = (entry: AuditLogEntry): unknown => [
  entry.id, entry.ticks, entry.raw.toString('hex'), entry.original?.toString('hex'), entry.names(), entry.fields(), entry.places().hasOthers, DOCUMENTED_FIELDS.map((name) => entry.json(name)),
];

const anyEntry = fc.record({
  id: fc.string({ unit: 'grapheme', minLength: 1 }), after: fc.nat(), original: fc.option(fc.uint8Array(), { nil: undefined }),
  fields: fc.record({ category: fc.string({ unit: 'grapheme' }), area: fc.anything({ maxDepth: 0 }), actionId: fc.string(), details: fc.string({ unit: 'grapheme' }) }, { requiredKeys: [] }),
}).map(({ id, after, original, fields }) => new AuditLogEntry(Buffer.from(JSON.stringify(fields, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))), id, entryAt(after, 1).ticks, original && Buffer.from(original)));

describe('held entries', () => {
  const folder = temporaryFolder();

  it('are the same once they are made of bytes again', () => {
    fc.assert(fc.property(fc.array(anyEntry), (entries) => {
      assert.deepEqual(readHeldEntries(holdEntries(entries)).map(whole), entries.map(whole));
    }));
  });

  it('of a page are the same too, whose fields have been found while it was read', () => {
    fc.assert(fc.property(fc.array(fc.dictionary(fc.constantFrom('area', 'details', 'data', 'unknown', 'actorUPN'), fc.jsonValue())), (members) => {
      const jsons = members.map((more, index) => JSON.stringify({ ...more, id: `id ${index}`, timestamp: '2026-11-20T10:00:00.5Z' }));
      const reader = EntryReader.over(Buffer.from(jsons.join('')));
      assert.ok(reader);
      const entries = jsons.map(() => reader.read(reader.end));
      assert.ok(entries.every((entry) => entry !== undefined));
      assert.deepEqual(readHeldEntries(holdEntries(entries)).map(whole), jsons.map((json) => whole(new AuditLogEntry(Buffer.from(json), (JSON.parse(json) as { id: string }).id, entries[0]?.ticks ?? ''))));
    }));
  });

  it('stay in memory up to a bound, go to a file beyond it, and come back the same either way', async () => {
    const held = new HeldBack({ folder: folder(), memoryBytes: 1_000, onFailure: (thrown) => { throw thrown; } });
    const batches = Array.from({ length: 30 }, (_, index) => [entryAt(1_000 - index, 1), entryAt(1_000 - index, 2)]);
    const places = batches.map((batch, index) => held.keep(batch, batch[0]?.ticks, index === 29));
    await held.ready();
    const inMemory = places.map(({ place }) => 'entries' in place);
    assert.deepEqual([inMemory[0], inMemory[10], inMemory[29]], [true, false, true]);
    assert.equal(held.bytes, batches.flat().reduce((sum, { raw }) => sum + raw.length, 0));
    for (const [index, batch] of batches.entries()) assert.deepEqual((await held.take(places[index]!)).map(whole), batch.map(whole));
    assert.equal(held.bytes, 0);
    await held.close();
    assert.deepEqual(readdirSync(folder()), []);
  });

  it('let nobody bring more while more than 4 MiB are on their way to the file', async () => {
    const held = new HeldBack({ folder: folder(), memoryBytes: 0, onFailure: (thrown) => { throw thrown; } });
    const mebibyte = [new AuditLogEntry(Buffer.from(`{"details":"${'x'.repeat(2 ** 20)}"}`), 'id', entryAt(1, 1).ticks, undefined)];
    const isReady = async (): Promise<boolean> => Promise.race([held.ready().then(() => true), Promise.resolve().then(() => Promise.resolve()).then(() => false)]);
    const places = Array.from({ length: 3 }, () => held.keep(mebibyte, undefined, false));
    assert.equal(await isReady(), true);
    places.push(...Array.from({ length: 3 }, () => held.keep(mebibyte, undefined, false)));
    assert.equal(await isReady(), false);
    await held.ready();
    for (const place of places) assert.deepEqual((await held.take(place)).map(({ raw }) => raw.length), mebibyte.map(({ raw }) => raw.length));
    await held.close();
  });

  it('tell who holds them that the file cannot be written, and nobody waits for it', async () => {
    const failures: unknown[] = [];
    const file = path.join(folder(), 'a-file');
    writeFileSync(file, '');
    const held = new HeldBack({ folder: file, memoryBytes: 0, onFailure: (thrown) => { failures.push(thrown); } });
    const place = held.keep([entryAt(1, 1)], undefined, false);
    await held.ready();
    await held.close();
    assert.equal(failures.length, 1);
    await assert.rejects(held.take(place), isTaskError('OUTPUT_NOT_WRITABLE'));
    isTaskError('OUTPUT_NOT_WRITABLE')(failures[0]);
  });
});
