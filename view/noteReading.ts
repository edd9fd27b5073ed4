import { isoOfTicks } from '../tasks/common/time/ticks';
import { counted } from './counted';
import type { EntryStream } from './entryStream';
import type { ExportSource } from './exportSource';
import type { MergedEntries } from './mergeEntries';
import type { Notes } from './notes';

/** Notes what could not be read, once all has been. */
export function noteReading(sources: readonly ExportSource[], { streams, duplicates }: MergedEntries, notes: Notes): void {
  for (const { place, entryFile } of sources) {
    if (entryFile === undefined) notes.add(place, 'It has no file with whole entries (audit-log.jsonl or audit-log.json, or the same with .gz), so none of its entries are shown.');
  }
  for (const stream of streams) noteStream(stream, notes);
  if (duplicates > 0) notes.add('', `${counted(duplicates, 'entry was in several exports and is', 'entries were in several exports and are')} shown once.`);
}

function noteStream({ source, problem, isDamaged, unreadable, misplaced, entries, lastTicks }: EntryStream, notes: Notes): void {
  const file = `${source.place}/${source.entryFile ?? ''}`;
  const told = source.told?.entries;
  if (problem !== undefined) {
    const shown = lastTicks === undefined ? 'none of its entries are shown' : `its entries are shown down to ${isoOfTicks(lastTicks).slice(0, 19)}Z only`;
    notes.add(file, `This file could not be read to its end (${problem}): ${shown}.${isDamaged ? ' What is shown of it can be wrong too: download its artifact again.' : ''}`);
  } else if (told !== undefined && told !== entries + unreadable) notes.add(file, `It holds ${counted(entries + unreadable, 'line', 'lines')}, but its manifest counts ${counted(told, 'entry', 'entries')}: verify it.`);
  if (unreadable > 0 && !isDamaged) notes.add(file, `${counted(unreadable, 'line is no entry and is', 'lines are no entries and are')} not shown.`);
  if (misplaced > 0) notes.add(file, `${counted(misplaced, 'entry is', 'entries are')} not in order, which no export writes: verify it. Some may be shown twice.`);
}
