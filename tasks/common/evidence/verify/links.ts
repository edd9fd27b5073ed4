import { MANIFEST_FILE } from '../manifestText';
import type { Predecessor } from '../manifest';
import type { ChainExport } from './exportRecord';
import type { Findings } from './verdict';

/** Where an export says that it follows: its predecessor, or the end of the chain that it restarted. */
export function referenceOf({ chain }: ChainExport): Predecessor | null {
  return chain.predecessor ?? chain.restartedAfter;
}

/** Holds what an export says of the one it follows against that one. */
export function checkLink(record: ChainExport, target: ChainExport, findings: Findings): void {
  const problem = contradiction(record, target);
  if (problem !== undefined) findings.invalid('invalid format', { folder: record.place, file: MANIFEST_FILE }, `${problem} (${target.place}).`);
}

function contradiction(record: ChainExport, target: ChainExport): string | undefined {
  const { chain, covered } = record;
  const reference = referenceOf(record);
  if (reference === null) return undefined;
  if (target.organization !== record.organization) return 'It follows an export of another organization';
  if (reference.run !== target.run || reference.folder !== target.folder || reference.coveredUntil !== target.covered.end) return 'What it says of the export that it follows is not what that export says';
  if (chain.predecessor !== null) {
    if (chain.position !== target.chain.position + 1) return 'Its place in the chain is not the one after the export that it follows';
    if (chain.originStart !== target.chain.originStart) return 'Its chain began at another time than that of the export that it follows';
    if (covered.start < target.covered.end) return 'It begins before the end of the export that it follows';
  }
  const hasGap = target.covered.end < covered.start;
  const isDeclared = chain.gap !== null && chain.gap.start === target.covered.end && chain.gap.end === covered.start;
  return hasGap === isDeclared && (hasGap || chain.gap === null) ? undefined : 'What it says of the time between is not what lies between it and the export that it follows';
}

/** Every export that began a chain without saying that it restarted one, after the first of its identity: what lay before it may have been replaced. */
export function findSecondStarts(records: readonly ChainExport[], findings: Findings): ReadonlySet<ChainExport> {
  const first = new Map<string, ChainExport>();
  const second = new Set<ChainExport>();
  const starts = records.filter((record) => referenceOf(record) === null).sort((left, right) => compareStarts(left, right));
  for (const record of starts) {
    const { pipelineId, branch, artifactName } = record.chain;
    const identity = JSON.stringify([record.organization, pipelineId, branch, artifactName]);
    const earlier = first.get(identity);
    if (earlier === undefined) first.set(identity, record);
    else {
      second.add(record);
      findings.invalid('second chain start', { folder: record.place, file: MANIFEST_FILE }, `It begins the chain that ${earlier.place} had begun already, and does not say that it was restarted.`);
    }
  }
  return second;
}

function compareStarts(left: ChainExport, right: ChainExport): number {
  if (left.startedAt !== right.startedAt) return left.startedAt < right.startedAt ? -1 : 1;
  return left.sha256 < right.sha256 ? -1 : 1;
}
