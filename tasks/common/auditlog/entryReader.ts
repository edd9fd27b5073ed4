import { AuditLogEntry } from './entry';
import { FIELD_NUMBER } from './documentedFields';
import { PlaceTables } from './fieldPlaces';
import { MomentReader, textOf, ticksOfMoment, type Moment } from './moments';
import { QuickScanner } from './quickScanner';

/**
 * Makes entries of a page's bytes where they are as the service usually sends them: valid JSON without white space. Nothing is
 * copied or parsed. Every other entry is left to whoever takes the time to repair it.
 */
export class EntryReader {
  /** Where the entry ends that was read last. */
  end = 0;
  readonly #body: Buffer;
  readonly #scanner: QuickScanner;
  readonly #places = new PlaceTables();
  readonly #times = new MomentReader();
  readonly #moment: Moment = { seconds: 0, fraction: 0 };

  private constructor(body: Buffer, scanner: QuickScanner) {
    this.#body = body;
    this.#scanner = scanner;
  }

  /** @param body valid UTF-8 @returns undefined where the processor cannot do it */
  static over(body: Buffer): EntryReader | undefined {
    const scanner = QuickScanner.over(body);
    return scanner && new EntryReader(body, scanner);
  }

  /** The entry that begins at `from`; undefined when it has to be read the slow way. */
  read(from: number): AuditLogEntry | undefined {
    const body = this.#body;
    const scanner = this.#scanner;
    const end = scanner.scan(from);
    if (end < 0 || scanner.hasSpace) return undefined;
    const timeFrom = scanner.fieldFrom(FIELD_NUMBER.timestamp);
    const idFrom = scanner.fieldFrom(FIELD_NUMBER.id);
    const id = idFrom < 0 ? undefined : textOf(body, from + idFrom, from + scanner.fieldTo(FIELD_NUMBER.id));
    if (id === undefined || id === '' || timeFrom < 0 || !this.#times.timestamp(body, from + timeFrom, from + scanner.fieldTo(FIELD_NUMBER.timestamp), this.#moment)) return undefined;
    this.end = end;
    return new AuditLogEntry(body.subarray(from, end), id, ticksOfMoment(this.#moment), undefined, this.#places.take(scanner));
  }
}
