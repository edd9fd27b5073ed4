import assert from 'node:assert/strict';
import type { Fault } from '../../../sandbox/faults/fault';
import { ACTIVITY_ID, ASSERTION, ENTRA, faults, PROBE, PROJECT, SEVERAL_PAGES, switches, type FaultRow, type FinishedExport, type Refused } from '../faultRow';

type Endpoint = typeof ASSERTION | typeof ENTRA | typeof PROJECT | typeof PROBE;

function status(code: number, more: Partial<Extract<Fault, { kind: 'status' }>> = {}): Fault {
  return { kind: 'status', status: code, headers: { activityid: ACTIVITY_ID }, ...more };
}

const OUT_OF_TIME: Refused = { code: 'MAX_DURATION_REACHED', sentence: /was not finished within 1 minute/ };

/** What passes at every endpoint when it happens once. */
function passing(name: string, endpoint: Endpoint): FaultRow[] {
  const first = { ...endpoint, nth: 1 };
  const row = (what: string, fault: Fault, more: Partial<FaultRow> = {}): FaultRow => ({ name: `${name}: ${what}, once`, sandbox: faults({ match: first, fault }), expect: { log: [/trying again|asks to wait/] }, ...more });
  return [
    row('429 with Retry-After', status(429, { retryAfter: { seconds: 1 } })),
    row('500', status(500)),
    row('503', status(503)),
    row('body cut off', { kind: 'truncatedBody' }),
    row('reset', { kind: 'resetBeforeHeaders' }),
    row('silence before the headers', { kind: 'hangBeforeHeaders' }, { rests: true }),
    row('corrupt gzip', { kind: 'corruptGzip' }),
    { name: `${name}: slow body`, sandbox: faults({ match: first, fault: { kind: 'slowBody', chunkBytes: 200, everyMs: 20 } }), expect: {} },
  ];
}

/** What ends the run when it happens always. */
function lasting(name: string, endpoint: Endpoint, failing: Refused): FaultRow[] {
  const row = (what: string, fault: Fault, expect: Refused, more: Partial<FaultRow> = {}): FaultRow => ({ name: `${name}: ${what}, always`, sandbox: faults({ match: endpoint, fault }), expect, ...more });
  return [
    row('500', status(500), failing, { rests: true }),
    row('429', status(429), failing, { rests: true }),
    row('silence before the headers', { kind: 'hangBeforeHeaders' }, OUT_OF_TIME, { rests: true, inputs: { maxDuration: '1m' } }),
    row('200 of another kind, 200 MB', { kind: 'oversizeBody' }, { code: 'RESPONSE_TOO_LARGE', sentence: /sent an answer of more than 1 MiB/ }),
    row('Retry-After of a day', status(429, { retryAfter: { seconds: 86_400 } }), { code: 'THROTTLED_TOO_LONG', sentence: /asks to wait 1440 minutes/ }),
  ];
}

function answers(name: string, endpoint: Endpoint, list: readonly (readonly [what: string, fault: Fault, expect: Refused])[]): FaultRow[] {
  return list.map(([what, fault, expect]) => ({ name: `${name}: ${what}`, sandbox: faults({ match: endpoint, fault }), expect }));
}

const ASSERTION_REFUSED = { code: 'ASSERTION_REFUSED', sentence: /no assertion|an assertion/, activityId: 'any' } as const;

