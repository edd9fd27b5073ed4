import {timestampText} from '../organization/instant';
import {jsonText, type StoredEntry} from '../organization/storedEntry';
import {rowOf, type PageRow} from './page';

/** Accesses of one actor within this time become one row. The official example joins accesses of seven minutes. */
const AGGREGATION_MS = 10 * 60_000;

interface OpenRow {
  readonly newest: StoredEntry;
  readonly members: StoredEntry[];
}

/**
 * Builds a page in which accesses to the log are joined per actor. As in the official example a joined row takes in entries that
 * are older than the row after it, so the cut between pages changes what is joined.
 *
 * @returns the rows, and whether there are more
 */
export function aggregatedRows(entries: Iterable<StoredEntry>, limit: number): {rows: PageRow[]; last: StoredEntry | undefined; hasMore: boolean} {
  const open: OpenRow[] = [];
  let hasMore = false;
  for (const entry of entries) {
    const joined = entry.accessBy === undefined ? undefined : open.findLast((row) => joins(row.newest, entry));
    if (joined !== undefined) joined.members.push(entry);
    else if (open.length < limit) open.push({newest: entry, members: [entry]});
    else hasMore = true;
    const lastMs = open.at(-1)?.newest.ms ?? entry.ms;
    if (hasMore && entry.ms < lastMs - AGGREGATION_MS) break;
  }
  return {rows: open.map(writeRow), last: open.at(-1)?.newest, hasMore};
}

function joins(newest: StoredEntry, entry: StoredEntry): boolean {
  return newest.accessBy === entry.accessBy && newest.ms - entry.ms <= AGGREGATION_MS;
}

function writeRow({newest, members}: OpenRow): PageRow {
  if (members.length === 1) return newest;
  const entry = JSON.parse(jsonText(newest)) as {data: Record<string, unknown>; details: string};
  entry.data['EventSummary'] = members.map(({ms, subTicks}) => timestampText(ms, subTicks, '+00:00'));
  entry.details = `Accessed the audit log ${String(members.length)} times`;
  return rowOf(newest.id, JSON.stringify(entry));
}
