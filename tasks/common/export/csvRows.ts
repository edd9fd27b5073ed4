import { LOWER_N, MINUS, OPEN_BRACE, OPEN_BRACKET, QUOTE } from '../auditlog/bytes';
import { DOCUMENTED_FIELDS } from '../auditlog/documentedFields';
import type { AuditLogEntry } from '../auditlog/entry';
import { otherMembers } from '../auditlog/fieldPlaces';
import { isoOfTicks } from '../time/ticks';
import { csvCell } from './csvCell';
import { QuickRows } from './quickRows';

/** The instant and the other fields stand behind the documented fields. */
const INSTANT_COLUMN = DOCUMENTED_FIELDS.length;
const COLUMNS = INSTANT_COLUMN + 2;
const LINE_END = '\r\n';
const TIME_LENGTH = '2026-11-20T14:05:02.146'.length;

/**
 * Makes rows of a CSV file (RFC 4180, CRLF) of entries: the cells of {@link csvCell}, objects and arrays as they came. Usual cells
 * are made of the entry's bytes, because parsing takes longer than all else that an entry needs; all others of texts.
 */
export class CsvRows {
  readonly #delimiter: string;
  readonly #needsQuotes: RegExp;
  readonly #quick: QuickRows | undefined;
  /** A row that was made of texts as a whole. */
  #slow: Buffer | undefined;

  /** @param delimiter one ASCII character */
  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    this.#needsQuotes = new RegExp(`["\n${delimiter}]`);
    this.#quick = QuickRows.start(delimiter);
  }

  /** Whether {@link take} must come before this entry is added. */
  isFullFor({ raw }: AuditLogEntry): boolean {
    return this.#slow !== undefined || (this.#quick !== undefined && !this.#quick.isEmpty && !this.#quick.hasRoomFor(raw));
  }

  add(entry: AuditLogEntry): void {
    const quick = this.#quick;
    if (!quick?.hasRoomFor(entry.raw)) {
      this.#slow = Buffer.from(Array.from({ length: COLUMNS }, (_, column) => this.#cell(entry, column)).join(this.#delimiter) + LINE_END);
      return;
    }
    quick.begin(entry);
    for (let column = quick.goOn(0); column < COLUMNS; column = quick.goOn(column + 1)) quick.put(this.#cell(entry, column));
  }

  /** The bytes of the rows since the last call; good until the next row is added. */
  take(): Buffer {
    const rows = this.#slow ?? this.#quick?.take() ?? NO_ROWS;
    this.#slow = undefined;
    return rows;
  }

  #cell(entry: AuditLogEntry, column: number): string {
    const cell = textOfColumn(entry, column);
    return this.#needsQuotes.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
}

function textOfColumn(entry: AuditLogEntry, column: number): string {
  // Spreadsheets take this for an instant; the full precision is in `timestamp`.
  if (column === INSTANT_COLUMN) return isoOfTicks(entry.ticks).slice(0, TIME_LENGTH).replace('T', ' ');
  if (column > INSTANT_COLUMN) return othersOf(entry);
  const places = entry.places();
  const from = places.from(column);
  if (from < 0) return '';
  const json = entry.raw.toString('utf8', from, places.to(column));
  switch (entry.raw[from]) {
    case QUOTE: return csvCell(JSON.parse(json));
    case LOWER_N: return '';
    case MINUS: return `'${json}`;
    case OPEN_BRACE: case OPEN_BRACKET: return csvCell(withLetters(json));
    default: return json;
  }
}

/** The fields that are not documented, as one object. */
function othersOf(entry: AuditLogEntry): string {
  if (!entry.places().hasOthers) return '';
  return csvCell(withLetters(`{${otherMembers(entry.raw).map((member) => member.toString('utf8')).join(',')}}`));
}

/** JSON as it came, but with the letters themselves where they need no escape, as JSON.stringify writes them. */
function withLetters(json: string): string {
  return json.replace(JSON_TEXT, (text) => (text.includes('\\') ? JSON.stringify(JSON.parse(text)) : text));
}

const JSON_TEXT = /"(?:[^"\\]|\\.)*"/g;
const NO_ROWS = Buffer.alloc(0);
