import { type Dimension, type ReportActor } from '../../tasks/common/report/reportData';
import { Dictionary } from './dictionary';
import { groupKey, groupName } from './groups';

export interface Group {
  readonly key: string;
  readonly name: string | null;
  readonly actor: ReportActor | undefined;
}

export type FacetValue = string | ReportActor | null;

/** A column by which entries are counted: the value of each row, and the group that each value belongs to. */
export class FacetColumn {
  readonly dictionary: Dictionary<FacetValue>;
  /** Row to value. */
  readonly index: Uint32Array;
  readonly groups: Group[] = [];
  /** Value to group. */
  readonly #groupOfValue: number[] = [];
  readonly #groupNumbers = new Map<string, number>();
  readonly #dimension: Dimension;

  constructor(dimension: Dimension, capacity: number) {
    this.#dimension = dimension;
    this.index = new Uint32Array(capacity);
    this.dictionary = new Dictionary(facetText, (value) => (value === null ? '' : typeof value === 'string' ? `=${value}` : `${value.kind}\n${value.id}\n${value.name}`));
  }

  /** The number of a value, and its group's when it is new. */
  numberOf(value: FacetValue): number {
    const number = this.dictionary.numberOf(value);
    if (number === this.#groupOfValue.length) this.#groupOfValue.push(this.#groupNumber(value));
    return number;
  }

  valueAt(row: number): FacetValue {
    return this.dictionary.values[this.index[row] as number] ?? null;
  }

  groupAt(row: number): number {
    return this.#groupOfValue[this.index[row] as number] as number;
  }

  /** 1 for each group whose key is among these. */
  groupsAmong(keys: ReadonlySet<string>): Uint8Array {
    return Uint8Array.from(this.groups, ({ key }) => (keys.has(key) ? 1 : 0));
  }

  #groupNumber(value: FacetValue): number {
    const key = groupKey(this.#dimension, value);
    const known = this.#groupNumbers.get(key);
    if (known !== undefined) return known;
    const actor = value === null || typeof value === 'string' ? undefined : value;
    const name = actor === undefined ? groupName(this.#dimension, value as string | null) : actor.name;
    this.#groupNumbers.set(key, this.groups.length);
    return this.groups.push({ key, name, actor }) - 1;
  }
}

/** A value's text, as search, table and CSV take it. */
export function facetText(value: FacetValue): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : `${value.name} ${value.upn ?? ''} ${value.id}`;
}
