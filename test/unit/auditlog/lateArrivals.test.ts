import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareEntries, type AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { BLOCK_SECONDS, idHash, idHashText, type RememberedIds } from '../../../tasks/common/auditlog/idHash';
import { LateArrivals, type LateArrivalsOptions } from '../../../tasks/common/auditlog/lateArrivals';
import type { EntryBatch } from '../../../tasks/common/auditlog/readEntries';
import { KnownIds, knownBlocks } from '../../../tasks/common/evidence/knownIds';
import { entryAt, NOVEMBER_20_SECONDS } from '../../support/auditEntries';

const SECOND = 10_000_000;
const at = (seconds: number): number => NOVEMBER_20_SECONDS + seconds;
const entryOf = (seconds: number, event = 1): AuditLogEntry => entryAt(Math.round(seconds * SECOND), event);

const options = (more: Partial<LateArrivalsOptions> = {}): LateArrivalsOptions => ({
  coveredStart: at(3_600), known: undefined, rememberFrom: at(3_600), mostRemembered: 1_000, predecessorReadAt: undefined, ...more,
});

async function* inBatches(entries: readonly AuditLogEntry[], size = 3): AsyncGenerator<EntryBatch> {
  await Promise.resolve();
  const newestFirst = [...entries].sort(compareEntries);
  for (let from = 0; from < newestFirst.length; from += size) yield { entries: newestFirst.slice(from, from + size), pages: 1 + from / size, reached: newestFirst[from]?.ticks };
  yield { entries: [], pages: 1, reached: undefined };
}

async function passed(arrivals: LateArrivals, entries: readonly AuditLogEntry[], size?: number): Promise<AuditLogEntry[]> {
  const all: AuditLogEntry[] = [];
  for await (const batch of arrivals.pass(inBatches(entries, size))) all.push(...batch.entries);
  return all;
}

/** What an earlier export with these entries would have said. */
function knowing(entries: readonly AuditLogEntry[], knownFrom: number): KnownIds {
  const blocks = new Map<number, string[]>();
  for (const { id, ticks } of entries) {
    const second = Number(ticks.slice(0, 12)) - 62_135_596_800;
    const from = Math.floor(second / BLOCK_SECONDS) * BLOCK_SECONDS;
    blocks.set(from, [...blocks.get(from) ?? [], idHashText(idHash(id))].sort());
  }
  return KnownIds.of([...blocks].map(([from, ids]) => ({ from: new Date(from * 1000).toISOString().replace('.000Z', 'Z'), ids })), knownFrom);
}

const hashesOf = ({ blocks }: RememberedIds): bigint[] => blocks.flatMap(({ ids }) => [...ids]);

describe('hash of an id', () => {
  it('is the first 64 bits of SHA-256, with leading zeros', () => {
    // `printf abc | sha256sum` begins with these digits.
    assert.equal(idHashText(idHash('abc')), 'ba7816bf8f01cfea');
    assert.equal(idHashText(1n), '0000000000000001');
  });
});

describe('late arrivals', () => {
  it('are the entries before the covered start that the chain does not hold', async () => {
    const [known, late, first, newest] = [entryOf(3_000), entryOf(3_100), entryOf(3_600), entryOf(5_000)];
    const arrivals = new LateArrivals(options({ known: knowing([known], at(0)), predecessorReadAt: at(4_000) }));
    assert.deepEqual(await passed(arrivals, [known, late, first, newest]), [newest, first, late]);
    assert.equal(arrivals.late, 1);
    assert.equal(arrivals.oldestLateSeconds, at(3_100));
    assert.equal(arrivals.greatestLatenessSeconds, 900);
  });

  it('are told apart from covered entries to a tick', async () => {
    const [before, start] = [entryAt(3_600 * SECOND - 1, 1), entryAt(3_600 * SECOND, 1)];
    const arrivals = new LateArrivals(options({ known: knowing([before], at(0)), predecessorReadAt: at(5_000) }));
    assert.deepEqual(await passed(arrivals, [before, start]), [start]);
  });

  it('appeared no earlier than they are said to: part of a second counts for nothing', async () => {
    const arrivals = new LateArrivals(options({ known: knowing([], at(0)), predecessorReadAt: at(4_000) }));
    await passed(arrivals, [entryOf(3_000.5)]);
    assert.equal(arrivals.greatestLatenessSeconds, 999);
  });

  it('are none in an ordinary export, and have no lateness', async () => {
    const entries = [entryOf(4_000), entryOf(5_000)];
    const arrivals = new LateArrivals(options());
    assert.deepEqual(await passed(arrivals, entries), entries.reverse());
    assert.deepEqual([arrivals.late, arrivals.greatestLatenessSeconds, arrivals.oldestLateSeconds], [0, null, undefined]);
  });

  it('leave pages and progress of a batch as they are', async () => {
    const batches: EntryBatch[] = [];
    for await (const batch of new LateArrivals(options()).pass(inBatches([entryOf(4_000)]))) batches.push(batch);
    assert.deepEqual(batches.map(({ pages, reached }) => [pages, reached]), [[1, entryOf(4_000).ticks], [1, undefined]]);
  });
});

