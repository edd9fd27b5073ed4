import { GAP_REASONS } from '../evidence/gapReasons';
import type { Manifest } from '../evidence/manifest';
import { formatDuration } from '../window/duration';
import { formatDate } from '../window/instant';
import { formatCount } from './markdown';

/** When Azure DevOps deletes a copy, seconds since 1970, UTC; `unknown` when it would not say. */
export type DeletedAt = number | 'unknown';

const MOST_GAPS_SHOWN = 10;

const AUDITING: Readonly<Record<'on' | 'off' | 'unknown', string>> = {
  on: 'The setting "Log Audit Events" is on.',
  off: 'The setting "Log Audit Events" is off, so nothing is recorded.',
  unknown: 'Whether the setting "Log Audit Events" is on could not be seen.',
};

/** What an export covers, together with those before it; paragraphs of Markdown. The newest gaps are named, at most ten. */
export function coverageNotes({ chain, coverage }: Manifest): string[] {
  if (chain === 'none') return ['This export stands for itself (`chain: none`): no other export continues it, and it says nothing about the time outside its window.'];
  const shown = coverage.gaps.slice(-MOST_GAPS_SHOWN).reverse();
  const lines = shown.map(({ start, end, reason }) => `- ${start} to ${end}: ${GAP_REASONS[reason]}`);
  const left = coverage.gaps.length - shown.length;
  if (left > 0) lines.push(`- ${formatCount(left)} older ${left === 1 ? 'gap' : 'gaps'}, named in \`manifest.json\``);
  return [
    `Covered without a gap from ${coverage.from} to ${coverage.until}, together with the exports before it.`,
    ...(lines.length === 0 ? [] : [`Entries of these intervals are in no export:\n\n${lines.join('\n')}`]),
  ];
}

/** Entries that came late; nothing without any. */
export function lateNotes(late: number, greatestLatenessSeconds: number | null): string[] {
  if (late === 0) return [];
  const subject = late === 1 ? '1 entry is late: it' : `${formatCount(late)} entries are late: they`;
  const latest = greatestLatenessSeconds === null ? '' : `, ${late === 1 ? '' : 'the latest of them '}at least ${formatDuration(greatestLatenessSeconds * 1000)} after it happened`;
  return [`${subject} happened before this window and appeared only after the export before was made${latest}.`];
}

/** That an empty export of a day or more proves nothing; nothing for any other. */
export function emptyNotes(empty: Manifest['empty']): string[] {
  return empty === null ? [] : [`**Empty, not proven**: a day or more without any entry is unusual. ${AUDITING[empty.auditing]}`];
}

/** How long the copy will be there. */
export function deletionNotes(deletedAt: DeletedAt | undefined): string[] {
  if (deletedAt === undefined) return [];
  if (deletedAt === 'unknown') return ['When Azure DevOps deletes this copy could not be found out: it goes with its run. Keep what has to last elsewhere.'];
  return [`Azure DevOps deletes this copy with its run, on ${formatDate(deletedAt)} or soon after. Keep what has to last longer elsewhere.`];
}

/** Entries that came as invalid JSON; empty without any. */
export function repairedNote(repaired: number): string {
  if (repaired === 0) return '';
  return `${repaired === 1 ? '1 entry came as invalid JSON and was' : `${formatCount(repaired)} entries came as invalid JSON and were`} repaired; the original bytes are in \`anomalies.jsonl\`.`;
}
