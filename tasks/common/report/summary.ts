import type { Tally } from '../auditlog/tally';
import type { Manifest } from '../evidence/manifest';
import type { FileDescription } from '../export/fileDescription';
import { isoOfTicks } from '../time/ticks';
import { formatInstant } from '../window/instant';
import type { Window } from '../window/window';
import { countTable } from './countTable';
import { coverageNotes, deletionNotes, emptyNotes, lateNotes, repairedNote, type DeletedAt } from './evidenceNotes';
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
  /** What the export proves. */
  readonly evidence?: SummaryEvidence;
  /** When the copy is deleted; undefined when nothing is to be said about it. */
  readonly deletedAt?: DeletedAt | undefined;
}

export interface SummaryEvidence {
  readonly manifest: Manifest;
  /** Lower-case hexadecimal. */
  readonly manifestSha256: string;
}

/** The short Markdown of an export: window and counts, without people, addresses or entries. */
export function renderSummary(facts: SummaryFacts): string {
  const { tally } = facts;
  return [
    `**${markdownText(facts.organization)}**: ${formatCount(tally.entries)} audit log ${tally.entries === 1 ? 'entry' : 'entries'} from ${formatInstant(facts.window.startSeconds)} to ${formatInstant(facts.window.endSeconds)} (end not included).`,
    ...notes(facts),
    ...(facts.evidence === undefined ? [] : evidenceNotes(facts.evidence)),
    ...deletionNotes(facts.deletedAt),
    countTable('Category', tally.byCategory),
    countTable('Area', tally.byArea),
    countTable('Action', tally.byAction),
    files(facts),
  ].filter((part) => part !== '').join('\n\n').concat('\n');
}

function notes(facts: SummaryFacts): string[] {
  const { tally, unsettledFrom, repaired } = facts;
  return [
    tally.newest !== undefined && tally.oldest !== undefined ? `Newest entry ${isoOfTicks(tally.newest.ticks)}, oldest ${isoOfTicks(tally.oldest.ticks)}.` : 'The window holds no entry.',
    unsettledFrom === undefined ? '' : `Entries since ${formatInstant(unsettledFrom)} may not be complete yet: some appear late.`,
    repairedNote(repaired),
  ];
}

function evidenceNotes({ manifest, manifestSha256 }: SummaryEvidence): string[] {
  const { counts, empty } = manifest;
  return [
    ...emptyNotes(empty),
    ...coverageNotes(manifest),
    ...lateNotes(counts.late, counts.greatestLatenessSeconds),
    `SHA-256 of \`manifest.json\`: \`${manifestSha256}\`. Kept where nobody who could change this export can change it, it proves the export unaltered.`,
  ];
}

function files(facts: SummaryFacts): string {
  const where = facts.artifactName === undefined ? 'Files (the task published none of them)' : `Files in the artifact ${markdownText(facts.artifactName)}`;
  return [`| ${where} | Entries | Bytes |`, '| --- | ---: | ---: |', ...facts.files.map((file) => `| ${file.name} | ${formatCount(file.entries)} | ${formatCount(file.bytes)} |`)].join('\n');
}
