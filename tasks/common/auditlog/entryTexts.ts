import { FIELD_NUMBER } from './documentedFields';
import type { FieldPlaces } from './fieldPlaces';
import { NameTable } from './nameTable';

/** By what every export counts its entries; undefined where an entry has no text there. */
export interface EntryNames {
  readonly category: string | undefined;
  readonly area: string | undefined;
  readonly action: string | undefined;
}

/** What an organization has of people, projects and addresses comes again in entry after entry: of each only one text is made. */
const SLOTS = 16_384;
const known = new NameTable(SLOTS);

/** Reads names without parsing the entry. */
export function namesAt(raw: Buffer, places: FieldPlaces): EntryNames {
  return { category: textAt(raw, places, FIELD_NUMBER.category), area: textAt(raw, places, FIELD_NUMBER.area), action: textAt(raw, places, FIELD_NUMBER.actionId) };
}

/** Reads a text without parsing the entry; undefined where it has none there. @param field its number */
export function textAt(raw: Buffer, places: FieldPlaces, field: number): string | undefined {
  return known.textOf(raw, places.from(field), places.to(field));
}
