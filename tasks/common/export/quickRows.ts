import { DOCUMENTED_FIELDS, FIELD_NUMBER } from '../auditlog/documentedFields';
import type { AuditLogEntry } from '../auditlog/entry';
import { startQuickModule, type ExportedNumber, type QuickModule } from '../auditlog/quickModule';
import { CSV_CELLS_MODULE } from './csvCellsModule';

/** What assembly/csvCells.ts exports; positions are addresses in its memory. */
interface CsvCells {
  readonly POSITION_AT: ExportedNumber;
  readonly PLACES_AT: ExportedNumber;
  readonly ENTRY_AT: ExportedNumber;
  readonly MOST_ENTRY_BYTES: ExportedNumber;
  readonly ROOM_AT: ExportedNumber;
  readonly ROOM_BYTES: ExportedNumber;
  readonly BEHIND_ROOM: ExportedNumber;
  cells(from: number, fields: number, timestamp: number, hasOthers: number, delimiter: number): number;
}

/** A byte of an entry becomes three at most, where a picture stands for it; what a row has beside its entry takes less than this. */
const MOST_GROWTH = 3;
const BESIDE_ENTRY = 256;

/** Makes the usual cells of rows 16 bytes at a time, in a memory of its own, and leaves the others to its caller. */
export class QuickRows {
  readonly #module: QuickModule<CsvCells>;
  readonly #delimiter: number;
  readonly #positionAt: number;
  readonly #placesAt: number;
  readonly #entryAt: number;
  readonly #mostEntryBytes: number;
  readonly #roomAt: number;
  readonly #roomEnd: number;
  #hasOthers = 0;

  private constructor(module: QuickModule<CsvCells>, delimiter: string) {
    const { POSITION_AT, PLACES_AT, ENTRY_AT, MOST_ENTRY_BYTES, ROOM_AT, ROOM_BYTES, BEHIND_ROOM } = module.exports;
    this.#module = module;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#positionAt = POSITION_AT.value / Int32Array.BYTES_PER_ELEMENT;
    this.#placesAt = PLACES_AT.value / Int32Array.BYTES_PER_ELEMENT;
    this.#entryAt = ENTRY_AT.value;
    this.#mostEntryBytes = MOST_ENTRY_BYTES.value;
    this.#roomAt = ROOM_AT.value;
    this.#roomEnd = ROOM_AT.value + ROOM_BYTES.value;
    module.reserve(this.#roomEnd + BEHIND_ROOM.value);
    this.#position = this.#roomAt;
  }

  /** @param delimiter one ASCII character @returns undefined where the processor cannot do it */
  static start(delimiter: string): QuickRows | undefined {
    const module = startQuickModule<CsvCells>(CSV_CELLS_MODULE);
    return module && new QuickRows(module, delimiter);
  }

  get isEmpty(): boolean {
    return this.#position === this.#roomAt;
  }

  /** Whether the row of this entry fits behind those that are there; never for an entry that is too long. */
  hasRoomFor({ length }: Buffer): boolean {
    return length <= this.#mostEntryBytes && this.#position + length * MOST_GROWTH + BESIDE_ENTRY <= this.#roomEnd;
  }

  /** Begins a row. */
  begin(entry: AuditLogEntry): void {
    const { bytes, numbers } = this.#module;
    const places = entry.places();
    bytes.set(entry.raw, this.#entryAt);
    places.copyTo(numbers, this.#placesAt);
    this.#hasOthers = Number(places.hasOthers);
  }

  /** Makes cells from this column on. @returns the column that is left to the caller; beyond the last when the row is whole */
  goOn(column: number): number {
    return this.#module.exports.cells(column, DOCUMENTED_FIELDS.length, FIELD_NUMBER.timestamp, this.#hasOthers, this.#delimiter);
  }

  /** Puts the cell that was left to the caller. */
  put(cell: string): void {
    this.#position += this.#module.bytes.write(cell, this.#position);
  }

  /** The bytes of the rows since the last call; good until the next row is begun. */
  take(): Buffer {
    const rows = this.#module.bytes.subarray(this.#roomAt, this.#position);
    this.#position = this.#roomAt;
    return rows;
  }

  get #position(): number {
    return this.#module.numbers[this.#positionAt] as number;
  }

  set #position(position: number) {
    this.#module.numbers[this.#positionAt] = position;
  }
}
