import { GAP_REASONS } from '../tasks/common/evidence/gapReasons';
import { type ActorKind, type Dimension, type ReportGap } from '../tasks/common/report/reportData';
import { type TextColumnName } from './rows/filters';

/** Names of columns and lists. */
export const COLUMN_TITLES: Readonly<Record<TextColumnName, string>> = {
  actor: 'Actor', action: 'Action', area: 'Area', category: 'Category', project: 'Project', ip: 'IP address', mechanism: 'Mechanism', details: 'Details',
};

export const LIST_TITLES: Readonly<Record<Dimension, string>> = {
  category: 'Categories', area: 'Areas', action: 'Actions', actor: 'Actors', ip: 'IP addresses', mechanism: 'Authentication mechanisms', project: 'Projects',
};

export const ACTOR_KINDS: Readonly<Record<ActorKind, string>> = { person: 'People', servicePrincipal: 'Service principals', service: 'Azure DevOps itself' };

export const GAP_WORDS: Readonly<Record<ReportGap['reason'], string>> = {
  ...GAP_REASONS,
  notFound: 'no export of it is among those shown here',
};

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** What stands where an entry has no value. */
export const NO_VALUE = '(none)';

/** `12,345`. @param count a whole number, not below 0 */
export function countText(count: number): string {
  // Intl takes longer for its first number than the page for all its charts.
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 entry`, `12,345 entries`. */
export function entriesText(count: number): string {
  return counted(count, 'entry', 'entries');
}

/** `1 gap`, `3 gaps`. */
export function counted(count: number, one: string, many: string): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** `2026-11-20 00:00` of `2026-11-20T00:00:00Z`, with its seconds where they are not zero. */
export function instantText(instant: string): string {
  const text = instant.replace('T', ' ').replace(/Z$/, '');
  return text.endsWith(':00') && text.length > 16 ? text.slice(0, -3) : text;
}
