import { realpath } from 'node:fs/promises';
import { checkExport, isRecordValid, type CheckParts, type Totals } from './checkExport';
import { rangeOf, tellBrokenLink, tellUncovered, uncoveredOf, type Requested, type Uncovered } from './chainCoverage';
import { chainSets, ExportIndex, type ChainSet } from './chainSet';
import { sideBranches, walk, type SideBranch, type Step } from './chainWalk';
import { isInChain, type ChainDetails, type ExportRecord, type Interval } from './exportRecord';
import { checkLink, findSecondStarts } from './links';
import { MainChain, type Period } from './mainChain';
import { Population, type PopulationSummary } from './population';
import { checkKeptHashes, manifestOf, readRecords, type KeptHash } from './readRecords';
import { Sample, type SampledEntry } from './sample';
import type { PinnedKey } from './signatureCheck';
import { Findings, type Finding } from './verdict';

export interface VerifyOptions {
  /** Folder below which the exports lie. */
  readonly root: string;
  readonly requested: Requested;
  readonly pinned: readonly PinnedKey[];
  readonly kept: readonly KeptHash[];
  readonly sample?: { readonly count: number; readonly seed: string } | undefined;
  /** Called after every export. @param total how many there are */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What was found out about a set of exports. */
export interface Verification {
  readonly result: 'valid' | 'invalid';
  readonly requested: Requested;
  readonly chains: readonly VerifiedChain[];
  /** Exports outside a chain: each stands for itself. */
  readonly separate: readonly VerifiedExport[];
  /** Of exports outside a chain; an entry that is in several of them counts in each. */
  readonly separateEntries: PopulationSummary;
  readonly findings: readonly Finding[];
  /** Further findings of files that have named ones. */
  readonly unnamedFindings: number;
  readonly totals: Omit<Totals, 'signedBy'> & { readonly signedBy: Readonly<Record<string, number>> };
  readonly keptHashes: number;
  readonly sample: { readonly count: number; readonly seed: string; readonly entries: readonly SampledEntry[] } | null;
}

/** A chain of exports as it lies here. */
export interface VerifiedChain {
  readonly organization: string;
  readonly pipelineId: string;
  readonly branch: string;
  readonly artifactName: string;
  readonly result: 'valid' | 'invalid';
  /** What was looked at, and what the exports cover of it; null when none lies there. */
  readonly range: Interval;
  readonly found: Interval | null;
  readonly exports: number;
  readonly runs: number;
  /** Of the range, each once. */
  readonly population: PopulationSummary;
  readonly late: number;
  readonly uncovered: readonly Uncovered[];
  /** Starts that say what they restarted. */
  readonly restarts: readonly { readonly folder: string; readonly after: string; readonly at: string; readonly kind: 'gap' | 'overlap' | 'seamless' }[];
  readonly sideBranches: readonly { readonly newest: string; readonly exports: number; readonly covered: Interval }[];
  readonly periods: readonly Period[];
  readonly newestManifest: { readonly folder: string; readonly sha256: string };
}

export interface VerifiedExport {
  readonly folder: string;
  readonly covered: Interval;
  readonly entries: number;
  readonly result: 'valid' | 'invalid';
}

interface Layout {
  readonly set: ChainSet;
  readonly steps: readonly Step[];
  readonly sides: readonly SideBranch[];
}

/**
 * Verifies all exports below a folder: offline, at constant memory. Nothing in the folder is trusted, and nothing is written.
 * @returns undefined when no export lies there
 * @throws what reading the folder itself throws
 */
export async function verifyExports(options: VerifyOptions): Promise<Verification | undefined> {
  const findings = new Findings();
  const root = await realpath(options.root);
  const { records, unreadable } = await readRecords(root, findings);
  if (records.length + unreadable === 0) return undefined;
  const totals: Totals = { exports: unreadable, validExports: 0, files: 0, validFiles: 0, entries: 0, otherIds: 0, signedBy: new Map() };
  const parts: CheckParts = { findings, pinned: options.pinned, totals, onProgress: () => options.onProgress?.(totals.exports, records.length + unreadable) };
  const sample = options.sample && new Sample(options.sample.count, options.sample.seed);
  checkKeptHashes(options.kept, records, findings);
  const layouts = layOut(records, findings);
  const chains: VerifiedChain[] = [];
  for (const layout of layouts) chains.push(await verifyChain(layout, layouts, parts, options, layout.steps.length > 0 ? sample : undefined));
  const separate = await verifySeparate(records.filter((record) => !isInChain(record)), parts, chains.length === 0 ? sample : undefined);
  return {
    result: findings.invalidCount === 0 ? 'valid' : 'invalid',
    requested: options.requested,
    chains,
    ...separate,
    findings: findings.inOrder,
    unnamedFindings: findings.unnamed,
    totals: { ...totals, signedBy: Object.fromEntries(totals.signedBy) },
    keptHashes: options.kept.length,
    sample: sample === undefined ? null : { count: sample.count, seed: sample.seed, entries: sample.entries },
  };
}

function layOut(records: readonly ExportRecord[], findings: Findings): Layout[] {
  const index = new ExportIndex(records);
  const second = findSecondStarts(records.filter(isInChain), findings);
  for (const record of records.filter(isInChain)) {
    const target = index.followed(record);
    if (target !== undefined) checkLink(record, target, findings);
  }
  return chainSets(records, index).map((set) => {
    const steps = walk(set, index, second);
    return { set, steps, sides: sideBranches(set, index, steps) };
  });
}

async function verifyChain(layout: Layout, layouts: readonly Layout[], parts: CheckParts, { requested }: VerifyOptions, sample: Sample | undefined): Promise<VerifiedChain> {
  const { set, steps, sides } = layout;
  const { findings } = parts;
  const before = findings.invalidCount;
  const range = rangeOf(steps, requested);
  const walked = await new MainChain(parts, range, sample).walk(steps);
  const covered = set.records.map((record) => record.covered);
  for (const step of steps) await tellBrokenLink({ step, requested, covered, findings, details: () => detailsOf(step.record) });
  const elsewhere = layouts.filter((other) => other !== layout && other.set.organization === set.organization).flatMap((other) => other.steps.map(({ record }) => record.covered));
  const uncovered = uncoveredOf(steps, range, walked.gaps, elsewhere);
  const newest = steps[0]?.record;
  if (newest === undefined) throw new Error('A chain without an export');
  tellUncovered(`${set.organization}, pipeline ${newest.chain.pipelineId}`, uncovered, requested, findings);
  for (const record of sides.flatMap((side) => side.records)) await checkExport(record, parts, () => undefined);
  tellSides(layout, findings);
  const isValid = findings.invalidCount === before && set.records.every((record) => isRecordValid(record, findings));
  return {
    organization: set.organization,
    pipelineId: newest.chain.pipelineId,
    branch: newest.chain.branch,
    artifactName: newest.chain.artifactName,
    result: isValid ? 'valid' : 'invalid',
    range,
    found: foundOf(steps, range),
    exports: steps.length,
    runs: new Set(steps.map(({ record }) => record.run)).size,
    population: walked.population,
    late: walked.late,
    uncovered,
    restarts: steps.flatMap(restartOf),
    sideBranches: sides.map(({ newest: head, records, covered: time }) => ({ newest: head.place, exports: records.length, covered: time })),
    periods: walked.periods,
    newestManifest: { folder: newest.place, sha256: newest.sha256 },
  };
}

function foundOf(steps: readonly Step[], range: Interval): Interval | null {
  const inRange = steps.map(({ record }) => record.covered).filter(({ start, end }) => start < range.end && end > range.start);
  const starts = inRange.map(({ start }) => start).sort();
  const ends = inRange.map(({ end }) => end).sort();
  return starts[0] === undefined ? null : { start: starts[0], end: ends.at(-1) ?? starts[0] };
}

function restartOf({ record, reference }: Step): VerifiedChain['restarts'] {
  if (record.chain.predecessor !== null || reference === null) return [];
  const [ended, began] = [reference.coveredUntil, record.covered.start];
  return [{ folder: record.place, after: ended, at: began, kind: ended < began ? 'gap' : ended > began ? 'overlap' : 'seamless' }];
}

/** A branch that was left may have lost its beginning; the main chain stands without it. */
function tellSides({ set, sides }: Layout, findings: Findings): void {
  const hashes = new Set(set.records.map(({ sha256 }) => sha256));
  for (const { records } of sides) {
    const oldest = records.at(-1);
    const reference = oldest?.chain.predecessor ?? oldest?.chain.restartedAfter;
    if (oldest === undefined || reference === null || reference === undefined || hashes.has(reference.manifestSha256)) continue;
    findings.note('not found', { folder: reference.folder }, `The export ${reference.folder} of run ${reference.run} is not here; only the side branch of ${oldest.place} follows it.`);
  }
}

async function detailsOf(record: ExportRecord): Promise<ChainDetails> {
  const chain = (await manifestOf(record))?.manifest.chain;
  return { runs: chain === undefined || chain === 'none' ? [] : chain.runs };
}

async function verifySeparate(records: readonly ExportRecord[], parts: CheckParts, sample: Sample | undefined): Promise<Pick<Verification, 'separate' | 'separateEntries'>> {
  const population = new Population({ start: '0001-01-01T00:00:00Z', end: '9999-12-31T23:59:59Z' });
  const separate: VerifiedExport[] = [];
  for (const record of [...records].sort((left, right) => (left.covered.start < right.covered.start ? -1 : 1))) {
    const checked = await checkExport(record, parts, (entry) => { if (population.add(entry, undefined)) sample?.offer(entry, record.place, entry.file); });
    separate.push({ folder: record.place, covered: record.covered, entries: record.entries, result: checked?.isValid === true ? 'valid' : 'invalid' });
  }
  return { separate, separateEntries: population.summary };
}
