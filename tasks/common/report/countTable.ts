import { OTHER_NAMES } from '../auditlog/tally';
import { formatCount, markdownText } from './markdown';

const MOST_ROWS = 15;

/** Names with their counts, the most frequent first, as a Markdown table; the rest after fifteen is counted together. Empty without any. */
export function countTable(title: string, counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return '';
  const sorted = [...counts].sort(([leftName, left], [rightName, right]) => right - left || (leftName < rightName ? -1 : 1));
  const rest = sorted.slice(MOST_ROWS);
  const rows = sorted.slice(0, MOST_ROWS).map(([name, count]) => `| ${name === OTHER_NAMES ? '*(other)*' : markdownText(name)} | ${formatCount(count)} |`);
  if (rest.length > 0) rows.push(`| *${formatCount(rest.length)} more* | ${formatCount(rest.reduce((sum, [, count]) => sum + count, 0))} |`);
  return [`| ${title} | Entries |`, '| --- | ---: |', ...rows].join('\n');
}
