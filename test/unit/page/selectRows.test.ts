import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DIMENSIONS, type RowColumns } from '../../../tasks/common/report/reportData';
import { NO_FILTERS, type Filters } from '../../../page/rows/filters';
import { readColumns } from '../../../page/rows/readColumns';
import { RowStore } from '../../../page/rows/rowStore';
import { searchWords } from '../../../page/rows/search';
import { selectRows } from '../../../page/rows/selectRows';

interface Row {
  readonly area: string | null;
  readonly category: string | null;
  readonly details: string;
  readonly ms: number;
  readonly isOwn: boolean;
}

const places = { slots: 4, slotOf: (ms: number) => Math.floor(ms / 100), hourOf: (ms: number) => ms % 168 };
const word = fc.constantFrom('git', 'Build', 'a b', 'Ünï', 'x');
const row: fc.Arbitrary<Row> = fc.record({ area: fc.option(word), category: fc.option(word), details: fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'B', 'ü', '\n', ' ') }), ms: fc.nat(399), isOwn: fc.boolean() });

function columnsOf(rows: readonly Row[]): RowColumns {
  const column = <Value>(values: Value[]): { values: Value[]; index: number[] } => ({ values, index: values.map((_, place) => place) });
  const none = column(rows.map(() => null));
  const actor = column(rows.map(() => ({ kind: 'person' as const, name: 'Ada', upn: null, id: '1' })));
  return {
    ms: rows.map(({ ms }, place) => (place === 0 ? ms : (rows[place - 1]?.ms ?? 0) - ms)), id: rows.map((_, place) => `ID${place}`), correlation: column(rows.map(() => '')),
    actor, category: column(rows.map(({ category }) => category)), area: column(rows.map(({ area }) => area)), action: none, ip: none, mechanism: none, project: none,
    details: column(rows.map(({ details }) => details)), own: rows.flatMap(({ isOwn }, place) => (isOwn ? [place] : [])), late: [],
  };
}

/** In two chunks, so that their dictionaries have to be brought together. */
function storeOf(rows: readonly Row[]): RowStore {
  const store = new RowStore(rows.length);
  const half = Math.floor(rows.length / 2);
  for (const [number, part] of [rows.slice(0, half), rows.slice(half)].entries()) store.append(number, columnsOf(part));
  return store;
}

function fits(candidate: Row, { values, time, text }: Filters, except?: 'area' | 'slots'): boolean {
  const inArea = except === 'area' || (values.area?.size ?? 0) === 0 || values.area?.has(candidate.area ?? '') === true;
  const inTime = except === 'slots' || time === null || (candidate.ms >= time.from && candidate.ms < time.until);
  const texts = [candidate.area ?? '', candidate.category ?? '', candidate.details, 'Ada  1'].map((part) => part.toLowerCase());
  return inArea && inTime && searchWords(text).every((wanted) => texts.some((part) => part.includes(wanted)));
}

describe('rows under filters', () => {
  const filters = fc.record({ areas: fc.uniqueArray(fc.constantFrom('git', 'Build', ''), { maxLength: 2 }), time: fc.option(fc.tuple(fc.nat(400), fc.nat(400))), text: fc.constantFrom('', 'git', 'A', 'ü b', '"a b"', 'ADA') });

  it('are those that every filter lets through, and lists count what only their own filter keeps out', () => {
    fc.assert(fc.property(fc.array(row, { maxLength: 40 }), filters, (rows, { areas, time, text }) => {
      const wanted: Filters = { ...NO_FILTERS, values: { area: new Set(areas) }, time: time === null ? null : { from: time[0], until: time[1] }, text };
      const store = storeOf(rows);
      const { rows: listed, counts } = selectRows(store, wanted, places);
      assert.deepEqual([...listed], rows.flatMap((candidate, place) => (!candidate.isOwn && fits(candidate, wanted) ? [place] : [])));
      const inLists = rows.filter((candidate) => !candidate.isOwn && fits(candidate, wanted, 'area'));
      for (const [group, { key }] of store.facets.area.groups.entries()) assert.equal(counts.values.area[group], inLists.filter(({ area }) => (area ?? '') === key).length);
      assert.equal(counts.slots.reduce((sum, count) => sum + count, 0), rows.filter((candidate) => !candidate.isOwn && fits(candidate, wanted, 'slots')).length);
    }));
  });

  it('list our own reading only when it is asked for, and never count it', () => {
    const rows: Row[] = [false, true].map((isOwn) => ({ area: 'git', category: null, details: '', ms: 1, isOwn }));
    const { rows: listed, counts } = selectRows(storeOf(rows), { ...NO_FILTERS, showOwn: true }, places);
    assert.deepEqual([[...listed], [...counts.values.area]], [[0, 1], [1]]);
  });
});

describe('columns of a chunk', () => {
  const sound = columnsOf([{ area: 'git', category: null, details: 'x', ms: 5, isOwn: true }]);
  const broken: [string, unknown][] = [
    ['no JSON', undefined], ['a list', []], ['too few ids', { ...sound, id: [] }], ['an index beyond its dictionary', { ...sound, area: { values: ['git'], index: [1] } }],
    ['a time that is none', { ...sound, ms: ['5'] }], ['an actor without a kind', { ...sound, actor: { values: [{ name: 'Ada', upn: null, id: '1' }], index: [0] } }],
    ['a row that is not there', { ...sound, own: [1] }], ['a text that is none', { ...sound, details: { values: [null], index: [0] } }],
  ];

  it('are taken when they are whole', () => {
    assert.deepEqual(readColumns(JSON.stringify(sound), 1), sound);
    assert.ok(DIMENSIONS.every((dimension) => dimension in sound));
  });

  for (const [name, value] of broken) it(`are refused with ${name}`, () => assert.equal(readColumns(value === undefined ? '{' : JSON.stringify(value), 1), undefined));
});
