import type { Manifest } from '../evidence/manifest';
import { formatInstant } from '../window/instant';
import type { Window } from '../window/window';
import { boundedMarkdown } from './boundedMarkdown';
import { coverageNotes, deletionNotes, emptyNotes, lateNotes, repairedNote, type DeletedAt } from './evidenceNotes';
import { formatCount, markdownText } from './markdown';
import type { ReportData } from './reportData';
import { reportNotes } from './reportNotes';
import type { SummaryEvidence } from './summary';

/** The exports of one run, which follow each other. */
export interface SeriesFacts {
  /** Oldest first, at least one. */
  readonly exports: readonly SummaryEvidence[];
  /** Of all of them together; its rows are not looked at. */
  readonly report: ReportData;
  readonly deletedAt: DeletedAt | undefined;
  /** What the run did not come to; the next one continues there. */
  readonly remaining: Window | undefined;
}

/** So many exports are listed, the newest: a first run makes about ninety. */
const MOST_LISTED = 100;

/** The short Markdown of a run that made several exports: all of them together, and a list. */
export function renderSeriesSummary({ exports, report, deletedAt, remaining }: SeriesFacts): string {
  const manifests = exports.map(({ manifest }) => manifest);
  const [first, last] = [manifests[0], manifests.at(-1)];
  if (first === undefined || last === undefined) return '';
  const entries = sum(manifests, ({ counts }) => counts.entries);
  const { unsettledFrom } = last.window;
  return boundedMarkdown((longest) => [
    `**${markdownText(last.organization.name, longest)}**: ${formatCount(entries)} audit log ${entries === 1 ? 'entry' : 'entries'} from ${first.window.covered.start} to ${last.window.covered.end} (end not included), in ${formatCount(exports.length)} ${exports.length === 1 ? 'export' : 'exports'}.`,
    remaining === undefined ? '' : `**Not finished**: ${formatInstant(remaining.startSeconds)} to ${formatInstant(remaining.endSeconds)} remains, because maxDuration was near. The next run continues there.`,
    unsettledFrom === null ? '' : `Entries since ${unsettledFrom} may not be complete yet: some appear late.`,
    ...emptySeries(manifests),
    ...coverageNotes(last),
    ...lateNotes(sum(manifests, ({ counts }) => counts.late), greatestLateness(manifests)),
    repairedNote(sum(manifests, ({ counts }) => counts.repaired)),
    ...reportNotes(report, longest),
    '### Exports',
    list(exports, report.artifactName, longest),
    ...deletionNotes(deletedAt),
  ]);
}

/** One for several; for each empty export the same sentence would be too much. */
function emptySeries(manifests: readonly Manifest[]): string[] {
  const empty = manifests.filter((manifest) => manifest.empty !== null);
  const [note] = emptyNotes(empty.at(-1)?.empty ?? null);
  if (note === undefined) return [];
  return [empty.length === 1 && manifests.length === 1 ? note : `${note} It holds for ${formatCount(empty.length)} of ${formatCount(manifests.length)} exports.`];
}

function list(exports: readonly SummaryEvidence[], artifactName: string | null, longest: number): string {
  const where = artifactName === null ? 'Export (the task published none)' : `Export in the artifact ${markdownText(artifactName, longest)}`;
  const shown = exports.slice(-MOST_LISTED);
  const rows = shown.map(({ manifest, manifestSha256 }) => `| ${manifest.folder} | ${formatCount(manifest.counts.entries)} | ${formatCount(manifest.counts.late)} | \`${manifestSha256}\` |`);
  if (shown.length < exports.length) rows.unshift(`| *${formatCount(exports.length - shown.length)} older* | | | |`);
  return [`| ${where} | Entries | Late | SHA-256 of manifest.json |`, '| --- | ---: | ---: | --- |', ...rows].join('\n');
}

function greatestLateness(manifests: readonly Manifest[]): number | null {
  return manifests.reduce<number | null>((greatest, { counts: { greatestLatenessSeconds: seconds } }) => (seconds === null ? greatest : Math.max(greatest ?? 0, seconds)), null);
}

function sum(manifests: readonly Manifest[], of: (manifest: Manifest) => number): number {
  return manifests.reduce((total, manifest) => total + of(manifest), 0);
}
