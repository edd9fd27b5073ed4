import { DOCUMENTED_FIELDS, type AuditLogEntry } from '../auditlog/entry';
import { isoOfTicks } from '../time/ticks';
import { ContentFile } from './contentFile';
import { csvCell } from './csvCell';
import type { FileDescription } from './fileDescription';
import type { FormatWriter } from './formatWriter';

/** Spreadsheets hold 1,048,576 rows; a new file begins before that. */
export const ROWS_PER_FILE = 1_000_000;

/** The documented fields, then the entry's instant for spreadsheets, then all other fields as JSON. */
export const CSV_COLUMNS = [...DOCUMENTED_FIELDS, 'timestampUtc', 'extraFields'] as const;

const COLUMN_OF: ReadonlyMap<string, number> = new Map(DOCUMENTED_FIELDS.map((name, column) => [name, column]));
const TIME_COLUMN = DOCUMENTED_FIELDS.length;
const EXTRA_COLUMN = TIME_COLUMN + 1;

export type CsvDelimiter = ',' | ';' | '\t';

/** A view for spreadsheets: UTF-8 with byte order mark, CRLF, cells as in {@link csvCell}, a new file every 1,000,000 rows. */
export async function csvWriter(folder: string, delimiter: CsvDelimiter, rowsPerFile = ROWS_PER_FILE): Promise<FormatWriter> {
  const finished: FileDescription[] = [];
  let part = await CsvPart.create(folder, 1, delimiter);
  return {
    isView: true,
    write: async (entries) => {
      for (let from = 0; from < entries.length;) {
        if (part.rows === rowsPerFile) {
          finished.push(await part.finish());
          part = await CsvPart.create(folder, finished.length + 1, delimiter);
        }
        const to = from + rowsPerFile - part.rows;
        await part.write(entries.slice(from, to));
        from = to;
      }
    },
    finish: async () => [...finished, await part.finish()],
    abandon: () => part.abandon(),
  };
}

class CsvPart {
  rows = 0;
  readonly #file: ContentFile;
  readonly #delimiter: CsvDelimiter;
  readonly #needsQuotes: RegExp;

  private constructor(file: ContentFile, delimiter: CsvDelimiter) {
    this.#file = file;
    this.#delimiter = delimiter;
    this.#needsQuotes = new RegExp(`["\n${delimiter}]`);
  }

  static async create(folder: string, number: number, delimiter: CsvDelimiter): Promise<CsvPart> {
    const name = number === 1 ? 'audit-log.csv' : `audit-log.${number}.csv`;
    const part = new CsvPart(await ContentFile.create(folder, name, 'csv'), delimiter);
    await part.#file.write(Buffer.from(`\ufeff${part.#row([...CSV_COLUMNS])}`));
    return part;
  }

  async write(entries: readonly AuditLogEntry[]): Promise<void> {
    this.rows += entries.length;
    // One by one: a single letter beyond Latin-1 would make a long text take twice the memory and time.
    await this.#file.write(...entries.map((entry) => Buffer.from(this.#row(toRow(entry)))));
  }

  finish(): Promise<FileDescription> {
    return this.#file.close(this.rows);
  }

  abandon(): Promise<void> {
    return this.#file.abandon();
  }

  /** RFC 4180. Written here because a library's stream took longer for it than all else that an entry needs. */
  #row(cells: string[]): string {
    for (let index = 0; index < cells.length; index += 1) {
      const cell = cells[index] as string;
      if (cell !== '' && this.#needsQuotes.test(cell)) cells[index] = `"${cell.replaceAll('"', '""')}"`;
    }
    return `${cells.join(this.#delimiter)}\r\n`;
  }
}

function toRow(entry: AuditLogEntry): string[] {
  const fields = entry.fields();
  const names = Object.keys(fields);
  const values = Object.values(fields);
  const row = new Array<string>(CSV_COLUMNS.length).fill('');
  const extra: [name: string, value: unknown][] = [];
  // By what an entry has, not by what it could have: looking for each column in each entry took longer than all else here.
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string;
    const column = COLUMN_OF.get(name);
    if (column === undefined) extra.push([name, values[index]]);
    else row[column] = csvCell(values[index]);
  }
  row[TIME_COLUMN] = spreadsheetTime(entry, fields['timestamp']);
  if (extra.length > 0) row[EXTRA_COLUMN] = csvCell(Object.fromEntries(extra));
  return row;
}

/** `2026-11-20 14:05:02.146`: spreadsheets take this for an instant; the full precision is in `timestamp`. */
function spreadsheetTime({ ticks }: AuditLogEntry, timestamp: unknown): string {
  const text = typeof timestamp === 'string' && IN_UTC.test(timestamp) ? timestamp : isoOfTicks(ticks);
  return `${text.slice(0, DATE_LENGTH)} ${text.slice(DATE_LENGTH + 1, TIME_LENGTH)}`;
}

/** A timestamp that says all of it already, as nearly every one does. */
const IN_UTC = /^.{19}\.\d{3,7}(?:Z|\+00:00)$/;
const DATE_LENGTH = '2026-11-20'.length;
const TIME_LENGTH = '2026-11-20T14:05:02.146'.length;
