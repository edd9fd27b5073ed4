import { DAY_MS } from '../window/duration';
import { epochSeconds, formatInstant } from '../window/instant';
import type { Window } from '../window/window';
import type { ChainHead, ChainIdentity } from './chainHead';
import type { ChainReading } from './chainReading';
import { MOST_GAPS, MOST_RUNS, type Chain, type ChainRun, type Gap, type KnownBlock, type Manifest, type Predecessor } from './manifest';

/**
 * Runs whose export ended longer ago are not looked after any more: the service has deleted what it would take to replace them. What
 * goes shortly before that must still have its turn to be looked for (ROUND_SECONDS in chainReading.ts), and be named.
 */
const RUNS_KEPT_SECONDS = 120 * DAY_MS / 1000;

/** How a chain stands before its next export. */
export interface ChainState {
  readonly identity: ChainIdentity;
  readonly position: number;
  readonly origin: Chain['origin'];
  readonly predecessor: Predecessor | null;
  readonly restartedAfter: Predecessor | null;
  /** The export before this one. */
  readonly previous: Manifest | undefined;
  /** The last export of the run before this one, whose reading the log should show. */
  readonly previousRun: Manifest | undefined;
  /** Where the next export begins, seconds since 1970. */
  readonly from: number;
  /** All known gaps, oldest first. */
  readonly gaps: readonly Gap[];
  /** Since when there is no gap, seconds since 1970. */
  readonly coveredFrom: number;
  readonly runs: readonly ChainRun[];
  readonly known: readonly KnownBlock[];
  /** From where on `known` is complete; undefined when nothing is known. */
  readonly knownFrom: number | undefined;
}

/** A chain's next exports, and what the earlier runs made of them. */
export interface ChainPlan {
  readonly state: ChainState;
  /** Intervals that this run is the first to find lost for good. */
  readonly newlyLost: readonly Gap[];
  readonly notes: readonly string[];
}

/** How `continueFrom` was given: an instant, or the number of a pipeline whose chain is taken over. */
export type ContinueFrom = { readonly kind: 'instant'; readonly seconds: number } | { readonly kind: 'pipeline'; readonly id: string };

/** How a chain says what it was begun with; the same value in a later run continues it instead of beginning it again. */
export function continueFromText(continueFrom: ContinueFrom): string {
  return continueFrom.kind === 'instant' ? formatInstant(continueFrom.seconds) : continueFrom.id;
}

/**
 * Where the chain goes on.
 * @param reading what the runs of this pipeline hold
 * @param taken what the runs of the pipeline named by `continueFrom` hold, when that is to be taken over now
 * @param oldestSeconds the oldest instant of which the service has entries, seconds since 1970
 * @param overlapSeconds how far back an export holds entries that came late: with an export those may be lost too
 */
export function planChain(identity: ChainIdentity, reading: ChainReading, continueFrom: ContinueFrom | undefined, taken: ChainHead | undefined, oldestSeconds: number, overlapSeconds = 0): ChainPlan {
  const { head, notes } = reading;
  const isBegunSo = continueFrom === undefined || head?.manifest.chain.origin.continueFrom === continueFromText(continueFrom);
  if (head !== undefined && isBegunSo) return continued(identity, head, reading, oldestSeconds, overlapSeconds);
  if (taken !== undefined) {
    const plan = continued(identity, taken, { runs: [], lost: [], isShortened: false, notes }, oldestSeconds, overlapSeconds);
    const origin = { ...plan.state.origin, continueFrom: continueFrom === undefined ? null : continueFromText(continueFrom) };
    return { ...plan, state: { ...plan.state, origin, restartedAfter: head === undefined ? null : reference(head) } };
  }
  return begun(identity, head, continueFrom, oldestSeconds, notes);
}

