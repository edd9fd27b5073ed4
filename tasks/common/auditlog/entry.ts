import { isAscii } from 'node:buffer';
import { FIELD_NUMBER, type DocumentedField } from './documentedFields';
import { namesAt, textAt, type EntryNames } from './entryTexts';
import { placesIn, type FieldPlaces } from './fieldPlaces';

/** One audit log entry, as the service sent it. */
export class AuditLogEntry {
  /** Valid JSON, compact, without a line feed. */
  readonly raw: Buffer;
  /** What makes the entry itself: entries with one id are one entry. */
  readonly id: string;
  /** The instant of the entry's `timestamp`, .NET ticks as 19 digits. */
  readonly ticks: string;
  /** The bytes as they came, when they were no valid JSON and `raw` is a repair of them. */
  readonly original: Buffer | undefined;
  #names: EntryNames | undefined;
  #places: FieldPlaces | undefined;
  #fields: Readonly<Record<string, unknown>> | undefined;

  /** @param places where they are known already */
  constructor(raw: Buffer, id: string, ticks: string, original?: Buffer, places?: FieldPlaces) {
    this.raw = raw;
    this.id = id;
    this.ticks = ticks;
    this.original = original;
    this.#places = places;
  }

  /** What was done, without parsing. */
  names(): EntryNames {
    this.#names ??= namesAt(this.raw, this.places());
    return this.#names;
  }

  /** Where its fields stand in its bytes. */
  places(): FieldPlaces {
    this.#places ??= placesIn(this.raw);
    return this.#places;
  }

  /** The text of a field that comes again and again, as names do, without parsing; undefined where the entry has none there. */
  text(name: DocumentedField): string | undefined {
    return textAt(this.raw, this.places(), FIELD_NUMBER[name]);
  }

  /** A field as it stands in the entry's JSON; undefined where the entry does not have it. */
  json(name: DocumentedField): string | undefined {
    const places = this.places();
    const from = places.from(FIELD_NUMBER[name]);
    return from < 0 ? undefined : textOf(this.raw.subarray(from, places.to(FIELD_NUMBER[name])));
  }

  /** All fields, documented and unknown ones; parsed when first asked for. */
  fields(): Readonly<Record<string, unknown>> {
    this.#fields ??= JSON.parse(textOf(this.raw)) as Record<string, unknown>;
    return this.#fields;
  }

  /** Lets go what has been parsed, which takes several times the memory of the bytes; it would be parsed again. */
  forgetFields(): void {
    this.#fields = undefined;
  }
}

/** Node 20 decodes UTF-8 a letter at a time; most entries need none of that. */
function textOf(raw: Buffer): string {
  return isAscii(raw) ? raw.toString('latin1') : raw.toString('utf8');
}

/** Newest first; inside one tick by id. This is the order of every file. */
export function compareEntries(left: AuditLogEntry, right: AuditLogEntry): number {
  if (left.ticks !== right.ticks) return left.ticks > right.ticks ? -1 : 1;
  if (left.id !== right.id) return left.id < right.id ? -1 : 1;
  return 0;
}
