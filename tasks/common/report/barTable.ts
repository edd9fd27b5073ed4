import { formatCount, markdownText } from './markdown';
import type { DimensionCounts, NameCount, ReportActor } from './reportData';

const MOST_ROWS = 10;
const WIDTH = 20;
const FULL = '█';
/** From one eighth to seven eighths of a block. */
const PARTS = '▏▎▍▌▋▊▉';

/**
 * The most frequent values as a Markdown table with bars; the rest after ten is counted together. Empty without any.
 * @param longest of a name, UTF-16 units
 */
export function barTable(title: string, { values, others }: DimensionCounts, longest: number): string {
  if (values.length === 0) return '';
  const rest = values.slice(MOST_ROWS);
  const names = rest.length + others.names;
  const entries = rest.reduce((sum, value) => sum + value.entries, others.entries);
  const most = values[0]?.entries ?? 0;
  const rows = values.slice(0, MOST_ROWS).map((value) => `| ${labelOf(value, longest)} | ${formatCount(value.entries)} | ${barOf(value.entries, most)} |`);
  if (entries > 0) rows.push(`| *${names > 0 ? `${formatCount(names)} more` : 'others'}* | ${formatCount(entries)} | |`);
  return [`| ${title} | Entries | |`, '| --- | ---: | --- |', ...rows].join('\n');
}

function labelOf({ name, actor }: NameCount, longest: number): string {
  if (actor !== undefined) return actorLabel(actor, longest);
  return name === null ? '*(none)*' : markdownText(name, longest);
}

/** An actor as Markdown: who, and what tells a person, a service principal and Azure DevOps itself apart. */
export function actorLabel({ kind, name, upn }: ReportActor, longest: number): string {
  const shown = markdownText(name, longest);
  if (kind === 'person') return upn === null || upn === name ? shown : `${shown} (${markdownText(upn, longest)})`;
  return `${shown} (*${kind === 'service' ? 'Azure DevOps' : 'service principal'}*)`;
}

function barOf(entries: number, most: number): string {
  const eighths = Math.max(1, Math.round(entries / most * WIDTH * 8));
  return `${FULL.repeat(Math.floor(eighths / 8))}${PARTS[eighths % 8 - 1] ?? ''}`;
}
