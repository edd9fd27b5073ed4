import { decodeJwt } from 'jose';
import type { FaultRule, Sandbox, SandboxOptions } from '../../sandbox/sandbox';
import type { JobContext } from '../../sandbox/jobContext';
import type { ErrorCode } from '../../tasks/common/errors/taskError';
import type { PackagedOptions } from '../support/packagedTask';

/** What a secret is called in findings. */
export type SecretKind = 'job token' | 'assertion' | 'access token' | 'proxy password';

/** A run in which a secret could come to light, and how it is to end. */
export interface SecretScenario {
  readonly name: string;
  /** Undefined: the run succeeds. */
  readonly code: ErrorCode | undefined;
  /** Secrets that the task holds at the end, and so must have registered. */
  readonly held: readonly SecretKind[];
  readonly sandbox?: SandboxOptions;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly options?: PackagedOptions;
  readonly job?: (job: JobContext) => JobContext;
  readonly faults?: (sandbox: Sandbox) => FaultRule[];
  /** Runs without `system.debug` too. */
  readonly alsoWithoutDebug?: boolean;
}

export const PROXY_CREDENTIALS = { username: 'fabrikam\\build', password: 'pröxy p@ss:wörd/%+"\\;]x' } as const;
export const ATTACKER = 'attacker.example';

const COLLECTION = 'dev.azure.com';
const ENTRA = 'login.microsoftonline.com';
const AUDIT = 'auditservice.dev.azure.com';

export function kindOf(token: string, jobToken: string): SecretKind {
  if (token === jobToken) return 'job token';
  return decodeJwt(token).aud === 'api://AzureADTokenExchange' ? 'assertion' : 'access token';
}

interface Echo {
  readonly status: number;
  readonly host: string;
  /** Which token the host is brought; that of the pipeline's own services unless told. */
  readonly token?: 'job token' | 'last';
  readonly path?: string;
  readonly contentType?: string;
  readonly body?: (secret: string) => string;
  readonly headers?: (secret: string) => Record<string, string>;
}

/** An answer that gives the secret back which the request brought, in its body and in every header that a client may look at. */
function echo(sandbox: Sandbox, { status, host, token = host === COLLECTION ? 'job token' : 'last', path, contentType = 'application/json', body, headers }: Echo): FaultRule[] {
  // Made when the answer is: only then is the last token known.
  const secret = (): string => (token === 'job token' ? sandbox.job.jobToken : sandbox.tokens.at(-1) ?? '');
  const fault = {
    kind: 'status' as const, status, contentType,
    get body() { return (body ?? envelope)(secret()); },
    get headers() { return { ...everyHeader(secret()), ...headers?.(secret()) }; },
  };
  return [{ match: { host, ...(path !== undefined && { path }) }, fault }];
}

function envelope(secret: string): string {
  return JSON.stringify({ $id: '1', message: `TF400813: Authorization: Bearer ${secret} is refused for ${Buffer.from(`user:${secret}`).toString('base64')}.`, typeName: secret, typeKey: secret, errorCode: 0 });
}

function everyHeader(secret: string): Record<string, string> {
  return {
    activityid: secret, 'x-vss-e2eid': secret, 'x-ms-request-id': secret, 'x-tfs-serviceerror': secret, 'x-tfs-fedauthredirect': `https://${ATTACKER}/?token=${secret}`,
    'www-authenticate': `Bearer error="${secret}"`, server: secret, via: secret, 'set-cookie': `token=${secret}`, 'x-vss-resourcetenant': secret,
  };
}

const entraError = (secret: string): string => JSON.stringify({
  error: 'invalid_client', error_codes: [700213],
  error_description: `AADSTS700213: No matching federated identity record found for presented assertion ${secret}. Trace ID: ${secret}`,
  error_uri: `https://${ATTACKER}/?assertion=${secret}`, trace_id: secret, correlation_id: secret,
});

const TWO_TOKENS: readonly SecretKind[] = ['job token', 'assertion'];
const ALL_TOKENS: readonly SecretKind[] = ['job token', 'assertion', 'access token'];

function auditEcho(name: string, code: ErrorCode, answer: Omit<Echo, 'host'>): SecretScenario {
  return { name: `the Audit service ${name}`, code, held: ALL_TOKENS, faults: (sandbox) => echo(sandbox, { host: AUDIT, ...answer }) };
}

