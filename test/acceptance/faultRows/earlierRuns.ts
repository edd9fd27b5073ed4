import type { Fault } from '../../../sandbox/faults/fault';
import { FAULT_TARGETS } from '../../../sandbox/faults/targets';
import { ACTIVITY_ID, faults, type FaultRow, type Refused } from '../faultRow';

function status(code: number, more: Partial<Extract<Fault, { kind: 'status' }>> = {}): Fault {
  return { kind: 'status', status: code, headers: { activityid: ACTIVITY_ID }, ...more };
}

const HOUR_MS = 3_600_000;
const NOW = Date.now();
/** Short enough for one export. */
const CHAIN = { window: 'sinceLastExport', continueFrom: new Date(NOW - 10 * HOUR_MS).toISOString(), startTime: '', endTime: '' };
const ENTRIES = { count: 400, start: NOW - 20 * HOUR_MS, end: NOW - 2 * HOUR_MS };

function builds(what: string, fault: Fault, expect: FaultRow['expect'], times?: number): FaultRow {
  const rule = { match: FAULT_TARGETS.builds, fault, ...(times !== undefined && { times }) };
  return { name: `earlier runs: ${what}`, inputs: CHAIN, sandbox: { totalEntries: ENTRIES, switches: { pageCap: 100 }, faults: [rule] }, expect };
}

const UNREADABLE: Refused = { code: 'PREVIOUS_EXPORTS_UNREADABLE', sentence: /could not say what the earlier runs of this pipeline exported/, advice: /window: last, previous or between/ };
const REFUSED: Refused = { code: 'PREVIOUS_EXPORTS_REFUSED', sentence: /may not see the earlier runs of this pipeline/, advice: /"View builds"/ };

/** The list of earlier runs: taking a failure for "none" would begin the export in the wrong place. */
export const EARLIER_RUN_ROWS: readonly FaultRow[] = [
  builds('429 with Retry-After, once', status(429, { retryAfter: { seconds: 1 } }), { log: [/asks to wait/] }, 1),
  builds('500, twice', status(500), { log: [/trying again/] }, 2),
  builds('body cut off, once', { kind: 'truncatedBody' }, {}, 1),
  builds('reset, once', { kind: 'resetBeforeHeaders' }, {}, 1),
  { ...builds('500, always', status(500), { ...UNREADABLE, activityId: ACTIVITY_ID }), rests: true },
  builds('401', status(401), REFUSED),
  builds('403', status(403), { ...REFUSED, activityId: ACTIVITY_ID }),
  builds('404', status(404), REFUSED),
  builds('203 sign-in page', { kind: 'signInPage' }, REFUSED),
  builds('302 to the sign-in page', { kind: 'signInRedirect' }, REFUSED),
  builds('200 with an HTML page', { kind: 'htmlPage' }, UNREADABLE),
  builds('200 with JSON of another shape', { kind: 'otherShape', json: '{"count":0,"value":{}}' }, UNREADABLE),
  builds('200 with runs that are none', { kind: 'otherShape', json: '{"count":1,"value":[{"id":"##vso[task.complete result=Succeeded]"}]}' }, UNREADABLE),
  builds('200 of another kind, 200 MB', { kind: 'oversizeBody' }, { code: 'RESPONSE_TOO_LARGE', sentence: /sent an answer of more than 32 MiB/ }),
  builds('200 with a list that lacks even the run that asks', { kind: 'otherShape' }, REFUSED),
  builds('hostile error', { kind: 'hostileError' }, { code: 'PREVIOUS_EXPORTS_REFUSED', sentence: /may not see/ }),
];

function leases(what: string, fault: Fault, log: RegExp): FaultRow {
  return { name: `retention lease: ${what}`, sandbox: faults({ match: FAULT_TARGETS.leases, fault }), expect: { log: [log] } };
}

/** A lease that cannot be placed is a warning: the export is made. */
export const LEASE_ROWS: readonly FaultRow[] = [
  leases('403', status(403), /##\[warning\]This run is not kept for 400 days\. .+"Retain indefinitely"/),
  { ...leases('500', status(500), /##\[warning\]This run is not kept for 400 days/), rests: true },
  leases('200 with an HTML page', { kind: 'htmlPage' }, /##\[warning\]This run is not kept for 400 days/),
  leases('302 to the sign-in page', { kind: 'signInRedirect' }, /##\[warning\]This run is not kept for 400 days/),
  leases('hostile error', { kind: 'hostileError' }, /##\[warning\]This run is not kept for 400 days/),
];
