import { BACKSLASH, CLOSE_BRACE, COMMA, DOT, LOWER_N, LOWER_U, MINUS, NINE, OPEN_BRACE, OPEN_BRACKET, QUOTE, SPACE, UPPER_Z, ZERO } from '../auditlog/bytes';
import { DOCUMENTED_FIELDS, FIELD_NUMBER } from '../auditlog/documentedFields';
import type { AuditLogEntry } from '../auditlog/entry';
import { otherMembers, type FieldPlaces } from '../auditlog/fieldPlaces';
import { isoOfTicks } from '../time/ticks';
import { csvCell } from './csvCell';

/** Room for rows; as much as one entry needs where that is more. */
const ROOM_BYTES = 64 * 1024;
/** A byte of an entry becomes three at most, where a picture stands for it; what a row has beside its entry takes less than this. */
const MOST_GROWTH = 3;
const BESIDE_ENTRY = 256;

/**
 * Makes rows of a CSV file (RFC 4180, CRLF) of entries: the cells of {@link csvCell}, from the entry's bytes; objects and arrays as they came. Nothing is parsed
 * for a usual cell, because parsing took longer than all else that an entry needs.
 */
export class CsvRows {
  readonly #delimiter: number;
  readonly #kinds: Uint8Array;
  readonly #needsQuotes: RegExp;
  #room = Buffer.allocUnsafeSlow(ROOM_BYTES);
  #at = 0;

