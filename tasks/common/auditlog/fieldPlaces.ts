import { DOCUMENTED_FIELDS } from './documentedFields';
import { EntryScanner } from './entryScanner';
import type { QuickScanner } from './quickScanner';

/** Of an entry: begin and end of each field. */
export const PLACE_NUMBERS = 2 * DOCUMENTED_FIELDS.length;
const ENTRIES_OF_TABLE = 250;

/** Where the documented fields of an entry stand in its bytes. */
export class FieldPlaces {
  /** Whether the entry has other fields too. */
  readonly hasOthers: boolean;
  readonly #table: Int32Array;
  readonly #at: number;

  constructor(table: Int32Array, at: number, hasOthers: boolean) {
    this.#table = table;
    this.#at = at;
    this.hasOthers = hasOthers;
  }

  /** Where the value begins, quotes included; -1 where the entry does not have the field. @param field its number */
  from(field: number): number {
    return this.#table[this.#at + 2 * field] as number;
  }

  /** Where it ends. */
  to(field: number): number {
    return this.#table[this.#at + 2 * field + 1] as number;
  }

  /** Writes all of them into another table. */
  copyTo(table: Int32Array, at: number): void {
    for (let index = 0; index < PLACE_NUMBERS; index += 1) table[at + index] = this.#table[this.#at + index] as number;
  }
}

/** Keeps the places of entries while they are scanned: in few large tables, because entries are many. */
export class PlaceTables {
  #table = new Int32Array(0);
  #at = 0;

  /** @param scanner which has just scanned the entry */
  take(scanner: Pick<QuickScanner, 'copyPlaces' | 'hasOthers'>): FieldPlaces {
    if (this.#at === this.#table.length) {
      this.#table = new Int32Array(PLACE_NUMBERS * ENTRIES_OF_TABLE);
      this.#at = 0;
    }
    const at = this.#at;
    scanner.copyPlaces(this.#table, at);
    this.#at += PLACE_NUMBERS;
    return new FieldPlaces(this.#table, at, scanner.hasOthers);
  }
}

const scanner = new EntryScanner(DOCUMENTED_FIELDS, true);

/** The places in an entry that is not of a page that has just been read. @param raw valid JSON */
export function placesIn(raw: Buffer): FieldPlaces {
  if (scanner.scan(raw, 0, raw.length) < 0) throw new Error('An entry is no JSON object.');
  const table = new Int32Array(PLACE_NUMBERS);
  for (let field = 0; field < DOCUMENTED_FIELDS.length; field += 1) {
    table[2 * field] = scanner.from[field] as number;
    table[2 * field + 1] = scanner.to[field] as number;
  }
  return new FieldPlaces(table, 0, scanner.othersLength > 0);
}

/** The members of other names, each as it stands in the entry: `"name":value`. */
export function otherMembers(raw: Buffer): Buffer[] {
  scanner.scan(raw, 0, raw.length);
  const members: Buffer[] = [];
  for (let index = 0; index < scanner.othersLength; index += 2) members.push(raw.subarray(scanner.others[index], scanner.others[index + 1]));
  return members;
}
