import type { Gap } from '../manifest';
import { MANIFEST_FILE } from '../manifestText';
import { checkExport, type CheckedExport, type CheckParts } from './checkExport';
import type { Step } from './chainWalk';
import { momentOf, type SeenEntry } from './entryChecks';
import type { ChainExport, Interval } from './exportRecord';
import { compareMoments, type Moment } from '../../auditlog/moments';
import type { KnownHashes } from './knownHashes';
import { LateEntries } from './lateEntries';
import { Population, type PopulationSummary } from './population';
import type { Sample } from './sample';

/** Gaps that are kept of a chain. */
const MOST_GAPS = 20_000;

/** The exports of one calendar month (UTC), by the beginning of what they cover. */
export interface Period {
  /** `2026-11`. */
  readonly month: string;
  runs: number;
  exports: number;
  entries: number;
  isValid: boolean;
}

/** What walking over the entries of a main chain gives. */
export interface WalkedChain {
  readonly population: PopulationSummary;
  readonly gaps: readonly Gap[];
  /** Oldest first. */
  readonly periods: readonly Period[];
  readonly late: number;
}

/** Reads the exports of a main chain, newest first, and holds their entries against each other. */
export class MainChain {
  readonly #parts: CheckParts;
  readonly #sample: Sample | undefined;
  readonly #population: Population;
  readonly #late = new LateEntries();
  readonly #gaps = new Map<string, Gap>();
  readonly #periods = new Map<string, Period & { readonly runIds: Set<string> }>();
  /** From here on newer exports hold the entries. */
  #ceiling: Moment | undefined;
  /** What the newer export knew beyond its own entries; undefined when it cannot be said. */
  #inherited: { readonly known: KnownHashes; readonly place: string } | undefined;
  #lateCount = 0;

  constructor(parts: CheckParts, range: Interval, sample: Sample | undefined) {
    this.#parts = parts;
    this.#sample = sample;
    this.#population = new Population(range);
  }

  async walk(steps: readonly Step[]): Promise<WalkedChain> {
    for (const step of steps) {
      const { record } = step;
      const checked = await checkExport(record, this.#parts, (entry) => { this.#meet(entry, record); });
      this.#late.passed(momentOf(record.covered.start));
      this.#lower(momentOf(record.covered.start));
      this.#compareKnown(step, checked);
      this.#remember(record, checked);
    }
    if (this.#late.isFull) this.#parts.findings.note('invalid format', {}, 'There are more late entries than can be compared with older ones; not all were.');
    const periods = [...this.#periods.values()].sort((left, right) => (left.month < right.month ? -1 : 1));
    return { population: this.#population.summary, gaps: [...this.#gaps.values()], late: this.#lateCount, periods: periods.map(({ runIds, ...period }) => ({ ...period, runs: runIds.size })) };
  }

  #meet(entry: SeenEntry, record: ChainExport): void {
    const other = this.#late.meet(entry, record.place);
    if (other !== undefined) this.#parts.findings.invalid('invalid format', { folder: record.place, file: entry.file, line: entry.line }, `This entry is also in ${other.place} (line ${other.line}), as a late one.`);
    if (this.#population.add(entry, this.#ceiling)) this.#sample?.offer(entry, record.place, entry.file);
  }

  #lower(start: Moment): void {
    if (this.#ceiling === undefined || compareMoments(start, this.#ceiling) < 0) this.#ceiling = start;
  }

  /** What an export knows, it holds itself or has from the one before it: anything else would make the next export leave out what nobody has. */
  #compareKnown({ record, link }: Step, checked: CheckedExport | undefined): void {
    const inherited = this.#inherited;
    this.#inherited = undefined;
    const known = checked?.entries?.known;
    if (inherited !== undefined && known !== undefined) this.#tellUnmet(inherited.place, inherited.known.unmet(known));
    if (known === undefined) return;
    if (link === 'linked') this.#inherited = { known, place: record.place };
    else if (record.chain.predecessor === null) this.#tellUnmet(record.place, known.unmet(undefined));
  }

  #tellUnmet(place: string, count: number): void {
    if (count > 0) this.#parts.findings.invalid('invalid format', { folder: place, file: MANIFEST_FILE }, `It says that ${count} entries are known which neither it nor the export before it holds.`);
  }

  #remember(record: ChainExport, checked: CheckedExport | undefined): void {
    for (const gap of checked?.manifest.coverage.gaps ?? []) {
      if (this.#gaps.size < MOST_GAPS) this.#gaps.set(`${gap.start}/${gap.end}`, gap);
    }
    const month = record.covered.start.slice(0, 7);
    const period = this.#periods.get(month) ?? { month, runs: 0, exports: 0, entries: 0, isValid: true, runIds: new Set<string>() };
    this.#periods.set(month, period);
    period.runIds.add(record.run);
    period.exports += 1;
    period.entries += record.entries;
    period.isValid &&= checked?.isValid ?? false;
    this.#lateCount += record.late;
  }
}
