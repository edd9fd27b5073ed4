import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setImmediate} from 'node:timers/promises';
import {AuditService} from './audit/auditService';
import {EntryStore} from './audit/entryStore';
import {groundTruth, type TruthEntry} from './audit/groundTruth';
import {Gate} from './entra/gate';
import {signingKey} from './entra/signingKey';
import {TokenEndpoint} from './entra/tokenEndpoint';
import type {FaultRule} from './faults/fault';
import {RuleBook} from './faults/ruleBook';
import type {JobContext, SandboxNetwork} from './jobContext';
import {KeyVault} from './keyVault/keyVault';
import {serverCertificate} from './network/certificates';
import type {RecordedRequest} from './network/exchange';
import {ProxyServer} from './network/proxyServer';
import {hostRouter} from './network/router';
import {ServiceServer} from './network/serviceServer';
import {buildDirectory} from './organization/directory';
import {EntryWriter} from './organization/entryWriter';
import {fixedEntries} from './organization/fixedEntries';
import {GeneratedEntries, type EntrySource} from './organization/organization';
import {SeededRandom} from './organization/random';
import {exactly, workingHours, type Lateness} from './organization/timetable';
import type {Directory} from './organization/directory';
import {PageRoom} from './audit/pageRoom';
import {Witness} from './audit/witness';
import {RateLimit, type RateLimitOptions} from './rateLimit/rateLimit';
import {BuildService} from './pipelines/buildService';
import {buildCast} from './pipelines/cast';
import {CollectionService} from './pipelines/collection';
import {buildJob} from './pipelines/job';
import {Pipelines} from './pipelines/pipelines';
import {applyMisconfiguration} from './misconfigurations/catalog';
import {healthyAccess, type AccessSettings} from './security/accessSettings';
import {DEFAULT_SWITCHES, type Switches} from './switches';

const USUAL_LATENESS: Lateness = {share: 0.02, longestMs: 20 * 60_000};

export type {FaultRule, RateLimit, RateLimitOptions, RecordedRequest, Switches, TruthEntry};

/** How a stand-in is to be. */
export interface SandboxOptions {
  /** Same seed, same organization; default 1. */
  readonly seed?: number;
  /** Default `fabrikam`. */
  readonly organization?: string;
  /** ms since 1970; default `Date.now`. */
  readonly clock?: () => number;
  /** Average over a week; default 2,000. */
  readonly entriesPerDay?: number;
  /** Which of them come late while the switch `lateArrivals` is on; default every 50th or so, by up to 20 minutes. */
  readonly lateness?: Lateness;
  /** Instead: exactly so many entries, evenly spread over `start` ≤ t < `end` (ms since 1970), the oldest exactly on `start`. */
  readonly totalEntries?: {readonly count: number; readonly start: number; readonly end: number; /** 95 % of them lie in 5 % of the time. */ readonly crowded?: boolean};
  /** Keeps the bytes of all entries once they are made, so that a page is only copied together of them: for measurements without faults, in which the stand-in must not be what takes the time. */
  readonly keepsEntries?: boolean;
  /** Instead: exactly these entries, as objects or as the JSON text the service is to send. */
  readonly entries?: readonly (object | string)[];
  /** Each query leaves an `AuditLog.AccessLog` entry in the log, as in Azure DevOps; default true. */
  readonly recordAccess?: boolean;
  readonly switches?: Partial<Switches>;
  readonly faults?: readonly FaultRule[];
  /** What an identity may use of the audit service; default: as much as it likes. */
  readonly rateLimit?: RateLimitOptions;
  readonly proxyCredentials?: {readonly username: string; readonly password: string};
  /** What administrators set wrong, by the names of `misconfigurations/catalog`, applied in this order. */
  readonly misconfigurations?: readonly string[];
}

/** A running stand-in for Azure DevOps, Entra, and the corporate network before them. */
export interface Sandbox extends AsyncDisposable {
  readonly network: SandboxNetwork;
  /** Port on 127.0.0.1 of the TLS server behind all host names, for callers that go without the proxy. */
  readonly servicePort: number;
  readonly job: JobContext;
  /** The pipelines of the project with their runs; `job` is of one of them. */
  readonly pipelines: Pipelines;
  /** A key vault of the tenant. */
  readonly keyVault: KeyVault;
  /** May be changed while the stand-in runs. */
  readonly switches: Switches;
  /** How the callers of the audit service kept to the limit; undefined where there is none. */
  readonly rateLimit: RateLimit | undefined;
  /** What administrators decide; may be changed while the stand-in runs. Its `stepInputs` are the inputs of the step in the YAML. */
  readonly access: AccessSettings;
  /** Every request and every CONNECT, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** Every secret ever issued: the job token, assertions, access tokens. */
  readonly tokens: readonly string[];
  /**
   * What an export of `start` ≤ t < `end` (ms since 1970) must hold, newest first, then by id, each once.
   *
   * @param at the moment for which the question is put, ms since 1970; default: now
   */
  truth(window: {start: number; end: number}, at?: number): AsyncIterable<TruthEntry>;
  readonly faults: {
    /** Replaces all rules; counts begin anew. */
    set(rules: readonly FaultRule[]): void;
    /** Kind and target of every fault that struck. */
    readonly fired: readonly string[];
  };
  close(): Promise<void>;
}

