import { DIMENSIONS, type DictionaryColumn, type Dimension, type ReportActor, type RowColumns } from '../../tasks/common/report/reportData';
import { Dictionary } from './dictionary';
import { FacetColumn, type FacetValue } from './facetColumn';
import { type Turns } from './turns';

/** Texts that nearly always differ from row to row. */
class TextColumn {
  readonly dictionary = new Dictionary<string>((text) => text);
  readonly index: Uint32Array;

  constructor(capacity: number) {
    this.index = new Uint32Array(capacity);
  }

  valueAt(row: number): string {
    return this.dictionary.values[this.index[row] as number] ?? '';
  }
}

/** Bits of {@link RowStore.flags}. */
export const OWN = 1;
export const LATE = 2;

/** All rows that are here, by column, newest first. */
export class RowStore {
  /** Rows that are here so far. */
  count = 0;
  readonly ms: Float64Array;
  readonly flags: Uint8Array;
  readonly ids = new Dictionary<string>((id) => id);
  readonly facets: Readonly<Record<Dimension, FacetColumn>>;
  readonly correlation: TextColumn;
  readonly details: TextColumn;
  /** Chunk of the data to its first row here. */
  readonly #firstRows = new Map<number, number>();

  constructor(capacity: number) {
    this.ms = new Float64Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.facets = Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, new FacetColumn(dimension, capacity)])) as Record<Dimension, FacetColumn>;
    this.correlation = new TextColumn(capacity);
    this.details = new TextColumn(capacity);
  }

  /** Adds the rows of a chunk, which {@link readColumns} has accepted. */
  append(chunk: number, columns: RowColumns): void {
    const first = this.count;
    const rows = columns.id.length;
    let ms = 0;
    for (let row = 0; row < rows; row += 1) {
      ms = row === 0 ? columns.ms[0] as number : ms - (columns.ms[row] as number);
      this.ms[first + row] = ms;
      this.ids.values.push(columns.id[row] as string);
    }
    for (const dimension of DIMENSIONS) {
      const facet = this.facets[dimension];
      place(columns[dimension] as DictionaryColumn<FacetValue>, facet.index, first, (value) => facet.numberOf(value));
    }
    for (const name of ['correlation', 'details'] as const) place(columns[name], this[name].index, first, (value) => this[name].dictionary.numberOf(value));
    for (const row of columns.own) this.flags[first + row] = (this.flags[first + row] as number) | OWN;
    for (const row of columns.late) this.flags[first + row] = (this.flags[first + row] as number) | LATE;
    this.#firstRows.set(chunk, first);
    this.count = first + rows;
    for (const { dictionary } of this.#searched()) dictionary.lowerMany();
  }

  /** Whether so many rows more find their place. */
  hasRoomFor(rows: number): boolean {
    return this.count + rows <= this.ms.length;
  }

  text(dimension: Exclude<Dimension, 'actor'>, row: number): string {
    return (this.facets[dimension].valueAt(row) as string | null) ?? '';
  }

  actor(row: number): ReportActor {
    return this.facets.actor.valueAt(row) as ReportActor;
  }

  id(row: number): string {
    return this.ids.values[row] ?? '';
  }

  isOwn(row: number): boolean {
    return ((this.flags[row] as number) & OWN) !== 0;
  }

  isLate(row: number): boolean {
    return ((this.flags[row] as number) & LATE) !== 0;
  }

  /** In which chunk of the data a row is, and at which place. */
  placeOf(row: number): { chunk: number; offset: number } {
    let place = { chunk: 0, offset: row };
    for (const [chunk, first] of this.#firstRows) if (first <= row) place = { chunk, offset: row - first };
    return place;
  }

  /** What the first search would otherwise have to do. */
  async prepareSearch(turns: Turns): Promise<void> {
    for (const { dictionary } of this.#searched()) {
      while (dictionary.lowerSome()) if (turns.isOver) await turns.next();
    }
  }

  dictionaries(): { readonly dictionary: Dictionary<FacetValue> | Dictionary<string>; readonly index: Uint32Array }[] {
    return [...Object.values(this.facets), this.correlation, this.details];
  }

  #searched(): { readonly dictionary: Dictionary<FacetValue> | Dictionary<string> }[] {
    return [...this.dictionaries(), { dictionary: this.ids }];
  }
}

function place<Value>({ values, index }: DictionaryColumn<Value>, target: Uint32Array, first: number, numberOf: (value: Value) => number): void {
  const numbers = values.map(numberOf);
  for (let row = 0; row < index.length; row += 1) target[first + row] = numbers[index[row] as number] as number;
}
