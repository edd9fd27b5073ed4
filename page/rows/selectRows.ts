import { DIMENSIONS, type Dimension } from '../../tasks/common/report/reportData';
import { type Filters, type TextColumnName } from './filters';
import { LATE, OWN, type RowStore } from './rowStore';
import { searchRows } from './search';

/** Where rows stand in the two charts. */
export interface ChartPlaces {
  slotOf(ms: number): number;
  readonly slots: number;
  hourOf(ms: number): number;
}

/** Counts of rows under all filters but the one of the chart or list itself, so that each shows what else could be chosen there. */
export interface FacetCounts {
  /** By group of the dimension. */
  readonly values: Readonly<Record<Dimension, Uint32Array>>;
  /** `slot * categories + category group`. */
  readonly slots: Uint32Array;
  readonly hours: Uint32Array;
}

export interface Selection {
  /** Numbers of the rows to list, newest first. */
  readonly rows: Uint32Array;
  /** Counted when they are first asked for: the rows are what the reader waits for. */
  readonly counts: FacetCounts;
}

/** A filter of a chart or a list, for which rows are counted that only it keeps out. */
interface FacetTest {
  readonly facet: Dimension | 'slots' | 'hours';
  readonly fits: (row: number) => boolean;
}

/** Applies the filters to all rows that are there now. */
export function selectRows(store: RowStore, filters: Filters, places: ChartPlaces): Selection {
  const out = leftOut(store, filters);
  const tests = facetTests(store, filters, places);
  const rows = new Uint32Array(out.length);
  let listed = 0;
  for (let row = 0; row < out.length; row += 1) if (out[row] === 0 && tests.every(({ fits }) => fits(row))) rows[listed++] = row;
  let counts: FacetCounts | undefined;
  return {
    rows: rows.slice(0, listed),
    get counts() {
      counts ??= countRows(store, out, tests, places);
      return counts;
    },
  };
}

function countRows(store: RowStore, out: Uint8Array, tests: readonly FacetTest[], places: ChartPlaces): FacetCounts {
  const fold = new CountFold(store, places);
  for (let row = 0; row < out.length; row += 1) {
    if (out[row] === 1 || ((store.flags[row] as number) & OWN) !== 0) continue;
    const failed = tests.filter(({ fits }) => !fits(row));
    if (failed.length <= 1) fold.add(row, failed[0]?.facet);
  }
  return fold;
}

/** 1 for rows that search, column filters and the like keep out. */
function leftOut(store: RowStore, filters: Filters): Uint8Array {
  const out = new Uint8Array(store.count);
  const found = searchRows(store, filters.text);
  const unwanted = filters.showOwn ? 0 : OWN;
  for (let row = 0; row < store.count; row += 1) {
    const flags = store.flags[row] as number;
    if ((flags & unwanted) !== 0 || (filters.onlyLate && (flags & LATE) === 0) || found?.[row] === 0) out[row] = 1;
  }
  for (const [name, text] of Object.entries(filters.columns)) if (text.trim() !== '') keepContaining(store, name as TextColumnName, text.trim().toLowerCase(), out);
  if (filters.correlation !== null) {
    for (let row = 0; row < store.count; row += 1) if (store.correlation.valueAt(row) !== filters.correlation) out[row] = 1;
  }
  return out;
}

function keepContaining(store: RowStore, name: TextColumnName, text: string, out: Uint8Array): void {
  const { dictionary, index } = name === 'details' ? store.details : store.facets[name];
  const hits = dictionary.hits(text);
  for (let row = 0; row < store.count; row += 1) if (hits?.[index[row] as number] !== 1) out[row] = 1;
}

function facetTests(store: RowStore, { values, time, hours }: Filters, places: ChartPlaces): FacetTest[] {
  const tests: FacetTest[] = [];
  for (const facet of DIMENSIONS) {
    const keys = values[facet];
    if (keys === undefined || keys.size === 0) continue;
    const column = store.facets[facet];
    const wanted = column.groupsAmong(keys);
    tests.push({ facet, fits: (row) => wanted[column.groupAt(row)] === 1 });
  }
  if (time !== null) tests.push({ facet: 'slots', fits: (row) => (store.ms[row] as number) >= time.from && (store.ms[row] as number) < time.until });
  if (hours.size > 0) tests.push({ facet: 'hours', fits: (row) => hours.has(places.hourOf(store.ms[row] as number)) });
  return tests;
}

class CountFold implements FacetCounts {
  readonly values: Readonly<Record<Dimension, Uint32Array>>;
  readonly slots: Uint32Array;
  readonly hours = new Uint32Array(7 * 24);
  readonly #store: RowStore;
  readonly #places: ChartPlaces;
  readonly #categories: number;

  constructor(store: RowStore, places: ChartPlaces) {
    this.#store = store;
    this.#places = places;
    this.#categories = store.facets.category.groups.length;
    this.values = Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, new Uint32Array(store.facets[dimension].groups.length)])) as Record<Dimension, Uint32Array>;
    this.slots = new Uint32Array(places.slots * this.#categories);
  }

  /** Counts a row everywhere, or only for the facet that alone keeps it out. */
  add(row: number, only: Dimension | 'slots' | 'hours' | undefined): void {
    for (const dimension of DIMENSIONS) if (only === undefined || only === dimension) increase(this.values[dimension], this.#store.facets[dimension].groupAt(row));
    const ms = this.#store.ms[row] as number;
    if (only === undefined || only === 'hours') increase(this.hours, this.#places.hourOf(ms));
    if (only !== undefined && only !== 'slots') return;
    const slot = this.#places.slotOf(ms);
    if (slot >= 0 && slot < this.#places.slots) increase(this.slots, slot * this.#categories + this.#store.facets.category.groupAt(row));
  }
}

function increase(counts: Uint32Array, at: number): void {
  counts[at] = (counts[at] as number) + 1;
}