  /** @param delimiter one ASCII character */
  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#kinds = kindsOfBytes(this.#delimiter);
    this.#needsQuotes = new RegExp(`["\n${delimiter}]`);
  }

  /** Whether {@link take} must come before this entry is added. */
  isFullFor({ raw }: AuditLogEntry): boolean {
    return this.#at > 0 && this.#room.length - this.#at < raw.length * MOST_GROWTH + BESIDE_ENTRY;
  }

  add(entry: AuditLogEntry): void {
    const most = entry.raw.length * MOST_GROWTH + BESIDE_ENTRY;
    if (this.#room.length < most) this.#room = Buffer.allocUnsafeSlow(most);
    this.#row(entry);
  }

  /** The bytes of the rows since the last call; good until the next row is added. */
  take(): Buffer {
    const rows = this.#room.subarray(0, this.#at);
    this.#at = 0;
    return rows;
  }

  #row(entry: AuditLogEntry): void {
    const { raw } = entry;
    const places = entry.places();
    for (let field = 0; field < DOCUMENTED_FIELDS.length; field += 1) {
      const from = places.from(field);
      if (from >= 0) this.#cell(raw, from, places.to(field));
      this.#put(this.#delimiter);
    }
    this.#time(entry, places);
    this.#put(this.#delimiter);
    if (places.hasOthers) this.#others(raw);
    this.#put(CARRIAGE_RETURN);
    this.#put(LINE_FEED);
  }

  #cell(raw: Buffer, from: number, to: number): void {
    switch (raw[from]) {
      case QUOTE: this.#text(raw, from, to); return;
      case LOWER_N: return;
      case OPEN_BRACE: case OPEN_BRACKET: this.#json(raw, from, to); return;
      case MINUS: this.#put(APOSTROPHE);
    }
    this.#copy(raw, from, to);
  }

  /** @param from where the string begins, quotes included */
  #text(raw: Buffer, from: number, to: number): void {
    const room = this.#room;
    const kinds = this.#kinds;
    const end = to - 1;
    if (from + 1 < end && BEGINS_HARMLESS[raw[from + 1] as number] === 0) { this.#slowText(raw, from, to); return; }
    const begin = this.#at;
    let kind = 0;
    let at = begin;
    for (let index = from + 1; index < end; index += 1) {
      const byte = raw[index] as number;
      kind |= kinds[byte] as number;
      room[at] = byte;
      at += 1;
    }
    if ((kind & SPECIAL) === 0) this.#at = at;
    else {
      kind = this.#unescaped(raw, from + 1, end);
      if ((kind & SPECIAL) !== 0) { this.#slowText(raw, from, to); return; }
    }
    if (kind !== 0) this.#enclose(begin);
  }

  /** Copies a text in which quotation marks, backslashes and slashes are escaped. @returns what of the kinds of bytes was in it; {@link SPECIAL} for other escapes, and nothing is copied */
  #unescaped(raw: Buffer, from: number, end: number): number {
    const room = this.#room;
    const kinds = this.#kinds;
    let found = 0;
    let at = this.#at;
    for (let index = from; index < end; index += 1) {
      let byte = raw[index] as number;
      if (byte === BACKSLASH) {
        index += 1;
        byte = raw[index] as number;
        if (byte === QUOTE) {
          found |= QUOTATION_MARK;
          room[at] = QUOTE;
          at += 1;
        } else if (byte !== BACKSLASH && byte !== SLASH) return SPECIAL;
      } else found |= kinds[byte] as number;
      room[at] = byte;
      at += 1;
    }
    if ((found & SPECIAL) === 0) this.#at = at;
    return found;
  }

  #slowText(raw: Buffer, from: number, to: number): void {
    this.#slowCell(JSON.parse(raw.toString('utf8', from, to)));
  }

  #slowCell(value: unknown): void {
    const cell = csvCell(value);
    this.#at += this.#room.write(this.#needsQuotes.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell, this.#at);
  }

  /** An object or array, its quotation marks doubled. */
  #json(raw: Buffer, from: number, to: number): void {
    const begin = this.#at;
    const kind = this.#doubled(raw, from, to);
    if ((kind & ESCAPED_LETTER) !== 0) {
      this.#at = begin;
      this.#slowCell(withLetters(raw.toString('utf8', from, to)));
    } else if (kind !== 0) this.#enclose(begin);
  }

  /** The fields that are not documented, as one object. */
  #others(raw: Buffer): void {
    const members = otherMembers(raw);
    const begin = this.#at;
    let kind = 0;
    this.#put(OPEN_BRACE);
    members.forEach((member, index) => {
      if (index > 0) this.#put(COMMA);
      kind |= this.#doubled(member, 0, member.length);
    });
    this.#put(CLOSE_BRACE);
    if ((kind & ESCAPED_LETTER) === 0) this.#enclose(begin);
    else {
      this.#at = begin;
      this.#slowCell(withLetters(`{${members.map((member) => member.toString('utf8')).join(',')}}`));
    }
  }

  /** Copies JSON, each quotation mark twice. @returns what of the kinds of bytes was in it; zero where it needs no quotation marks */
  #doubled(raw: Buffer, from: number, to: number): number {
    const room = this.#room;
    const kinds = this.#kinds;
    let found = 0;
    let at = this.#at;
    for (let index = from; index < to; index += 1) {
      const byte = raw[index] as number;
      const kind = kinds[byte] as number;
      room[at] = byte;
      at += 1;
      if (kind === 0) continue;
      if (byte === QUOTE) {
        room[at] = QUOTE;
        at += 1;
      } else if (byte === DELETE) at += DELETE_PICTURE.copy(room, at - 1) - 1;
      else if (byte === BACKSLASH) {
        const next = raw[index + 1] as number;
        if (next === LOWER_U || next === SLASH) return ESCAPED_LETTER;
        if (next !== BACKSLASH) continue;
        room[at] = BACKSLASH;
        at += 1;
        index += 1;
      }
      found |= kind & (DELIMITER | QUOTATION_MARK);
    }
    this.#at = at;
    return found;
  }

  /** `2026-11-20 14:05:02.146`: spreadsheets take this for an instant; the full precision is in `timestamp`. */
  #time({ raw, ticks }: AuditLogEntry, places: FieldPlaces): void {
    const from = places.from(FIELD_NUMBER.timestamp) + 1;
    const digits = from > 0 ? digitsInUtc(raw, from, places.to(FIELD_NUMBER.timestamp) - 1) : NO_UTC;
    if (digits === NO_UTC) this.#at += this.#room.write(isoOfTicks(ticks).slice(0, TIME_LENGTH), this.#at, 'latin1');
    else {
      this.#copy(raw, from, from + POINT);
      this.#put(DOT);
      for (let digit = 1; digit <= SHOWN_DIGITS; digit += 1) this.#put(digit <= digits ? raw[from + POINT + digit] as number : ZERO);
    }
    this.#room[this.#at - TIME_LENGTH + DATE_LENGTH] = SPACE;
  }

  /** Puts what stands there since `begin` between quotation marks. */
  #enclose(begin: number): void {
    this.#room.copyWithin(begin + 1, begin, this.#at);
    this.#room[begin] = QUOTE;
    this.#at += 1;
    this.#put(QUOTE);
  }

  #copy(raw: Buffer, from: number, to: number): void {
    for (let index = from; index < to; index += 1) this.#put(raw[index] as number);
  }

  #put(byte: number): void {
    this.#room[this.#at] = byte;
    this.#at += 1;
  }
}

