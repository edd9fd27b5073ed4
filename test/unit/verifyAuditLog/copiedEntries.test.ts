import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import path from 'node:path';
import { compareNames, mergedNames, namesIn, type EntryName, type EntrySource } from '../../../tasks/common/evidence/copiedEntries';
import { ticksOfTimestamp } from '../../../tasks/common/time/ticks';
import { temporaryFolder } from '../../support/temporaryFolder';

const ticks = (number: number): string => String(number).padStart(19, '0');

describe('the entries of several exports in one order', () => {
  const arbitraryNames = fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), ticks: fc.integer({ min: 0, max: 40 }).map(ticks) }, { noNullPrototype: true }), { maxLength: 30 });

  it('are all there, each once, newest first', async () => {
    await fc.assert(fc.asyncProperty(fc.array(arbitraryNames, { maxLength: 6 }), async (exports) => {
      const merged: EntryName[] = [];
      for await (const name of mergedNames(exports.map(sourceOf))) merged.push(name);
      const expected = new Map(exports.flat().map((name) => [`${name.ticks} ${name.id}`, name]));
      assert.deepEqual(merged, [...expected.values()].sort(compareNames));
    }));
  });

  it('come from few exports that are open at a time, however many there are', async () => {
    let open = 0;
    let most = 0;
    const sources = Array.from({ length: 200 }, (_, day): EntrySource => ({
      endTicks: ticks((day + 1) * 100),
      // The last entry is a late one, of the day before.
      open: async function* () {
        open += 1;
        most = Math.max(most, open);
        for (const number of [day * 100 + 50, day * 100 + 10, Math.max(0, day * 100 - 10)]) yield await Promise.resolve({ id: `${day}`, ticks: ticks(number) });
        open -= 1;
      },
    }));
    let count = 0;
    for await (const name of mergedNames(sources)) count += name.id === '' ? 0 : 1;
    assert.equal(count, 600);
    assert.equal(open, 0);
    assert.ok(most <= 3, `${most} were open at once`);
  });

  it('lets go of files when nobody reads on', async () => {
    let isLeft = false;
    const source: EntrySource = {
      endTicks: ticks(100),
      open: async function* () {
        try {
          for (let number = 99; ; number -= 1) yield await Promise.resolve({ id: 'a', ticks: ticks(number) });
        } finally {
          isLeft = true;
        }
      },
    };
    for await (const name of mergedNames([source])) if (name.ticks < ticks(95)) break;
    assert.ok(isLeft);
  });
});

describe('the entries of a file', () => {
  const folder = temporaryFolder();
  const entries = ['2026-11-20T14:05:02.1460838Z', '2026-11-20T14:05:02+00:00'].map((timestamp, index) => JSON.stringify({ id: `${index};ü"\u2028`, timestamp, details: 'a,\r' }));
  const expected = ['2026-11-20T14:05:02.1460838Z', '2026-11-20T14:05:02Z'].map((timestamp, index) => ({ id: `${index};ü"\u2028`, ticks: ticksOfTimestamp(timestamp) }));

  for (const [name, text] of [['audit-log.jsonl', `${entries.join('\n')}\n`], ['audit-log.json', `[\n${entries.join(',\n')}\n]\n`], ['empty.json', '[]\n'], ['empty.jsonl', '']] as const) {
    for (const isPacked of [false, true]) {
      it(`are read from ${name}${isPacked ? '.gz' : ''}`, async () => {
        const file = isPacked ? `${name}.gz` : name;
        writeFileSync(path.join(folder(), file), isPacked ? gzipSync(text) : text);
        const read: EntryName[] = [];
        for await (const entry of namesIn(folder(), file)) read.push(entry);
        assert.deepEqual(read, name.startsWith('empty') ? [] : expected);
      });
    }
  }

  it('that is gone are a failure, not nothing', async () => {
    await assert.rejects(async () => { for await (const _ of namesIn(folder(), 'audit-log.jsonl.gz')) assert.fail(); }, { code: 'ENOENT' });
  });
});

function sourceOf(names: readonly EntryName[]): EntrySource {
  const distinct = [...new Map(names.map((name) => [`${name.ticks} ${name.id}`, name])).values()].sort(compareNames);
  return {
    endTicks: ticks(Number(distinct[0]?.ticks ?? '0') + 1),
    open: async function* () { for (const name of distinct) yield await Promise.resolve(name); },
  };
}
