import { DOCUMENTED_FIELDS } from '../auditlog/documentedFields';
import type { AuditLogEntry } from '../auditlog/entry';
import { ContentFile } from './contentFile';
import { CsvRows } from './csvRows';
import type { FileDescription } from './fileDescription';
import type { FormatWriter } from './formatWriter';

/** Spreadsheets hold 1,048,576 rows; a new file begins before that. */
export const ROWS_PER_FILE = 1_000_000;

/** The documented fields, then the entry's instant for spreadsheets, then all other fields as JSON. */
export const CSV_COLUMNS = [...DOCUMENTED_FIELDS, 'timestampUtc', 'extraFields'] as const;

export type CsvDelimiter = ',' | ';' | '\t';

/** A view for spreadsheets: UTF-8 with byte order mark, CRLF, cells as in {@link CsvRows}, a new file every 1,000,000 rows. */
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
  readonly #rows: CsvRows;

  private constructor(file: ContentFile, delimiter: CsvDelimiter) {
    this.#file = file;
    this.#rows = new CsvRows(delimiter);
  }

  static async create(folder: string, number: number, delimiter: CsvDelimiter): Promise<CsvPart> {
    const name = number === 1 ? 'audit-log.csv' : `audit-log.${number}.csv`;
    const part = new CsvPart(await ContentFile.create(folder, name, 'csv'), delimiter);
    await part.#file.write(Buffer.from(`\ufeff${CSV_COLUMNS.join(delimiter)}\r\n`));
    return part;
  }

  async write(entries: readonly AuditLogEntry[]): Promise<void> {
    this.rows += entries.length;
    for (const entry of entries) {
      if (this.#rows.isFullFor(entry)) await this.#file.write(this.#rows.take());
      this.#rows.add(entry);
    }
  }

  async finish(): Promise<FileDescription> {
    await this.#file.write(this.#rows.take());
    return this.#file.close(this.rows);
  }

  abandon(): Promise<void> {
    return this.#file.abandon();
  }
}
