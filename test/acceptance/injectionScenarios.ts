import type { JobContext } from '../../sandbox/jobContext';
import type { FaultRule, SandboxOptions } from '../../sandbox/sandbox';
import type { ErrorCode } from '../../tasks/common/errors/taskError';
import type { PackagedOptions } from '../support/packagedTask';

/** A run in which strangers write wherever they can, and how it is to end. */
export interface InjectionScenario {
  readonly name: string;
  /** Undefined: the run succeeds. */
  readonly code: ErrorCode | undefined;
  readonly sandbox?: SandboxOptions;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly options?: PackagedOptions;
  readonly job?: (job: JobContext) => JobContext;
}

export const COMMAND = '##vso[task.setvariable variable=pwned]x';
/** A command, a format and escape codes, on lines of their own and in the middle of one. */
export const ATTACK = `a ${COMMAND}\r\n${COMMAND}\n##[error]b\u2028${COMMAND} \u001b[31m%0D%0A${COMMAND} ##\u200bvso[task.complete result=Succeeded;]`;

/** A folder's name may hold a command everywhere, and line breaks everywhere but on Windows. */
export const HOSTILE_FOLDER = process.platform === 'win32' ? `a ${COMMAND}` : `a\n${COMMAND}`;
/** What Azure Pipelines takes for the name of an artifact; the bracket that ends a command is refused. */
export const HOSTILE_ARTIFACT = '##[group %0D%0A##vso[task.complete result=Failed';

const AUDIT = 'auditservice.dev.azure.com';

const HOSTILE_NAMES = [
  'System.TeamProject', 'System.StageName', 'System.StageDisplayName', 'System.JobName', 'System.JobDisplayName', 'System.PhaseName', 'System.DefinitionName',
  'Build.DefinitionName', 'Build.BuildNumber', 'Build.BuildId', 'Build.QueuedBy', 'Build.RequestedFor', 'Build.SourceBranch', 'Build.SourceBranchName', 'Build.SourceVersionMessage',
  'Build.Repository.Name', 'System.StageAttempt', 'System.JobAttempt', 'Agent.Name', 'Agent.MachineName', 'Agent.ProxyBypassList', COMMAND, `INPUT_${COMMAND}`, `ENDPOINT_AUTH_${COMMAND}`,
] as const;

export const HOSTILE_VARIABLES: Readonly<Record<string, string>> = Object.fromEntries(HOSTILE_NAMES.map((name) => [name, ATTACK]));

function hostileError(match: FaultRule['match'], status: number): SandboxOptions {
  return { faults: [{ match, fault: { kind: 'hostileError', status } }] };
}

function page(entry: object, rest: object): SandboxOptions {
  return { faults: [{ match: { host: AUDIT }, fault: { kind: 'otherShape', json: JSON.stringify({ decoratedAuditLogEntries: [entry], ...rest }) } }] };
}

/** An unsigned assertion whose claims attack; Entra refuses it, and the advice names the claims. */
export const HOSTILE_ASSERTION = ['{"alg":"RS256"}', JSON.stringify({ iss: ATTACK, sub: ATTACK, aud: ATTACK, exp: 4_000_000_000 }), 'signature']
  .map((part) => Buffer.from(part).toString('base64url')).join('.');

function answer(match: FaultRule['match'], status: number, json: object): SandboxOptions {
  return { faults: [{ match, fault: { kind: 'status', status, contentType: 'application/json', body: JSON.stringify(json) } }] };
}

/** All at which the cause of a refusal is looked for: permissions, groups, names, policies. */
function hostileChecks(status: 200 | 403): SandboxOptions {
  const identity = { id: ATTACK, displayName: ATTACK, providerDisplayName: ATTACK, customDisplayName: ATTACK, descriptor: ATTACK, subjectDescriptor: ATTACK, memberOf: [ATTACK], properties: { Account: { $value: ATTACK } } };
  const json = { authenticatedUser: identity, authorizedUser: identity, instanceId: ATTACK, ...identity, count: 1, value: [identity], message: ATTACK, acesDictionary: { [ATTACK]: { descriptor: ATTACK, allow: 1, deny: 1 } } };
  const places = [{ path: '/_apis/permissions/' }, { path: '/_apis/accesscontrollists/' }, { path: '/_settings/' }, { path: '/connectionData?' }, { host: 'vssps.dev.azure.com' }];
  const faults = places.flatMap((match) => (status === 200 ? answer(match, 200, json) : hostileError(match, 403)).faults ?? []);
  return { faults: [...hostileError({ host: AUDIT }, 403).faults ?? [], ...faults] };
}

function withConnection(change: Partial<JobContext['serviceConnections'][number]>): (job: JobContext) => JobContext {
  return (job) => ({ ...job, serviceConnections: job.serviceConnections.map((connection) => (connection.name === 'audit-log' ? { ...connection, ...change } : connection)) });
}

