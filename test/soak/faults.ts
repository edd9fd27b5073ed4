import type { Fault, FaultRule } from '../../sandbox/faults/fault';

/** All that an export gets over without a word or with a wait, the long silences cut short by the soak's own time limits. */
const HARMLESS: readonly Fault[] = [
  ...[500, 502, 503, 504].map((status) => ({ kind: 'status', status }) as const),
  { kind: 'status', status: 429, retryAfter: { seconds: 1 } }, { kind: 'slowDown', retryAfter: { seconds: 1 } },
  { kind: 'status', status: 401 }, { kind: 'signInPage' }, { kind: 'signInRedirect' },
  { kind: 'truncatedBody' }, { kind: 'truncatedChunks' }, { kind: 'slowBody', chunkBytes: 16_384, everyMs: 5 }, { kind: 'resetBeforeHeaders' }, { kind: 'resetInBody' },
  { kind: 'hangBeforeHeaders' }, { kind: 'hangInBody' }, { kind: 'gzip' }, { kind: 'corruptGzip' }, { kind: 'byteOrderMark' }, { kind: 'wrapper' }, { kind: 'hostileHeaders' },
  { kind: 'emptyPage' }, { kind: 'repeatedEntries' }, { kind: 'duplicateWithinPage' }, { kind: 'clampedPage', size: 7 }, { kind: 'outOfOrder' },
];

/** Which of them a refused sign-in is. */
const SIGN_IN: ReadonlySet<Fault> = new Set(HARMLESS.slice(6, 9));
/** To the very first requests a refused sign-in would be final, and so it is to a request that is sent again with a new token: that comes within so many. */
const APART = 48;

/**
 * Faults for some requests to the audit log, each with a chance of `share`.
 * @param fraction dice: from 0 (included) to 1
 */
export function randomFaults(requests: number, share: number, fraction: () => number): FaultRule[] {
  const rules: FaultRule[] = [];
  let refused = 0;
  for (let nth = 1; nth <= requests; nth += 1) {
    if (fraction() >= share) continue;
    const fault = HARMLESS[Math.floor(fraction() * HARMLESS.length)] as Fault;
    if (SIGN_IN.has(fault)) {
      if (nth - refused <= APART) continue;
      refused = nth;
    }
    rules.push({ match: { host: 'auditservice.dev.azure.com', path: '/auditlog', nth }, fault });
  }
  return rules;
}
