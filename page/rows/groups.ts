import { type Dimension, type NameCount, type ReportActor } from '../../tasks/common/report/reportData';

/**
 * How values are brought together in the lists: rows keep texts as the service sent them, counts cut some of them. A group's key is
 * the same whether it is made of a row or of a count, and the empty key is that of entries without a value.
 */

/** The longest name that counts keep apart, characters. */
const LONGEST_NAME = 200;

export function groupKey(dimension: Dimension, value: string | ReportActor | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return value.id === '' ? '' : `${value.kind}\n${value.id.slice(0, LONGEST_NAME)}`;
  return groupName(dimension, value) ?? '';
}

export function countKey(dimension: Dimension, count: NameCount): string {
  return groupKey(dimension, dimension === 'actor' ? count.actor ?? null : count.name);
}

/** The name under which a row's value is counted; null for none. What follows the first space of a mechanism is the id of one session. */
export function groupName(dimension: Dimension, value: string | null): string | null {
  if (value === null || value === '') return null;
  const end = dimension === 'mechanism' ? value.indexOf(' ') : -1;
  return (end > 0 ? value.slice(0, end) : value).slice(0, LONGEST_NAME);
}
