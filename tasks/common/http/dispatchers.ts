import { Agent, Pool, ProxyAgent, type Dispatcher } from 'undici';
import { readSecureContext } from './certificates';
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
  const secureContext = readSecureContext(settings);
  const connect = { timeout: timeouts.connect, ...(secureContext && { secureContext }) };
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
