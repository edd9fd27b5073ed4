import assert from 'node:assert/strict';
import type { Fault } from '../../../sandbox/faults/fault';
import { NAMED_FAULTS } from '../../../sandbox/faults/catalog';
import { ACTIVITY_ID, AUDIT, faults, switches, type FaultRow, type FinishedExport } from '../faultRow';

const PAGE_2 = { ...AUDIT, nth: 2 };
const FROM_PAGE_2 = { ...AUDIT, from: 2 };

function status(code: number, more: Partial<Extract<Fault, { kind: 'status' }>> = {}): Fault {
  return { kind: 'status', status: code, headers: { activityid: ACTIVITY_ID }, ...more };
}

/** The second token was exchanged for an assertion of its own, and only after the first one had been refused. */
function assertRenewed({ sandbox }: FinishedExport): void {
  const assertions = sandbox.requests.filter(({ url, status: answered }) => url.includes('/oidctoken') && answered === 200);
  const exchanges = sandbox.requests.filter(({ url }) => url.includes('/oauth2/v2.0/token'));
  // A refused export asks for one more, to look for the cause.
  assert.ok(assertions.length >= 2 && exchanges.length >= 2);
  const presented = exchanges.map(({ body }) => new URLSearchParams(body).get('client_assertion'));
  assert.notEqual(presented[0], presented[1]);
  const used = new Set(sandbox.requests.filter(({ url }) => url.includes('/audit/auditlog')).map(({ headers }) => headers['authorization']));
  assert.ok(used.size >= 2);
}

const SIGN_IN_REFUSED = { code: 'AUDIT_SIGN_IN_REFUSED', sentence: /does not accept the sign-in of the identity/ } as const;

