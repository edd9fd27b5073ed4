import type { FoundEntries, Requery } from '../common/evidence/requery';
import { formatCount } from '../common/report/markdown';

/** What the comparison with the living log found; lines with remote text that is not yet disarmed. */
export function comparisonLines({ compared, inTheLog, inTheCopy, missing, pending, vanished, notCompared }: Requery): string[] {
  if (compared.length === 0) return ['Nothing was compared: no export covers time that the service still has.', ...notCompared];
  return [
    ...compared.map(({ start, end }) => `compared: ${start} to ${end}`),
    `in the log: ${formatCount(inTheLog)}, in the copy: ${formatCount(inTheCopy)}`,
    ...named('missing from the copy', missing),
    ...named('vanished from the service', vanished),
    ...named('not in the copy yet, for the next export to read', pending),
    ...notCompared,
  ];
}

/** Whether copy and log differ where they should not. */
export function differs({ missing, vanished }: Requery): boolean {
  return missing.count + vanished.count > 0;
}

/** The first entry that is on one side only, in a sentence. */
export function firstDifference({ missing, vanished }: Requery): string {
  const [what, found] = missing.count > 0 ? ['missing from the copy', missing] as const : ['vanished from the service', vanished] as const;
  return `${what}: ${formatCount(found.count)}, the newest of ${found.newest[0]?.time ?? ''} (${found.newest[0]?.id ?? ''})`;
}

function named(what: string, { count, newest }: FoundEntries): string[] {
  const rest = count - newest.length;
  return [`${what}: ${formatCount(count)}`, ...newest.map(({ time, id }) => `  ${time}  ${id}`), ...(rest > 0 ? [`  and ${formatCount(rest)} older ones`] : [])];
}
