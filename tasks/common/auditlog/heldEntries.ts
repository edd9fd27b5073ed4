import { AuditLogEntry } from './entry';
import { FieldPlaces, PLACE_NUMBERS } from './fieldPlaces';

/** Of each entry, as numbers of 32 bits: the lengths of raw, original (or {@link NONE}) and id, whether it has undocumented fields, and its places. */
const PLACES_AT = 4;
const NUMBERS = PLACES_AT + PLACE_NUMBERS;
const NUMBER_BYTES = Int32Array.BYTES_PER_ELEMENT;
const TICKS_BYTES = 19;
const NONE = -1;

/** Bytes of an entry as the service sent them, and of its repair. */
export function bytesOf({ raw, original }: AuditLogEntry): number {
  return raw.length + (original?.length ?? 0);
}

/** Entries as bytes, from which {@link readHeldEntries} makes them again without scanning or parsing them: first how many, then all numbers, then ticks, id and bytes of each. */
export function holdEntries(entries: readonly AuditLogEntry[]): Buffer {
  const idLengths = entries.map(({ id }) => Buffer.byteLength(id));
  const numbersBytes = NUMBER_BYTES * (1 + NUMBERS * entries.length);
  const held = Buffer.allocUnsafeSlow(entries.reduce((sum, entry, index) => sum + TICKS_BYTES + (idLengths[index] as number) + bytesOf(entry), numbersBytes));
  const numbers = new Int32Array(held.buffer, 0, numbersBytes / NUMBER_BYTES);
  numbers[0] = entries.length;
  let at = numbersBytes;
  entries.forEach((entry, index) => {
    const { raw, original, id, ticks } = entry;
    const places = entry.places();
    const numbersAt = 1 + NUMBERS * index;
    numbers[numbersAt] = raw.length;
    numbers[numbersAt + 1] = original?.length ?? NONE;
    numbers[numbersAt + 2] = idLengths[index] as number;
    numbers[numbersAt + 3] = Number(places.hasOthers);
    places.copyTo(numbers, numbersAt + PLACES_AT);
    at += held.write(ticks, at, 'latin1');
    at += held.write(id, at, 'utf8');
    at += raw.copy(held, at);
    if (original) at += original.copy(held, at);
  });
  return held;
}

/** The entries that {@link holdEntries} was given; their bytes are parts of `held`. @param held all of its own memory */
export function readHeldEntries(held: Buffer): AuditLogEntry[] {
  const [count = 0] = new Int32Array(held.buffer, held.byteOffset, 1);
  const numbers = new Int32Array(held.buffer, held.byteOffset + NUMBER_BYTES, NUMBERS * count);
  const entries: AuditLogEntry[] = [];
  let at = NUMBER_BYTES * (1 + numbers.length);
  for (let numbersAt = 0; numbersAt < numbers.length; numbersAt += NUMBERS) {
    const [rawLength, originalLength, idLength] = [numbers[numbersAt] as number, numbers[numbersAt + 1] as number, numbers[numbersAt + 2] as number];
    const idAt = at + TICKS_BYTES;
    const rawAt = idAt + idLength;
    const originalAt = rawAt + rawLength;
    const ticks = held.toString('latin1', at, idAt);
    at = originalLength === NONE ? originalAt : originalAt + originalLength;
    const original = originalLength === NONE ? undefined : held.subarray(originalAt, at);
    const places = new FieldPlaces(numbers, numbersAt + PLACES_AT, numbers[numbersAt + 3] === 1);
    entries.push(new AuditLogEntry(held.subarray(rawAt, originalAt), held.toString('utf8', idAt, rawAt), ticks, original, places));
  }
  return entries;
}
