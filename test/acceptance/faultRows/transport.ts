import assert from 'node:assert/strict';
import type { Fault } from '../../../sandbox/faults/fault';
import { AUDIT, ENTRA, faults, type FaultRow, type Refused } from '../faultRow';

const PAGE_2 = { ...AUDIT, nth: 2 };
const FROM_PAGE_2 = { ...AUDIT, from: 2 };
const REPEATED = { log: [/auditservice\.dev\.azure\.com gave no usable answer; trying again in \d/] };
const OUT_OF_TIME = { code: 'MAX_DURATION_REACHED', sentence: /was not finished within 1 minute/ } as const;

function unreachable(reason: RegExp): Refused {
  return { code: 'NETWORK_UNREACHABLE', sentence: new RegExp(`auditservice\\.dev\\.azure\\.com through the proxy 127\\.0\\.0\\.1:\\d+: ${reason.source}`), advice: /Allow this agent to reach/ };
}

function once(name: string, fault: Fault, more: Partial<FaultRow> = {}): FaultRow {
  return { name: `${name}, once`, sandbox: faults({ match: PAGE_2, fault }), expect: REPEATED, ...more };
}

function always(name: string, fault: Fault, expect: Refused, more: Partial<FaultRow> = {}): FaultRow {
  return { name: `${name}, always`, rests: true, sandbox: faults({ match: FROM_PAGE_2, fault }), expect, ...more };
}

/** Answers that are delivered badly. */
export const TRANSPORT: readonly FaultRow[] = [
  once('body shorter than Content-Length', { kind: 'truncatedBody' }),
  always('body shorter than Content-Length', { kind: 'truncatedBody' }, unreachable(/.*(broke|cut) off/)),
  once('chunked body without its end', { kind: 'truncatedChunks' }),
  always('chunked body without its end', { kind: 'truncatedChunks' }, unreachable(/.*(broke|cut) off/)),
  { name: 'slow body', sandbox: faults({ match: PAGE_2, fault: { kind: 'slowBody', chunkBytes: 16_384, everyMs: 50 } }), expect: {} },
  { name: 'body dripping in small pieces', rests: true, sandbox: faults({ match: PAGE_2, fault: { kind: 'slowBody', chunkBytes: 500, everyMs: 20 } }), expect: {} },
  always('body dripping for ever', { kind: 'slowBody', chunkBytes: 1, everyMs: 900 }, OUT_OF_TIME, { inputs: { maxDuration: '1m' } }),
  once('reset before the headers', { kind: 'resetBeforeHeaders' }),
  always('reset before the headers', { kind: 'resetBeforeHeaders' }, unreachable(/.*(reset|broke off|closed)/)),
  once('reset in the body', { kind: 'resetInBody' }),
  always('reset in the body', { kind: 'resetInBody' }, unreachable(/.*(reset|broke off|cut off)/)),
  once('silence before the headers', { kind: 'hangBeforeHeaders' }, { rests: true }),
  always('silence before the headers', { kind: 'hangBeforeHeaders' }, OUT_OF_TIME, { inputs: { maxDuration: '1m' } }),
  once('silence in the body', { kind: 'hangInBody' }, { rests: true }),
  always('silence in the body', { kind: 'hangInBody' }, OUT_OF_TIME, { inputs: { maxDuration: '1m' } }),
  { name: 'gzip, asked for or not', sandbox: faults({ match: AUDIT, fault: { kind: 'gzip' } }), expect: {} },
  once('corrupt gzip', { kind: 'corruptGzip' }),
  always('corrupt gzip', { kind: 'corruptGzip' }, unreachable(/the answer could not be decompressed/)),
  { name: 'byte order mark', sandbox: faults({ match: {}, fault: { kind: 'byteOrderMark' } }), expect: {} },
  { name: 'wrapper {"value": …}', sandbox: faults({ match: AUDIT, fault: { kind: 'wrapper' } }), expect: {} },
  { name: 'wrapper on one page only', sandbox: faults({ match: PAGE_2, fault: { kind: 'wrapper' } }), expect: {} },
  { name: 'an answer of 200 MB', sandbox: faults({ match: PAGE_2, fault: { kind: 'oversizeBody' } }), expect: { code: 'RESPONSE_TOO_LARGE', sentence: /sent an answer of more than 64 MiB/ } },
];

