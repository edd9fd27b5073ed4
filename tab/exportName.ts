import type { Attachment } from './attachments';

/** What the name of an attachment says: the task names it after the export's folder, `ORGANIZATION.START_END.runID-ATTEMPT`. */
export interface ExportName {
  readonly organization: string;
  /** UTC, such as `2026-11-20 00:00`; with seconds where they are not 0. */
  readonly start: string;
  readonly end: string;
  readonly attempt: number;
}

const NAME = /^(.+)\.(\d{8}T\d{6}Z)_(\d{8}T\d{6}Z)\.run\d+-(\d{1,9})(?:\.\w+)*$/;

/** Reads an attachment's name; undefined when it has another form. */
export function readExportName(name: string): ExportName | undefined {
  const [, organization, start, end, attempt] = NAME.exec(name) ?? [];
  if (organization === undefined || start === undefined || end === undefined) return undefined;
  return { organization, start: instant(start), end: instant(end), attempt: Number(attempt) };
}

/** What two exports of one window have in common. */
export function windowOf({ name }: Attachment): string {
  const read = readExportName(name);
  return read ? [read.organization, read.start, read.end].join(' ') : name;
}

/** Newest window first, then the last attempt; names of another form come last. */
export function newestFirst(left: Attachment, right: Attachment): number {
  return compare(sortKey(right), sortKey(left)) || compare(left.name, right.name);
}

function sortKey({ name }: Attachment): string {
  const read = readExportName(name);
  return read ? [read.end, read.start, String(read.attempt).padStart(9, '0')].join(' ') : '';
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function instant(text: string): string {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return `${year}-${month}-${day} ${hour}:${minute}${second === '00' ? '' : `:${second}`}`;
}
