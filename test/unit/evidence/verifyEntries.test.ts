import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TallyFold } from '../../../tasks/common/auditlog/tally';
import { AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { idHash, idHashText } from '../../../tasks/common/auditlog/idHash';
import { EntryScanner, FIELD } from '../../../tasks/common/auditlog/entryScanner';
import { momentOfId, MomentReader, ticksOfMoment } from '../../../tasks/common/auditlog/moments';
import { common, united, without } from '../../../tasks/common/evidence/verify/intervals';
import { sha256Of } from '../../../tasks/common/auditlog/sha256';
import { KnownHashes } from '../../../tasks/common/evidence/verify/knownHashes';
import { Lines } from '../../../tasks/common/evidence/verify/lines';
import { NameCounts } from '../../../tasks/common/evidence/verify/nameCounts';
import { parseSums } from '../../../tasks/common/evidence/verify/sumsFile';
import { ticksOfId, ticksOfTimestamp } from '../../../tasks/common/time/ticks';
import { idOf, ticksAfter, timestampOf } from '../../support/auditEntries';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

describe('scanning an entry', () => {
  const scanner = new EntryScanner();
  const scan = (text: string): boolean => {
    // What surrounds the line must not matter.
    const bytes = Buffer.from(`}"\\${text}"}],:1`);
    return scanner.scan(bytes, 3, 3 + Buffer.byteLength(text)) === 3 + Buffer.byteLength(text);
  };
  const valueOf = (text: string, field: number): unknown => {
    const bytes = Buffer.from(text);
    assert.equal(scanner.scan(bytes, 0, bytes.length), bytes.length);
    const from = scanner.from[field] ?? -1;
    return from < 0 ? undefined : JSON.parse(bytes.toString('utf8', from, scanner.to[field]));
  };

  it('takes every JSON object, and finds in it what JSON.parse finds', () => {
    fc.assert(fc.property(fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...Object.keys(FIELD))), fc.jsonValue()), (fields) => {
      const text = JSON.stringify(fields);
      assert.ok(scan(text), text);
      const again = JSON.parse(text) as Record<string, unknown>;
      for (const [name, field] of Object.entries(FIELD)) assert.deepEqual(valueOf(text, field), Object.hasOwn(again, name) ? again[name] : undefined);
    }), { numRuns: 1_000 });
  });

  it('agrees with JSON.parse about texts that were damaged in one place', () => {
    const text = '{"id":"a\\u00e9\\n","n":[-0.5e+3,10,0,1E2,{}],"t":[true,false,null,[]],"o":{"x":"é"}}';
    const piece = fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', '-', '+', '.', 'e', 'E', '0', '1', '9', 't', 'f', 'n', 'u', ' ', 'a', 'é', '\u0001', '\t');
    fc.assert(fc.property(fc.nat(text.length - 1), fc.nat(2), piece, (at, removed, added) => {
      const damaged = text.slice(0, at) + added + text.slice(at + removed);
      // Around an entry there is nothing, not even white space.
      assert.equal(scan(damaged), damaged.trim() === damaged && isObject(parsed(damaged)), damaged);
    }), { numRuns: 5_000 });
  });

  for (const text of ['', '{', '[]', '"x"', '{}{}', '{"a":01}', '{"a":1.}', '{"a":.5}', '{"a":"\\x"}', '{"a":"\\u00g0"}', '{"a":tru}', '{"a":1,}', '{,}', '{"a"}', '{"a":"\u0001"}', '{"a":-}', `{"a":${'['.repeat(200)}${']'.repeat(200)}}`]) {
    it(`refuses ${text.slice(0, 30)}`, () => { assert.equal(scan(text), false); });
  }

  it('reads names that are escaped, and the last of two', () => {
    assert.equal(valueOf('{"\\u0069d":"a","x":{"id":"no"}}', FIELD.id), 'a');
    assert.equal(valueOf('{"id":"a","i\\u0064":"b"}', FIELD.id), 'b');
  });
});

describe('instants of entries', () => {
  it('are those that the export reads, in every form', () => {
    const reader = new MomentReader();
    const text = fc.oneof(
      fc.tuple(fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true }), fc.stringMatching(/^(\.\d{1,8})?$/), fc.constantFrom('Z', '+00:00', '-00:00', '+05:30', '', 'z', '+0000')).map(([date, fraction, offset]) => `${date.toISOString().padStart(24, '0').slice(0, 19)}${fraction}${offset}`),
      fc.constantFrom('2026-02-30T00:00:00Z', '2026-11-20T24:00:00Z', '2026-11-20T23:60:00Z', '2026-11-20T23:59:60Z', '2026-11-20 00:00:00Z', '2026-11-20T00:00:00.Z', '2026-11-20T0a:00:00Z', '2026-1\\u0031-20T00:00:00Z', 'x'),
    );
    fc.assert(fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (texts) => {
      for (const timestamp of texts) {
        const bytes = Buffer.from(`"${timestamp}"`);
        const moment = { seconds: -1, fraction: -1 };
        const isRead = reader.timestamp(bytes, 0, bytes.length, moment);
        assert.equal(isRead ? ticksOfMoment(moment) : undefined, ticksOfTimestamp(JSON.parse(bytes.toString()) as string), timestamp);
      }
    }), { numRuns: 3_000 });
  });

  it('are those that ids begin with', () => {
    const id = fc.oneof(fc.bigInt(0n, 3_155_378_975_999_999_999n).map((ticks) => idOf(String(ticks).padStart(19, '0'), 1)), fc.stringMatching(/^\d{17,20};?x?$/), fc.constant(idOf(ticksAfter(5), 1).replace('0', '\\u0030')));
    fc.assert(fc.property(id, (text) => {
      const bytes = Buffer.from(`"${text}"`);
      const moment = { seconds: -1, fraction: -1 };
      const isRead = momentOfId(bytes, 0, bytes.length, moment);
      assert.equal(isRead ? ticksOfMoment(moment) : undefined, ticksOfId(JSON.parse(bytes.toString()) as string), text);
    }), { numRuns: 2_000 });
  });
});