/** The way to the service: proxy, tunnel, TLS. */
export const CONNECTING: readonly FaultRow[] = [
  { name: 'the proxy demands a sign-in (407)', sandbox: faults({ match: {}, fault: { kind: 'proxyAuthentication' } }), expect: { code: 'NETWORK_UNREACHABLE', sentence: /The proxy demands a sign-in before it connects to dev\.azure\.com/, advice: /--proxyusername/ } },
  { name: 'the proxy cannot reach the Audit service (502), always', rests: true, sandbox: faults({ match: { host: AUDIT.host }, fault: { kind: 'connectRefused' } }), expect: { code: 'NETWORK_UNREACHABLE', sentence: /proxy.*auditservice\.dev\.azure\.com/ } },
  { name: 'the proxy cannot reach the Audit service (502), once', sandbox: faults({ match: { host: AUDIT.host, nth: 1 }, fault: { kind: 'connectRefused' } }), expect: REPEATED },
  { name: 'the proxy cannot reach Entra (502), always', rests: true, sandbox: faults({ match: { host: ENTRA.host }, fault: { kind: 'connectRefused' } }), expect: { code: 'NETWORK_UNREACHABLE', sentence: /proxy.*login\.microsoftonline\.com/ } },
  { name: 'the proxy resets the tunnel, once', sandbox: faults({ match: { host: AUDIT.host, nth: 1 }, fault: { kind: 'connectReset' } }), expect: REPEATED },
  { name: 'the proxy resets the tunnel, always', rests: true, sandbox: faults({ match: { host: AUDIT.host }, fault: { kind: 'connectReset' } }), expect: unreachable(/.*(reset|broke off|closed|failed)/) },
  { name: 'the proxy never answers, once', rests: true, sandbox: faults({ match: { host: AUDIT.host, nth: 1 }, fault: { kind: 'connectHang' } }), expect: REPEATED },
  { name: 'the proxy never answers, always', rests: true, inputs: { maxDuration: '1m' }, sandbox: faults({ match: { host: AUDIT.host }, fault: { kind: 'connectHang' } }), expect: OUT_OF_TIME },
  { name: 'nobody speaks TLS in the tunnel, once', rests: true, sandbox: faults({ match: { host: AUDIT.host, nth: 1 }, fault: { kind: 'tlsHang' } }), expect: REPEATED },
  { name: 'nobody speaks TLS in the tunnel, always', rests: true, inputs: { maxDuration: '1m' }, sandbox: faults({ match: { host: AUDIT.host }, fault: { kind: 'tlsHang' } }), expect: OUT_OF_TIME },
  {
    name: 'nobody listens at the proxy\'s address', rests: true, agent: (sandbox) => ({ network: { ...sandbox.network, proxyUrl: 'http://127.0.0.1:1' } }),
    expect: { code: 'NETWORK_UNREACHABLE', sentence: /dev\.azure\.com through the proxy 127\.0\.0\.1:1: the connection was refused/ },
  },
  {
    name: 'the proxy\'s address is no address', agent: (sandbox) => ({ network: { ...sandbox.network, proxyUrl: 'proxy.example' } }),
    expect: { code: 'NETWORK_SETTINGS_UNREADABLE', sentence: /The proxy of this agent/, advice: /--proxyurl/ },
  },
  { name: 'the agent does not know the network\'s authority', agent: () => ({ agentCa: false }), expect: { code: 'CERTIFICATE_NOT_TRUSTED', sentence: /comes from an authority that this agent does not trust/, advice: /--sslcacert/ } },
  { name: 'proxy with credentials', sandbox: { ...faults(), proxyCredentials: { username: 'agent', password: 'p@ss: w%rd' } }, expect: {} },
  {
    name: 'proxy with credentials, wrong ones', sandbox: { ...faults(), proxyCredentials: { username: 'agent', password: 'right' } },
    agent: (sandbox) => ({ network: { ...sandbox.network, proxyCredentials: { username: 'agent', password: 'wrong-password' } } }),
    expect: { code: 'NETWORK_UNREACHABLE', sentence: /The proxy demands a sign-in/, check: ({ run }) => { assert.ok(!run.maskedLog.includes('wrong-password')); } },
  },
];
