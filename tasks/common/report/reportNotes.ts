import { formatInstant } from '../window/instant';
import { actorLabel, barTable } from './barTable';
import { formatCount, markdownText } from './markdown';
import { NOTABLE_RULES } from './notableRules';
import type { Dimension, FirstSeen, NotableEntry, NotableFinding, ReportData } from './reportData';

const MOST_SHOWN = 5;
const MOST_NAMED = 10;

const TABLES: readonly (readonly [dimension: Dimension, title: string, detail: ReportData['detail']])[] = [
  ['category', 'Category', 'counts'], ['area', 'Area', 'counts'], ['action', 'Action', 'counts'],
  ['actor', 'Actor', 'full'], ['ip', 'IP address', 'full'], ['mechanism', 'Authentication', 'full'], ['project', 'Project', 'full'],
];

/**
 * What a summary shows of a report: notable entries, who and what is new, the most frequent values; paragraphs of Markdown.
 * @param longest of a name or text of the service, UTF-16 units
 */
export function reportNotes(report: ReportData, longest: number): string[] {
  const { counts, dimensions, detail, firstSeen } = report;
  const titled = (title: string, part: string): string[] => (part === '' ? [] : [`### ${title}`, part]);
  return [
    ...titled('Notable', notable(report, longest)),
    ...titled('First seen', firstSeen === null || counts.entries === 0 ? '' : newcomers(firstSeen, longest)),
    ...(counts.entries === counts.own ? [] : ['### Entries']),
    ...TABLES.filter((table) => table[2] === 'counts' || detail === 'full').map(([dimension, title]) => barTable(title, dimensions[dimension], longest)),
    detail === 'counts' && counts.entries > counts.own ? hidden(dimensions) : '',
    counts.own === 0 ? '' : `Our own reading of the log left ${formatCount(counts.own)} of these entries; the tables do not count ${counts.own === 1 ? 'it' : 'them'}.`,
    report.filter === null ? '' : `A filter is in force: ${formatCount(counts.filtered)} ${counts.filtered === 1 ? 'entry is' : 'entries are'} left out here. The JSON Lines hold all.`,
    'In no audit log: sign-ins, clones and fetches, and changes of Microsoft Entra groups. Azure DevOps does not record them; the documentation of this extension says where to look.',
  ];
}

function hidden({ actor, ip }: ReportData['dimensions']): string {
  const plural = (count: number, one: string, more: string): string => `${formatCount(count)} ${count === 1 ? one : more}`;
  return `${plural(actor.others.names, 'actor', 'actors')} from ${plural(ip.others.names, 'IP address', 'IP addresses')}. Who and where from is left out here (\`reportDetail: counts\`).`;
}

function notable({ notable: findings, detail, counts }: ReportData, longest: number): string {
  if (findings.length === 0) return counts.entries === 0 ? '' : 'Nothing of what deserves a look in any organization, such as new administrators, bypassed policies or stopped audit streams.';
  if (detail === 'counts') return ['| What | Entries |', '| --- | ---: |', ...findings.map((finding) => `| **${titleOf(finding)}** | ${formatCount(finding.entries)} |`)].join('\n');
  return ['| What | Entries | When (UTC) | Who | Project | Details |', '| --- | ---: | --- | --- | --- | --- |', ...findings.flatMap((finding) => findingRows(finding, longest))].join('\n');
}

function findingRows(finding: NotableFinding, longest: number): string[] {
  const [first, ...others] = finding.shown.slice(0, MOST_SHOWN).map((entry) => cellsOf(entry, longest));
  const more = finding.entries - Math.min(finding.shown.length, MOST_SHOWN);
  return [
    `| **${titleOf(finding)}** | ${formatCount(finding.entries)} | ${first ?? '| | |'} |`,
    ...others.map((cells) => `| | | ${cells} |`),
    ...(more > 0 && first !== undefined ? [`| | | *${formatCount(more)} more* | | | |`] : []),
  ];
}

function cellsOf({ ms, actor, project, details, action }: NotableEntry, longest: number): string {
  const text = details === '' ? action : details;
  return [formatInstant(Math.floor(ms / 1000)), markdownText(actor, longest), markdownText(project ?? '', longest), markdownText(text, longest)].join(' | ');
}

function titleOf({ rule }: NotableFinding): string {
  return NOTABLE_RULES.find(({ id }) => id === rule)?.title ?? markdownText(rule);
}

function newcomers({ actors, actorCount, actions, actionCount }: FirstSeen, longest: number): string {
  if (actorCount + actionCount === 0) return 'Nobody and nothing: the exports before had seen every actor and every action.';
  const parts = [
    counted(actorCount, 'actor', 'actors', (actors ?? []).map((actor) => actorLabel(actor, longest))),
    counted(actionCount, 'action', 'actions', actions.map((action) => markdownText(action, longest))),
  ];
  return `No export before in this chain had seen ${parts.filter((part) => part !== '').join(' and ')}.`;
}

function counted(count: number, one: string, more: string, names: readonly string[]): string {
  if (count === 0) return '';
  const shown = names.slice(0, MOST_NAMED);
  const left = count - shown.length;
  const list = shown.length === 0 ? '' : ` (${[...shown, ...(left > 0 ? [`${formatCount(left)} more`] : [])].join(', ')})`;
  return `${formatCount(count)} ${count === 1 ? one : more}${list}`;
}