/** Of a timestamp as nearly every one is: `2026-11-20T14:05:02`, perhaps a point and digits, and `Z` or `+00:00`. @returns how many digits of the second's fraction it has; NO_UTC for any other */
function digitsInUtc(bytes: Buffer, from: number, to: number): number {
  const isZulu = bytes[to - 1] === UPPER_Z;
  const end = to - (isZulu ? 1 : OFFSET.length);
  if (end < from + POINT || (!isZulu && bytes.compare(OFFSET, 0, OFFSET.length, end, to) !== 0)) return NO_UTC;
  const digits = end - from - POINT - 1;
  if (digits < 0) return 0;
  if (digits === 0 || digits > MOST_DIGITS || bytes[from + POINT] !== DOT) return NO_UTC;
  for (let at = end - digits; at < end; at += 1) if (!((bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE)) return NO_UTC;
  return digits;
}

/** JSON as it came, but with the letters themselves where they need no escape, as JSON.stringify writes them. */
function withLetters(json: string): string {
  return json.replace(JSON_TEXT, (text) => (text.includes('\\') ? JSON.stringify(JSON.parse(text)) : text));
}

const JSON_TEXT = /"(?:[^"\\]|\\.)*"/g;

function kindsOfBytes(delimiter: number): Uint8Array {
  const kinds = new Uint8Array(256);
  kinds[delimiter] = DELIMITER;
  kinds[QUOTE] = QUOTATION_MARK;
  kinds[BACKSLASH] = SPECIAL;
  kinds[DELETE] = SPECIAL;
  return kinds;
}

/** What has to be looked at in a text. */
const DELIMITER = 1;
const QUOTATION_MARK = 2;
/** Escaped in JSON, or shown as a picture. */
const SPECIAL = 4;
/** What JSON need not escape, and people read better unescaped: `\u00fc`, `\/`. */
const ESCAPED_LETTER = 8;
const DELETE = 0x7f;
const SLASH = 0x2f;
const DELETE_PICTURE = Buffer.from(csvCell('\u007f'));
/** Visible ASCII that no formula begins with. Of all else {@link csvCell} decides. */
const BEGINS_HARMLESS = new Uint8Array(256).map((_, byte) => (byte > 0x20 && byte < DELETE && !'=+-@'.includes(String.fromCharCode(byte)) ? 1 : 0));
const DATE_LENGTH = '2026-11-20'.length;
const POINT = '2026-11-20T14:05:02'.length;
const TIME_LENGTH = '2026-11-20T14:05:02.146'.length;
const SHOWN_DIGITS = 3;
const MOST_DIGITS = 7;
const NO_UTC = -1;
const OFFSET = Buffer.from('+00:00');
const APOSTROPHE = 0x27;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
