import type {StoredEntry} from '../organization/storedEntry';

/** The text of one entry of a page. */
export type PageRow = Pick<StoredEntry, 'id' | 'block' | 'from' | 'to'>;

/** A page of the audit log before it is written. */
export interface AuditPage {
  readonly rows: readonly PageRow[];
  /** Undefined leaves the key out. */
  readonly continuationToken: string | null | undefined;
  readonly hasMore: boolean;
}

/** A row with a text of its own. */
export function rowOf(id: string, json: string): PageRow {
  const block = Buffer.from(json);
  return {id, block, from: 0, to: block.length};
}

/**
 * Writes a page as the service does: the bare object.
 *
 * @param roomOf gives a buffer of so many bytes
 */
export function writePage({rows, continuationToken, hasMore}: AuditPage, roomOf: (bytes: number) => Buffer): Buffer {
  const head = Buffer.from('{"decoratedAuditLogEntries":[');
  const token = continuationToken === undefined ? '' : `"continuationToken":${JSON.stringify(continuationToken)},`;
  const tail = Buffer.from(`],${token}"hasMore":${String(hasMore)}}`);
  const size = rows.reduce((sum, row) => sum + row.to - row.from, Math.max(0, rows.length - 1));
  const page = roomOf(head.length + size + tail.length);
  let end = head.copy(page);
  rows.forEach((row, index) => {
    if (index > 0) end = page.writeUInt8(0x2c, end);
    end += row.block.copy(page, end, row.from, row.to);
  });
  tail.copy(page, end);
  return page;
}
