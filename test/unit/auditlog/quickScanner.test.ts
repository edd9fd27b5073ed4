import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DOCUMENTED_FIELDS } from '../../../tasks/common/auditlog/documentedFields';
import { EntryScanner } from '../../../tasks/common/auditlog/entryScanner';
import { PLACE_NUMBERS } from '../../../tasks/common/auditlog/fieldPlaces';
import { JsonScanner } from '../../../tasks/common/auditlog/jsonScanner';
import { QuickScanner } from '../../../tasks/common/auditlog/quickScanner';

const text = fc.oneof({ weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) }, { weight: 1, arbitrary: fc.constantFrom('\u0000', 'a\u007f', '"\\/', 'x'.repeat(15), 'x'.repeat(16), 'x'.repeat(17)) });
const value = fc.oneof({ weight: 3, arbitrary: text }, { weight: 1, arbitrary: fc.jsonValue() }, { weight: 1, arbitrary: fc.constantFrom(-0.5e-7, 1e21, 12, true, false, null, [], {}) });
const key = fc.oneof({ weight: 4, arbitrary: fc.constantFrom<string>(...DOCUMENTED_FIELDS) }, { weight: 1, arbitrary: fc.oneof(text, fc.constantFrom('ids', 'dat', 'x'.repeat(32), 'x'.repeat(33))) });
const members = fc.array(fc.tuple(key, value), { maxLength: 30 });
const json = members.map((all) => `{${all.map(([name, is]) => `${JSON.stringify(name)}:${JSON.stringify(is)}`).join(',')}}`);
/** A byte here and there is another one. */
const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...Buffer.from('"\\{}[],: u0-.eE+tfn\n\t\u0001x/', 'latin1'))), { maxLength: 3 });

const careful = new EntryScanner(DOCUMENTED_FIELDS, true);

function quickOver(bytes: Buffer): QuickScanner {
  const scanner = QuickScanner.over(bytes);
  assert.ok(scanner, 'this processor looks at 16 bytes at a time');
  return scanner;
}

/** Whether white space stands between the tokens of the valid value that begins at `from`. */
function hasSpace(bytes: Buffer, from: number): boolean {
  const scanner = new JsonScanner(bytes, from);
  scanner.value();
  return scanner.edits.length > 0;
}

function assertSame(quick: QuickScanner, bytes: Buffer, from: number, message: string): void {
  const table = new Int32Array(PLACE_NUMBERS);
  quick.copyPlaces(table, 0);
  const places = DOCUMENTED_FIELDS.map((_, field) => [table[2 * field], table[2 * field + 1]]);
  assert.deepEqual(places, DOCUMENTED_FIELDS.map((_, field) => (careful.from[field] === -1 ? [-1, -1] : [careful.from[field]! - from, careful.to[field]! - from])), message);
  assert.deepEqual(DOCUMENTED_FIELDS.map((_, field) => [quick.fieldFrom(field), quick.fieldTo(field)]), places, message);
  assert.deepEqual([quick.hasSpace, quick.hasOthers], [hasSpace(bytes, from), careful.othersLength > 0], message);
}

describe('the quick scanner', () => {
  it('finds what the careful one does, and no end where that finds none, in valid and in damaged entries', () => {
    fc.assert(fc.property(json, damage, fc.nat(40), (entry, changes, before) => {
      const bytes = Buffer.from(`${' '.repeat(before)}${entry}`);
      for (const [at, byte] of changes) bytes[before + at % (bytes.length - before)] = byte;
      const quick = quickOver(bytes);
      const end = quick.scan(before);
      const expected = careful.scan(bytes, before, bytes.length);
      if (end >= 0) {
        assert.equal(end, expected, bytes.toString());
        assertSame(quick, bytes, before, bytes.toString());
      } else if (expected >= 0) assert.match(bytes.toString(), /"[^"]*\\[^"]*.*?"\s*:/, 'it gives up only for keys with an escape');
    }), { numRuns: 3_000 });
  });

  it('understands every entry whose keys need no escape', () => {
    fc.assert(fc.property(json, (entry) => {
      const bytes = Buffer.from(entry);
      const hasEscapedKey = Object.keys(JSON.parse(entry) as object).some((name) => JSON.stringify(name).includes('\\'));
      assert.equal(quickOver(bytes).scan(0) === bytes.length, !hasEscapedKey, entry);
    }), { numRuns: 500 });
  });

  for (const filler of ['details', 'white space']) {
    it(`goes through pages of any length, by turns with others, whatever an entry is cut at: ${filler}`, () => {
      const lengths = [10, 262_000, 200, 262_130, 600_000, 0, 5];
      const entries = lengths.flatMap((length, index) => Array.from({ length: 3 }, (_, turn) => {
        const filled = filler === 'details' ? ['', 'é'.repeat(length + turn)] : [' '.repeat(length + turn), ''];
        return `{"id":"${index}"${filled[0]},"area":"Git","details":"${filled[1]}","data":{"a":[1,-2.5,true,null]}}`;
      }));
      const bytes = Buffer.from(entries.join(','));
      const [quick, other] = [quickOver(bytes), quickOver(Buffer.from(entries[2]!))];
      let at = 0;
      for (const entry of entries) {
        const end = quick.scan(at);
        assert.equal(end, at + Buffer.byteLength(entry));
        careful.scan(bytes, at, bytes.length);
        assertSame(quick, bytes, at, entry.slice(0, 80));
        assert.equal(other.scan(0), Buffer.byteLength(entries[2]!));
        at = end + 1;
      }
    });
  }

  for (const entry of ['', '{', '{"a"', '{"a":', '{"a":1', '{"a":"', '{"a":"\\', '{"a":"\\u00', '{"a":tru', '{"a":-', '{"a":1.', '{"a":1e', '{"a":[', '{"a":[1,', '{"a":1,', '{"a":{}']) {
    it(`finds no end in ${JSON.stringify(entry)}`, () => {
      assert.ok(quickOver(Buffer.from(entry)).scan(0) < 0);
      // What stood in the memory before must not complete it.
      assert.equal(quickOver(Buffer.from(`${entry}${'"}]1'.repeat(20)}`)).scan(0) >= 0, careful.scan(Buffer.from(`${entry}${'"}]1'.repeat(20)}`), 0, entry.length + 80) >= 0);
      assert.ok(quickOver(Buffer.from(entry)).scan(0) < 0);
    });
  }

  it('takes entries that are nested as deeply as the careful one does, and no deeper', () => {
    for (const depth of [99, 100, 101, 102, 100_000]) {
      for (const [open, close] of [['[', ']'], ['{"a":', '}']] as const) {
        const bytes = Buffer.from(`{"data":${open.repeat(depth)}1${close.repeat(depth)}}`);
        assert.equal(quickOver(bytes).scan(0) >= 0, careful.scan(bytes, 0, bytes.length) >= 0, `${depth} times ${open}`);
      }
    }
  });
});