/** Every place at which the cause of a refusal is looked for gives the access token back, as a refusal or as a name. */
function echoedChecks(sandbox: Sandbox, status: 200 | 403): FaultRule[] {
  const name = (secret: string): string => {
    // Descriptors are asked for again, in an address: what stands in them goes back to where it came from.
    const descriptor = 'Microsoft.TeamFoundation.Identity;S-1-9-1551374245-0-0-0-0-2';
    const identity = { id: secret, displayName: secret, providerDisplayName: secret, customDisplayName: secret, descriptor, subjectDescriptor: secret, memberOf: [descriptor], properties: { Account: { $value: secret } } };
    return JSON.stringify({ authenticatedUser: identity, authorizedUser: identity, instanceId: secret, ...identity, count: 1, value: [identity], message: secret, acesDictionary: { [descriptor]: { descriptor, allow: 1, deny: 1, token: secret } } });
  };
  const places = [
    { host: COLLECTION, path: '/_apis/permissions/' }, { host: COLLECTION, path: '/_apis/accesscontrollists/' }, { host: COLLECTION, path: '/_settings/' },
    { host: COLLECTION, path: '/connectionData?' }, { host: 'vssps.dev.azure.com' },
  ];
  return [{ host: AUDIT, status: 403 }, ...places.map((place) => ({ ...place, status, ...(status === 200 && { body: name }) }))]
    .flatMap((answer) => echo(sandbox, { ...answer, token: 'last' }));
}

