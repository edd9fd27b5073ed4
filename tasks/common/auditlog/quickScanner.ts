import { DOCUMENTED_FIELDS } from './documentedFields';
import { ENTRY_SCAN_MODULE } from './entryScanModule';
import { PLACE_NUMBERS } from './fieldPlaces';
import { startQuickModule, type ExportedNumber, type QuickModule } from './quickModule';

/** What assembly/entryScan.ts exports; positions are addresses in its memory. */
interface EntryScan {
  readonly PLACES_AT: ExportedNumber;
  readonly INPUT_AT: ExportedNumber;
  readonly BEHIND_INPUT: ExportedNumber;
  readonly hasSpace: ExportedNumber;
  readonly hasOthers: ExportedNumber;
  addName(length: number): void;
  scan(from: number, end: number): number;
}

/** Bytes that are copied into the module's memory at once; more where an entry is longer. */
const WINDOW_BYTES = 256 * 1024;
/** The module has seen only a part of the entry. */
const CUT = -2;

/** One for all pages: it is used for no longer than a call takes. */
const started = start();
/** The part of some bytes that stands in the module's memory. */
const loaded: { bytes: Buffer | undefined; from: number; to: number } = { bytes: undefined, from: 0, to: 0 };

/**
 * Finds what {@link EntryScanner} finds of the documented fields, several times as fast: nearly every byte of an export passes
 * through here first. An entry that it does not understand is left to whoever takes the time.
 */
export class QuickScanner {
  readonly #bytes: Buffer;
  readonly #module: QuickModule<EntryScan>;
  readonly #inputAt: number;
  readonly #placesAt: number;

  private constructor(bytes: Buffer, module: QuickModule<EntryScan>) {
    this.#bytes = bytes;
    this.#module = module;
    this.#inputAt = module.exports.INPUT_AT.value;
    this.#placesAt = module.exports.PLACES_AT.value / Int32Array.BYTES_PER_ELEMENT;
  }

  /** @param bytes which stay what they are @returns undefined where the processor cannot do it */
  static over(bytes: Buffer): QuickScanner | undefined {
    // The same buffer may hold something else than before.
    loaded.bytes = undefined;
    return started && new QuickScanner(bytes, started);
  }

  /** Whether white space stood between the tokens of what was scanned last. */
  get hasSpace(): boolean {
    return this.#module.exports.hasSpace.value !== 0;
  }

  /** Whether what was scanned last has other fields than the documented ones. */
  get hasOthers(): boolean {
    return this.#module.exports.hasOthers.value !== 0;
  }

  /** Scans the object that begins at `from`. @returns where it ends; negative when it is not valid, or has an escaped key */
  scan(from: number): number {
    if (loaded.bytes !== this.#bytes || from < loaded.from || from >= loaded.to) this.#load(from, WINDOW_BYTES);
    let end = this.#scan(from);
    while (end === CUT && loaded.to < this.#bytes.length) {
      this.#load(from, from === loaded.from ? 2 * (loaded.to - from) : WINDOW_BYTES);
      end = this.#scan(from);
    }
    return end;
  }

  /** Of what was scanned last: where a field begins, quotes included, relative to the entry; -1 where the entry does not have it. @param field its number */
  fieldFrom(field: number): number {
    return this.#module.numbers[this.#placesAt + 2 * field] as number;
  }

  /** Where it ends. */
  fieldTo(field: number): number {
    return this.#module.numbers[this.#placesAt + 2 * field + 1] as number;
  }

  /** Writes the places of all fields into a table. */
  copyPlaces(table: Int32Array, at: number): void {
    const { numbers } = this.#module;
    for (let index = 0; index < PLACE_NUMBERS; index += 1) table[at + index] = numbers[this.#placesAt + index] as number;
  }

  #load(from: number, bytes: number): void {
    const module = this.#module;
    const to = Math.min(from + bytes, this.#bytes.length);
    module.reserve(this.#inputAt + to - from + module.exports.BEHIND_INPUT.value);
    module.bytes.set(this.#bytes.subarray(from, to), this.#inputAt);
    loaded.bytes = this.#bytes;
    loaded.from = from;
    loaded.to = to;
  }

  #scan(from: number): number {
    const shift = this.#inputAt - loaded.from;
    const end = this.#module.exports.scan(from + shift, loaded.to + shift);
    return end < 0 ? end : end - shift;
  }
}

function start(): QuickModule<EntryScan> | undefined {
  const module = startQuickModule<EntryScan>(ENTRY_SCAN_MODULE);
  if (module === undefined) return undefined;
  const inputAt = module.exports.INPUT_AT.value;
  module.reserve(inputAt + WINDOW_BYTES + module.exports.BEHIND_INPUT.value);
  for (const name of DOCUMENTED_FIELDS) module.exports.addName(module.bytes.write(name, inputAt, 'latin1'));
  return module;
}
