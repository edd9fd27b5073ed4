import { stringify } from 'csv-stringify';
import { DOCUMENTED_FIELDS, type AuditLogEntry } from '../auditlog/entry';
import { isoOfTicks } from '../time/ticks';
import { ContentFile } from './contentFile';
import { csvCell } from './csvCell';
import type { FileDescription } from './fileDescription';
import type { FormatWriter } from './formatWriter';
import { PumpedTransform } from './pumpedTransform';

/** Spreadsheets hold 1,048,576 rows; a new file begins before that. */
export const ROWS_PER_FILE = 1_000_000;

/** The documented fields, then the entry's instant for spreadsheets, then all other fields as JSON. */
export const CSV_COLUMNS = [...DOCUMENTED_FIELDS, 'timestampUtc', 'extraFields'] as const;

const DOCUMENTED: ReadonlySet<string> = new Set(DOCUMENTED_FIELDS);

export type CsvDelimiter = ',' | ';' | '\t';

/** A view for spreadsheets: UTF-8 with byte order mark, CRLF, cells as in {@link csvCell}, a new file every 1,000,000 rows. */
export async function csvWriter(folder: string, delimiter: CsvDelimiter, rowsPerFile = ROWS_PER_FILE): Promise<FormatWriter> {
  const finished: FileDescription[] = [];
  let part = await CsvPart.create(folder, 1, delimiter);
  return {
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
  readonly #stringifier: PumpedTransform;

  private constructor(file: ContentFile, delimiter: CsvDelimiter) {
    this.#file = file;
    // Once a record delimiter is named, csv-stringify quotes a lone line feed only when told to.
    const quoting = { record_delimiter: 'windows', quote_record_delimiter: true };
    const stringifier = stringify({ bom: true, header: true, columns: [...CSV_COLUMNS], delimiter, ...quoting });
    this.#stringifier = new PumpedTransform(stringifier, (piece) => file.write(piece));
  }

  static async create(folder: string, number: number, delimiter: CsvDelimiter): Promise<CsvPart> {
    const name = number === 1 ? 'audit-log.csv' : `audit-log.${number}.csv`;
    return new CsvPart(await ContentFile.create(folder, name, 'csv'), delimiter);
  }

  async write(entries: readonly AuditLogEntry[]): Promise<void> {
    this.rows += entries.length;
    await this.#stringifier.write(rowsOf(entries));
  }

  async finish(): Promise<FileDescription> {
    await this.#stringifier.end();
    return this.#file.close(this.rows);
  }

  async abandon(): Promise<void> {
    this.#stringifier.abandon();
    await this.#file.abandon();
  }
}

function* rowsOf(entries: readonly AuditLogEntry[]): Generator<string[]> {
  for (const entry of entries) yield toRow(entry);
}

function toRow(entry: AuditLogEntry): string[] {
  const fields = entry.fields();
  const row = DOCUMENTED_FIELDS.map((name) => csvCell(fields[name]));
  const extra = Object.entries(fields).filter(([name]) => !DOCUMENTED.has(name));
  row.push(spreadsheetTime(entry.ticks), extra.length === 0 ? '' : csvCell(Object.fromEntries(extra)));
  return row;
}

/** `2026-11-20 14:05:02.146`: spreadsheets take this for an instant; the full precision is in `timestamp`. */
function spreadsheetTime(ticks: string): string {
  return isoOfTicks(ticks).slice(0, 23).replace('T', ' ');
}
