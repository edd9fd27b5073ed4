import type { AuditLogEntry } from '../auditlog/entry';
import type { PageReader } from '../auditlog/pageReader';
import { readEntries } from '../auditlog/readEntries';
import { isoOfTicks, ticksOfSeconds } from '../time/ticks';
import { DAY_MS, MINUTE_MS } from '../window/duration';
import { epochSeconds, formatInstant } from '../window/instant';
import { RETENTION_MS } from '../window/retention';
import { compareNames, entriesFile, mergedNames, namesIn, type EntryName, type EntrySource } from './copiedEntries';
import { common, united } from './verify/intervals';
import type { Requested } from './verify/chainCoverage';
import { isInChain, type ExportRecord, type Interval } from './verify/exportRecord';
import { manifestOf, readRecords } from './verify/readRecords';
import { Findings } from './verify/verdict';

/** Entries of one kind: how many, and the newest of them. */
export interface FoundEntries {
  count: number;
  readonly newest: { readonly id: string; readonly time: string }[];
}

/** What comparing the copy with the living log gave. */
export interface Requery {
  /** The time that was compared: copied, settled, and not yet deleted by the service. */
  readonly compared: readonly Interval[];
  readonly inTheLog: number;
  readonly inTheCopy: number;
  /** In the log and in no export. */
  readonly missing: FoundEntries;
  /** The same, but so close to the chain's end that its next export reads there again. */
  readonly pending: FoundEntries;
  /** In an export and not in the log. */
  readonly vanished: FoundEntries;
  /** Exports that could not be compared, and why: sentences. */
  readonly notCompared: readonly string[];
}

export interface RequeryParts {
  readonly reader: Pick<PageReader, 'read'>;
  readonly organization: string;
  /** Folder with the exports. */
  readonly root: string;
  readonly requested: Requested;
  /** Folders below it that the verification found invalid. */
  readonly invalid: ReadonlySet<string>;
  /** ms since 1970. */
  readonly nowMs: number;
  readonly signal: AbortSignal;
  /** Is given each missing entry as the service sent it. */
  readonly onMissing: (entry: AuditLogEntry) => Promise<void>;
  /** Called for every page. @param reached ticks of the oldest entry so far */
  readonly onPage: (reached: string | undefined, inTheLog: number) => void;
}

/** What is younger may still appear late, ms: the settle time that exports have unless told otherwise. */
const SETTLE_MS = 30 * MINUTE_MS;
/** Nobody says to the minute when the service deletes: its last day is left out. */
const EDGE_MS = DAY_MS;
const NAMED = 20;

/** An export as far as comparing needs it. */
interface ComparableExport extends EntrySource {
  readonly covered: Interval;
  /** What it covers, and the overlap from which it holds late entries. */
  readonly reach: Interval;
  /** From here on the chain's next export reads again; outside a chain, from here on it had not settled. */
  readonly openFrom: string;
}

/**
 * Reads the living log again and compares the ids of its entries with those of the copy, as two streams in one order:
 * constant memory. Merged entries cannot be compared, so the log is read with skipAggregation=true.
 * @throws TaskError what reading the log throws; what reading the folder throws
 */
export async function requery(parts: RequeryParts): Promise<Requery> {
  const notCompared: string[] = [];
  const exports = await comparableExports(parts, notCompared);
  const compared = comparedIntervals(exports, parts);
  const result = { compared, inTheLog: 0, inTheCopy: 0, missing: none(), pending: none(), vanished: none(), notCompared };
  const touching = exports.filter(({ reach }) => compared.some((interval) => common(interval, reach) !== undefined));
  const copy = new Ahead(mergedNames(touching));
  try {
    for (const interval of [...compared].reverse()) await compare(interval, copy, exports, parts, result);
  } finally {
    await copy.close();
  }
  return result;
}

async function comparableExports(parts: RequeryParts, notCompared: string[]): Promise<ComparableExport[]> {
  const { records } = await readRecords(parts.root, new Findings());
  const own = records.filter(({ organization }) => organization === parts.organization.toLowerCase());
  const readings = await nextReadings(own);
  const exports: ComparableExport[] = [];
  for (const record of own) {
    const manifest = (await manifestOf(record))?.manifest;
    const file = manifest && entriesFile(manifest);
    const problem = parts.invalid.has(record.place) || manifest === undefined ? 'it is not valid' : file === undefined ? 'it holds no JSON' : manifest.retrieval.skipAggregation ? undefined : 'it holds merged entries (skipAggregation: false)';
    if (problem !== undefined || file === undefined || manifest === undefined) {
      notCompared.push(`${record.place} was not compared: ${problem ?? ''}.`);
      continue;
    }
    exports.push({
      covered: record.covered,
      reach: { start: manifest.window.overlapFrom, end: record.covered.end },
      openFrom: (manifest.chain === 'none' ? manifest.window.unsettledFrom : readings.get(chainKey(record))) ?? record.covered.end,
      endTicks: ticksOf(record.covered.end),
      open: () => namesIn(record.path, file),
    });
  }
  return exports;
}

