import type { Predecessor } from '../manifest';
import type { ChainSet, ExportIndex } from './chainSet';
import type { ChainExport, Interval } from './exportRecord';
import { referenceOf } from './links';

/** How an export of the main chain stands to the next older one that was found. */
export type Link =
  /** By the hash of its manifest. */
  | 'linked'
  /** It says that it restarted the chain. */
  | 'restarted'
  /** What it follows has another manifest now. */
  | 'replaced'
  /** What it follows is missing. */
  | 'missing'
  /** It began the chain, and yet there is an older part. */
  | 'begunAgain'
  /** Nothing older was found. */
  | 'first';

/** An export of the main chain. */
export interface Step {
  readonly record: ChainExport;
  readonly link: Link;
  /** What it follows, as it says itself. */
  readonly reference: Predecessor | null;
  /** The next older export that was found. */
  readonly older: ChainExport | undefined;
}

/** Exports beside the main chain: of two runs at once, or of what was exported again. */
export interface SideBranch {
  readonly newest: ChainExport;
  /** Newest first. */
  readonly records: readonly ChainExport[];
  readonly covered: Interval;
}

/**
 * Walks from the newest export of a chain to the oldest, and over what is missing between.
 * @param second exports that began a chain for a second time
 */
export function walk(set: ChainSet, index: ExportIndex, second: ReadonlySet<ChainExport>): Step[] {
  const newestFirst = [...set.records].sort(byEnd);
  // What is missing covered an earlier time than what follows it: the search begins there, not at the newest export each time.
  const places = new Map(newestFirst.map((record, place) => [record, place]));
  const visited = new Set<ChainExport>();
  const steps: Step[] = [];
  for (let record = newestFirst[0]; record !== undefined;) {
    visited.add(record);
    const begin = second.has(record) ? 0 : (places.get(record) ?? 0);
    const step = stepOf(record, index, second, (isFit) => firstFrom(newestFirst, begin, (other) => !visited.has(other) && isFit(other)));
    steps.push(step);
    record = step.older !== undefined && !visited.has(step.older) ? step.older : undefined;
  }
  return steps;
}

function firstFrom(records: readonly ChainExport[], begin: number, isFit: (record: ChainExport) => boolean): ChainExport | undefined {
  for (let place = begin; place < records.length; place += 1) {
    const record = records[place];
    if (record !== undefined && isFit(record)) return record;
  }
  return undefined;
}

type FindOlder = (isFit: (record: ChainExport) => boolean) => ChainExport | undefined;

function stepOf(record: ChainExport, index: ExportIndex, second: ReadonlySet<ChainExport>, findOlder: FindOlder): Step {
  const reference = referenceOf(record);
  if (reference === null) {
    const older = second.has(record) ? findOlder(({ startedAt }) => startedAt <= record.startedAt) : undefined;
    return { record, reference, older, link: older === undefined ? 'first' : 'begunAgain' };
  }
  const followed = index.followed(record);
  if (followed !== undefined) return { record, reference, older: followed, link: record.chain.predecessor === null ? 'restarted' : 'linked' };
  const replaced = index.replaced(record);
  if (replaced !== undefined) return { record, reference, older: replaced, link: 'replaced' };
  const older = findOlder(({ covered, chain }) => covered.end <= reference.coveredUntil && (record.chain.predecessor === null || chain.position < record.chain.position));
  return { record, reference, older, link: 'missing' };
}

/** What the walk did not come by. */
export function sideBranches(set: ChainSet, index: ExportIndex, steps: readonly Step[]): SideBranch[] {
  const visited = new Set(steps.map(({ record }) => record));
  const followed = new Set(set.records.map((record) => index.followed(record)));
  const rest = set.records.filter((record) => !visited.has(record));
  const heads = rest.filter((record) => !followed.has(record)).sort(byEnd);
  const branches: SideBranch[] = [];
  for (const newest of heads) {
    const records: ChainExport[] = [];
    for (let record: ChainExport | undefined = newest; record !== undefined && !visited.has(record); record = index.followed(record)) {
      visited.add(record);
      records.push(record);
    }
    const starts = records.map(({ covered }) => covered.start).sort();
    branches.push({ newest, records, covered: { start: starts[0] ?? newest.covered.start, end: newest.covered.end } });
  }
  return branches;
}

/** The greatest end first, then the greater position. */
function byEnd(left: ChainExport, right: ChainExport): number {
  if (left.covered.end !== right.covered.end) return left.covered.end > right.covered.end ? -1 : 1;
  if (left.chain.position !== right.chain.position) return right.chain.position - left.chain.position;
  if (left.startedAt !== right.startedAt) return left.startedAt > right.startedAt ? -1 : 1;
  return left.sha256 < right.sha256 ? -1 : 1;
}
