import type { Sandbox, TruthEntry } from '../../sandbox/sandbox';
import type { Gap } from '../../tasks/common/evidence/manifest';
import { idsOf, keptExports, mainChain, type KeptExport } from './mainChain';
import { DAY } from './schedule';

/** What the artifacts that still exist say about a year, held against what really happened. */
export interface Verdict {
  /** Exports of the main chain that are still there. */
  readonly exports: number;
  readonly entries: number;
  readonly late: number;
  readonly gaps: readonly Gap[];
  /** Entries that are missing where nothing says so; a sentence each. */
  readonly lost: readonly string[];
  /** Ids that the main chain holds more than once. */
  readonly duplicates: readonly string[];
  /** Ids that never were. */
  readonly foreign: readonly string[];
  /** Other claims that do not hold. */
  readonly problems: readonly string[];
}

/**
 * Judges a chain by its newest manifest.
 * @param newest its hash
 * @param readAt when the run of the newest manifest began, ms since 1970: what appeared later is not missing yet
 * @param lostRuns ids of the runs that failed because entries are lost, or warned where that was asked for: those that first name a gap
 */
export async function judgeYear(sandbox: Sandbox, newest: string, readAt: number, lostRuns: ReadonlySet<string>): Promise<Verdict> {
  const chain = mainChain(keptExports(sandbox.pipelines, 'audit-log', 'fabrikam'), newest);
  const [head] = chain;
  const first = chain.at(-1);
  if (head === undefined || first === undefined) throw new Error('The newest export is not there.');
  const held = new Map<string, number>();
  for (const kept of chain) for (const id of idsOf(kept)) held.set(id, (held.get(id) ?? 0) + 1);
  const { coverage } = head.manifest;
  const from = Date.parse(head.manifest.chain.origin.start);
  const claimed = Date.parse(coverage.from);
  const oldest = Date.parse(first.manifest.window.covered.start);
  const lost: string[] = [];
  for await (const { id, timestamp } of truthOf(sandbox, from, Date.parse(coverage.until), readAt)) {
    if (held.has(id)) continue;
    const at = Date.parse(timestamp);
    if (at < oldest && at < claimed) continue;
    if (!coverage.gaps.some((gap) => Date.parse(gap.start) <= at && at < Date.parse(gap.end))) lost.push(`${timestamp} ${id}`);
  }
  const known = new Set<string>();
  for await (const { id } of truthOf(sandbox, from - DAY, Date.parse(coverage.until) + DAY, Infinity)) known.add(id);
  return {
    exports: chain.length, entries: held.size, late: chain.reduce((sum, { manifest }) => sum + manifest.counts.late, 0), gaps: coverage.gaps, lost,
    duplicates: [...held].filter(([, count]) => count > 1).map(([id]) => id),
    foreign: [...held.keys()].filter((id) => !known.has(id)),
    problems: [...problemsOfGaps(chain, lostRuns), ...problemsOfCoverage(chain)],
  };
}

/** What an export of everything would hold at an instant, however long ago: asked for in pieces, each while the service still had it. */
async function* truthOf(sandbox: Sandbox, from: number, until: number, seenAt: number): AsyncGenerator<TruthEntry> {
  for (let start = from; start < until; start += 30 * DAY) {
    const end = Math.min(start + 30 * DAY, until);
    yield* sandbox.truth({ start, end }, Math.min(seenAt, end + 10 * DAY));
  }
}

/** Each gap that nobody could prevent is named by the first export behind it, and its run failed, or warned. */
function problemsOfGaps(chain: readonly KeptExport[], lostRuns: ReadonlySet<string>): string[] {
  return (chain[0]?.manifest.coverage.gaps ?? []).flatMap((gap) => {
    const naming = chain.filter(({ manifest }) => manifest.coverage.gaps.some(({ start, end }) => start === gap.start && end === gap.end));
    const first = naming.at(-1);
    const behind = chain.filter(({ manifest }) => manifest.window.covered.start >= gap.end).at(-1);
    // Whether an older export named it that has ended since, nobody can say.
    const isOldest = first === chain.at(-1) && first?.manifest.chain.predecessor !== null;
    const shown = `${gap.reason} ${gap.start} to ${gap.end}`;
    return [
      ...(gap.reason === 'expired' && behind !== undefined && first !== behind ? [`The gap ${shown} was not named by the first export behind it.`] : []),
      ...(first !== undefined && !isOldest && gap.reason !== 'continueFrom' && !lostRuns.has(first.run) ? [`Run ${first.run} first named the gap ${shown}, and neither failed nor warned.`] : []),
    ];
  });
}

/** Exports of a chain follow each other without a hole, but for the gaps they name. */
function problemsOfCoverage(chain: readonly KeptExport[]): string[] {
  return chain.slice(0, -1).flatMap(({ run, manifest }, index) => {
    const before = chain[index + 1]?.manifest.window.covered.end ?? '';
    const { start } = manifest.window.covered;
    const isNamed = (chain[0]?.manifest.coverage.gaps ?? []).some((gap) => gap.start <= before && gap.end >= start);
    return before === start || isNamed ? [] : [`Run ${run} begins at ${start}, and the export before it ended at ${before}.`];
  });
}
