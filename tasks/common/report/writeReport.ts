import { OutputFile, type WrittenFile } from '../files/outputFile';
import { evidenceText, isCut, type EvidenceFile } from './evidenceText';
import type { ReportData } from './reportData';

/** Where a page takes its data: the one place of the template that is replaced. */
export const DATA_MARKER = '<!--REPORT-DATA-->';
/** Id of the element that holds them. */
export const DATA_ELEMENT = 'report-data';

/**
 * Writes a report as one page for itself: the template, with the data in it. Nothing in the data can end their element, because they
 * hold no `<`.
 * @param file must not be there yet
 * @param template HTML with {@link DATA_MARKER} once
 * @param evidence makes the rows instead of those of the data
 * @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL; RangeError for a template without the marker
 */
export async function writeReportPage(file: string, data: ReportData, template: string, evidence?: EvidenceFile): Promise<WrittenFile> {
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
export async function writeReportData(file: string, data: ReportData, evidence?: EvidenceFile): Promise<WrittenFile> {
  return writePieces(file, jsonPieces(data, evidence));
}

async function* pagePieces(before: string, data: ReportData, evidence: EvidenceFile | undefined, after: string): AsyncGenerator<string, void, undefined> {
  yield `${before}<script type="application/json" id="${DATA_ELEMENT}">`;
  for await (const piece of jsonPieces(data, evidence)) yield piece.includes('<') ? piece.replaceAll('<', '\\u003c') : piece;
  yield `</script>${after}`;
}

/** The rows a piece at a time: all of it as one text would be in memory twice. */
async function* jsonPieces({ rows, ...others }: ReportData, evidence: EvidenceFile | undefined): AsyncGenerator<string, void, undefined> {
  yield `${JSON.stringify(others).slice(0, -1)},"rows":`;
  if (evidence !== undefined) {
    yield `${JSON.stringify({ form: 'lines', own: evidence.own, isCut: isCut(evidence) }).slice(0, -1)},"gzip":"`;
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

async function writePieces(name: string, pieces: AsyncIterable<string>): Promise<WrittenFile> {
  const file = await OutputFile.create(name);
  try {
    for await (const piece of pieces) await file.write(Buffer.from(piece, 'utf8'));
    return await file.close();
  } catch (thrown) {
    await file.abandon();
    throw thrown;
  }
}
