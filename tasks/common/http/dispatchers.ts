import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates } from 'node:tls';
import { Agent, Pool, ProxyAgent, type Dispatcher } from 'undici';
import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';
import { agentProxy, environmentProxy } from './proxy';
import type { HttpSettings } from './settings';

/** The ways out of this machine. A host takes the agent's proxy, else `HTTPS_PROXY` minus `NO_PROXY`, else goes directly. */
export interface Dispatchers {
  /** The way for a URL, and the proxy on it in words for messages. */
  route(url: URL): { dispatcher: Dispatcher; proxy: string | undefined };
  close(): Promise<void>;
}

/** @throws TaskError NETWORK_SETTINGS_UNREADABLE when a certificate file or the proxy's address cannot be used */
export function createDispatchers(settings: HttpSettings, environment: NodeJS.ProcessEnv = process.env): Dispatchers {
  const { timeouts } = settings;
  const connect = { timeout: timeouts.connect, ...tlsOptions(settings) };
  const options = { connections: 16, headersTimeout: timeouts.headers, bodyTimeout: timeouts.body, connect };
  const proxy = settings.proxy ? agentProxy(settings.proxy) : environmentProxy(environment);
  const direct = new Agent(options);
  const tunnel = proxy && new ProxyAgent({
    ...options,
    uri: proxy.uri,
    ...(proxy.token !== undefined && { token: proxy.token }),
    requestTls: connect,
    proxyTls: connect,
    // The proxy's answer to CONNECT is part of connecting; undici would wait 300 s for it.
    clientFactory: (origin, parts) => new Pool(origin, { ...parts, headersTimeout: timeouts.connect }),
  });
  return {
    route: (url) => (tunnel && !proxy.isBypassed(url) ? { dispatcher: tunnel, proxy: proxy.shown } : { dispatcher: direct, proxy: undefined }),
    close: async () => {
      await Promise.all([direct.destroy(), tunnel?.destroy()]);
    },
  };
}

function tlsOptions(settings: HttpSettings): { ca?: string[]; cert?: Buffer; key?: Buffer; passphrase?: string } {
  const ca = settings.caFile === undefined ? undefined : readIfPresent(settings.caFile);
  const client = settings.clientCertificate;
  return {
    // `ca` replaces the public authorities, so they are named beside the agent's own.
    ...(ca && { ca: [...rootCertificates, ca.toString('utf8')] }),
    ...(client && {
      cert: readRequired(client.certificateFile),
      key: readRequired(client.keyFile),
      ...(client.passphrase !== undefined && { passphrase: client.passphrase }),
    }),
  };
}

/** In a container job the agent's CA path can name a file of the host that the container does not see. */
function readIfPresent(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(file, cause);
  }
}

function readRequired(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): TaskError {
  return new TaskError('NETWORK_SETTINGS_UNREADABLE', `The agent is configured with the certificate file ${disarm(file, 200)}, which cannot be read.`, {
    cause,
    advice: ['Make the file readable for the account that runs the agent, or configure the agent again (./config --sslcacert FILE, --sslclientcert FILE).'],
  });
}