/** From where on the next export of each chain reads again: its newest export knows the entries from there. */
async function nextReadings(records: readonly ExportRecord[]): Promise<ReadonlyMap<string, string>> {
  const heads = new Map<string, ExportRecord>();
  for (const record of records.filter(isInChain)) {
    const head = heads.get(chainKey(record));
    if (head === undefined || record.covered.end > head.covered.end) heads.set(chainKey(record), record);
  }
  const readings = new Map<string, string>();
  for (const [key, head] of heads) {
    const chain = (await manifestOf(head))?.manifest.chain;
    if (chain !== undefined && chain !== 'none') readings.set(key, chain.knownFrom);
  }
  return readings;
}

function chainKey({ chain }: ExportRecord): string {
  return JSON.stringify([chain?.pipelineId, chain?.branch, chain?.artifactName]);
}

function comparedIntervals(exports: readonly ComparableExport[], { requested, nowMs }: RequeryParts): Interval[] {
  const start = formatInstant(Math.ceil((nowMs - RETENTION_MS + EDGE_MS) / 1000));
  const end = formatInstant(Math.floor((nowMs - SETTLE_MS) / 1000));
  const wanted = common({ start, end }, { start: requested.from ?? start, end: requested.to ?? end });
  return united(exports.flatMap(({ covered }) => (wanted === undefined ? [] : common(covered, wanted) ?? [])));
}

type Counts = { -readonly [Key in keyof Requery]: Requery[Key] };

async function compare(interval: Interval, copy: Ahead, exports: readonly ComparableExport[], parts: RequeryParts, result: Counts): Promise<void> {
  const window = { startSeconds: epochSeconds(interval.start), endSeconds: epochSeconds(interval.end) };
  const [startTicks, endTicks] = [ticksOf(interval.start), ticksOf(interval.end)];
  const isOpen = openness(exports);
  await copy.skip(({ ticks }) => ticks >= endTicks);
  const vanish = (name: EntryName): void => { result.inTheCopy += 1; note(result.vanished, name); };
  for await (const { entries, reached } of readEntries(parts.reader, { organization: parts.organization, window, skipAggregation: true }, parts.signal)) {
    for (const entry of entries) {
      await copy.skip((name) => name.ticks >= startTicks && compareNames(name, entry) < 0, vanish);
      result.inTheLog += 1;
      const isHeld = await copy.skip((name) => compareNames(name, entry) === 0, () => { result.inTheCopy += 1; }) > 0;
      if (isHeld) continue;
      if (isOpen(entry)) note(result.pending, entry);
      else {
        note(result.missing, entry);
        await parts.onMissing(entry);
      }
    }
    parts.onPage(reached, result.inTheLog);
  }
  await copy.skip(({ ticks }) => ticks >= startTicks, vanish);
}

/** Whether all exports that cover an entry's time leave it to a next one: it is read again there, or had not settled yet. */
function openness(exports: readonly ComparableExport[]): (entry: EntryName) => boolean {
  const spans = exports.map(({ covered, openFrom }) => ({ start: ticksOf(covered.start), end: ticksOf(covered.end), openFrom: ticksOf(openFrom) }));
  return ({ ticks }) => spans.every(({ start, end, openFrom }) => ticks < start || ticks >= end || ticks >= openFrom);
}

function ticksOf(instant: string): string {
  return ticksOfSeconds(epochSeconds(instant));
}

function none(): FoundEntries {
  return { count: 0, newest: [] };
}

function note(found: FoundEntries, { id, ticks }: EntryName): void {
  found.count += 1;
  if (found.newest.length < NAMED) found.newest.push({ id, time: isoOfTicks(ticks) });
}

/** A stream of which the next one is known. */
class Ahead {
  readonly #names: AsyncGenerator<EntryName, void, undefined>;
  #next: IteratorResult<EntryName, void> | undefined;

  constructor(names: AsyncGenerator<EntryName, void, undefined>) {
    this.#names = names;
  }

  /** Passes over what fits. @returns how many */
  async skip(isFit: (name: EntryName) => boolean, onEach: (name: EntryName) => void = () => undefined): Promise<number> {
    for (let count = 0; ; count += 1) {
      this.#next ??= await this.#names.next();
      if (this.#next.done === true || !isFit(this.#next.value)) return count;
      onEach(this.#next.value);
      this.#next = undefined;
    }
  }

  async close(): Promise<void> {
    await this.#names.return();
  }
}
