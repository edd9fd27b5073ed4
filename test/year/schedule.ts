import { SeededRandom } from '../../sandbox/organization/random';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What becomes of a run. */
export const FATES = [
  'neverStarts', 'tokenRefused', 'forbidden', 'throttled', 'networkCut', 'failsAfterUpload', 'artifactLost', 'attachmentLost', 'timeIsUp', 'canceled', 'canceledInUpload',
] as const;
export type Fate = 'fine' | (typeof FATES)[number];

/** What a run exports and for whom. */
export type Purpose = 'chain' | 'between' | 'pullRequest' | 'otherBranch';

/** Something that happens in the simulated year. */
export type YearEvent =
  | { readonly kind: 'run'; readonly at: number; readonly purpose: Purpose; readonly fate: Fate; readonly skewMs: number; readonly repeatsPages: boolean; readonly isRetried: boolean }
  | { readonly kind: 'twoAtOnce'; readonly at: number; readonly skewMs: number; readonly laterFirst: boolean }
  | { readonly kind: 'deleteRun' | 'deleteArtifact'; readonly at: number; readonly ageDays: number }
  | { readonly kind: 'rename'; readonly at: number; readonly name: string };

/** A simulated year: its events in order, and how the pipeline is set up. */
export interface Schedule {
  readonly start: number;
  readonly end: number;
  readonly events: readonly YearEvent[];
  /** Between these instants the user's own step publishes, as a pipeline artifact, and fails now and then. */
  readonly ownPublish: { readonly from: number; readonly until: number };
  /** Runs are deleted after so many days, but for the last three; undefined: retention leases hold them. */
  readonly purgeDays: number | undefined;
  readonly failsOnGap: boolean;
  readonly outages: readonly { readonly from: number; readonly until: number }[];
}

const DAYS = 365;
const HOURLY_DAYS = 30;
/** At the end all that was deleted has been found, and the last run is a good one. */
const QUIET_DAYS = 4;
const DELETIONS_END = 330;

/** Draws a year from a seed. */
export function drawSchedule(seed: number, start: number): Schedule {
  const random = new SeededRandom(seed, 0x7ea4);
  const outages = drawOutages(random, start);
  const events: YearEvent[] = [];
  const isDown = (at: number): boolean => outages.some(({ from, until }) => at >= from && at < until);
  for (let at = start + 7 * MINUTE; at < start + DAYS * DAY; at += at < start + HOURLY_DAYS * DAY ? HOUR : DAY) {
    if (!isDown(at)) events.push(...drawRun(random, at + random.below(5 * MINUTE), at > start + (DAYS - QUIET_DAYS) * DAY));
  }
  for (let count = 0; count < 8; count += 1) {
    const at = start + (2 + random.below(DELETIONS_END)) * DAY + random.below(DAY);
    events.push({ kind: random.chance(0.5) ? 'deleteRun' : 'deleteArtifact', at, ageDays: random.chance(0.7) ? random.below(12) : random.below(88) });
  }
  for (const day of [60 + random.below(60), 200 + random.below(60)]) events.push({ kind: 'rename', at: start + day * DAY, name: `audit-log-${String(day)}` });
  const publishing = start + (150 + random.below(100)) * DAY;
  return {
    start, end: start + DAYS * DAY, outages,
    events: events.sort((left, right) => left.at - right.at),
    ownPublish: { from: publishing, until: publishing + 40 * DAY },
    purgeDays: seed % 3 === 0 ? 45 : undefined,
    failsOnGap: seed % 4 !== 2,
  };
}

function drawOutages(random: SeededRandom, start: number): Schedule['outages'] {
  const short = Array.from({ length: 2 + random.below(3) }, () => {
    const from = start + (5 + random.below(320)) * DAY;
    return { from, until: from + (3 + random.below(18)) * DAY };
  });
  if (!random.chance(0.4)) return short;
  const from = start + (70 + random.below(150)) * DAY;
  return [...short, { from, until: from + (91 + random.below(15)) * DAY }];
}

function drawRun(random: SeededRandom, at: number, mustBeFine: boolean): YearEvent[] {
  const skewMs = mustBeFine || random.chance(0.8) ? 0 : random.below(20 * MINUTE) - 10 * MINUTE;
  const run = { kind: 'run', at, purpose: 'chain', fate: 'fine', skewMs, repeatsPages: random.chance(0.1), isRetried: false } as const;
  if (mustBeFine) return [run];
  const events: YearEvent[] = random.chance(0.03)
    ? [{ kind: 'twoAtOnce', at, skewMs, laterFirst: random.chance(0.5) }]
    : [{ ...run, fate: random.chance(0.2) ? random.pick(FATES) : 'fine', isRetried: random.chance(0.4) }];
  if (random.chance(0.03)) events.push({ ...run, at: at + 10 * MINUTE, purpose: random.pick(['between', 'pullRequest', 'otherBranch']) });
  return events;
}
