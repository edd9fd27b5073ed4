import { type ReportModel } from '../model';

/** The name under which the data count entries without a category, and of the categories beyond their cap. */
const OTHER_NAMES = '(other)';

/** Entries of a category in each slot of the chart over time. */
export interface Series {
  readonly name: string;
  /** Key of the category's group; undefined when it stands for several, so that it cannot be filtered for. */
  readonly key: string | undefined;
  readonly counts: readonly number[];
  /** Of the category under all other filters: what choosing it would show. */
  readonly total: number;
}

/** What the chart over time shows under the filters in force. */
export function timeSeries(model: ReportModel): Series[] {
  const { categories, counts } = model.data.overTime;
  if (!model.isCountedFromRows) return categories.map((name, number) => seriesOf(name, keyOf(model, name), counts[number] ?? []));
  const { groups } = model.store.facets.category;
  const { slots, values } = model.selection.counts;
  const counted = groups.map(({ name, key }, group) => {
    const bySlot = Array.from({ length: model.places.slots }, (_, slot) => slots[slot * groups.length + group] ?? 0);
    return seriesOf(name ?? OTHER_NAMES, key, bySlot, values.category[group]);
  });
  const place = ({ name }: Series): number => (categories.includes(name) ? categories.indexOf(name) : categories.length);
  return counted.sort((left, right) => place(left) - place(right));
}

function seriesOf(name: string, key: string | undefined, counts: readonly number[], total = counts.reduce((sum, count) => sum + count, 0)): Series {
  return { name, key, counts, total };
}

/** Undefined for a name that no value of the dimension has: it brings several together. */
function keyOf({ data }: ReportModel, name: string): string | undefined {
  const { values } = data.dimensions.category;
  if (values.some((value) => value.name === name)) return name;
  return name === OTHER_NAMES && values.some((value) => value.name === null) ? '' : undefined;
}
