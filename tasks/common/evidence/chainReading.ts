import { idHash } from '../auditlog/idHash';
import { DAY_MS, HOUR_MS } from '../window/duration';
import { epochSeconds } from '../window/instant';
import { headOfRun, type ChainHead, type ChainIdentity, type RunStore } from './chainHead';
import type { ChainRun } from './manifest';
import type { ListedRun } from './previousRuns';

/** What the earlier runs hold of a chain. */
export interface ChainReading {
  /** Where the chain is continued; undefined when there is none. */
  readonly head: ChainHead | undefined;
  /** The runs of the chain up to the head that still have their artifact, oldest first. */
  readonly runs: readonly ChainRun[];
  /** Runs in the middle of the chain whose copies are gone, and the service has deleted their entries. */
  readonly lost: readonly ChainRun[];
  /** Whether the oldest copies of the chain are gone with their runs; their successors are complete from `runs[0]` on. */
  readonly isShortened: boolean;
  /** Sentences for the log: what did not count, and why the export begins where it does. */
  readonly notes: readonly string[];
}

/** So many runs with a manifest are compared: two at once, or an attempt that was repeated later, do not end in order. */
const COMPARED_RUNS = 2;
/** Behind the first run with a manifest only so many more are looked at for another. */
const LOOKED_AT_AFTER_FIRST = 5;
const MOST_LOOKED_AT = 2_000;
/** Artifacts of earlier runs that are looked for each time: the last ones always, every other once in so many seconds, however often runs are made. */
const LAST_ARTIFACTS = 3;
const ROUND_SECONDS = 14 * DAY_MS / 1000;
/** By so much the clocks of two agents may differ without an artifact missing its turn, seconds. */
const ROUND_TOLERANCE_SECONDS = HOUR_MS / 1000;
/** Before the oldest run that a chain names, so many are looked at for an export of it. */
const OLDER_LOOKED_AT = 10;
/** So many runs that the list lacks are looked for by themselves before they are taken for deleted. */
const MOST_CONFIRMED = 20;

interface Reading {
  readonly store: RunStore;
  readonly identity: ChainIdentity;
  readonly nowSeconds: number;
  readonly notes: string[];
}

/**
 * Finds where a chain goes on: at the greatest instant up to which its runs cover it without a hole. A run in the middle
 * that is gone makes the export begin there again, as long as the service still has the entries.
 * @param nowSeconds now, and `oldestSeconds` the oldest instant of which the service has entries; seconds since 1970
 */
export async function readChain(store: RunStore, identity: ChainIdentity, nowSeconds: number, oldestSeconds: number): Promise<ChainReading> {
  const reading: Reading = { store, identity, nowSeconds, notes: [] };
  const list = new RunList(store.list(identity.pipelineId, identity.branch));
  let head = await newestHead(reading, list);
  if (head === undefined) return { head, runs: [], lost: [], isShortened: false, notes: reading.notes };
  const alive = await aliveRuns(reading, list, head);
  // An older export names older runs too, which are not looked after any more.
  const oldestWatched = head.manifest.chain.runs[0]?.from ?? '';
  const watchedRuns = ({ manifest }: ChainHead): ChainRun[] => manifest.chain.runs.filter(({ from }) => from >= oldestWatched);
  const older = await olderExport(reading, list, head, alive);
  for (;;) {
    const runs = watchedRuns(head);
    const hole = runs.findIndex((run, index) => !alive.has(run.run) && (older !== undefined || isAfterAlive(runs, index, alive)) && epochSeconds(run.until) > oldestSeconds);
    if (hole < 0) break;
    const before = runs.slice(0, hole).findLast(({ run }) => alive.has(run));
    const earlier = before === undefined ? older : await headOfRun(store, identity, before.run, nowSeconds, () => undefined);
    if (earlier === undefined) {
      alive.delete(before?.run ?? '');
      continue;
    }
    reading.notes.push(`Run ${runs[hole]?.run} or its artifact was deleted: what it and the runs after it covered, from ${earlier.manifest.window.covered.end} on, is exported again.`);
    head = earlier;
  }
  const runs = watchedRuns(head);
  const first = runs.findIndex(({ run }) => alive.has(run));
  const isShortened = first > 0 && older === undefined;
  if (isShortened) reading.notes.push(`The copies of the time before ${runs[first]?.from} are gone with their runs (${first === 1 ? '1 run' : `${first} runs`}).`);
  return {
    head,
    runs: runs.filter(({ run }) => alive.has(run)),
    lost: runs.filter(({ run }, index) => (older !== undefined || index > first) && !alive.has(run)),
    isShortened,
    notes: reading.notes,
  };
}