/** Instead of data: a sign-in page, a refusal, something else. */
export const REFUSALS: readonly FaultRow[] = [
  { name: '401 once, after pages had come', sandbox: faults(...NAMED_FAULTS['unauthorized-once']), expect: { check: assertRenewed } },
  { name: '203 sign-in page once, after pages had come', sandbox: faults(...NAMED_FAULTS['sign-in-page']), expect: { check: assertRenewed } },
  { name: '302 to the sign-in page once, after pages had come', sandbox: faults(...NAMED_FAULTS['sign-in-redirect']), expect: { check: assertRenewed } },
  { name: '401 always', sandbox: faults({ match: AUDIT, fault: status(401) }), expect: { ...SIGN_IN_REFUSED, advice: /_settings\/users/, activityId: ACTIVITY_ID } },
  { name: '401 always, after pages had come', sandbox: faults({ match: FROM_PAGE_2, fault: status(401) }), expect: { ...SIGN_IN_REFUSED, activityId: ACTIVITY_ID, check: assertRenewed } },
  { name: '203 sign-in page always', sandbox: faults({ match: AUDIT, fault: { kind: 'signInPage' } }), expect: { ...SIGN_IN_REFUSED, activityId: 'any' } },
  { name: '302 to the sign-in page always', sandbox: faults({ match: AUDIT, fault: { kind: 'signInRedirect' } }), expect: { ...SIGN_IN_REFUSED, activityId: 'any', check: assertNotFollowed } },
  { name: '200 with an HTML page once', sandbox: faults(...NAMED_FAULTS['html-page']), expect: { ...SIGN_IN_REFUSED, advice: /If a proxy of your network answers/, activityId: 'any' } },
  { name: '200 with an HTML page always', sandbox: faults({ match: AUDIT, fault: { kind: 'htmlPage' } }), expect: { ...SIGN_IN_REFUSED, advice: /If a proxy of your network answers/, activityId: 'any' } },
  { name: '403', sandbox: faults({ match: AUDIT, fault: status(403) }), expect: { code: 'AUDIT_ACCESS_DENIED', sentence: /may not read the audit log of the organization "fabrikam"/, advice: /View audit log/, activityId: ACTIVITY_ID } },
  { name: '403 after pages had come', sandbox: faults({ match: FROM_PAGE_2, fault: status(403) }), expect: { code: 'AUDIT_ACCESS_DENIED', sentence: /may not read the audit log/, activityId: ACTIVITY_ID } },
  { name: '404', sandbox: faults({ match: AUDIT, fault: status(404) }), expect: { code: 'AUDIT_NOT_FOUND', sentence: /knows no audit log of an organization "fabrikam"/, advice: /Log Audit Events/, activityId: ACTIVITY_ID } },
  { name: '400', sandbox: faults({ match: AUDIT, fault: status(400) }), expect: { code: 'AUDIT_REQUEST_REFUSED', sentence: /does not understand the query/, activityId: ACTIVITY_ID } },
  { name: '410', sandbox: faults({ match: AUDIT, fault: status(410) }), expect: { code: 'AUDIT_REQUEST_REFUSED', sentence: /does not understand the query/, activityId: ACTIVITY_ID } },
  { name: 'hostile text in an error', sandbox: faults({ match: AUDIT, fault: { kind: 'hostileError' } }), expect: { code: 'AUDIT_ACCESS_DENIED', sentence: /TF400813/ } },
  { name: 'hostile text in an error with status 500', rests: true, sandbox: faults({ match: AUDIT, fault: { kind: 'hostileError', status: 500 } }), expect: { code: 'SERVICE_FAILING', sentence: /could not answer/ } },
  { name: 'hostile text in an error with status 401', sandbox: faults({ match: AUDIT, fault: { kind: 'hostileError', status: 401 } }), expect: SIGN_IN_REFUSED },
  { name: 'hostile text in headers of every answer', sandbox: faults({ match: {}, fault: { kind: 'hostileHeaders' } }), expect: {} },
  ...([['{}', 'an empty object'], ['[]', 'an array'], ['{"count":0,"value":[]}', 'an empty list'], ['{"decoratedAuditLogEntries":{}}', 'entries that are no list'],
    ['{"decoratedAuditLogEntries":[{"timestamp":"2026-01-01T00:00:00Z"}],"hasMore":false}', 'an entry without an id'],
    ['{"decoratedAuditLogEntries":[{"id":"1","timestamp":"yesterday"}],"hasMore":false}', 'an entry without a time'],
    ['{"decoratedAuditLogEntries":[],"hasMore":"perhaps"}', 'a page that does not say clearly whether more follow'],
    ['{"decoratedAuditLogEntries":[],"hasMore":false}{"more":1}', 'a second value behind the first']] as const).map(([json, what]): FaultRow => ({
    name: `200 with JSON of another shape: ${what}`, sandbox: faults({ match: PAGE_2, fault: { kind: 'otherShape', json } }),
    expect: { code: 'AUDIT_ANSWER_UNREADABLE', sentence: /nothing is published/, activityId: 'any' },
  })),
  {
    name: '200 with JSON that breaks off inside an entry, always', rests: true,
    sandbox: faults({ match: FROM_PAGE_2, fault: { kind: 'otherShape', json: '{"decoratedAuditLogEntries":[{"id":"1","timestamp":"2026-' } }),
    expect: { code: 'AUDIT_ANSWER_UNREADABLE', sentence: /broke off, however often it was asked for/, activityId: 'any' },
  },
  { name: '200 with JSON that breaks off inside an entry, once', sandbox: faults({ match: PAGE_2, fault: { kind: 'otherShape', json: '{"decoratedAuditLogEntries":[{"id":"1","timestamp":"2026-' } }), expect: { log: [/trying again/] } },
  { name: '200 without a body, once', sandbox: faults({ match: PAGE_2, fault: { kind: 'status', status: 200, body: '' } }), expect: { log: [/trying again/] } },
  { name: '200 without a body, always', rests: true, sandbox: faults({ match: FROM_PAGE_2, fault: { kind: 'status', status: 200, body: '' } }), expect: { code: 'AUDIT_ANSWER_UNREADABLE', sentence: /broke off, however often it was asked for/, activityId: 'any' } },
  { name: 'api-version 7.1 refused', sandbox: switches({ refusedApiVersions: ['7.1-preview.1'] }), expect: { log: [/refuses api-version 7\.1-preview\.1; asking with 7\.2-preview\.1/] } },
  { name: 'both api-versions refused', sandbox: switches({ refusedApiVersions: ['7.1-preview.1', '7.2-preview.1'] }), expect: { code: 'AUDIT_REQUEST_REFUSED', sentence: /does not understand the query/, activityId: 'any' } },
  {
    name: 'batchSize refused', sandbox: faults({ match: { ...AUDIT, path: 'batchSize=1000' }, fault: status(400, { body: '{"message":"The value 1000 is not valid for batchSize."}', contentType: 'application/json' }) }),
    expect: { log: [/refuses pages of 1000 entries; asking for 200/] },
  },
];

function assertNotFollowed({ sandbox }: FinishedExport): void {
  assert.deepEqual(sandbox.requests.filter(({ url }) => url.includes('_signin')), []);
}
