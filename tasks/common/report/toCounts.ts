import type { CollectedReport, DimensionCounts, ReportData } from './reportData';

/** The same report with the detail `counts`: without people, addresses and entries. */
export function toCounts(data: ReportData): CollectedReport {
  const { dimensions, firstSeen, filter } = data;
  return {
    ...data,
    detail: 'counts',
    // A filter can name people and addresses.
    filter: filter && { include: [], exclude: [] },
    dimensions: { ...dimensions, actor: withoutNames(dimensions.actor), ip: withoutNames(dimensions.ip) },
    firstSeen: firstSeen && { actorCount: firstSeen.actorCount, actions: firstSeen.actions, actionCount: firstSeen.actionCount },
    notable: data.notable.map((finding) => ({ ...finding, shown: [] })),
    rows: null,
  };
}

function withoutNames({ values, others }: DimensionCounts): DimensionCounts {
  const named = values.filter(({ name }) => name !== null);
  return { values: [], others: { names: named.length + others.names, entries: values.reduce((sum, { entries }) => sum + entries, others.entries) } };
}
