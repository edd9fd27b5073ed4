import { buildDirectory } from '../../sandbox/organization/directory';
import { EntryWriter } from '../../sandbox/organization/entryWriter';
import { GeneratedEntries } from '../../sandbox/organization/organization';
import { jsonText } from '../../sandbox/organization/storedEntry';
import { exactly } from '../../sandbox/organization/timetable';
import { AuditLogEntry } from '../../tasks/common/auditlog/entry';
import { ticksOfId } from '../../tasks/common/time/ticks';
import type { Window } from '../../tasks/common/window/window';

/**
 * Entries of the sandbox's *fabrikam* as the export reads them, newest first, evenly spread over a window.
 * @param hostileShare share of the entries whose texts are hostile, 0 to 1
 */
export function* sandboxEntries(count: number, window: Window, hostileShare = 0, seed = 1): Generator<AuditLogEntry> {
  const [start, end] = [window.startSeconds * 1000, window.endSeconds * 1000];
  const writer = new EntryWriter(buildDirectory('fabrikam', seed), seed, { hostileShare, whitespace: false, strayBackslashShare: 0 });
  for (const block of new GeneratedEntries(seed, exactly(count, start, end), writer).blocks(end, start)) {
    for (const stored of block) yield new AuditLogEntry(Buffer.from(jsonText(stored)), stored.id, ticksOfId(stored.id)!);
  }
}
