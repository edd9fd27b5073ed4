import { OutputFile, type WrittenFile } from '../files/outputFile';
import { evidenceText, type EvidencePart } from './evidenceText';
import { DATA_ELEMENT, ROWS_ELEMENTS, type ReportData, type ReportRows } from './reportData';

/** Bytes are good only until the next piece. */
type Piece = string | Buffer;

/** Where a page takes its data: the one place of the template that is replaced. */
export const DATA_MARKER = '<!--REPORT-DATA-->';

/**
 * Writes a report as one page for itself: the template, with the data in it. The data hold the first rows; the others follow
 * in elements of their own, so that the page shows what it has while the browser is still reading. Nothing in the data can end their elements, because they
 * hold no `<`.
 * @param file must not be there yet
 * @param template HTML with {@link DATA_MARKER} once
 * @param evidence makes the rows instead of those of the data
 * @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL; RangeError for a template without the marker
 */
export async function writeReportPage(file: string, data: ReportData, template: string, evidence?: EvidencePart): Promise<WrittenFile> {
  const [before, after, ...others] = template.split(DATA_MARKER);
  if (before === undefined || after === undefined || others.length > 0) throw new RangeError(`The page has not exactly one place for its data (${DATA_MARKER}).`);
  return writePieces(file, pagePieces(before, data, evidence, after));
}

/**
 * Writes a report's data as JSON, for the tab.
 * @param file must not be there yet
 * @param evidence makes the rows instead of those of the data
 * @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL
 */
export async function writeReportData(file: string, data: ReportData, evidence?: EvidencePart): Promise<WrittenFile> {
  return writePieces(file, jsonPieces(data, evidence));
}

async function* pagePieces(before: string, data: ReportData, evidence: EvidencePart | undefined, after: string): AsyncGenerator<Piece, void, undefined> {
  const texts = evidence === undefined ? chunkTexts(data.rows) : evidenceText(evidence);
  const first = await texts.next();
  const rows = evidence === undefined ? withFirstChunk(data.rows) : { ...rowsOf(evidence), gzip: first.value?.toString() ?? '' };
  yield `${before}<script type="application/json" id="${DATA_ELEMENT}">${inert(JSON.stringify({ ...data, rows }))}</script>\n`;
  for await (const text of texts) {
    yield `<script type="text/plain" class="${ROWS_ELEMENTS}">`;
    yield typeof text === 'string' ? inert(text) : text;
    yield '</script>\n';
  }
  yield after;
}

/** Without what ends an element; in JSON it means the same. */
function inert(text: string): string {
  return text.includes('<') ? text.replaceAll('<', '\\u003c') : text;
}

function* chunkTexts(rows: ReportRows | null): Generator<string, void, undefined> {
  if (rows?.form === 'chunks') for (const chunk of rows.chunks) yield JSON.stringify(chunk);
}

function withFirstChunk(rows: ReportRows | null): ReportRows | null {
  return rows?.form === 'chunks' ? { ...rows, chunks: rows.chunks.slice(0, 1) } : rows;
}

function rowsOf({ own, cut }: EvidencePart): ReportRows {
  return { form: 'lines', own, cut, gzip: '' };
}

/** The rows a piece at a time: all of it as one text would be in memory twice. */
async function* jsonPieces({ rows, ...others }: ReportData, evidence: EvidencePart | undefined): AsyncGenerator<Piece, void, undefined> {
  yield `${JSON.stringify(others).slice(0, -1)},"rows":`;
  if (evidence !== undefined) {
    yield JSON.stringify(rowsOf(evidence)).slice(0, -'"}'.length);
    yield* evidenceText(evidence);
    yield '"}}';
  } else if (rows?.form !== 'chunks') {
    yield `${JSON.stringify(rows)}}`;
  } else {
    const { chunks, ...counts } = rows;
    yield `${JSON.stringify(counts).slice(0, -1)},"chunks":[`;
    for (const [index, chunk] of chunks.entries()) yield `${index === 0 ? '' : ','}${JSON.stringify(chunk)}`;
    yield ']}}';
  }
}

async function writePieces(name: string, pieces: AsyncIterable<Piece>): Promise<WrittenFile> {
  const file = await OutputFile.create(name);
  try {
    for await (const piece of pieces) await file.write(typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece);
    return await file.close();
  } catch (thrown) {
    await file.abandon();
    throw thrown;
  }
}
