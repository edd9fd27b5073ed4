import { csvCell } from '../../tasks/common/export/csvCell';
import { utcText } from '../clock';
import { type ReportModel } from '../model';

/** Rows that are written into one piece of the file. */
const ROWS_AT_ONCE = 5_000;
const COLUMNS = ['timestampUtc', 'id', 'correlationId', 'actorDisplayName', 'actorUPN', 'actorId', 'actionId', 'area', 'category', 'projectName', 'ipAddress', 'authenticationMechanism', 'details'] as const;

/** The listed rows as CSV: UTF-8 with a byte order mark, CRLF, cells disarmed for spreadsheets like those of audit-log.csv. */
export function csvFile(model: ReportModel): Blob {
  const pieces: string[] = [`\uFEFF${COLUMNS.join(',')}\r\n`];
  const { rows } = model.selection;
  for (let first = 0; first < rows.length; first += ROWS_AT_ONCE) {
    pieces.push([...rows.subarray(first, first + ROWS_AT_ONCE)].map((row) => `${cells(model, row).map(quoted).join(',')}\r\n`).join(''));
  }
  return new Blob(pieces, { type: 'text/csv;charset=utf-8' });
}

/** Lets the reader save a file. */
export function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser reads it after the click, and how long after is not said.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function cells({ store }: ReportModel, row: number): string[] {
  const { name, upn, id } = store.actor(row);
  return [
    utcText(store.ms[row] ?? NaN), store.id(row), store.correlation.valueAt(row), name, upn ?? '', id,
    ...(['action', 'area', 'category', 'project', 'ip', 'mechanism'] as const).map((dimension) => store.text(dimension, row)),
    store.details.valueAt(row),
  ].map(csvCell);
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
