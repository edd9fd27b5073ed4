import { ClientAssertionCredential } from '@azure/identity';
import type { Agent } from '../agent/agent';
import { TaskError } from '../errors/taskError';
import { assertionCredential } from '../http/credential';
import type { Http } from '../http/http';
import type { Clock } from '../time/clock';
import { requestAssertion } from './assertion';
import { AzureTransport } from './azureTransport';
import type { JobContext } from './jobContext';
import type { ServiceConnection } from './serviceConnection';
import { signInFailure } from './signInFailure';

/**
 * The scope of a token for Azure DevOps: its application id, not its resource URI
 * (learn.microsoft.com/azure/devops/integrate/get-started/authentication/service-principal-managed-identity).
 */
export const AZURE_DEVOPS_SCOPE = '499b84ac-1321-427f-aa17-267ca6975798/.default';

/** The scope of a token for Key Vault in the public cloud (learn.microsoft.com/azure/key-vault/general/authentication). */
export const KEY_VAULT_SCOPE = 'https://vault.azure.net/.default';

export type Scope = typeof AZURE_DEVOPS_SCOPE | typeof KEY_VAULT_SCOPE;

/** Where the export gets its access token: the same one until it nears its end, then a new one. */
export interface AccessTokens {
  /** A token that is good for at least two minutes. Many callers at once share one exchange; while it is renewed early, they go on with the one before. */
  get(signal: AbortSignal): Promise<string>;
  /** Forgets the token, because the service refused it; the next {@link get} exchanges a fresh assertion. */
  forget(token: string): void;
}

export interface AccessTokenParts {
  readonly agent: Agent;
  readonly http: Http;
  readonly job: JobContext;
  readonly connection: ServiceConnection;
  readonly clock: Clock;
}

/** A token with less than this left is being replaced, ms. */
const RENEWAL_MARGIN_MS = 5 * 60_000;
/** A token with less than this left is not used any more, ms: a request can take so long. */
const LEAST_LEFT_MS = 2 * 60_000;

/** Tokens of one service; each service needs its own, and gets one from an assertion of its own. */
export function createAccessTokens(parts: AccessTokenParts, scope: Scope = AZURE_DEVOPS_SCOPE): AccessTokens {
  let current: IssuedToken | undefined;
  let exchange: Promise<IssuedToken> | undefined;
  /** The token whose early renewal failed: it is renewed once it has to be. */
  let kept: string | undefined;
  /** A token that is renewed late, and waited for. */
  let shortLived: string | undefined;
  const renew = async (signal: AbortSignal): Promise<IssuedToken> => {
    exchange ??= signIn(parts, signal, scope).finally(() => { exchange = undefined; });
    current = await exchange;
    // One that was short from the beginning would be renewed early again and again.
    if (current.endsAt - parts.clock() < 2 * RENEWAL_MARGIN_MS) shortLived = current.token;
    return current;
  };
  return {
    async get(signal) {
      const leftMs = current ? current.endsAt - parts.clock() : 0;
      if (!current || leftMs <= (current.token === shortLived ? RENEWAL_MARGIN_MS : LEAST_LEFT_MS)) return (await renew(signal)).token;
      const { token } = current;
      // Requests go on with the token that is still good, while one of them fetches the next.
      if (leftMs <= RENEWAL_MARGIN_MS && !exchange && token !== kept) renew(signal).catch(() => { kept = token; });
      return token;
    },
    forget(token) {
      if (current?.token === token) current = undefined;
    },
  };
}

async function signIn(parts: AccessTokenParts, signal: AbortSignal, scope: Scope): Promise<IssuedToken> {
  const assertion = await requestAssertion(parts.agent, parts.http, parts.job, parts.connection, signal);
  return exchangeAssertion(parts, assertion, signal, scope);
}

/** An access token, and the instant (ms) at which it is to be replaced. */
export interface IssuedToken {
  readonly token: string;
  readonly endsAt: number;
}

/**
 * One exchange: a fresh assertion for an access token.
 * A new credential each time, because @azure/identity calls for the assertion twice on every use of a kept one.
 */
export async function exchangeAssertion(parts: Omit<AccessTokenParts, 'job'>, assertion: string, signal: AbortSignal, scope: Scope = AZURE_DEVOPS_SCOPE): Promise<IssuedToken> {
  const { agent, http, connection } = parts;
  const transport = new AzureTransport(http, assertionCredential, signal);
  const credential = new ClientAssertionCredential(connection.tenantId, connection.clientId, () => Promise.resolve(assertion), {
    httpClient: transport,
    retryOptions: { maxRetries: 0 },
    disableInstanceDiscovery: true,
  });
  try {
    const accessToken = await credential.getToken(scope);
    agent.registerSecret(accessToken.token);
    // A lifetime shorter than the margin would otherwise mean an exchange for every page.
    const shortest = parts.clock() + RENEWAL_MARGIN_MS + 30_000;
    return { token: accessToken.token, endsAt: Math.max(accessToken.expiresOnTimestamp, shortest) };
  } catch (thrown) {
    signal.throwIfAborted();
    if (transport.failure instanceof TaskError) throw transport.failure;
    throw signInFailure(thrown, transport.status, connection, assertion, scope === KEY_VAULT_SCOPE ? 'Azure Key Vault' : 'Azure DevOps');
  }
}
