import { isUtf8 } from 'node:buffer';
import { TaskError } from '../errors/taskError';
import { ticksOfTimestamp } from '../time/ticks';
import { AuditLogEntry } from './entry';
import { EntryReader } from './entryReader';
import { applyEdits, JsonFault, JsonScanner } from './jsonScanner';
import { LOWER_N, OPEN_BRACE, OPEN_BRACKET } from './bytes';

/** One answer of the audit log query. */
export interface AuditLogPage {
  /** As sent: not clipped, not deduplicated, in the service's order. */
  readonly entries: readonly AuditLogEntry[];
  readonly continuationToken: string | undefined;
  readonly hasMore: boolean;
  /** What the service calls the request that it answers. */
  readonly activityId?: string | undefined;
}

/**
 * Reads an answer in both shapes that are known: bare (what clients of the service see) and inside `{"value": …}`
 * (what the official example shows).
 *
 * @throws TaskError AUDIT_ANSWER_UNREADABLE
 */
export function parsePage(body: Buffer): AuditLogPage {
  try {
    const scanner = new JsonScanner(body, startOf(body));
    const page = scanPage(body, scanner);
    if (scanner.peek() !== -1 || !page.hasEntries) throw scanner.fault();
    return page;
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault;
    throw unreadable('is not what the Audit service documents', fault);
  }
}

/** Some answers of Azure DevOps begin with a byte order mark. */
function startOf(body: Buffer): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
}

interface ScannedPage extends AuditLogPage {
  readonly hasEntries: boolean;
}

function scanPage(body: Buffer, scanner: JsonScanner, isInWrapper = false): ScannedPage {
  let entries: AuditLogEntry[] | undefined;
  let wrapped: ScannedPage | undefined;
  let token: unknown;
  let hasMore: unknown;
  scanner.object((keyFrom, keyTo) => {
    const key = keyAt(body, keyFrom, keyTo);
    const next = scanner.peek();
    if (key === 'decoratedAuditLogEntries' && next === OPEN_BRACKET) entries = scanEntries(body, scanner);
    else if (key === 'value' && next === OPEN_BRACE && !isInWrapper) wrapped = scanPage(body, scanner, true);
    else {
      const value = scanScalar(body, scanner, key === 'continuationToken' || key === 'hasMore');
      if (key === 'continuationToken') token = value;
      if (key === 'hasMore') hasMore = value;
      if (key === 'decoratedAuditLogEntries' && value === null) entries ??= [];
    }
  });
  if (entries === undefined && wrapped) return wrapped;
  // Left out, it means "no" only where there is no token either to go on with: anything else could lose entries.
  const isSilent = (hasMore ?? undefined) === undefined && (token ?? '') === '';
  if (typeof hasMore !== 'boolean' && !isSilent) throw unreadable('does not say whether more entries follow');
  return {
    entries: entries ?? [],
    hasEntries: entries !== undefined,
    continuationToken: typeof token === 'string' && token !== '' ? token : undefined,
    hasMore: hasMore === true,
  };
}

function scanScalar(body: Buffer, scanner: JsonScanner, isWanted: boolean): unknown {
  const from = scanner.position;
  const isNull = body[from] === LOWER_N;
  scanner.value();
  if (isNull) return null;
  if (!isWanted) return undefined;
  try {
    return JSON.parse(body.toString('utf8', from, scanner.position));
  } catch {
    throw scanner.fault();
  }
}

function scanEntries(body: Buffer, scanner: JsonScanner): AuditLogEntry[] {
  const entries: AuditLogEntry[] = [];
  const quick = isUtf8(body) ? EntryReader.over(body) : undefined;
  scanner.array(() => {
    scanner.peek();
    const entry = quick?.read(scanner.position);
    if (quick !== undefined && entry !== undefined) {
      entries.push(entry);
      scanner.position = quick.end;
      return;
    }
    const scanned = scanEntry(body, scanner.position);
    scanner.position = scanned.to;
    entries.push(toEntry(body, scanned));
  });
  return entries;
}

interface ScannedEntry {
  readonly from: number;
  readonly to: number;
  readonly scanner: JsonScanner;
  readonly id: Place | undefined;
  readonly timestamp: Place | undefined;
}

interface Place {
  readonly from: number;
  readonly to: number;
}

/**
 * The field reports stray backslashes. One before a quote (`"C:\"`) hides the end of its string, so that the entry makes
 * no sense as it stands: then the backslashes in doubt are tried as strays, the last one first.
 */
function scanEntry(body: Buffer, from: number): ScannedEntry {
  const strays = new Set<number>();
  for (let tries = 0; ; tries += 1) {
    const scanner = new JsonScanner(body, from, strays);
    try {
      return scanMembers(body, from, scanner);
    } catch (fault) {
      const candidate = scanner.doubtfulBackslashes.filter((at) => !strays.has(at)).at(-1);
      if (!(fault instanceof JsonFault) || candidate === undefined || tries >= MOST_REPAIR_TRIES) throw fault;
      strays.add(candidate);
    }
  }
}

function scanMembers(body: Buffer, from: number, scanner: JsonScanner): ScannedEntry {
  let id: Place | undefined;
  let timestamp: Place | undefined;
  scanner.object((keyFrom, keyTo) => {
    scanner.peek();
    const valueFrom = scanner.position;
    scanner.value(1);
    if (!KEY_BEGINNINGS.has(body[keyFrom] ?? 0)) return;
    const key = keyAt(body, keyFrom, keyTo);
    if (key === 'id') id = { from: valueFrom, to: scanner.position };
    else if (key === 'timestamp') timestamp = { from: valueFrom, to: scanner.position };
  });
  return { from, to: scanner.position, scanner, id, timestamp };
}

function toEntry(body: Buffer, scanned: ScannedEntry): AuditLogEntry {
  const { from, to, scanner } = scanned;
  const id = stringAt(body, scanned.id);
  const ticks = ticksOfTimestamp(stringAt(body, scanned.timestamp) ?? '');
  if (id === undefined || id === '') throw unreadable('holds an entry without an id');
  if (ticks === undefined) throw unreadable('holds an entry whose timestamp cannot be read');
  const sent = body.subarray(from, to);
  const repaired = applyEdits(body, from, to, scanner.edits);
  if (isUtf8(sent)) return new AuditLogEntry(repaired, id, ticks, scanner.hasRepairs ? Buffer.from(sent) : undefined);
  return new AuditLogEntry(Buffer.from(repaired.toString('utf8'), 'utf8'), id, ticks, Buffer.from(sent));
}

/** A key as JSON.parse reads it: its characters may be escaped. */
function keyAt(body: Buffer, from: number, to: number): string {
  return stringAt(body, { from: from - 1, to: to + 1 }) ?? '';
}

function stringAt(body: Buffer, place: Place | undefined): string | undefined {
  if (!place) return undefined;
  const text = body.toString('utf8', place.from, place.to);
  if (!text.includes('\\')) return text.startsWith('"') ? text.slice(1, -1) : undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(what: string, cause?: unknown): TaskError {
  return new TaskError('AUDIT_ANSWER_UNREADABLE', `An answer of the Audit service ${what}; nothing is published, because entries could be missing.`, {
    cause,
    advice: ['Run the pipeline again. If it happens again, report it as an issue of this extension; the service may have changed its format.'],
  });
}

/** With what `id` and `timestamp` can begin, escaped or not; other keys are not worth making text of. */
const KEY_BEGINNINGS: ReadonlySet<number> = new Set(Buffer.from('it\\', 'ascii'));
const MOST_REPAIR_TRIES = 32;
