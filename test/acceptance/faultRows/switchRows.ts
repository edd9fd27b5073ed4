import assert from 'node:assert/strict';
import path from 'node:path';
import type { SandboxOptions, Switches } from '../../../sandbox/sandbox';
import { SEVERAL_PAGES, switches, WINDOW, type FaultRow, type FinishedExport } from '../faultRow';
import { edgeEntries } from '../edgeEntries';

type Change = Partial<Switches>;

/** A clock that stands still: what arrives late stays away. ms since 1970 */
const NOW = Math.floor(Date.now() / 1000) * 1000;

/** Entries one tick around both bounds of the window, and several in one tick; pages cut through that tick. */
function atTheEdges(change: Change): SandboxOptions {
  return { entries: edgeEntries(WINDOW), switches: { pageCap: 3, ...change } };
}

function bothWays(name: string, ...changes: readonly (readonly [value: string, change: Change])[]): FaultRow[] {
  return changes.map(([value, change]) => ({ name: `${name}: ${value}`, sandbox: switches(change), expect: {} }));
}

const EDGES: readonly (readonly [string, Change])[] = [
  ['both bounds inclusive', { startBound: 'inclusive', endBound: 'inclusive' }],
  ['start exclusive', { startBound: 'exclusive' }],
  ['end exclusive', { endBound: 'exclusive' }],
  ['both bounds exclusive', { startBound: 'exclusive', endBound: 'exclusive' }],
  ['bounds honoured to 100 ns', { boundPrecision: 'tick' }],
  ['bounds honoured to the millisecond', { boundPrecision: 'millisecond' }],
  ['bounds honoured to the millisecond, exclusive', { boundPrecision: 'millisecond', startBound: 'exclusive', endBound: 'exclusive' }],
  ['bounds honoured to the second', { boundPrecision: 'second' }],
  ['bounds honoured to the second, exclusive', { boundPrecision: 'second', startBound: 'exclusive', endBound: 'exclusive' }],
  ['order inside a tick by id', { orderInsideTick: 'id' }],
  ['order inside a tick reversed', { orderInsideTick: 'reversed' }],
  ['order inside a tick reversed, one entry a page', { orderInsideTick: 'reversed', pageCap: 1 }],
];

/** Every switch of the stand-in, both ways. */
export const SWITCH_ROWS: readonly FaultRow[] = [
  ...EDGES.map(([name, change]): FaultRow => ({ name: `switch: ${name}`, sandbox: atTheEdges(change), expect: {} })),
  ...bothWays('switch: token refused with other bounds', ['no', { tokenBoundToWindow: false }], ['yes', { tokenBoundToWindow: true }]),
  ...bothWays('switch: largest page', ['1000', { pageCap: 1000 }], ['200', { pageCap: 200 }], ['17', { pageCap: 17 }]),
  ...bothWays('switch: wrapper', ['no', { wrapper: false }], ['yes', { wrapper: true }]),
  ...bothWays('switch: token of the last page', ['its last id', { lastToken: 'id' }], ['null', { lastToken: 'null' }], ['missing', { lastToken: 'missing' }]),
  ...bothWays('switch: gzip', ['no', { gzip: false }], ['yes', { gzip: true }]),
  ...bothWays('switch: byte order mark', ['never', { byteOrderMark: 'never' }], ['before errors', { byteOrderMark: 'errors' }], ['always', { byteOrderMark: 'always' }]),
  ...bothWays('switch: white space between tokens', ['no', { whitespace: false }], ['yes', { whitespace: true }]),
  ...bothWays('switch: hostile texts', ['none', { hostile: false }], ['in a quarter', { hostile: true }], ['in every entry', { hostile: 'every' }]),
  ...bothWays('switch: requests that suppress redirects', ['accepted', { refuseSuppressed: false }], ['refused', { refuseSuppressed: true }]),
  ...bothWays('switch: latency', ['none', { latencyMs: 0 }], ['200 ms', { latencyMs: 200 }]),
  ...[false, true].map((lateArrivals): FaultRow => ({
    // The hours before now, in which some entries have not arrived yet.
    name: `switch: late arrivals: ${lateArrivals ? 'yes' : 'no'}`, sandbox: { entriesPerDay: 4000, clock: () => NOW, switches: { pageCap: 150, lateArrivals } },
    inputs: { startTime: new Date(NOW - 6 * 3_600_000).toISOString(), endTime: new Date(NOW).toISOString() }, expect: {},
  })),
  { name: 'switch: stray backslashes', sandbox: switches({ strayBackslash: true }), expect: { repaired: 'some' } },
  { name: 'switch: stray backslashes in hostile, spread out entries', sandbox: switches({ strayBackslash: true, hostile: true, whitespace: true }), expect: { repaired: 'some' } },
  { name: 'switch: not a member, status 401', sandbox: switches({ member: false }), expect: { code: 'AUDIT_SIGN_IN_REFUSED', sentence: /does not accept the sign-in/, advice: /Add users/, activityId: 'any' } },
  { name: 'switch: not a member, status 403', sandbox: switches({ member: false, notMemberStatus: 403 }), expect: { code: 'AUDIT_ACCESS_DENIED', sentence: /may not read the audit log/, activityId: 'any' } },
  ...(['notSet', 'deny'] as const).map((auditPermission): FaultRow => ({ name: `switch: permission ${auditPermission}`, sandbox: switches({ auditPermission }), expect: { code: 'AUDIT_ACCESS_DENIED', sentence: /may not read the audit log/, advice: /View audit log/, activityId: 'any' } })),
  { name: 'switch: organization without a tenant', sandbox: switches({ entraBacked: false }), expect: { code: 'AUDIT_SIGN_IN_REFUSED', sentence: /does not accept the sign-in/, activityId: 'any' } },
];