describe('counting names', () => {
  const counted = (values: readonly unknown[]): unknown => {
    const counts = new NameCounts();
    for (const value of values) {
      const bytes = Buffer.from(value === undefined ? '' : JSON.stringify(value));
      counts.add(bytes, bytes.length === 0 ? -1 : 0, bytes.length);
    }
    return counts.sorted();
  };
  const folded = (values: readonly unknown[]): unknown => {
    const fold = new TallyFold();
    for (const [index, category] of values.entries()) {
      const ticks = ticksAfter(1e9 - index);
      fold.add(new AuditLogEntry(Buffer.from(JSON.stringify({ id: idOf(ticks, 1), timestamp: timestampOf(ticks), category })), idOf(ticks, 1), ticks));
    }
    return [...fold.byCategory].map(([name, entries]) => ({ name, entries })).sort((left, right) => (left.name < right.name ? -1 : 1));
  };

  it('counts as the export counts', () => {
    const name = fc.oneof(fc.constantFrom('access', 'create', '', null, undefined, 5, '(other)', 'x'.repeat(250), `${'x'.repeat(250)}y`), fc.string({ unit: 'grapheme', maxLength: 12 }));
    fc.assert(fc.property(fc.array(name, { maxLength: 60 }), (values) => { assert.deepEqual(counted(values), folded(values)); }), { numRuns: 300 });
  });

  it('puts names together beyond two thousand, as the export does', () => {
    const values = [...Array.from({ length: 2_300 }, (_, index) => `name ${index % 2_200}`), null, 'name 5'];
    assert.deepEqual(counted(values), folded(values));
  });
});

describe('known ids', () => {
  it('are met, or not', () => {
    const known = new KnownHashes([{ from: '2026-11-20T00:00:00Z', ids: ['a', 'b', 'c'].map((id) => idHashText(idHash(id))) }]);
    const older = new KnownHashes([{ from: '2026-11-20T00:00:00Z', ids: [idHashText(idHash('b'))] }]);
    assert.equal(known.meet(sha256Of('a')), true);
    assert.equal(known.meet(sha256Of('d')), false);
    assert.deepEqual([known.size, known.unmet(undefined), known.unmet(older)], [3, 2, 1]);
    assert.equal(new KnownHashes([]).meet(sha256Of('a')), false);
  });
});

describe('cutting lines', () => {
  it('gives the same lines however the content comes, and says which are text', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 20 }).filter((line) => !line.includes('\n')), fc.constant('\ufffd')), { maxLength: 12 }), fc.boolean(), fc.array(fc.nat(9), { maxLength: 80 }), (texts, isEnded, cuts) => {
      const all = Buffer.from(texts.join('\n') + (isEnded && texts.length > 0 ? '\n' : ''));
      const broken = Buffer.from(all.map((byte) => (byte === 0xef ? 0xff : byte)));
      const lines: [string, boolean][] = [];
      const cutter = new Lines((bytes, from, to, isText) => { lines.push([bytes.toString('latin1', from, to), isText]); });
      let at = 0;
      for (const cut of [...cuts, all.length]) {
        cutter.push(broken.subarray(at, at + cut));
        at += cut;
      }
      const hasRest = broken.length > 0 && broken.at(-1) !== 0x0a;
      assert.equal(cutter.end(), !hasRest);
      const expected = broken.toString('latin1').split('\n').slice(0, hasRest ? undefined : -1);
      assert.deepEqual(lines, expected.map((line) => [line, !line.includes('\xff')]));
    }), { numRuns: 1_000 });
  });
});

describe('time that is covered', () => {
  const interval = fc.tuple(fc.nat(30), fc.nat(30)).map(([start, length]) => ({ start: text(start), end: text(start + length) }));
  function text(second: number): string {
    return new Date(second * 1000).toISOString().replace('.000', '');
  }
  const seconds = ({ start, end }: { start: string; end: string }): number[] => Array.from({ length: Math.max(0, (Date.parse(end) - Date.parse(start)) / 1000) }, (_, index) => Date.parse(start) / 1000 + index);

  it('is what it is second by second', () => {
    fc.assert(fc.property(interval, fc.array(interval, { maxLength: 6 }), (range, others) => {
      const covered = new Set(others.flatMap(seconds));
      assert.deepEqual(without(range, others).flatMap(seconds), seconds(range).filter((second) => !covered.has(second)));
      assert.deepEqual(united(others).flatMap(seconds), [...covered].sort((left, right) => left - right));
      for (const other of others) {
        const both = common(range, other);
        assert.deepEqual(both === undefined ? [] : seconds(both), seconds(range).filter((second) => seconds(other).includes(second)));
      }
    }), { numRuns: 500 });
  });
});

describe('a list of hashes', () => {
  it('is read as sha256sum reads it', () => {
    const hash = 'a'.repeat(64);
    assert.deepEqual(parseSums(`${hash}  one file\n${hash} *two\r\n`), { lines: [{ line: 1, name: 'one file', sha256: hash }, { line: 2, name: 'two', sha256: hash }] });
    for (const wrong of ['x\n', `${hash} one\n`, `${hash}  a/b\n`, `${hash}  ..\\b\n`, '\n']) assert.equal(parseSums(wrong).wrongLine, 1, wrong);
  });
});
