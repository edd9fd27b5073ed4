import type { Manifest } from '../evidence/manifest';
import { isoOfTicks } from '../time/ticks';
import { boundedMarkdown } from './boundedMarkdown';
import { coverageNotes, deletionNotes, emptyNotes, lateNotes, repairedNote, type DeletedAt } from './evidenceNotes';
import { formatCount, markdownText } from './markdown';
import type { ReportData } from './reportData';
import { reportNotes } from './reportNotes';

/** An export, and what it proves. */
export interface SummaryEvidence {
  readonly manifest: Manifest;
  /** Lower-case hexadecimal. */
  readonly manifestSha256: string;
}

export interface SummaryFacts extends SummaryEvidence {
  /** Its rows are not looked at. */
  readonly report: ReportData;
  /** When the copy is deleted; undefined when nothing is to be said about it. */
  readonly deletedAt?: DeletedAt | undefined;
}

const MOST_FILES = 50;

/** The short Markdown of an export: window, coverage and counts, and with the detail `full` of the report also people and addresses. */
export function renderSummary(facts: SummaryFacts): string {
  const { manifest, report } = facts;
  const { entries } = manifest.counts;
  const { covered } = manifest.window;
  return boundedMarkdown((longest) => [
    `**${markdownText(manifest.organization.name, longest)}**: ${formatCount(entries)} audit log ${entries === 1 ? 'entry' : 'entries'} from ${covered.start} to ${covered.end} (end not included).`,
    ...notes(facts),
    ...reportNotes(report, longest),
    '### Files',
    files(facts, longest),
    ...deletionNotes(facts.deletedAt),
    `SHA-256 of \`manifest.json\`: \`${facts.manifestSha256}\`. Kept where nobody who could change this export can change it, it proves the export unaltered.`,
  ]);
}

function notes({ manifest }: SummaryFacts): string[] {
  const { counts, empty, entries: { newest, oldest }, window: { unsettledFrom } } = manifest;
  return [
    newest !== null && oldest !== null ? `Newest entry ${isoOfTicks(newest.ticks)}, oldest ${isoOfTicks(oldest.ticks)}.` : 'The window holds no entry.',
    unsettledFrom === null ? '' : `Entries since ${unsettledFrom} may not be complete yet: some appear late.`,
    repairedNote(counts.repaired),
    ...emptyNotes(empty),
    ...coverageNotes(manifest),
    ...lateNotes(counts.late, counts.greatestLatenessSeconds),
  ];
}

function files({ manifest, report: { artifactName } }: SummaryFacts, longest: number): string {
  const where = artifactName === null ? 'Files (the task published none of them)' : `Files in the artifact ${markdownText(artifactName, longest)}`;
  const rows = manifest.files.slice(0, MOST_FILES).map((file) => `| ${file.name} | ${formatCount(file.entries)} | ${formatCount(file.bytes)} |`);
  if (manifest.files.length > MOST_FILES) rows.push(`| *${formatCount(manifest.files.length - MOST_FILES)} more* | | |`);
  return [`| ${where} | Entries | Bytes |`, '| --- | ---: | ---: |', ...rows].join('\n');
}
