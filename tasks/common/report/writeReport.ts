import { OutputFile, type WrittenFile } from '../files/outputFile';
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
 * @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL; RangeError for a template without the marker
 */
export async function writeReportPage(file: string, data: ReportData, template: string): Promise<WrittenFile> {
  const [before, after, ...others] = template.split(DATA_MARKER);
  if (before === undefined || after === undefined || others.length > 0) throw new RangeError(`The page has not exactly one place for its data (${DATA_MARKER}).`);
  return writePieces(file, pagePieces(before, data, after));
}

/**
 * Writes a report's data as JSON, for the tab.
 * @param file must not be there yet
 * @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL
 */
export async function writeReportData(file: string, data: ReportData): Promise<WrittenFile> {
  return writePieces(file, jsonPieces(data));
}

function* pagePieces(before: string, data: ReportData, after: string): Generator<string, void, undefined> {
  yield `${before}<script type="application/json" id="${DATA_ELEMENT}">`;
  for (const piece of jsonPieces(data)) yield piece.replaceAll('<', '\\u003c');
  yield `</script>${after}`;
}

/** The rows a chunk at a time: all of it as one text would be in memory twice. */
function* jsonPieces({ rows, ...others }: ReportData): Generator<string, void, undefined> {
  yield `${JSON.stringify(others).slice(0, -1)},"rows":`;
  if (rows === null) {
    yield 'null}';
    return;
  }
  const { chunks, ...counts } = rows;
  yield `${JSON.stringify(counts).slice(0, -1)},"chunks":[`;
  for (const [index, chunk] of chunks.entries()) yield `${index === 0 ? '' : ','}${JSON.stringify(chunk)}`;
  yield ']}}';
}

async function writePieces(name: string, pieces: Iterable<string>): Promise<WrittenFile> {
  const file = await OutputFile.create(name);
  try {
    for (const piece of pieces) await file.write(Buffer.from(piece, 'utf8'));
    return await file.close();
  } catch (thrown) {
    await file.abandon();
    throw thrown;
  }
}