/** The step's own clock, by which it asks; and that of the service, by which it is answered. */
function skewed(name: string, offsetMs: number): FaultRow {
  const sandbox = { entriesPerDay: 2000, switches: { pageCap: 150, lateArrivals: false }, clock: () => Date.now() + offsetMs };
  return {
    name: `clock: ${name}`, sandbox, inputs: { window: 'last', duration: '6h', startTime: '', endTime: '' },
    expect: {
      check: ({ run }) => {
        const end = Date.parse(run.outputVariables['windowEnd'] ?? '');
        const earlier = Date.now() + Math.min(0, offsetMs);
        assert.ok(end <= earlier && end > earlier - 120_000, `the window ends ${(end - earlier) / 1000} s after the earlier clock`);
      },
    },
  };
}

function exchanges({ sandbox }: FinishedExport): number {
  return sandbox.requests.filter(({ url, status }) => url.includes('/oauth2/v2.0/token') && status === 200).length;
}

const SLOW: Change = { pageCap: 25, latencyMs: 1500 };

/** Time: clocks that differ, tokens that end. */
export const TIME_ROWS: readonly FaultRow[] = [
  skewed('the agent is ahead by 2 hours', -2 * 3_600_000),
  skewed('the agent is behind by 2 hours', 2 * 3_600_000),
  skewed('the agent is ahead by 20 seconds', -20_000),
  { name: 'clock: only the Date header is ahead by a day', sandbox: switches({ dateSkewMs: 86_400_000 }), expect: {} },
  {
    name: 'token: a long export renews it before its end', rests: true, inputs: { concurrency: '1' }, sandbox: switches({ ...SLOW, accessTokenLifetime: 300 }),
    expect: { check: (finished) => { assert.ok(exchanges(finished) > 1); } },
  },
  {
    name: 'token: ended in the middle, sign-in redirect', rests: true, inputs: { concurrency: '1' }, sandbox: switches({ ...SLOW, accessTokenLifetime: 20, signIn: 'redirect' }),
    expect: { check: (finished) => { assert.ok(exchanges(finished) > 1); } },
  },
  {
    name: 'token: ended in the middle, sign-in page', rests: true, inputs: { concurrency: '1' }, sandbox: switches({ ...SLOW, accessTokenLifetime: 20, signIn: 'page' }),
    expect: { check: (finished) => { assert.ok(exchanges(finished) > 1); } },
  },
  { name: 'aggregation off', expect: { check: ({ sandbox }) => { assert.ok(pageRequests(sandbox).every((url) => /[?&]skipAggregation=true(&|$)/i.test(url))); } } },
  { name: 'aggregation on', inputs: { skipAggregation: 'false' }, expect: { idsAmong: true, check: ({ sandbox }) => { assert.ok(pageRequests(sandbox).every((url) => /[?&]skipAggregation=false(&|$)/i.test(url))); } } },
];

