import { GAP_REASONS } from '../gapReasons';
import type { ChainRun, Gap } from '../manifest';
import { MANIFEST_FILE } from '../manifestText';
import type { Step } from './chainWalk';
import type { ChainDetails, Interval } from './exportRecord';
import { common, united, without } from './intervals';
import type { Findings } from './verdict';

/** The time for which completeness is asked; open where it was not said. */
export interface Requested {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Time that no export of a chain covers. */
export interface Uncovered extends Interval {
  /** Why, if the chain's own manifests say so. */
  readonly reason: Gap['reason'] | undefined;
  /** Whether another chain of the organization covers all of it. */
  readonly isCoveredElsewhere: boolean;
}

/** The time that is looked at: as requested, and else from the chain's own beginning to its end. */
export function rangeOf(steps: readonly Step[], { from, to }: Requested): Interval {
  const oldest = steps.at(-1)?.record;
  return { start: from ?? oldest?.chain.originStart ?? '', end: to ?? steps[0]?.record.covered.end ?? '' };
}

/** @param elsewhere what the organization's other chains cover */
export function uncoveredOf(steps: readonly Step[], range: Interval, gaps: readonly Gap[], elsewhere: readonly Interval[]): Uncovered[] {
  if (range.start >= range.end) return [];
  return without(range, steps.map(({ record }) => record.covered)).flatMap((interval) => {
    const named = gaps.flatMap((gap) => {
      const part = common(gap, interval);
      return part === undefined ? [] : [{ ...part, reason: gap.reason }];
    });
    const parts: Interval[] = [...without(interval, named), ...united(named)];
    return parts.sort((left, right) => (left.start < right.start ? -1 : 1)).map((part) => ({
      ...part,
      reason: named.find((gap) => common(gap, part) !== undefined)?.reason,
      isCoveredElsewhere: without(part, elsewhere).length === 0,
    }));
  });
}

/** Uncovered time is invalid, except time that the chain itself names as a gap, as long as nobody asked for it. */
export function tellUncovered(chain: string, uncovered: readonly Uncovered[], requested: Requested, findings: Findings): void {
  const isAskedFor = requested.from !== undefined || requested.to !== undefined;
  for (const { start, end, reason, isCoveredElsewhere } of uncovered) {
    const sentence = `No export of ${chain} covers ${start} to ${end}${reason === undefined ? '' : `: ${GAP_REASONS[reason]}`}${isCoveredElsewhere ? '; another chain of the organization does' : ''}.`;
    if (isCoveredElsewhere || (reason !== undefined && !isAskedFor)) findings.note('not found', {}, sentence);
    else findings.invalid('not found', {}, sentence);
  }
}

export interface BrokenLinkParts {
  readonly step: Step;
  readonly requested: Requested;
  /** What the exports of the set cover, side branches too. */
  readonly covered: readonly Interval[];
  /** Asked for only when it is needed: it is read from the manifest again. */
  readonly details: () => Promise<ChainDetails>;
  readonly findings: Findings;
}

/** Names what is missing between an export and the next older one that was found: the export it follows, and every further run. */
export async function tellBrokenLink(parts: BrokenLinkParts): Promise<void> {
  const { step: { record, reference, older, link }, requested, findings } = parts;
  if (reference === null) return;
  if (link === 'replaced' && older !== undefined) {
    findings.invalid('hash does not match', { folder: older.place, file: MANIFEST_FILE }, `This is not the manifest that the next export follows (${record.place}): one of the two was changed.`);
    return;
  }
  if (link !== 'missing') return;
  const between = { start: older?.covered.end ?? record.chain.originStart, end: reference.coveredUntil };
  const uncovered = without(between, parts.covered);
  const isWanted = (interval: Interval): boolean => isInside(interval, requested);
  const follows = `which ${record.place} follows`;
  const sentence = `The export ${reference.folder} of run ${reference.run}, ${follows}, is not here; it covered the time until ${reference.coveredUntil}.`;
  if (isWanted(between)) findings.invalid('not found', { folder: reference.folder }, sentence);
  else findings.note('not found', { folder: reference.folder }, `${sentence} It lies outside the requested time.`);
  if (uncovered.length === 0) return;
  const { runs } = await parts.details();
  for (const run of missingRuns(runs, uncovered, reference.run)) {
    const missing = `Run ${run.run}, which covered ${run.from} to ${run.until}, is not here; ${record.place} names it.`;
    if (isWanted({ start: run.from, end: run.until })) findings.invalid('not found', {}, missing);
    else findings.note('not found', {}, `${missing} It lies outside the requested time.`);
  }
}

/** Newest first. @param named a run that is named already */
function missingRuns(runs: readonly ChainRun[], uncovered: readonly Interval[], named: string): ChainRun[] {
  const isMissing = ({ run, from, until }: ChainRun): boolean => run !== named && uncovered.some((interval) => common(interval, { start: from, end: until }) !== undefined);
  return runs.filter(isMissing).reverse();
}

function isInside({ start, end }: Interval, { from, to }: Requested): boolean {
  return (from === undefined || end > from) && (to === undefined || start < to);
}
