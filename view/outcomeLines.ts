import { GAP_REASONS } from '../tasks/common/evidence/gapReasons';
import { formatCount } from '../tasks/common/report/markdown';
import type { ReportGap } from '../tasks/common/report/reportData';
import { counted } from './counted';
import type { MadeReport } from './makeReport';

const MOST_GAPS = 20;
const MOST_NOTES = 100;

const REASONS: Readonly<Record<ReportGap['reason'], string>> = { ...GAP_REASONS, notFound: 'no export of it is here' };

/** What is printed once a report is written. @param written absolute path, and bytes */
export function outcomeLines({ data, exports, notes }: MadeReport, written: { readonly file: string; readonly bytes: number }): string[] {
  const { organization, window, counts, coverage, rows, detail } = data;
  const gaps = coverage.gaps.slice(0, MOST_GAPS);
  const left = coverage.gapCount - gaps.length;
  return [
    `${organization}: ${counted(exports, 'export', 'exports')}, ${window.start} to ${window.end}`,
    `${counted(counts.entries, 'entry', 'entries')}${rows !== null && rows.leftOut > 0 ? `; the table holds the newest ${formatCount(rows.included)} of them, the charts count all` : ''}`,
    ...gaps.map(({ start, end, reason }) => `gap: ${start} to ${end}: ${REASONS[reason]}`),
    ...(left > 0 ? [`gap: ${counted(left, 'older gap', 'older gaps')}`] : []),
    ...notes.first(MOST_NOTES).map((note) => `note: ${note}`),
    `Wrote ${written.file} (${formatCount(Math.ceil(written.bytes / 1024))} KiB).`,
    detail === 'full'
      ? 'Whoever gets the file sees people and their addresses; --detail counts leaves them out.'
      : 'People, addresses and entries are left out (--detail counts).',
    'Nothing was verified: whether the exports are complete and unaltered, verify-audit-log.mjs tells.',
  ];
}