/** Starts a stand-in in this process. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const seed = options.seed ?? 1;
  const clock = options.clock ?? Date.now;
  const switches: Switches = {...DEFAULT_SWITCHES, ...options.switches};
  const requests: RecordedRequest[] = [];
  const record = (request: RecordedRequest): void => { requests.push(request); };
  const tokens: string[] = [];
  const onToken = (token: string): void => { tokens.push(token); };
  const rules = new RuleBook(options.faults);
  const directory = buildDirectory(options.organization ?? 'fabrikam', seed);
  const project = directory.projects[0] as Directory['projects'][number];
  const cast = buildCast(directory, project.name, seed);
  const access = healthyAccess(directory, project, cast, switches);
  for (const name of options.misconfigurations ?? []) applyMisconfiguration(name, access);
  const [certificate, pipelinesKey, entraKey] = await Promise.all([serverCertificate(), signingKey('pipelines'), signingKey('entra')]);
  const jobToken = await issueJobToken(directory, clock());
  onToken(jobToken);
  const job = buildJob(directory, project, cast.connections, jobToken, new SeededRandom(seed, 3));
  const store = new EntryStore(buildSource(options, seed, directory, switches));
  const gate = new Gate({organization: directory.organization, tenantId: directory.tenantId, entraKey, jobToken, switches, access});
  const folder = await mkdtemp(join(tmpdir(), 'audit-sandbox-'));
  const pipelines = new Pipelines({job, clock, folder: join(folder, 'runs')});
  const witness = new Witness({directory, project, store, pipelines, connections: cast.connections, switches, isOn: options.recordAccess ?? true});
  const place = {organizationUrl: `https://dev.azure.com/${directory.organization}`, organizationId: directory.organizationId, project, repository: {id: job.variables['Build.Repository.Id'] ?? '', name: job.variables['Build.Repository.Name'] ?? ''}};
  const build = new BuildService({pipelines, place, access, switches, onLease: (lease) => { witness.leasePlaced(lease); }});
  const keyVault = await KeyVault.open(entraKey, directory.tenantId, [cast.exporter.objectId], clock());
  const route = hostRouter(directory.organization, {
    entra: new TokenEndpoint({tenants: cast.tenants, key: entraKey, pipelinesKey, tokenLifetime: () => switches.accessTokenLifetime, onToken}),
    keyVault,
    collection: new CollectionService({directory, project, gate, access, key: pipelinesKey, pipelines, build, switches, onToken, onConnection: (run, id, now) => { witness.connectionUsed(run, id, now); }}),
    audit: new AuditService({directory, store, gate, switches, recordAccess: options.recordAccess ?? true, access, pageRoom: options.keepsEntries ? new PageRoom() : undefined}),
  });
  const rateLimit = options.rateLimit && new RateLimit(options.rateLimit);
  const service = new ServiceServer({certificate, rules, switches, clock, record, rateLimit, route});
  const proxy = new ProxyServer({rules, clock, record, credentials: options.proxyCredentials, adopt: (socket) => { service.adopt(socket); }});
  const [servicePort, proxyUrl] = await Promise.all([service.listen(), proxy.listen()]);
  const caFile = join(folder, 'corporate-root.pem');
  await writeFile(caFile, certificate.authority);
  const close = async (): Promise<void> => {
    await Promise.all([proxy.close(), service.close()]);
    await rm(folder, {recursive: true, force: true});
  };
  return {
    network: {proxyUrl, caFile, ...(options.proxyCredentials === undefined ? {} : {proxyCredentials: options.proxyCredentials})},
    servicePort, job, pipelines, keyVault, switches, rateLimit, access, requests, tokens, close,
    truth: (window, at = clock()) => politely(groundTruth(store, window, at)),
    faults: {set: (replacement) => { rules.set(replacement); }, get fired() { return rules.fired; }},
    [Symbol.asyncDispose]: close,
  };
}

function buildSource(options: SandboxOptions, seed: number, directory: Directory, switches: Switches): EntrySource {
  if (options.entries !== undefined) return fixedEntries(options.entries);
  const hostileShare = switches.hostile === 'every' ? 1 : switches.hostile ? 0.25 : 0;
  const writer = new EntryWriter(directory, seed, {hostileShare, whitespace: switches.whitespace, strayBackslashShare: switches.strayBackslash ? 0.02 : 0});
  const {totalEntries: total} = options;
  const timetable = total === undefined ? workingHours(seed, options.entriesPerDay ?? 2000, switches.lateArrivals ? options.lateness ?? USUAL_LATENESS : undefined) : exactly(total.count, total.start, total.end, total.crowded);
  return new GeneratedEntries(seed, timetable, writer, options.keepsEntries ? Infinity : undefined);
}

/** Goes through many items without keeping the servers of this process from their work. */
async function* politely<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  let count = 0;
  for (const item of items) {
    yield item;
    count += 1;
    if (count % 500 === 0) await setImmediate();
  }
}

/** A token like that of a job: it says whose it is, and only the collection's own services take it. */
async function issueJobToken(directory: Directory, now: number): Promise<string> {
  const key = await signingKey('pipelines');
  const seconds = Math.floor(now / 1000);
  const audience = `app.vstoken.visualstudio.com|vso:${directory.organizationId}`;
  return key.sign({nameid: directory.organizationId, scp: 'app_token', iss: 'app.vstoken.visualstudio.com', aud: audience, nbf: seconds, exp: seconds + 172_800, jti: String(now)});
}