async function newestHead({ store, identity, nowSeconds, notes }: Reading, list: RunList): Promise<ChainHead | undefined> {
  const heads: ChainHead[] = [];
  let looked = 0;
  let lookedAfterFirst = 0;
  for (let run = await list.next(); run !== undefined && looked < MOST_LOOKED_AT; run = await list.next()) {
    looked += 1;
    if (heads.length > 0) lookedAfterFirst += 1;
    const head = await headOfRun(store, identity, run.id, nowSeconds, (sentence) => { notes.push(sentence); });
    if (head !== undefined) heads.push(head);
    if (heads.length === COMPARED_RUNS || lookedAfterFirst === LOOKED_AT_AFTER_FIRST) break;
  }
  return heads.reduce<ChainHead | undefined>((best, head) => (best === undefined || head.manifest.window.covered.end > best.manifest.window.covered.end ? head : best), undefined);
}

/** The runs of the chain that are there, as far as one run can afford to look. */
async function aliveRuns({ store, identity, nowSeconds }: Reading, list: RunList, { manifest: { chain: { runs }, retrieval } }: ChainHead): Promise<Set<string>> {
  const alive = new Set<string>();
  let confirmed = 0;
  for (const { run } of runs) {
    if (await list.has(run)) alive.add(run);
    else if (confirmed < MOST_CONFIRMED) {
      confirmed += 1;
      if (await store.artifact(run, identity.artifactName) !== undefined) alive.add(run);
    }
  }
  const listed = runs.filter(({ run }) => alive.has(run)).map(({ run }) => run);
  const { agentClock, serviceClock } = retrieval;
  const since = epochSeconds(serviceClock !== null && serviceClock < agentClock ? serviceClock : agentClock) - ROUND_TOLERANCE_SECONDS;
  const inTurn = listed.slice(0, -LAST_ARTIFACTS).filter((run) => hasTurn(run, since, nowSeconds));
  await Promise.all([...listed.slice(-LAST_ARTIFACTS), ...inTurn].map(async (run) => {
    if (await store.artifact(run, identity.artifactName) === undefined) alive.delete(run);
  }));
  return alive;
}

/**
 * An export of the chain from before the oldest run that its newest manifest names, where that run is gone: then what is missing is a
 * hole and not the end of the copies.
 */
async function olderExport({ store, identity, nowSeconds }: Reading, list: RunList, { manifest: { chain } }: ChainHead, alive: ReadonlySet<string>): Promise<ChainHead | undefined> {
  const [oldest] = chain.runs;
  if (oldest === undefined || alive.has(oldest.run) || oldest.from <= chain.origin.start) return undefined;
  for (const run of await list.below(oldest.run, OLDER_LOOKED_AT)) {
    const head = await headOfRun(store, identity, run, nowSeconds, () => undefined);
    if (head !== undefined) return head;
  }
  return undefined;
}

/** Whether the turn of a run's artifact came between two instants, seconds since 1970. Turns are spread evenly by the runs' numbers. */
function hasTurn(run: string, since: number, now: number): boolean {
  const place = Number(idHash(run) % BigInt(ROUND_SECONDS));
  return Math.floor((now - place) / ROUND_SECONDS) > Math.floor((since - place) / ROUND_SECONDS);
}

function isAfterAlive(runs: readonly ChainRun[], index: number, alive: ReadonlySet<string>): boolean {
  return runs.slice(0, index).some(({ run }) => alive.has(run));
}

/** The list of runs, read on only as far as it is needed. */
class RunList {
  readonly #runs: AsyncIterator<ListedRun>;
  readonly #ids = new Set<string>();
  #hasEnded = false;
  #lowest = Infinity;

  constructor(runs: AsyncIterable<ListedRun>) {
    this.#runs = runs[Symbol.asyncIterator]();
  }

  async next(): Promise<ListedRun | undefined> {
    const result = this.#hasEnded ? { done: true as const, value: undefined } : await this.#runs.next();
    if (result.done === true) {
      this.#hasEnded = true;
      return undefined;
    }
    this.#ids.add(result.value.id);
    this.#lowest = Math.min(this.#lowest, Number(result.value.id));
    return result.value;
  }

  /** Ids of runs grow: once the list has come to lower ones, the run is not in it. */
  async has(run: string): Promise<boolean> {
    while (!this.#ids.has(run) && !this.#hasEnded && this.#lowest > Number(run)) await this.next();
    return this.#ids.has(run);
  }

  /** The ids of at most so many runs with lower numbers, the highest first. */
  async below(run: string, most: number): Promise<string[]> {
    const found = (): string[] => [...this.#ids].filter((id) => Number(id) < Number(run)).sort((left, right) => Number(right) - Number(left)).slice(0, most);
    while (!this.#hasEnded && found().length < most) await this.next();
    return found();
  }
}
