import {
  DIMENSIONS, REPORT_DATA_VERSION, type ChunkedRows, type DimensionCounts, type EvidenceCut, type EvidenceRows, type FirstSeen, type NameCount, type NotableFinding, type ReportActor, type ReportData, type ReportExport,
  type ReportGap, type ReportRows, type ReportRun, type RowChunk,
} from './reportData';
import { bool, count, instant, list, object, oneOf, optional, orNull, refuse, text, Unreadable, whole, type Read } from './reading';

/** Nothing that the collector writes comes near any of these. */
const LONG = 2_000;
const MANY = 1_000;
const MOST_CHUNKS = 10_000;
const LONGEST_CHUNK = 64 * 1024 ** 2;
const HOURS = 24;
const WEEKDAYS = 7;

const name = text(LONG);
const actor = object<ReportActor>({ kind: oneOf('person', 'servicePrincipal', 'service'), name, upn: orNull(name), id: name });
const nameCount = object<NameCount>({ name: orNull(name), entries: count, actor: optional(actor) });
const dimension = object<DimensionCounts>({ values: list(nameCount, MANY), others: object({ names: count, entries: count }) });
const gap = object<ReportGap>({ start: instant, end: instant, reason: oneOf('expired', 'deleted', 'continueFrom', 'notFound') });
const finding = object<NotableFinding>({
  rule: name, entries: count, shown: list(object({ id: name, ms: whole, action: name, actor: name, project: orNull(name), details: name }), MANY),
});
const firstSeen = object<FirstSeen>({ actors: optional(list(actor, MANY)), actorCount: count, actions: list(name, MANY), actionCount: count });
const run = object<ReportRun>({ id: name, number: orNull(name), attempt: count, stage: orNull(name), job: orNull(name), pipeline: orNull(name), project: orNull(name) });
const chunk = object<RowChunk>({ rows: count, columns: text(LONGEST_CHUNK), lines: orNull(text(LONGEST_CHUNK)) });
const chunkedRows = object<ChunkedRows>({ form: oneOf('chunks'), included: count, leftOut: count, chunks: list(chunk, MOST_CHUNKS) });
const id = orNull(name);
const evidenceRows = object<EvidenceRows>({
  form: oneOf('lines'), own: object({ clientId: id, objectId: id, serviceConnectionId: id, pipelineId: id }), cut: orNull(object<EvidenceCut>({ entries: count, bytes: count })), gzip: text(LONGEST_CHUNK),
});
const rows: Read<ReportRows> = (value) => (isObject(value) && value['form'] === 'lines' ? evidenceRows(value) : chunkedRows(value));
const slots = object<ReportData['overTime']>({ start: instant, stepSeconds: count, categories: list(name, MANY), counts: list(list(count, MANY), MANY) });

const data: Read<ReportData> = object<ReportData>({
  reportDataVersion: oneOf(REPORT_DATA_VERSION),
  detail: oneOf('full', 'counts'),
  productVersion: name,
  organization: name,
  run: orNull(run),
  artifactName: orNull(name),
  exports: list(object<ReportExport>({ folder: name, start: instant, end: instant, entries: count }), MANY),
  window: object({ start: instant, end: instant, unsettledFrom: orNull(instant) }),
  timeZone: name,
  coverage: object({ isChain: bool, from: instant, until: instant, gaps: list(gap, MANY), gapCount: count }),
  counts: object({ entries: count, late: count, repaired: count, own: count, filtered: count }),
  filter: orNull(object({ include: list(name, MANY), exclude: list(name, MANY) })),
  overTime: (value) => whenEven(slots(value)),
  weekdayHours: list(list(count, HOURS, HOURS), WEEKDAYS, WEEKDAYS),
  dimensions: object(Object.fromEntries(DIMENSIONS.map((each) => [each, dimension])) as Record<(typeof DIMENSIONS)[number], Read<DimensionCounts>>),
  firstSeen: orNull(firstSeen),
  notable: list(finding, MANY),
  rows: orNull(rows),
  notes: optional(list(name, MANY)),
});

/**
 * Reads report data that came from elsewhere, field by field; what the form does not know is left out. The packed
 * rows are as they came: they are looked into when they are shown.
 * @param value parsed JSON
 */
export function readReportData(value: unknown): ReportData | { readonly problem: 'newerVersion' | 'unreadable' } {
  if (isNewer(value)) return { problem: 'newerVersion' };
  try {
    return data(value);
  } catch (thrown) {
    if (!(thrown instanceof Unreadable)) throw thrown;
    return { problem: 'unreadable' };
  }
}

function isNewer(value: unknown): boolean {
  const version = isObject(value) ? value['reportDataVersion'] : undefined;
  return Number.isSafeInteger(version) && (version as number) > REPORT_DATA_VERSION;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Reads a chunk of rows that stands apart from the data. Undefined for what is none. @param value parsed JSON */
export function readRowChunk(value: unknown): RowChunk | undefined {
  try {
    return chunk(value);
  } catch (thrown) {
    if (!(thrown instanceof Unreadable)) throw thrown;
    return undefined;
  }
}

/** A row of slots for each category, all of one length, and slots that have one. */
function whenEven(overTime: ReportData['overTime']): ReportData['overTime'] {
  const { stepSeconds, categories, counts } = overTime;
  const isEven = stepSeconds > 0 && counts.length === categories.length && counts.every((row) => row.length === counts[0]?.length);
  return isEven ? overTime : refuse();
}
