import { readdirSync, readlinkSync } from 'node:fs';

/** What this process holds open, by kind. */
export type Traces = ReadonlyMap<string, number>;

/** Sockets, timers and the like that the engine knows of, and on Linux every open file. */
export function tracesNow(): Traces {
  const counts = new Map<string, number>();
  const count = (kind: string): void => { counts.set(kind, (counts.get(kind) ?? 0) + 1); };
  for (const resource of process.getActiveResourcesInfo()) if (!PASSING.has(resource)) count(resource);
  if (process.platform === 'linux') for (const descriptor of readdirSync('/proc/self/fd')) count(kindOf(descriptor));
  return counts;
}

/** What is there now and was not before, in words. */
export function leftBehind(before: Traces, now: Traces): string[] {
  return [...now].filter(([kind, count]) => count > (before.get(kind) ?? 0)).map(([kind, count]) => `${kind}: ${count} instead of ${before.get(kind) ?? 0}`);
}

/** They end by themselves. */
const PASSING: ReadonlySet<string> = new Set(['Immediate', 'CloseReq', 'TickObject', 'FSReqCallback', 'FSReqPromise']);

function kindOf(descriptor: string): string {
  try {
    return `open ${readlinkSync(`/proc/self/fd/${descriptor}`).replace(/:\[\d+\]$/, '').replace(/^\/.*\//, 'file ')}`;
  } catch {
    // It was the one for reading the folder.
    return 'open file';
  }
}