/** A run without faults, and one that fails at each stage while the service gives back the secret of that stage. */
export const SECRET_SCENARIOS: readonly SecretScenario[] = [
  { name: 'an Azure DevOps connection exports', code: undefined, held: ALL_TOKENS, alsoWithoutDebug: true },
  { name: 'an Azure Resource Manager connection exports', code: undefined, held: ALL_TOKENS, inputs: { azureSubscription: 'audit-log-azurerm', formats: 'jsonl,csv,json' } },
  {
    name: 'a proxy with a password lets an export through', code: undefined, held: [...ALL_TOKENS, 'proxy password'],
    sandbox: { proxyCredentials: PROXY_CREDENTIALS }, alsoWithoutDebug: true,
  },
  {
    name: 'a proxy refuses its password', code: 'NETWORK_UNREACHABLE', held: ['job token', 'proxy password'],
    sandbox: { proxyCredentials: PROXY_CREDENTIALS }, faults: () => [{ match: {}, fault: { kind: 'proxyAuthentication' } }],
  },
  {
    name: 'the project gives the job token back and refuses', code: 'PROJECT_VISIBILITY_UNKNOWN', held: ['job token'], alsoWithoutDebug: true,
    faults: (sandbox) => echo(sandbox, { host: COLLECTION, path: '/_apis/projects/', status: 403 }),
  },
  {
    name: 'the project names the job token as its visibility', code: 'PROJECT_IS_PUBLIC', held: ['job token'],
    faults: (sandbox) => echo(sandbox, { host: COLLECTION, path: '/_apis/projects/', status: 200, body: (secret) => JSON.stringify({ id: secret, name: secret, visibility: secret }) }),
  },
  {
    name: 'Azure Pipelines gives the job token back and issues no assertion', code: 'ASSERTION_REFUSED', held: ['job token'], alsoWithoutDebug: true,
    faults: (sandbox) => echo(sandbox, { host: COLLECTION, path: '/oidctoken', status: 403 }),
  },
  {
    name: 'Azure Pipelines answers with 401 and gives the job token back', code: 'ASSERTION_REFUSED', held: ['job token'],
    faults: (sandbox) => echo(sandbox, { host: COLLECTION, path: '/oidctoken', status: 401, contentType: 'text/plain', body: (secret) => `Authorization: Bearer ${secret}` }),
  },
  {
    name: 'Azure Pipelines gives the job token back where the assertion should be', code: 'ASSERTION_REFUSED', held: ['job token'],
    faults: (sandbox) => echo(sandbox, { host: COLLECTION, path: '/oidctoken', status: 200, body: (secret) => JSON.stringify({ oidcToken: `Bearer ${secret}` }) }),
  },
  {
    name: 'Azure Pipelines redirects with the job token', code: 'ASSERTION_REFUSED', held: ['job token'],
    faults: (sandbox) => echo(sandbox, { host: COLLECTION, path: '/oidctoken', status: 302, headers: (secret) => ({ location: `https://${ATTACKER}/?token=${secret}` }) }),
  },
  {
    name: 'Entra gives the assertion back and refuses it', code: 'SIGN_IN_REFUSED', held: TWO_TOKENS, alsoWithoutDebug: true,
    faults: (sandbox) => echo(sandbox, { host: ENTRA, status: 401, body: entraError }),
  },
  {
    name: 'Entra answers with a page that holds the assertion', code: 'SIGN_IN_REFUSED', held: TWO_TOKENS,
    faults: (sandbox) => echo(sandbox, { host: ENTRA, status: 400, contentType: 'text/html', body: (secret) => `<html>${secret} AADSTS50027 ${encodeURIComponent(secret)}</html>` }),
  },
  {
    name: 'Entra gives the assertion back under 200', code: 'SIGN_IN_REFUSED', held: TWO_TOKENS,
    faults: (sandbox) => echo(sandbox, { host: ENTRA, status: 200, body: (secret) => JSON.stringify({ token_type: secret, note: secret }) }),
  },
  {
    name: 'Entra redirects the assertion', code: 'SIGN_IN_REFUSED', held: TWO_TOKENS,
    faults: (sandbox) => echo(sandbox, { host: ENTRA, status: 307, headers: (secret) => ({ location: `https://${ATTACKER}/?token=${secret}` }) }),
  },
  {
    name: 'Entra breaks every connection', code: 'NETWORK_UNREACHABLE', held: TWO_TOKENS,
    faults: () => [{ match: { host: ENTRA }, fault: { kind: 'resetInBody' } }],
  },
  auditEcho('answers with 401 and the access token', 'AUDIT_SIGN_IN_REFUSED', { status: 401 }),
  { ...auditEcho('answers with 403 and the access token', 'AUDIT_ACCESS_DENIED', { status: 403 }), alsoWithoutDebug: true },
  auditEcho('answers with 400 and the access token', 'AUDIT_REQUEST_REFUSED', { status: 400, body: (secret) => `api-version ${secret}` }),
  auditEcho('answers with 429 and the access token', 'SERVICE_FAILING', { status: 429, headers: () => ({ 'x-ratelimit-remaining': '0' }) }),
  auditEcho('redirects with the access token', 'AUDIT_SIGN_IN_REFUSED', { status: 302, headers: (secret) => ({ location: `https://${ATTACKER}/?token=${secret}` }) }),
  auditEcho('answers with a page that holds the access token', 'AUDIT_SIGN_IN_REFUSED', { status: 200, contentType: 'text/html', body: (secret) => `<html>${secret}</html>` }),
  auditEcho('answers with other JSON that holds the access token', 'AUDIT_ANSWER_UNREADABLE', { status: 200, body: (secret) => JSON.stringify({ token: secret }) }),
  auditEcho('sends an entry without a time that holds the access token', 'AUDIT_ANSWER_UNREADABLE', {
    status: 200, body: (secret) => JSON.stringify({ decoratedAuditLogEntries: [{ id: secret, timestamp: secret }], hasMore: false, continuationToken: secret }),
  }),
  {
    name: 'every service refuses the access token, and gives it back, while the cause of a refusal is looked for', code: 'AUDIT_ACCESS_DENIED', held: ALL_TOKENS, alsoWithoutDebug: true,
    faults: (sandbox) => echoedChecks(sandbox, 403),
  },
  {
    name: 'every service names somebody after the access token while the cause of a refusal is looked for', code: 'AUDIT_ACCESS_DENIED', held: ALL_TOKENS, alsoWithoutDebug: true,
    faults: (sandbox) => echoedChecks(sandbox, 200),
  },
  {
    name: 'a pipeline variable sends the request for the assertion elsewhere', code: 'TOKEN_HOST_REFUSED', held: ['job token'],
    options: { variables: { 'System.OidcRequestUri': `https://${ATTACKER}/oidctoken` } },
  },
  {
    name: 'a pipeline variable sends it to a port of its own', code: 'TOKEN_HOST_REFUSED', held: ['job token'],
    options: { variables: { 'System.OidcRequestUri': 'https://dev.azure.com:8443/oidctoken' } },
  },
  {
    name: 'a pipeline variable sends it without TLS', code: 'TOKEN_HOST_REFUSED', held: ['job token'],
    options: { variables: { 'System.OidcRequestUri': 'http://dev.azure.com/oidctoken' } },
  },
  {
    name: 'a pipeline variable puts another collection in the place of the organization', code: 'TOKEN_HOST_REFUSED', held: ['job token'],
    inputs: { organization: 'fabrikam' }, options: { variables: { 'System.CollectionUri': `https://${ATTACKER}/fabrikam/` } },
  },
  {
    name: 'a pipeline variable takes the place of the job\'s own connection', code: 'TOKEN_HOST_REFUSED', held: ['job token'],
    inputs: { organization: 'fabrikam' }, job: (job) => ({ ...job, systemConnectionUrl: `https://${ATTACKER}/fabrikam/` }),
  },
];
