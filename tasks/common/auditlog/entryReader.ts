import { AuditLogEntry } from './entry';
import { DOCUMENTED_FIELDS, FIELD_NUMBER } from './documentedFields';
import { EntryScanner } from './entryScanner';
import { PlaceTables } from './fieldPlaces';
import { MomentReader, textOf, ticksOfMoment, type Moment } from './moments';

/**
 * Makes entries of a page's bytes where they are as the service usually sends them: valid JSON without white space. Nothing is
 * copied or parsed. Every other entry is left to whoever takes the time to repair it.
 */
export class EntryReader {
  /** Where the entry ends that was read last. */
  end = 0;
  readonly #body: Buffer;
  readonly #scanner = new EntryScanner(DOCUMENTED_FIELDS, true);
  readonly #places = new PlaceTables();
  readonly #times = new MomentReader();
  readonly #moment: Moment = { seconds: 0, fraction: 0 };

  /** @param body valid UTF-8 */
  constructor(body: Buffer) {
    this.#body = body;
  }

  /** The entry that begins at `from`; undefined when it has to be read the slow way. */
  read(from: number): AuditLogEntry | undefined {
    const body = this.#body;
    const scanner = this.#scanner;
    const end = scanner.scan(body, from, body.length);
    if (end < 0 || !scanner.isCompact) return undefined;
    const timeFrom = this.#from(FIELD_NUMBER.timestamp);
    const id = textOf(body, this.#from(FIELD_NUMBER.id), this.#to(FIELD_NUMBER.id));
    if (id === undefined || id === '' || timeFrom < 0 || !this.#times.timestamp(body, timeFrom, this.#to(FIELD_NUMBER.timestamp), this.#moment)) return undefined;
    this.end = end;
    return new AuditLogEntry(body.subarray(from, end), id, ticksOfMoment(this.#moment), undefined, this.#places.note(scanner, from));
  }

  #from(field: number): number {
    return this.#scanner.from[field] as number;
  }

  #to(field: number): number {
    return this.#scanner.to[field] as number;
  }
}
