import { type Dimension } from '../../tasks/common/report/reportData';

/** Columns of the table that have a filter of their own. */
export type TextColumnName = Dimension | 'details';

/** What the reader has asked for. Filters of one kind add up, filters of different kinds narrow each other. */
export interface Filters {
  /** Keys of groups (groups.ts). */
  readonly values: Readonly<Partial<Record<Dimension, ReadonlySet<string>>>>;
  /** ms since 1970; `until` is not included. */
  readonly time: { readonly from: number; readonly until: number } | null;
  /** Hours of the week, `weekday * 24 + hour`. */
  readonly hours: ReadonlySet<number>;
  /** What columns contain. */
  readonly columns: Readonly<Partial<Record<TextColumnName, string>>>;
  readonly text: string;
  readonly correlation: string | null;
  readonly onlyLate: boolean;
  /** Whether rows of our own reading of the log are listed; they are never counted. */
  readonly showOwn: boolean;
}

export const NO_FILTERS: Filters = { values: {}, time: null, hours: new Set(), columns: {}, text: '', correlation: null, onlyLate: false, showOwn: false };

/** With or without one value of a dimension. */
export function toggleValue(filters: Filters, dimension: Dimension, key: string): Filters {
  return { ...filters, values: { ...filters.values, [dimension]: toggled(filters.values[dimension] ?? new Set(), key) } };
}

export function toggleHour(filters: Filters, hour: number): Filters {
  return { ...filters, hours: toggled(filters.hours, hour) };
}

/** Whether any row can be missing because of them; whether our own reading is shown is a matter of taste. */
export function isFiltered(filters: Filters): boolean {
  const { values, time, hours, columns, text, correlation, onlyLate } = filters;
  return time !== null || hours.size > 0 || text.trim() !== '' || correlation !== null || onlyLate
    || Object.values(values).some((keys) => keys.size > 0) || Object.values(columns).some((column) => column !== '');
}

function toggled<Item>(items: ReadonlySet<Item>, item: Item): Set<Item> {
  const changed = new Set(items);
  if (!changed.delete(item)) changed.add(item);
  return changed;
}
