import { type ReportModel } from '../model';
import { type TextColumnName } from '../rows/filters';
import { COLUMN_TITLES } from '../words';

export interface TableColumn {
  readonly name: 'time' | TextColumnName;
  readonly title: string;
  readonly text: (model: ReportModel, row: number) => string;
}

function dimensionColumn(name: Exclude<TextColumnName, 'actor' | 'details'>): TableColumn {
  return { name, title: COLUMN_TITLES[name], text: ({ store }, row) => store.text(name, row) };
}

/** The columns of the table, in their order. */
export const TABLE_COLUMNS: readonly TableColumn[] = [
  { name: 'time', title: 'Time', text: ({ store, clock }, row) => clock.seconds(store.ms[row] ?? NaN) },
  { name: 'actor', title: COLUMN_TITLES.actor, text: ({ store }, row) => store.actor(row).name },
  dimensionColumn('action'),
  dimensionColumn('area'),
  dimensionColumn('category'),
  dimensionColumn('project'),
  dimensionColumn('ip'),
  dimensionColumn('mechanism'),
  { name: 'details', title: COLUMN_TITLES.details, text: ({ store }, row) => store.details.valueAt(row) },
];
