import type { RetryAfter } from '../../../sandbox/faults/fault';
import { ACTIVITY_ID, AUDIT, faults, type FaultRow } from '../faultRow';

const ASKED = /auditservice\.dev\.azure\.com asks to wait \d/;
const REPEATED = /auditservice\.dev\.azure\.com gave no usable answer; trying again in \d/;
const PAGE_2 = { ...AUDIT, nth: 2 };
const FROM_PAGE_2 = { ...AUDIT, from: 2 };

function throttled(retryAfter?: RetryAfter, headers: Readonly<Record<string, string>> = {}): { kind: 'status'; status: 429; retryAfter?: RetryAfter; headers: Readonly<Record<string, string>> } {
  return { kind: 'status', status: 429, headers: { activityid: ACTIVITY_ID, ...headers }, ...(retryAfter && { retryAfter }) };
}

const EXHAUSTED = { 'x-ratelimit-remaining': '0', 'x-ratelimit-limit': '200' };

/** The service asks to slow down. */
export const THROTTLING: readonly FaultRow[] = [
  { name: '429, Retry-After in seconds, once', sandbox: faults({ match: PAGE_2, fault: throttled({ seconds: 2 }) }), expect: { log: [ASKED] } },
  { name: '429, Retry-After as a date, once', sandbox: faults({ match: PAGE_2, fault: throttled({ dateInSeconds: 3 }) }), expect: { log: [ASKED] } },
  { name: '429, Retry-After as a date, while the clocks differ by an hour', sandbox: { ...faults({ match: PAGE_2, fault: throttled({ dateInSeconds: 2 }) }), clock: () => Date.now() + 3_600_000 }, expect: { log: [/asks to wait [12] second/] } },
  { name: '429 without Retry-After, once', sandbox: faults({ match: PAGE_2, fault: throttled() }), expect: { log: [REPEATED] } },
  { name: '429, Retry-After in seconds, thrice', rests: true, sandbox: faults({ match: FROM_PAGE_2, fault: throttled({ seconds: 1 }), times: 3 }), expect: { log: [ASKED] } },
  { name: '429, Retry-After as a date, thrice', rests: true, sandbox: faults({ match: FROM_PAGE_2, fault: throttled({ dateInSeconds: 2 }), times: 3 }), expect: { log: [ASKED] } },
  { name: '429 without Retry-After, thrice', rests: true, sandbox: faults({ match: FROM_PAGE_2, fault: throttled(), times: 3 }), expect: { log: [REPEATED] } },
  { name: '429, Retry-After 0, once', sandbox: faults({ match: PAGE_2, fault: throttled({ seconds: 0 }) }), expect: {} },
  { name: '429, Retry-After in the past, once', sandbox: faults({ match: PAGE_2, fault: throttled({ dateInSeconds: -600 }) }), expect: {} },
  { name: '429, Retry-After unreadable, once', sandbox: faults({ match: PAGE_2, fault: throttled({ raw: 'soon' }) }), expect: { log: [REPEATED] } },
  { name: '429, Retry-After negative, once', sandbox: faults({ match: PAGE_2, fault: throttled({ raw: '-5' }) }), expect: { log: [REPEATED] } },
  {
    name: '429, Retry-After in seconds, for ever', rests: true, inputs: { maxDuration: '1m' },
    sandbox: faults({ match: FROM_PAGE_2, fault: throttled({ seconds: 5 }) }),
    expect: { code: 'MAX_DURATION_REACHED', sentence: /was not finished within 1 minute \(maxDuration\); nothing is published/, advice: /maxDuration/ },
  },
  {
    name: '429, Retry-After as a date, for ever', rests: true, inputs: { maxDuration: '1m' },
    sandbox: faults({ match: FROM_PAGE_2, fault: throttled({ dateInSeconds: 5 }) }),
    expect: { code: 'MAX_DURATION_REACHED', sentence: /was not finished within 1 minute/ },
  },
  {
    name: '429 without Retry-After, for ever', rests: true, sandbox: faults({ match: FROM_PAGE_2, fault: throttled() }),
    expect: { code: 'SERVICE_FAILING', sentence: /Audit service could not answer/, activityId: ACTIVITY_ID },
  },
  {
    name: '429, Retry-After of a day', sandbox: faults({ match: AUDIT, fault: throttled({ seconds: 86_400 }) }),
    expect: { code: 'THROTTLED_TOO_LONG', sentence: /auditservice\.dev\.azure\.com asks to wait 1440 minutes/, advice: /rate-limits/, activityId: ACTIVITY_ID },
  },
  {
    name: '429, Retry-After date of tomorrow', sandbox: faults({ match: PAGE_2, fault: throttled({ dateInSeconds: 86_400 }) }),
    expect: { code: 'THROTTLED_TOO_LONG', sentence: /asks to wait 1440 minutes/, activityId: ACTIVITY_ID },
  },
  {
    name: '200 with Retry-After of a day', sandbox: faults({ match: PAGE_2, fault: { kind: 'slowDown', retryAfter: { seconds: 86_400 } } }),
    expect: { code: 'THROTTLED_TOO_LONG', sentence: /asks to wait 1440 minutes/ },
  },
  { name: '200 with Retry-After in seconds', sandbox: faults({ match: PAGE_2, fault: { kind: 'slowDown', retryAfter: { seconds: 2 } } }), expect: { log: [ASKED] } },
  { name: '200 with Retry-After as a date', sandbox: faults({ match: PAGE_2, fault: { kind: 'slowDown', retryAfter: { dateInSeconds: 3 } } }), expect: { log: [ASKED] } },
  { name: '200 with Retry-After unreadable', sandbox: faults({ match: PAGE_2, fault: { kind: 'slowDown', retryAfter: { raw: 'later' } } }), expect: {} },
  { name: '503 with Retry-After, once', sandbox: faults({ match: PAGE_2, fault: { kind: 'status', status: 503, retryAfter: { seconds: 1 } } }), expect: { log: [ASKED] } },
  {
    name: '429 with nothing remaining on the first request, in the right tenant',
    sandbox: faults({ match: { ...AUDIT, nth: 1 }, fault: throttled({ seconds: 2 }, EXHAUSTED) }), expect: { log: [ASKED] },
  },
];