describe('remembered ids', () => {
  it('are those of all entries seen since the start of the next reading, in blocks of ten minutes', async () => {
    const arrivals = new LateArrivals(options({ rememberFrom: at(4_000) }));
    const [old, first, second, third] = [entryOf(3_999.9), entryOf(4_000), entryOf(4_199), entryOf(4_200)];
    await passed(arrivals, [old, first, second, third]);
    const remembered = arrivals.remembered();
    assert.equal(remembered.knownFrom, at(4_000));
    const sorted = (...entries: AuditLogEntry[]): bigint[] => entries.map(({ id }) => idHash(id)).sort((left, right) => (left < right ? -1 : 1));
    assert.deepEqual(remembered.blocks.map(({ from, ids }) => [from, [...ids]]), [[at(3_600), sorted(first, second)], [at(4_200), sorted(third)]]);
    assert.deepEqual(knownBlocks(remembered.blocks).map(({ from, ids }) => [from, ids.length]), [['2026-11-20T01:00:00Z', 2], ['2026-11-20T01:10:00Z', 1]]);
  });

  it('hold what the service hid this time, so that it is not exported a second time', async () => {
    const hidden = entryOf(3_000);
    const first = new LateArrivals(options({ known: knowing([hidden], at(2_400)), rememberFrom: at(2_400), predecessorReadAt: at(4_000) }));
    await passed(first, [entryOf(4_000)]);
    const { knownFrom, blocks } = first.remembered();
    assert.equal(knownFrom, at(2_400));
    const second = new LateArrivals(options({ coveredStart: at(7_200), known: KnownIds.of(knownBlocks(blocks), knownFrom), rememberFrom: at(7_200), predecessorReadAt: at(8_000) }));
    assert.deepEqual(await passed(second, [hidden, entryOf(4_000)]), []);
  });

  it('claim nothing of the time before the first export, and nothing that the chain did not know', async () => {
    const first = new LateArrivals(options({ rememberFrom: at(0) }));
    await passed(first, [entryOf(4_000)]);
    assert.equal(first.remembered().knownFrom, at(3_600));
    const next = new LateArrivals(options({ rememberFrom: at(0), known: knowing([], at(3_000)), predecessorReadAt: at(4_000) }));
    await passed(next, [entryOf(4_000)]);
    assert.equal(next.remembered().knownFrom, at(3_000));
  });

  it('end with the last whole second when there are too many', async () => {
    const arrivals = new LateArrivals(options({ mostRemembered: 4 }));
    await passed(arrivals, [entryOf(5_000), entryOf(4_999), entryOf(4_998.2), entryOf(4_998.1), entryOf(4_998), entryOf(4_000)]);
    const remembered = arrivals.remembered();
    assert.equal(remembered.knownFrom, at(4_999));
    assert.equal(hashesOf(remembered).length, 2);
  });

  it('keep a second that just fits', async () => {
    const arrivals = new LateArrivals(options({ mostRemembered: 2 }));
    await passed(arrivals, [entryOf(5_000.2), entryOf(5_000.1), entryOf(4_999.9)]);
    assert.deepEqual([arrivals.remembered().knownFrom, hashesOf(arrivals.remembered()).length], [at(5_000), 2]);
  });

  it('are none when one second alone holds too many', async () => {
    const arrivals = new LateArrivals(options({ mostRemembered: 2 }));
    await passed(arrivals, [entryOf(5_000.2), entryOf(5_000.1), entryOf(5_000)]);
    assert.deepEqual(arrivals.remembered(), { knownFrom: at(5_001), blocks: [] });
  });

  it('give up the oldest when inherited and own ones are too many together', async () => {
    const inherited = [entryOf(1_200), entryOf(1_300), entryOf(1_900)];
    const arrivals = new LateArrivals(options({ rememberFrom: at(600), known: knowing(inherited, at(600)), mostRemembered: 3, predecessorReadAt: at(4_000) }));
    await passed(arrivals, [entryOf(4_000), entryOf(5_000)]);
    const remembered = arrivals.remembered();
    // Of inherited ones only the ten minutes are known.
    assert.equal(remembered.knownFrom, at(1_800));
    assert.deepEqual(new Set(hashesOf(remembered)), new Set([inherited[2]!, entryOf(4_000), entryOf(5_000)].map(({ id }) => idHash(id))));
  });

  it('count an inherited one that the service shows again once', async () => {
    const again = [entryOf(3_000), entryOf(3_100)];
    const arrivals = new LateArrivals(options({ rememberFrom: at(2_400), known: knowing(again, at(2_400)), mostRemembered: 3, predecessorReadAt: at(4_000) }));
    await passed(arrivals, [...again, entryOf(4_000)]);
    assert.deepEqual([arrivals.remembered().knownFrom, hashesOf(arrivals.remembered()).length], [at(2_400), 3]);
  });

  it('never exceed their number, hold all since `knownFrom`, and invent none: whatever the service shows', async () => {
    const seconds = fc.uniqueArray(fc.integer({ min: 0, max: 7_000 }), { maxLength: 40 });
    await fc.assert(fc.asyncProperty(seconds, seconds, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 7_000 }), fc.integer({ min: 1, max: 9 }), async (before, shown, most, remember, size) => {
      const held = before.filter((second) => second < 3_600).map((second) => entryOf(second));
      const entries = shown.map((second) => entryOf(second));
      const arrivals = new LateArrivals(options({ known: knowing(held, at(0)), rememberFrom: at(remember), mostRemembered: most, predecessorReadAt: at(4_000) }));
      const out = await passed(arrivals, entries, size);
      const heldIds = new Set(held.map(({ id }) => id));
      assert.deepEqual(out, entries.filter(({ id }, index) => (shown[index] ?? 0) >= 3_600 || !heldIds.has(id)).sort(compareEntries));
      const { knownFrom, blocks } = arrivals.remembered();
      const hashes = hashesOf({ knownFrom, blocks });
      assert.ok(hashes.length <= most && knownFrom >= at(remember));
      assert.equal(new Set(hashes).size, hashes.length);
      const must = [...held, ...entries].filter(({ ticks }) => ticks >= entryOf(knownFrom - NOVEMBER_20_SECONDS).ticks).map(({ id }) => idHash(id));
      const may = new Set([...held, ...entries].map(({ id }) => idHash(id)));
      assert.ok(must.every((hash) => hashes.includes(hash)), 'one is missing');
      assert.ok(hashes.every((hash) => may.has(hash)), 'one is invented');
      if (may.size <= most) assert.equal(knownFrom, at(remember));
      for (const { from, ids } of blocks) {
        assert.equal(from % BLOCK_SECONDS, 0);
        assert.deepEqual([...ids], [...ids].sort((left, right) => (left < right ? -1 : 1)));
      }
    }), { numRuns: 300 });
  });

  it('take sixteen bytes each, not those of their texts', async () => {
    async function* many(): AsyncGenerator<EntryBatch> {
      await Promise.resolve();
      for (let page = 0; page < 200; page += 1) yield { entries: Array.from({ length: 1_000 }, (_, index) => entryAt(5_000 * SECOND - page * 1_000 - index, 1)), pages: page, reached: undefined };
    }
    const arrivals = new LateArrivals(options({ mostRemembered: 200_000 }));
    let count = 0;
    for await (const { entries } of arrivals.pass(many())) count += entries.length;
    assert.equal(count, 200_000);
    const { blocks } = arrivals.remembered();
    assert.equal(blocks.reduce((sum, { ids }) => sum + ids.byteLength, 0), 200_000 * 8);
  });
});