export const INJECTION_SCENARIOS: readonly InjectionScenario[] = [
  {
    name: 'in every field of every entry, every header, variable and folder', code: undefined,
    sandbox: { switches: { hostile: 'every' }, faults: [{ match: {}, fault: { kind: 'hostileHeaders' } }] },
    inputs: { outputDirectory: `$(Build.ArtifactStagingDirectory)/${HOSTILE_FOLDER}`, artifactName: HOSTILE_ARTIFACT, formats: 'jsonl,csv,json' },
    options: { variables: HOSTILE_VARIABLES },
  },
  {
    name: 'in an entry\'s id and in the continuation token', code: undefined,
    sandbox: page({ id: ATTACK, timestamp: new Date(Date.now() - 3_600_000).toISOString(), actionId: ATTACK, area: ATTACK, category: ATTACK }, { hasMore: false, continuationToken: ATTACK }),
  },
  { name: 'in an entry\'s timestamp', code: 'AUDIT_ANSWER_UNREADABLE', sandbox: page({ id: ATTACK, timestamp: ATTACK }, { hasMore: false }) },
  { name: 'in a Retry-After that is none', code: undefined, sandbox: { faults: [{ match: { host: AUDIT }, fault: { kind: 'status', status: 429, retryAfter: { raw: COMMAND }, body: ATTACK, headers: { server: COMMAND } }, times: 1 }] } },
  { name: 'in an error of the project', code: 'PROJECT_VISIBILITY_UNKNOWN', sandbox: hostileError({ path: '/_apis/projects/' }, 403), options: { variables: HOSTILE_VARIABLES } },
  {
    name: 'in a project\'s visibility', code: 'PROJECT_IS_PUBLIC', options: { variables: HOSTILE_VARIABLES },
    sandbox: answer({ path: '/_apis/projects/' }, 200, { visibility: ATTACK, name: ATTACK }),
  },
  { name: 'in an error about the organization', code: 'ORGANIZATION_NOT_FOUND', sandbox: hostileError({ path: '/connectionData' }, 404) },
  { name: 'in an error of the pipeline service', code: 'ASSERTION_REFUSED', sandbox: hostileError({ path: '/oidctoken' }, 403) },
  { name: 'in the claims of an assertion', code: 'SIGN_IN_REFUSED', sandbox: answer({ path: '/oidctoken' }, 200, { oidcToken: HOSTILE_ASSERTION }) },
  { name: 'in an error of Entra', code: 'SIGN_IN_REFUSED', sandbox: hostileError({ host: 'login.microsoftonline.com' }, 401) },
  {
    name: 'in a coded error of Entra', code: 'SIGN_IN_REFUSED',
    sandbox: answer({ host: 'login.microsoftonline.com' }, 400, { error: ATTACK, error_description: `AADSTS700213: ${ATTACK}`, error_codes: [700213, ATTACK] }),
  },
  ...([[400, 'AUDIT_REQUEST_REFUSED'], [401, 'AUDIT_SIGN_IN_REFUSED'], [403, 'AUDIT_ACCESS_DENIED'], [404, 'AUDIT_NOT_FOUND'], [500, 'SERVICE_FAILING']] as const)
    .map(([status, code]) => ({ name: `in an error ${status} of the Audit service`, code, sandbox: hostileError({ host: AUDIT }, status) })),
  { name: 'in every refusal while the cause of one is looked for', code: 'AUDIT_ACCESS_DENIED', sandbox: hostileChecks(403) },
  { name: 'in every name while the cause of a refusal is looked for', code: 'AUDIT_ACCESS_DENIED', sandbox: hostileChecks(200) },
  { name: 'in the true names of an organization that refuses', code: 'AUDIT_ACCESS_DENIED', sandbox: { switches: { auditPermission: 'deny' }, faults: [{ match: {}, fault: { kind: 'hostileHeaders' } }] } },
  {
    name: 'in every input', code: 'INPUTS_INVALID',
    inputs: Object.fromEntries(['organization', 'connectionType', 'window', 'settleTime', 'formats', 'compressJson', 'csvDelimiter', 'artifactName', 'publishArtifact', 'allowPublicProject', 'skipAggregation', 'maxDuration']
      .map((name) => [name, ATTACK])),
  },
  ...(['duration', 'period', 'timeZone', 'startTime', 'endTime'] as const).map((name) => ({
    name: `in ${name}`, code: 'INPUTS_INVALID' as const,
    inputs: { window: { duration: 'last', period: 'previous', timeZone: 'previous', startTime: 'between', endTime: 'between' }[name], ...(name === 'endTime' && { startTime: '2026-01-01T00:00Z' }), [name]: ATTACK },
  })),
  { name: 'in the address of the pipeline\'s organization', code: 'INPUTS_INVALID', options: { variables: { 'System.CollectionUri': `https://dev.azure.com/${COMMAND}/` } } },
  { name: 'in the type of the job', code: 'INPUTS_INVALID', options: { variables: { 'System.HostType': ATTACK } } },
  { name: 'in the address of the job\'s own connection', code: 'TOKEN_HOST_REFUSED', inputs: { organization: 'fabrikam' }, job: (job) => ({ ...job, systemConnectionUrl: `https://${COMMAND}.example/` }) },
  { name: 'in the address for assertions', code: 'TOKEN_HOST_REFUSED', options: { variables: { 'System.OidcRequestUri': `https://x.example/${ATTACK}` } } },
  { name: 'in the proxy\'s address', code: 'NETWORK_SETTINGS_UNREADABLE', options: { variables: { 'Agent.ProxyUrl': `ftp://${ATTACK}:8080` } } },
  { name: 'in the path of a certificate', code: 'NETWORK_SETTINGS_UNREADABLE', options: { variables: { 'Agent.ClientCert': `/x/${ATTACK}`, 'Agent.ClientCertKey': ATTACK } } },
  { name: 'in a connection\'s scheme', code: 'CONNECTION_NOT_FEDERATED', job: withConnection({ scheme: ATTACK }) },
  { name: 'in a connection\'s tenant', code: 'CONNECTION_INCOMPLETE', job: withConnection({ parameters: { tenantid: ATTACK, serviceprincipalid: ATTACK } }) },
];
