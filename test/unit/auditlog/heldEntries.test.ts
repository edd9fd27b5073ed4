import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { DOCUMENTED_FIELDS } from '../../../tasks/common/auditlog/documentedFields';
import { AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { EntryReader } from '../../../tasks/common/auditlog/entryReader';
import { HeldBack } from '../../../tasks/common/auditlog/heldBack';
import { holdEntries, readHeldEntries } from '../../../tasks/common/auditlog/heldEntries';
import { entryAt } from '../../support/auditEntries';
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
      const reader = new EntryReader(Buffer.from(jsons.join('')));
      const entries = jsons.map(() => reader.read(reader.end));
      assert.ok(entries.every((entry) => entry !== undefined));
      assert.deepEqual(readHeldEntries(holdEntries(entries)).map(whole), jsons.map((json) => whole(new AuditLogEntry(Buffer.from(json), (JSON.parse(json) as { id: string }).id, entries[0]?.ticks ?? ''))));
    }));
  });

  it('stay in memory up to a bound, go to a file beyond it, and come back the same either way', async () => {
    const held = new HeldBack({ folder: folder(), memoryBytes: 1_000 });
    const batches = Array.from({ length: 30 }, (_, index) => [entryAt(1_000 - index, 1), entryAt(1_000 - index, 2)]);
    const places = await Promise.all(batches.map((batch, index) => held.keep(batch, batch[0]?.ticks, index === 29)));
    const inMemory = places.map(({ place }) => 'entries' in place);
    assert.deepEqual([inMemory[0], inMemory[10], inMemory[29]], [true, false, true]);
    assert.equal(held.bytes, batches.flat().reduce((sum, { raw }) => sum + raw.length, 0));
    for (const [index, batch] of batches.entries()) assert.deepEqual((await held.take(places[index]!)).map(whole), batch.map(whole));
    assert.equal(held.bytes, 0);
    await held.close();
    assert.deepEqual(readdirSync(folder()), []);
  });
});