function continued(identity: ChainIdentity, head: ChainHead, reading: Omit<ChainReading, 'head'>, oldestSeconds: number, overlapSeconds: number): ChainPlan {
  const { chain, coverage, window } = head.manifest;
  const until = epochSeconds(window.covered.end);
  const lostSince = (instant: string): string => formatInstant(Math.max(Math.min(epochSeconds(instant), epochSeconds(chain.origin.start)), epochSeconds(instant) - overlapSeconds));
  const newlyLost: Gap[] = reading.lost.map((run) => ({ start: lostSince(run.from), end: run.until, reason: 'deleted' }));
  if (until < oldestSeconds) newlyLost.push({ start: lostSince(window.covered.end), end: formatInstant(oldestSeconds), reason: 'expired' });
  const from = Math.max(until, oldestSeconds);
  const shortenedTo = reading.isShortened ? epochSeconds(reading.runs[0]?.from ?? window.covered.end) : 0;
  return {
    newlyLost,
    notes: reading.notes,
    state: {
      identity, position: chain.position + 1, origin: chain.origin, predecessor: reference(head), restartedAfter: null, previous: head.manifest, previousRun: head.manifest, from,
      gaps: [...coverage.gaps, ...newlyLost].sort((left, right) => (left.start < right.start ? -1 : 1)).slice(-MOST_GAPS),
      coveredFrom: Math.max(epochSeconds(coverage.from), shortenedTo, ...newlyLost.map(({ end }) => epochSeconds(end))),
      runs: reading.runs, known: from === until ? chain.known : [], knownFrom: from === until ? epochSeconds(chain.knownFrom) : undefined,
    },
  };
}

function begun(identity: ChainIdentity, head: ChainHead | undefined, continueFrom: ContinueFrom | undefined, oldestSeconds: number, notes: readonly string[]): ChainPlan {
  const asked = continueFrom?.kind === 'instant' ? continueFrom.seconds : oldestSeconds;
  const from = Math.max(asked, oldestSeconds);
  const ended = head?.manifest.window.covered.end;
  const skipped: Gap[] = ended !== undefined && epochSeconds(ended) < from ? [{ start: ended, end: formatInstant(from), reason: 'continueFrom' }] : [];
  return {
    newlyLost: [],
    notes,
    state: {
      identity, position: 1, origin: { start: formatInstant(from), continueFrom: continueFrom === undefined ? null : continueFromText(continueFrom) },
      predecessor: null, restartedAfter: head === undefined ? null : reference(head), previous: undefined, previousRun: undefined, from, gaps: skipped, coveredFrom: from, runs: [], known: [], knownFrom: undefined,
    },
  };
}

/** The chain part of an export's manifest. */
export function chainOf(state: ChainState, covered: Window, run: string, known: { readonly knownFrom: number; readonly blocks: readonly KnownBlock[] }): Chain {
  const { identity, position, origin, predecessor, restartedAfter } = state;
  const before = predecessor ?? restartedAfter;
  const hasGap = before !== null && epochSeconds(before.coveredUntil) < covered.startSeconds;
  return {
    pipelineId: identity.pipelineId, branch: identity.branch, artifactName: identity.artifactName, position, origin, predecessor, restartedAfter,
    gap: hasGap ? { start: before.coveredUntil, end: formatInstant(covered.startSeconds) } : null,
    runs: runsWith(state.runs, { run, from: formatInstant(covered.startSeconds), until: formatInstant(covered.endSeconds) }),
    knownFrom: formatInstant(known.knownFrom),
    known: [...known.blocks],
  };
}

/** How the chain stands once an export is complete. */
export function advance(state: ChainState, manifest: Manifest & { readonly chain: Chain }, sha256: string): ChainState {
  const { chain, window, folder, run } = manifest;
  return {
    ...state,
    position: chain.position + 1,
    predecessor: { run: run.id, folder, manifestSha256: sha256, coveredUntil: window.covered.end },
    restartedAfter: null,
    previous: manifest,
    from: epochSeconds(window.covered.end),
    runs: chain.runs,
    known: chain.known,
    knownFrom: epochSeconds(chain.knownFrom),
  };
}

function reference({ run, sha256, manifest }: ChainHead): Predecessor {
  return { run, folder: manifest.folder, manifestSha256: sha256, coveredUntil: manifest.window.covered.end };
}

/** One item a run: several exports of one run follow each other. */
function runsWith(runs: readonly ChainRun[], added: ChainRun): ChainRun[] {
  const last = runs.at(-1);
  const all = last?.run === added.run && last.until === added.from ? [...runs.slice(0, -1), { ...last, until: added.until }] : [...runs, added];
  const oldest = formatInstant(epochSeconds(added.until) - RUNS_KEPT_SECONDS);
  return all.filter(({ until }) => until > oldest).slice(-MOST_RUNS);
}
