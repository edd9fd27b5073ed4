import {parseInstant, type Instant} from '../organization/instant';
import type {Switches} from '../switches';

/** A question to the audit log. */
export interface AuditQuery {
  readonly start: Instant;
  readonly end: Instant;
  /** After clamping. */
  readonly pageSize: number;
  readonly token: string | undefined;
  readonly skipAggregation: boolean;
}

/** Days that the service keeps entries. Source: Microsoft's page on auditing. */
export const RETENTION_MS = 90 * 86_400_000;
const TOKEN = /^\d{19};[0-9a-f-]{36};[^;]+$/i;

/** Thrown for a question that cannot be answered; the message goes to the caller with status 400. */
export class BadQueryError extends Error {}

/**
 * Reads the question from the query string. Names are case-insensitive.
 *
 * @throws BadQueryError when a value cannot be read
 */
export function parseQuery(parameters: URLSearchParams, now: number, switches: Readonly<Switches>): AuditQuery {
  const values = new Map([...parameters].map(([name, value]) => [name.toLowerCase(), value]));
  const start = readTime(values, 'starttime') ?? {ms: now - RETENTION_MS, subTicks: 0};
  const end = readTime(values, 'endtime') ?? {ms: now, subTicks: 0};
  if (start.ms > end.ms) throw new BadQueryError('The start time must not be later than the end time.');
  const batch = values.get('batchsize');
  if (batch !== undefined && !/^[1-9]\d{0,8}$/.test(batch)) throw new BadQueryError(`The value '${batch}' is not valid for batchSize.`);
  const token = values.get('continuationtoken');
  if (token !== undefined && token !== '' && !TOKEN.test(token)) throw new BadQueryError('The continuation token is not valid.');
  return {
    start, end, pageSize: Math.min(batch === undefined ? switches.defaultPage : Number(batch), switches.pageCap),
    token: token === '' ? undefined : token, skipAggregation: values.get('skipaggregation')?.toLowerCase() === 'true',
  };
}

function readTime(values: ReadonlyMap<string, string>, name: string): Instant | undefined {
  const text = values.get(name);
  if (text === undefined || text === '') return undefined;
  const instant = parseInstant(text);
  if (instant === undefined) throw new BadQueryError(`The value '${text}' is not valid for ${name}.`);
  return instant;
}
