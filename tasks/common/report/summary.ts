import { OTHER_NAMES, type Tally } from '../auditlog/tally';
import type { FileDescription } from '../export/fileDescription';
import { isoOfTicks } from '../time/ticks';
import { formatInstant } from '../window/instant';
import type { Window } from '../window/window';
import { formatCount, markdownText } from './markdown';

export interface SummaryFacts {
  readonly organization: string;
  readonly window: Window;
  /** From this instant of the window on (seconds since 1970, UTC) entries may still appear; undefined when all is settled. */
  readonly unsettledFrom: number | undefined;
  readonly tally: Tally;
  readonly repaired: number;
  readonly files: readonly FileDescription[];
  /** Undefined when the task publishes nothing. */
  readonly artifactName: string | undefined;
}

const MOST_ROWS = 15;

/** The short Markdown of an export: window and counts, without people, addresses or entries. */
export function renderSummary(facts: SummaryFacts): string {
  const { tally } = facts;
  return [
    `**${markdownText(facts.organization)}**: ${formatCount(tally.entries)} audit log ${tally.entries === 1 ? 'entry' : 'entries'} from ${formatInstant(facts.window.startSeconds)} to ${formatInstant(facts.window.endSeconds)} (end not included).`,
    ...notes(facts),
    table('Category', tally.byCategory),
    table('Area', tally.byArea),
    table('Action', tally.byAction),
    files(facts),
  ].filter((part) => part !== '').join('\n\n').concat('\n');
}

function notes(facts: SummaryFacts): string[] {
  const { tally, unsettledFrom, repaired } = facts;
  return [
    tally.newest !== undefined && tally.oldest !== undefined ? `Newest entry ${isoOfTicks(tally.newest.ticks)}, oldest ${isoOfTicks(tally.oldest.ticks)}.` : 'The window holds no entry.',
    unsettledFrom === undefined ? '' : `Entries since ${formatInstant(unsettledFrom)} may not be complete yet: some appear late.`,
    repaired === 0 ? '' : `${repaired === 1 ? '1 entry came as invalid JSON and was' : `${formatCount(repaired)} entries came as invalid JSON and were`} repaired; the original bytes are in \`anomalies.jsonl\`.`,
  ];
}

function table(title: string, counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return '';
  const sorted = [...counts].sort(([leftName, left], [rightName, right]) => right - left || (leftName < rightName ? -1 : 1));
  const rest = sorted.slice(MOST_ROWS);
  const rows = sorted.slice(0, MOST_ROWS).map(([name, count]) => `| ${name === OTHER_NAMES ? '*(other)*' : markdownText(name)} | ${formatCount(count)} |`);
  if (rest.length > 0) rows.push(`| *${formatCount(rest.length)} more* | ${formatCount(rest.reduce((sum, [, count]) => sum + count, 0))} |`);
  return [`| ${title} | Entries |`, '| --- | ---: |', ...rows].join('\n');
}

function files(facts: SummaryFacts): string {
  const where = facts.artifactName === undefined ? 'Files (the task published none of them)' : `Files in the artifact ${markdownText(facts.artifactName)}`;
  return [`| ${where} | Entries | Bytes |`, '| --- | ---: | ---: |', ...facts.files.map((file) => `| ${file.name} | ${formatCount(file.entries)} | ${formatCount(file.bytes)} |`)].join('\n');
}
