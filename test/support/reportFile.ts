import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ReportData, RowChunk, RowColumns } from '../../tasks/common/report/reportData';

/** The data inside a report.html. */
export function reportIn(file: string): ReportData {
  const [, json] = /<script type="application\/json" id="report-data">([^<]*)<\/script>/.exec(readFileSync(file, 'utf8')) ?? [];
  if (json === undefined) throw new Error(`${file} holds no data of a report`);
  return JSON.parse(json) as ReportData;
}

/** The columns of all rows, chunk by chunk, newest first. */
export function columnsOf({ rows }: ReportData): RowColumns[] {
  return chunksOf(rows).map(({ columns }) => JSON.parse(unpacked(columns)) as RowColumns);
}

/** The whole entries of all rows that have them. */
export function linesOf({ rows }: ReportData): string[] {
  return chunksOf(rows).flatMap(({ lines }) => (lines === null ? [] : unpacked(lines).split('\n').filter((line) => line !== '')));
}

function chunksOf(rows: ReportData['rows']): readonly RowChunk[] {
  return rows?.form === 'chunks' ? rows.chunks : [];
}

function unpacked(base64: string): string {
  return gunzipSync(Buffer.from(base64, 'base64')).toString('utf8');
}
