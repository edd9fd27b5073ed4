import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ReportData, ReportRows, RowChunk, RowColumns } from '../../tasks/common/report/reportData';

/** The data inside a report.html, with the rows that follow them. */
export function reportIn(file: string): ReportData {
  const [, json] = /<script type="application\/json" id="report-data">([^<]*)<\/script>/.exec(readFileSync(file, 'utf8')) ?? [];
  if (json === undefined) throw new Error(`${file} holds no data of a report`);
  const data = JSON.parse(json) as ReportData;
  return { ...data, rows: data.rows && withTexts(data.rows, rowTextsIn(file)) };
}

/** What the elements of rows hold. */
export function rowTextsIn(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/<script type="text\/plain" class="report-rows">([^<]*)<\/script>/g)].map(([, text = '']) => text);
}

function withTexts(rows: ReportRows, texts: readonly string[]): ReportRows {
  return rows.form === 'lines' ? { ...rows, gzip: rows.gzip + texts.join('') } : { ...rows, chunks: [...rows.chunks, ...texts.map((text) => JSON.parse(text) as RowChunk)] };
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
