import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SeededRandom } from '../../sandbox/organization/random';

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGKILL';

/** When a signal is sent: some ms after something has happened. On a busy machine only that spreads the moments over a run. */
export interface Moment {
  readonly signal: Signal;
  readonly after: { readonly kind: 'start' } | { readonly kind: 'request'; readonly count: number } | { readonly kind: 'file'; readonly name: string } | { readonly kind: 'final folder' };
  readonly delayMs: number;
}

/** Requests of a run: the CONNECTs, the project, the organization, the sign-in, and the pages. */
const MOST_REQUESTS = 12;
const FILES = ['audit-log.jsonl.gz', 'audit-log.json.gz', 'audit-log.csv', 'report.html', 'summary.md'];

/** Moments of every stage of a run, the same for the same seed. */
export function drawMoments(count: number, seed: number): Moment[] {
  const random = new SeededRandom(seed, 77);
  const signals: readonly Signal[] = ['SIGINT', 'SIGKILL', 'SIGTERM'];
  return Array.from({ length: count }, (_, index) => {
    const signal = signals[index % signals.length] ?? 'SIGINT';
    const stage = random.below(10);
    if (stage === 0) return { signal, after: { kind: 'start' }, delayMs: random.below(400) };
    if (stage < 5) return { signal, after: { kind: 'request', count: 1 + random.below(MOST_REQUESTS) }, delayMs: random.below(40) };
    if (stage < 9) return { signal, after: { kind: 'file', name: random.pick(FILES) }, delayMs: random.below(12) };
    return { signal, after: { kind: 'final folder' }, delayMs: random.below(4) };
  });
}

export interface Watched {
  /** Requests of this run so far. */
  readonly requests: () => number;
  /** Where export folders come to be. */
  readonly parent: string;
  /** Folders that were there before, partial ones included. */
  readonly before: ReadonlySet<string>;
  readonly hasEnded: () => boolean;
}

/** Waits for the moment. @returns false when the run ended before it came */
export async function awaitMoment(moment: Moment, watched: Watched): Promise<boolean> {
  while (!hasCome(moment, watched)) {
    if (watched.hasEnded()) return false;
    await pause(1);
  }
  await pause(moment.delayMs);
  return !watched.hasEnded();
}

function hasCome({ after }: Moment, { requests, parent, before }: Watched): boolean {
  switch (after.kind) {
    case 'start': return true;
    case 'request': return requests() >= after.count;
    case 'file': return partialFolders(parent).some((folder) => !before.has(folder) && existsSync(path.join(parent, folder, after.name)));
    case 'final folder': return finalFolders(parent).some((folder) => !before.has(folder));
  }
}

export function partialFolders(parent: string): string[] {
  return folders(parent).filter((name) => name.startsWith('.partial-'));
}

export function finalFolders(parent: string): string[] {
  return folders(parent).filter((name) => !name.startsWith('.partial-'));
}

function folders(parent: string): string[] {
  return existsSync(parent) ? readdirSync(parent) : [];
}
