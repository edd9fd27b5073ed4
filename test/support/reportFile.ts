import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ReportData, RowColumns } from '../../tasks/common/report/reportData';

/** The data inside a report.html. */
export function reportIn(file: string): ReportData {
  const [, json] = /<script type="application\/json" id="report-data">([^<]*)<\/script>/.exec(readFileSync(file, 'utf8')) ?? [];
  if (json === undefined) throw new Error(`${file} holds no data of a report`);
  return JSON.parse(json) as ReportData;
}

/** The columns of all rows, chunk by chunk, newest first. */
export function columnsOf({ rows }: ReportData): RowColumns[] {
  return (rows?.chunks ?? []).map(({ columns }) => JSON.parse(unpacked(columns)) as RowColumns);
}

/** The whole entries of all rows that have them. */
export function linesOf({ rows }: ReportData): string[] {
  return (rows?.chunks ?? []).flatMap(({ lines }) => (lines === null ? [] : unpacked(lines).split('\n').filter((line) => line !== '')));
}

function unpacked(base64: string): string {
  return gunzipSync(Buffer.from(base64, 'base64')).toString('utf8');
}
