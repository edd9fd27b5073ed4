import { DIMENSIONS, type Dimension, type NameCount, type ReportActor, type ReportData } from '../tasks/common/report/reportData';
import { HourOfWeek, ZoneClock } from './clock';
import { isFiltered, NO_FILTERS, type Filters } from './rows/filters';
import { countKey, groupKey } from './rows/groups';
import { rowSource, type RowProgress, type RowSource } from './rows/rowSource';
import { type RowTexts } from './rows/rowTexts';
import { RowStore } from './rows/rowStore';
import { selectRows, type ChartPlaces, type Selection } from './rows/selectRows';

/** A value in a list: its group's key, and how many entries it has under the filters in force. */
export interface ListedValue {
  readonly key: string;
  readonly name: string | null;
  readonly actor: ReportActor | undefined;
  readonly entries: number;
}

/** What `onChange` may have to redraw: everything, or the rows only, of which more have arrived. */
export type Change = 'all' | 'rows';

/** Four times what any report of ours holds: a forged number of rows must not take the memory. */
const MOST_ROWS = 2_000_000;

/** What the page shows: the data, the rows that are here, and what the reader has asked for. Every part of the page reads it and listens to it. */
export class ReportModel {
  readonly data: ReportData;
  readonly store: RowStore;
  readonly source: RowSource | undefined;
  filters: Filters = NO_FILTERS;
  selection: Selection;
  progress: RowProgress;
  /** For instants; days and hours of the charts are in the zone of the data. */
  clock = new ZoneClock();
  readonly places: ChartPlaces;
  readonly #listeners: ((change: Change) => void)[] = [];
  #announcedRows = 0;

  /** @param following the rows that are not in the data, but follow those that are */
  constructor(data: ReportData, following?: RowTexts) {
    this.data = data;
    this.source = rowSource(data, following);
    this.store = new RowStore(Math.min(MOST_ROWS, this.source?.capacity ?? 0));
    this.progress = this.source?.progress ?? { isDone: true, unreadable: 0, leftOut: 0, expected: 0 };
    const [begin, step] = [Date.parse(data.overTime.start), data.overTime.stepSeconds * 1000];
    const hours = new HourOfWeek(data.timeZone);
    this.places = { slots: slotCount(data), slotOf: (ms) => Math.floor((ms - begin) / step), hourOf: (ms) => hours.of(ms) };
    this.selection = selectRows(this.store, this.filters, this.places);
  }

  /** Whether the reader can filter: without rows there is nothing to filter. */
  get hasRows(): boolean {
    return this.source !== undefined;
  }

  /** Whether charts and lists are counted from the rows: only when no entry is missing among them. */
  get isCountedFromRows(): boolean {
    const { isDone, unreadable, leftOut } = this.progress;
    return this.hasRows && isDone && unreadable === 0 && leftOut === 0 && isFiltered(this.filters);
  }

  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  change(filters: Filters): void {
    this.filters = filters;
    this.#select('all');
  }

  showZone(zone: 'local' | 'UTC'): void {
    this.clock = new ZoneClock(zone === 'UTC' ? 'UTC' : undefined);
    this.#tell('all');
  }

  async load(signal: AbortSignal): Promise<void> {
    await this.source?.load(this.store, signal, (progress) => {
      this.progress = progress;
      // Each selection looks at all rows: at every doubling that is as much work as one more.
      if (!progress.isDone && this.store.count < 2 * this.#announcedRows) return;
      this.#announcedRows = this.store.count;
      this.#select(progress.isDone ? 'all' : 'rows');
    });
  }

  /** The values of a dimension, most frequent first. */
  values(dimension: Dimension): ListedValue[] {
    if (!this.isCountedFromRows) return this.data.dimensions[dimension].values.map((count) => ofCount(dimension, count));
    const counts = this.selection.counts.values[dimension];
    const values = this.store.facets[dimension].groups.map(({ key, name, actor }, group) => ({ key, name, actor, entries: counts[group] ?? 0 }));
    return values.filter(({ key, entries }) => entries > 0 || this.isChosen(dimension, key)).sort(byFrequency);
  }

  isChosen(dimension: Dimension, key: string): boolean {
    return this.filters.values[dimension]?.has(key) === true;
  }

  /** What a key stands for, for the chips of filters. */
  nameOf(dimension: Dimension, key: string): string {
    const listed = this.data.dimensions[dimension].values.find((count) => countKey(dimension, count) === key);
    const group = this.store.facets[dimension].groups.find((candidate) => candidate.key === key);
    return (listed?.actor ?? group?.actor)?.name ?? listed?.name ?? group?.name ?? '';
  }

  /** The key of a row's value, for filters. */
  keyAt(dimension: Dimension, row: number): string {
    return groupKey(dimension, this.store.facets[dimension].valueAt(row));
  }

  #select(change: Change): void {
    this.selection = selectRows(this.store, this.filters, this.places);
    this.#tell(change);
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** How many slots the chart over time has, at most 5,000; those of the window where there is nothing to count. */
function slotCount({ overTime, window }: ReportData): number {
  const counted = overTime.counts.reduce((most, counts) => Math.max(most, counts.length), 0);
  const covered = Math.ceil((Date.parse(window.end) - Date.parse(overTime.start)) / (overTime.stepSeconds * 1000));
  return Math.max(1, Math.min(5_000, counted > 0 || !Number.isFinite(covered) ? counted : covered));
}

function ofCount(dimension: Dimension, count: NameCount): ListedValue {
  return { key: countKey(dimension, count), name: count.actor?.name ?? count.name, actor: count.actor, entries: count.entries };
}

function byFrequency(left: ListedValue, right: ListedValue): number {
  return right.entries - left.entries || ((left.name ?? '') < (right.name ?? '') ? -1 : 1);
}

/** All dimensions but the category, which the chart over time shows. */
export const LISTED_DIMENSIONS = DIMENSIONS.filter((dimension) => dimension !== 'category');