describe('known ids', () => {
  it('know what a manifest says, and nothing else', () => {
    const known = KnownIds.of([{ from: '2026-11-20T01:00:00Z', ids: ['0000000000000001', 'ffffffffffffffff'] }, { from: '2026-11-20T00:50:00Z', ids: ['8000000000000000'] }], at(3_000));
    assert.deepEqual([1n, 0x8000000000000000n, 0xffffffffffffffffn, 0n, 2n].map((hash) => known.has(hash)), [true, true, true, false, false]);
    assert.deepEqual(known.blocks.map(({ from }) => from), [at(3_000), at(3_600)]);
    assert.equal(known.knownFrom, at(3_000));
  });

  it('read blocks in any order and cut, which a manifest from elsewhere can have', () => {
    const ids = Array.from({ length: 150_000 }, (_, number) => number);
    const known = KnownIds.of(ids.map((number) => ({ from: '2026-11-20T01:03:00Z', ids: [idHashText(BigInt(150_000 - number))] })), at(0));
    assert.deepEqual(known.blocks.map(({ from, ids: { length } }) => [from, length]), [[at(3_600), 150_000]]);
    assert.ok(known.has(77n));
  });

  it('of nothing hold nothing', () => {
    assert.equal(KnownIds.of([], 0).has(0n), false);
  });
});
