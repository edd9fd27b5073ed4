import { gzipSync } from 'node:zlib';
import { DIMENSIONS, type NameCount, type ReportActor, type ReportData, type RowChunk } from '../../tasks/common/report/reportData';

export interface FixtureOptions {
  readonly organization?: string;
  readonly rows?: number;
  readonly detail?: ReportData['detail'];
  /** Whether the whole entries come along. */
  readonly hasLines?: boolean;
  readonly start?: string;
  readonly end?: string;
  readonly job?: string;
  readonly attempt?: number;
  /** Stands in every text that a stranger can choose. */
  readonly text?: (field: string) => string;
}

const HOUR_MS = 3_600_000;
const ROWS_A_CHUNK = 2_000;
const CATEGORIES = ['Access', 'Modify', 'Create', 'Remove'];

/** Data as the task attaches them, with as many rows as asked for; the same for the same options. */
export function reportFixture({ organization = 'fabrikam', rows = 40, detail = 'full', hasLines = true, start = '2026-11-19T00:00:00Z', end = '2026-11-20T00:00:00Z', job = 'Export', attempt = 1, text = (field) => field }: FixtureOptions = {}): ReportData {
  const actors = Array.from({ length: 7 }, (_, index): ReportActor => ({ kind: index === 6 ? 'servicePrincipal' : 'person', name: `${text('Actor')} ${index}`, upn: index === 6 ? null : `actor${index}@fabrikam.example`, id: `a${index}` }));
  const named = (field: string, count: number): NameCount[] => Array.from({ length: count }, (_, index) => ({ name: `${text(field)} ${index}`, entries: Math.ceil(rows / count) }));
  const counts = (values: NameCount[]) => ({ values: rows > 0 ? values : [], others: { names: 0, entries: 0 } });
  const ofDimension: Record<string, NameCount[]> = { category: CATEGORIES.map((name) => ({ name, entries: Math.ceil(rows / 4) })), actor: actors.map((actor) => ({ name: actor.name, entries: Math.ceil(rows / 7), actor })) };
  const isFull = detail === 'full';
  return {
    reportDataVersion: 1, detail, productVersion: '1.0.0', organization: text(organization), artifactName: 'audit-log',
    run: { id: '4711', number: '20261120.1', attempt, stage: 'Audit', job, pipeline: text('Nightly export'), project: text('Fabrikam Audit') },
    exports: [{ folder: `${organization}/x`, start, end, entries: rows }],
    window: { start, end, unsettledFrom: null }, timeZone: 'UTC',
    coverage: { isChain: true, from: start, until: end, gaps: [], gapCount: 0 },
    counts: { entries: rows, late: 0, repaired: 0, own: 0, filtered: 0 }, filter: null,
    overTime: { start, stepSeconds: 3_600, categories: CATEGORIES, counts: CATEGORIES.map((_, index) => Array.from({ length: 24 }, (_unused, hour) => (hour % 4 === index ? Math.ceil(rows / 24) : 0))) },
    weekdayHours: Array.from({ length: 7 }, (_, day) => Array.from({ length: 24 }, (_unused, hour) => (day === 3 && hour < rows ? Math.ceil(rows / 24) : 0))),
    dimensions: Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, !isFull && (dimension === 'actor' || dimension === 'ip') ? { values: [], others: { names: 7, entries: rows } } : counts(ofDimension[dimension] ?? named(dimension, 5))])) as unknown as ReportData['dimensions'],
    firstSeen: null,
    notable: rows > 0 ? [{ rule: 'streamDeleted', entries: 1, shown: isFull ? [{ id: '1;x', ms: Date.parse(start) + HOUR_MS, action: 'AuditLog.StreamDeletedByUser', actor: text('Actor'), project: text('project'), details: text('details') }] : [] }] : [],
    rows: isFull ? { form: 'chunks', included: rows, leftOut: 0, chunks: Array.from({ length: Math.ceil(rows / ROWS_A_CHUNK) }, (_, chunk) => chunkOf(chunk * ROWS_A_CHUNK, Math.min(rows - chunk * ROWS_A_CHUNK, ROWS_A_CHUNK), actors, Date.parse(end), text, hasLines)) } : null,
  };
}

function chunkOf(first: number, rows: number, actors: readonly ReportActor[], endMs: number, text: (field: string) => string, hasLines: boolean): RowChunk {
  const numbers = Array.from({ length: rows }, (_, row) => first + row);
  const few = (field: string, count: number) => ({ values: Array.from({ length: count }, (_, index) => `${text(field)} ${index}`), index: numbers.map((row) => row % count) });
  const columns = {
    ms: numbers.map((row, index) => (index === 0 ? endMs - 1 - row * 100 : 100)),
    id: numbers.map((row) => `${text('id')};${row}`),
    correlation: { values: numbers.map((row) => `c${Math.floor(row / 3)}`), index: numbers.map((_, index) => index) },
    actor: { values: actors, index: numbers.map((row) => row % actors.length) },
    category: { values: CATEGORIES, index: numbers.map((row) => row % 4) },
    area: few('area', 5), action: few('action', 5), ip: few('ip', 5), mechanism: few('mechanism', 5), project: few('project', 5),
    details: { values: numbers.map((row) => `${text('details')} of entry number ${row}.`), index: numbers.map((_, index) => index) },
    own: [], late: [],
  };
  const lines = numbers.map((row) => JSON.stringify({ id: `${text('id')};${row}`, details: `${text('details')} of entry number ${row}.` })).join('\n');
  return { rows, columns: packed(JSON.stringify(columns)), lines: hasLines ? packed(`${lines}\n`) : null };
}

function packed(text: string): string {
  return gzipSync(text, { level: 1 }).toString('base64');
}