export const ASSERTION_ROWS: readonly FaultRow[] = [
  ...passing('assertion', ASSERTION),
  ...lasting('assertion', ASSERTION, { code: 'SERVICE_FAILING', sentence: /Azure Pipelines could not issue an assertion/, activityId: ACTIVITY_ID }),
  ...answers('assertion', ASSERTION, [
    ['401', status(401), { ...ASSERTION_REFUSED, sentence: /no longer accepts this job's own token/ }],
    ['203 sign-in page', { kind: 'signInPage' }, { ...ASSERTION_REFUSED, sentence: /no longer accepts this job's own token/ }],
    ['302 to the sign-in page', { kind: 'signInRedirect' }, { ...ASSERTION_REFUSED, sentence: /no longer accepts this job's own token/ }],
    ['403', status(403), { ...ASSERTION_REFUSED, sentence: /refused to issue an assertion/, advice: /this pipeline is permitted/ }],
    ['404', status(404), { ...ASSERTION_REFUSED, sentence: /does not know the service connection any more/ }],
    ['200 with an HTML page', { kind: 'htmlPage' }, { ...ASSERTION_REFUSED, sentence: /assertion/ }],
    ['200 with JSON of another shape', { kind: 'otherShape' }, { ...ASSERTION_REFUSED, sentence: /assertion/ }],
    ['200 with a text that is no token', { kind: 'otherShape', json: '{"oidcToken":"##vso[task.setvariable variable=pwned]x"}' }, { ...ASSERTION_REFUSED, sentence: /assertion/ }],
    ['hostile error', { kind: 'hostileError' }, { code: 'ASSERTION_REFUSED', sentence: /assertion/ }],
  ]),
  { name: 'assertion: byte order mark', sandbox: faults({ match: ASSERTION, fault: { kind: 'byteOrderMark' } }), expect: {} },
];

const ENTRA_REFUSED = { code: 'SIGN_IN_REFUSED', sentence: /Entra|login\.microsoftonline\.com/ } as const;

export const ENTRA_ROWS: readonly FaultRow[] = [
  ...passing('Entra', ENTRA),
  ...lasting('Entra', ENTRA, { code: 'SERVICE_FAILING', sentence: /Entra could not sign anybody in now/, advice: /azure\.status\.microsoft/ }),
  ...answers('Entra', ENTRA, [
    ['400 without a code', status(400), ENTRA_REFUSED],
    ['401 without a code', status(401), ENTRA_REFUSED],
    ['403', status(403), ENTRA_REFUSED],
    ['302', { kind: 'signInRedirect' }, ENTRA_REFUSED],
    ['200 with an HTML page', { kind: 'htmlPage' }, ENTRA_REFUSED],
    ['200 with JSON of another shape', { kind: 'otherShape' }, ENTRA_REFUSED],
    ['hostile error', { kind: 'hostileError', status: 400 }, ENTRA_REFUSED],
  ]),
  ...([['53003', /Conditional Access policy/], ['700223', /policy of the tenant forbids/], ['500011', /does not know Azure DevOps/], ['7000112', /refused the sign-in/]] as const).map(([code, sentence]): FaultRow => ({
    name: `Entra: AADSTS${code}`,
    sandbox: faults({ match: ENTRA, fault: { kind: 'status', status: 401, contentType: 'application/json', body: JSON.stringify({ error: 'invalid_client', error_description: `AADSTS${code}: Something. Trace ID: 1`, error_codes: [Number(code)] }) } }),
    expect: { code: 'SIGN_IN_REFUSED', sentence: new RegExp(`${sentence.source}.*\\(AADSTS${code}\\)`) },
  })),
  { name: 'Entra: AADSTS700024, the assertion has ended', sandbox: switches({ assertionLifetime: -60 }), expect: { code: 'SIGN_IN_REFUSED', sentence: /outside its time of validity.*\(AADSTS700024\)/, advice: /clock/ } },
];

function connection(name: string, inputs: Readonly<Record<string, string>>, expect: Refused): FaultRow {
  return { name: `service connection: ${name}`, inputs, expect };
}

function signInRefused(code: number, sentence: RegExp, advice?: RegExp): Refused {
  return { code: 'SIGN_IN_REFUSED', sentence: new RegExp(`${sentence.source}.*\\(AADSTS${code}\\)`), ...(advice && { advice }) };
}

const NOT_FEDERATED = { code: 'CONNECTION_NOT_FEDERATED', advice: /workload identity federation/ } as const;
const NO_CREDENTIAL = /has no federated credential that matches this service connection/;

/** Every service connection of the stand-in that does not work, and why. */
export const CONNECTION_ROWS: readonly FaultRow[] = [
  { name: 'service connection: Azure Resource Manager', inputs: { azureSubscription: 'audit-log-azurerm' }, expect: {} },
  connection('no federated credential', { azureDevOpsServiceConnection: 'no-federated-credential' }, signInRefused(70025, NO_CREDENTIAL, /federated credential of the identity: none -> one with exactly the issuer/)),
  connection('renamed', { azureDevOpsServiceConnection: 'renamed' }, signInRefused(700213, NO_CREDENTIAL, /federated credential of the identity: another subject -> /)),
  connection('subject in another case', { azureDevOpsServiceConnection: 'subject-case' }, signInRefused(7002138, NO_CREDENTIAL)),
  connection('other issuer', { azureDevOpsServiceConnection: 'other-issuer' }, signInRefused(700211, NO_CREDENTIAL, /federated credential of the identity: another issuer -> /)),
  connection('unknown tenant', { azureDevOpsServiceConnection: 'unknown-tenant' }, signInRefused(90002, /knows no tenant/)),
  connection('unknown application', { azureDevOpsServiceConnection: 'unknown-application' }, signInRefused(700016, /does not exist in the tenant/)),
  connection('of another tenant', { azureDevOpsServiceConnection: 'other-tenant' }, { code: 'AUDIT_SIGN_IN_REFUSED', sentence: /another tenant than the one the organization is connected to/, advice: /tenant of the service connection: /, activityId: 'any' }),
  { name: 'service connection: of another tenant, answered with 429', sandbox: switches({ foreignTenant: 429 }), inputs: { azureDevOpsServiceConnection: 'other-tenant' }, expect: { code: 'SERVICE_FAILING', sentence: /./, advice: /connected to the tenant/, activityId: 'any' } },
  connection('not a member', { azureDevOpsServiceConnection: 'not-a-member' }, { code: 'AUDIT_SIGN_IN_REFUSED', sentence: /does not accept the sign-in/, advice: /_settings\/users/, activityId: 'any' }),
  connection('without the permission', { azureDevOpsServiceConnection: 'no-permission' }, { code: 'AUDIT_ACCESS_DENIED', sentence: /may not read the audit log/, advice: /View audit log/, activityId: 'any' }),
  connection('with a secret', { azureSubscription: 'azurerm-secret' }, { ...NOT_FEDERATED, sentence: /a secret or a certificate/ }),
  connection('with a certificate', { azureSubscription: 'azurerm-certificate' }, { ...NOT_FEDERATED, sentence: /a secret or a certificate/ }),
  connection('managed identity', { azureSubscription: 'azurerm-managed-identity' }, { ...NOT_FEDERATED, sentence: /managed identity of the machine/ }),
  connection('publish profile', { azureSubscription: 'azurerm-publish-profile' }, { ...NOT_FEDERATED, sentence: /a publish profile/ }),
];

const NOT_VISIBLE = { code: 'PROJECT_VISIBILITY_UNKNOWN', sentence: /may not see whether the project ".+" is public/, advice: /allowPublicProject: true/ } as const;
const ALLOWED = { allowPublicProject: 'true' };

function assertNoAuditRequest({ sandbox }: FinishedExport): void {
  assert.deepEqual(sandbox.requests.filter(({ url }) => url.includes('/oidctoken') || url.includes('/auditlog')), []);
}

export const PROJECT_ROWS: readonly FaultRow[] = [
  ...passing('project', PROJECT),
  ...lasting('project', PROJECT, { code: 'SERVICE_FAILING', sentence: /could not say now whether the project ".+" is public/, activityId: ACTIVITY_ID }),
  { name: 'project: public', sandbox: switches({ projectVisibility: 'public' }), expect: { code: 'PROJECT_IS_PUBLIC', sentence: /is public: everybody on the internet could read this export/, check: assertNoAuditRequest } },
  { name: 'project: public, allowed', sandbox: switches({ projectVisibility: 'public' }), inputs: ALLOWED, expect: {} },
  { name: 'project: 403', sandbox: switches({ projectStatus: 403 }), expect: { ...NOT_VISIBLE, activityId: 'any', check: assertNoAuditRequest } },
  { name: 'project: 403, allowed', sandbox: switches({ projectStatus: 403 }), inputs: ALLOWED, expect: {} },
  { name: 'project: 404', sandbox: switches({ projectStatus: 404 }), expect: { ...NOT_VISIBLE, activityId: 'any' } },
  ...answers('project', PROJECT, [
    ['200 with JSON of another shape', { kind: 'otherShape' }, NOT_VISIBLE],
    ['200 with an HTML page', { kind: 'htmlPage' }, NOT_VISIBLE],
    ['302 to the sign-in page', { kind: 'signInRedirect' }, NOT_VISIBLE],
    ['hostile error', { kind: 'hostileError' }, NOT_VISIBLE],
  ]),
  { name: 'project: not asked for at all when allowed', sandbox: SEVERAL_PAGES, inputs: ALLOWED, expect: { check: ({ sandbox }) => { assert.deepEqual(sandbox.requests.filter(({ url }) => url.includes('/_apis/projects/')), []); } } },
];

export const PROBE_ROWS: readonly FaultRow[] = [
  ...passing('organization', PROBE),
  { name: 'organization: silence, always', rests: true, inputs: { maxDuration: '1m' }, sandbox: faults({ match: PROBE, fault: { kind: 'hangBeforeHeaders' } }), expect: OUT_OF_TIME },
  { name: 'organization: 404', sandbox: faults({ match: PROBE, fault: status(404) }), expect: { code: 'ORGANIZATION_NOT_FOUND', sentence: /There is no organization "fabrikam"/, activityId: ACTIVITY_ID } },
  { name: 'organization: another one, which does not exist', inputs: { organization: 'contoso' }, expect: { code: 'ORGANIZATION_NOT_FOUND', sentence: /There is no organization "contoso" at https:\/\/dev\.azure\.com\/contoso/ } },
  { name: 'organization: sign-in page', sandbox: faults({ match: PROBE, fault: { kind: 'signInPage' } }), expect: {} },
  { name: 'organization: HTML page', sandbox: faults({ match: PROBE, fault: { kind: 'htmlPage' } }), expect: {} },
];