function pageRequests(sandbox: FinishedExport['sandbox']): string[] {
  return sandbox.requests.filter(({ url }) => url.includes('/audit/auditlog')).map(({ url }) => url);
}

const MAPPING = path.resolve(import.meta.dirname, '../../support/mapConnections.cjs');

/** As if the names resolved to the stand-in: outside of the bundle, by a file that Node loads before it. */
function mapped(port: number): Record<string, string> {
  return { NODE_OPTIONS: `--require "${MAPPING.replaceAll('\\', '/')}"`, MAP_CONNECTIONS_TO: String(port) };
}

function tunnelled({ sandbox }: FinishedExport): string[] {
  return [...new Set(sandbox.requests.filter(({ method }) => method === 'CONNECT').map(({ url }) => url))].sort();
}

const ALL_HOSTS = ['auditservice.dev.azure.com:443', 'dev.azure.com:443', 'login.microsoftonline.com:443'];

/** Ways to the service other than the agent's proxy. */
export const WAY_ROWS: readonly FaultRow[] = [
  { name: 'way: the agent\'s proxy', sandbox: SEVERAL_PAGES, expect: { check: (finished) => { assert.deepEqual(tunnelled(finished), ALL_HOSTS); } } },
  { name: 'way: no proxy', sandbox: SEVERAL_PAGES, agent: ({ servicePort }) => ({ agentProxy: false, environment: mapped(servicePort) }), expect: { check: (finished) => { assert.deepEqual(tunnelled(finished), []); } } },
  { name: 'way: HTTPS_PROXY', sandbox: SEVERAL_PAGES, agent: ({ network }) => ({ agentProxy: false, environment: { HTTPS_PROXY: network.proxyUrl } }), expect: { check: (finished) => { assert.deepEqual(tunnelled(finished), ALL_HOSTS); } } },
  {
    name: 'way: HTTPS_PROXY with credentials', sandbox: { ...SEVERAL_PAGES, proxyCredentials: { username: 'agent', password: 'pass' } },
    agent: ({ network }) => ({ agentProxy: false, environment: { HTTPS_PROXY: network.proxyUrl.replace('//', '//agent:pass@') } }),
    expect: { check: (finished) => { assert.deepEqual(tunnelled(finished), ALL_HOSTS); } },
  },
  {
    name: 'way: HTTPS_PROXY with NO_PROXY for a host', sandbox: SEVERAL_PAGES,
    agent: ({ network, servicePort }) => ({ agentProxy: false, environment: { ...mapped(servicePort), HTTPS_PROXY: network.proxyUrl, NO_PROXY: 'login.microsoftonline.com' } }),
    expect: { check: (finished) => { assert.deepEqual(tunnelled(finished), ALL_HOSTS.slice(0, 2)); } },
  },
  {
    name: 'way: the agent\'s proxy wins over HTTPS_PROXY', sandbox: SEVERAL_PAGES, agent: () => ({ environment: { HTTPS_PROXY: 'http://127.0.0.1:1' } }),
    expect: { check: (finished) => { assert.deepEqual(tunnelled(finished), ALL_HOSTS); } },
  },
  {
    name: 'way: the agent\'s proxy with a bypass list', sandbox: SEVERAL_PAGES,
    agent: ({ servicePort }) => ({ proxyBypassList: ['auditservice\\.dev\\.azure\\.com', '(not a pattern'], environment: mapped(servicePort) }),
    expect: { check: (finished) => { assert.deepEqual(tunnelled(finished), ALL_HOSTS.slice(1)); } },
  },
  {
    name: 'way: HTTPS_PROXY where nobody listens', rests: true, agent: () => ({ agentProxy: false, environment: { HTTPS_PROXY: 'http://127.0.0.1:1' } }),
    expect: { code: 'NETWORK_UNREACHABLE', sentence: /dev\.azure\.com through the proxy 127\.0\.0\.1:1: the connection was refused/ },
  },
];
