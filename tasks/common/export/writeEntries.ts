import type { AuditLogEntry } from '../auditlog/entry';
import type { FilterText, ViewFilter } from '../auditlog/filter';
import type { EntryBatch } from '../auditlog/readEntries';
import { TallyFold, type Tally } from '../auditlog/tally';
import { anomaliesWriter } from './anomalies';
import { csvWriter, type CsvDelimiter } from './csv';
import type { FileCut } from './fileCut';
import type { FileDescription } from './fileDescription';
import type { FormatWriter } from './formatWriter';
import { jsonArrayWriter } from './jsonArray';
import { jsonLinesWriter } from './jsonLines';

export interface ExportFormat {
  readonly formats: readonly ('jsonl' | 'csv' | 'json')[];
  readonly compressJson: boolean;
  readonly csvDelimiter: CsvDelimiter;
  /** What the views show; undefined for everything. */
  readonly filter?: ViewFilter | undefined;
}

/** Entries as a view sees them. */
export interface ViewedEntries {
  readonly shown: readonly AuditLogEntry[];
  /** What the filter keeps out. */
  readonly leftOut: readonly AuditLogEntry[];
}

/** Parsed entries that live long enough make the heap grow: of a batch only so many are held at a time. */
const PARSED_AT_ONCE = 100;
const NONE: readonly AuditLogEntry[] = [];

/** What an export holds. */
export interface WrittenExport {
  readonly files: readonly FileDescription[];
  /** Where the compressed JSON Lines can be cut; empty without them. */
  readonly cuts: readonly FileCut[];
  readonly tally: Tally;
  readonly pages: number;
  /** Entries whose JSON was invalid and is repaired in the files; their original bytes are in `anomalies.jsonl`. */
  readonly repaired: number;
  /** The filter that was in force for the views, and how many entries it left out of them; undefined without one. */
  readonly views: (FilterText & { readonly leftOut: number }) | undefined;
}

/**
 * Entries in, files out: every format at once, in one pass, at constant memory.
 * @param onBatch called after each batch is written
 * @param observe sees each small part of a batch while its fields are parsed, for views that are no files of entries; awaited
 * @throws TaskError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE, and what reading the entries throws
 */
export async function writeEntries(
  batches: AsyncIterable<EntryBatch>,
  folder: string,
  format: ExportFormat,
  onBatch: (batch: EntryBatch, tally: Tally) => void,
  observe?: (entries: ViewedEntries) => Promise<void> | void,
): Promise<WrittenExport> {
  const { filter } = format;
  const writers: FormatWriter[] = [];
  const tally = new TallyFold();
  let pages = 0;
  let repaired = 0;
  let leftOut = 0;
  try {
    for (const name of new Set(format.formats)) writers.push(await createWriter(name, folder, format));
    writers.push(anomaliesWriter(folder));
    for await (const batch of batches) {
      pages = batch.pages;
      for (let from = 0; from < batch.entries.length; from += PARSED_AT_ONCE) {
        const entries = batch.entries.slice(from, from + PARSED_AT_ONCE);
        for (const entry of entries) {
          tally.add(entry);
          if (entry.original) repaired += 1;
        }
        const viewed = filter === undefined ? { shown: entries, leftOut: NONE } : divide(entries, filter);
        leftOut += viewed.leftOut.length;
        await Promise.all([observe?.(viewed), ...writers.map((writer) => writer.write(writer.isView ? viewed.shown : entries))]);
        for (const entry of entries) entry.forgetFields();
      }
      onBatch(batch, tally);
    }
    const files = await Promise.all(writers.map((writer) => writer.finish()));
    return { files: files.flat(), cuts: writers.flatMap((writer) => writer.cuts?.() ?? []), tally, pages, repaired, views: filter && { ...filter.text, leftOut } };
  } catch (thrown) {
    await Promise.all(writers.map((writer) => writer.abandon()));
    throw thrown;
  }
}

function divide(entries: readonly AuditLogEntry[], filter: ViewFilter): ViewedEntries {
  const shown: AuditLogEntry[] = [];
  const leftOut: AuditLogEntry[] = [];
  for (const entry of entries) (filter.passes(entry) ? shown : leftOut).push(entry);
  return { shown, leftOut };
}

function createWriter(name: ExportFormat['formats'][number], folder: string, format: ExportFormat): Promise<FormatWriter> {
  switch (name) {
    case 'jsonl': return jsonLinesWriter(folder, format.compressJson);
    case 'json': return jsonArrayWriter(folder, format.compressJson);
    case 'csv': return csvWriter(folder, format.csvDelimiter);
  }
}