const statuses = [500, 502, 503, 504, 408] as const;

/** The service fails. */
export const SERVER_ERRORS: readonly FaultRow[] = [
  ...statuses.map((status): FaultRow => ({ name: `${status} once`, sandbox: faults({ match: PAGE_2, fault: { kind: 'status', status } }), expect: { log: [REPEATED] } })),
  ...statuses.map((status): FaultRow => ({
    name: `${status} for ever`, rests: true, sandbox: faults({ match: AUDIT, fault: { kind: 'status', status, headers: { activityid: ACTIVITY_ID } } }),
    expect: { code: 'SERVICE_FAILING', sentence: /Audit service could not answer/, advice: /status\.dev\.azure\.com/, activityId: ACTIVITY_ID },
  })),
  {
    name: '502 for ever, an HTML page of a gateway', rests: true,
    sandbox: faults({ match: FROM_PAGE_2, fault: { kind: 'status', status: 502, contentType: 'text/html', body: '<html><h1>502 Bad Gateway</h1></html>' } }),
    expect: { code: 'SERVICE_FAILING', sentence: /Audit service could not answer/ },
  },
  {
    name: '500 for ever, Retry-After each time', rests: true, inputs: { maxDuration: '1m' },
    sandbox: faults({ match: FROM_PAGE_2, fault: { kind: 'status', status: 500, retryAfter: { seconds: 10 } } }),
    expect: { code: 'MAX_DURATION_REACHED', sentence: /was not finished within 1 minute/ },
  },
];
