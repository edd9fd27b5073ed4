import { TaskError } from '../errors/taskError';

/** Codes of Node and undici for a connection or a body that failed, and what they mean in words. */
const REASONS: ReadonlyMap<string, string> = new Map(Object.entries({
  ENOTFOUND: 'the name could not be resolved',
  EAI_AGAIN: 'the name could not be resolved',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENETUNREACH: 'the network is unreachable',
  EHOSTUNREACH: 'the host is unreachable',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within the time allowed',
  UND_ERR_HEADERS_TIMEOUT: 'no answer within the time allowed',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped half-way',
  UND_ERR_SOCKET: 'the connection broke off',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer was cut off',
  WHOLE_TIMEOUT: 'the answer took longer than allowed',
  BODY_UNDECODABLE: 'the answer could not be decompressed',
}));

const UNTRUSTED = 'comes from an authority that this agent does not trust';
const UNTIMELY = 'is not valid at this time';
const UNFIT = 'is broken, revoked or not meant for a server';

/** Node's codes for certificates (nodejs.org/api/tls.html, "X509 certificate error codes"), in words. */
const CERTIFICATE_REASONS: ReadonlyMap<string, string> = new Map(Object.entries({
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  CERT_HAS_EXPIRED: UNTIMELY,
  CERT_NOT_YET_VALID: UNTIMELY,
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another name',
  HOSTNAME_MISMATCH: 'is for another name',
  INVALID_PURPOSE: UNFIT,
  INVALID_CA: UNFIT,
  CERT_REVOKED: UNFIT,
  CERT_REJECTED: UNFIT,
  CERT_SIGNATURE_FAILURE: UNFIT,
  CERT_CHAIN_TOO_LONG: UNFIT,
  PATH_LENGTH_EXCEEDED: UNFIT,
}));

/** A code of our own for what neither Node nor undici name. */
export class TransportError extends Error {
  constructor(readonly code: 'WHOLE_TIMEOUT' | 'BODY_UNDECODABLE', cause?: unknown) {
    super(code, { cause });
  }
}

/** The sentence for a request that never got a whole answer. */
export function transportFailure(thrown: unknown, url: URL, proxy: string | undefined, attempts: number): TaskError {
  const where = proxy === undefined ? url.hostname : `${url.hostname} through the proxy ${proxy}`;
  const proxyStatus = refusedByProxy(thrown);
  if (proxyStatus !== undefined) return proxyFailure(proxyStatus, where, thrown);
  const code = codeOf(thrown);
  const untrusted = CERTIFICATE_REASONS.get(code);
  if (untrusted !== undefined) return certificateFailure(untrusted, url, where, thrown);
  const reason = REASONS.get(code) ?? 'the connection failed';
  return new TaskError('NETWORK_UNREACHABLE', `No whole answer came from ${where}: ${reason} (${attempts === 1 ? 'one attempt' : `${attempts} attempts`}).`, {
    cause: thrown,
    advice: [
      `Allow this agent to reach https://${url.hostname} (port 443)${proxy === undefined ? '; if it must use a proxy, configure the agent with ./config --proxyurl http://HOST:PORT' : ` through the proxy ${proxy}`}.`,
    ],
  });
}

/** Whether another attempt could end otherwise: not so for certificates and for what the proxy refuses. */
export function isRetriedTransport(thrown: unknown): boolean {
  const proxyStatus = refusedByProxy(thrown);
  if (proxyStatus !== undefined) return proxyStatus >= 500;
  return !CERTIFICATE_REASONS.has(codeOf(thrown));
}

function certificateFailure(why: string, url: URL, where: string, cause: unknown): TaskError {
  return new TaskError('CERTIFICATE_NOT_TRUSTED', `The certificate shown for ${where} ${why}.`, {
    cause,
    advice: [
      'If a corporate proxy inspects TLS, give the agent its authority: ./config --sslcacert FILE.pem (in a container job the file must be visible inside the container).',
      `If the agent's clock is wrong, set it; if nothing inspects TLS, find out who answers for ${url.hostname}.`,
    ],
  });
}

function proxyFailure(status: number, where: string, cause: unknown): TaskError {
  return new TaskError('NETWORK_UNREACHABLE', status === 407
    ? `The proxy demands a sign-in before it connects to ${where}.`
    : `The proxy refused to connect to ${where} (its answer: ${status}).`, {
    cause,
    advice: [status === 407
      ? 'Configure the agent with ./config --proxyurl URL --proxyusername USER --proxypassword PASSWORD. Only Basic sign-in is supported, not NTLM or Kerberos.'
      : 'Ask the owner of the proxy to allow https connections (CONNECT, port 443) to this host.'],
  });
}

/** undici tells a proxy's refusal only in its text. */
function refusedByProxy(thrown: unknown): number | undefined {
  for (const error of chainOf(thrown)) {
    const match = /Proxy response \((\d{3})\)/.exec(error.message);
    if (match?.[1] !== undefined) return Number(match[1]);
  }
  return undefined;
}

function codeOf(thrown: unknown): string {
  let last = '';
  for (const error of chainOf(thrown)) {
    if ('code' in error && typeof error.code === 'string') {
      if (REASONS.has(error.code) || CERTIFICATE_REASONS.has(error.code)) return error.code;
      last = error.code;
    }
  }
  return last;
}

function chainOf(thrown: unknown): Error[] {
  const chain: Error[] = [];
  for (let error = thrown; error instanceof Error && chain.length < 5; error = error.cause) {
    chain.push(error);
    if (error instanceof AggregateError) chain.push(...error.errors.filter((inner): inner is Error => inner instanceof Error));
  }
  return chain;
}
