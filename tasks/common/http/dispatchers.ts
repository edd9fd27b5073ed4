import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { Agent, EnvHttpProxyAgent, ProxyAgent, type Dispatcher } from 'undici';
import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';
import type { HttpSettings } from './settings';

/** The ways out of this machine. A host takes the agent's proxy, else `HTTPS_PROXY` minus `NO_PROXY`, else goes directly. */
export interface Dispatchers {
  /** The way for a URL, and the proxy on it in words for messages. */
  route(url: URL): { dispatcher: Dispatcher; proxy: string | undefined };
  close(): Promise<void>;
}

/** @throws TaskError NETWORK_SETTINGS_UNREADABLE when a certificate file or the proxy's address cannot be used */
export function createDispatchers(settings: HttpSettings, environment: NodeJS.ProcessEnv = process.env): Dispatchers {
  const tls = tlsOptions(settings);
  const options = {
    connections: 16,
    headersTimeout: settings.timeouts.headers,
    bodyTimeout: settings.timeouts.body,
    connect: { timeout: settings.timeouts.connect, ...tls },
  };
  const tunnel = { ...options, requestTls: options.connect, proxyTls: options.connect };
  const agentProxy = settings.proxy && toProxy(settings.proxy);
  const opened: Dispatcher[] = [];
  const open = (make: () => Dispatcher): (() => Dispatcher) => {
    let dispatcher: Dispatcher | undefined;
    return () => {
      if (!dispatcher) opened.push((dispatcher = make()));
      return dispatcher;
    };
  };
  const direct = open(() => new Agent(options));
  const byEnvironment = open(() => environmentDispatcher(tunnel));
  const byAgentProxy = open(() => new ProxyAgent({ ...tunnel, uri: agentProxy?.uri ?? '', ...(agentProxy?.token && { token: agentProxy.token }) }));
  return {
    route: (url) => {
      if (!agentProxy) return { dispatcher: byEnvironment(), proxy: proxyOfEnvironment(environment) };
      if (agentProxy.bypass.some((pattern) => pattern.test(url.href))) return { dispatcher: direct(), proxy: undefined };
      return { dispatcher: byAgentProxy(), proxy: agentProxy.shown };
    },
    close: async () => {
      await Promise.all(opened.map((dispatcher) => dispatcher.destroy()));
    },
  };
}

/** Reads HTTPS_PROXY and NO_PROXY itself. */
function environmentDispatcher(options: EnvHttpProxyAgent.Options): Dispatcher {
  try {
    return new EnvHttpProxyAgent(options);
  } catch (cause) {
    throw new TaskError('NETWORK_SETTINGS_UNREADABLE', 'The environment variable HTTPS_PROXY of this agent is not the address of a proxy.', {
      cause,
      advice: ['Write it as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with special characters in user and password percent-encoded.'],
    });
  }
}

function proxyOfEnvironment(environment: NodeJS.ProcessEnv): string | undefined {
  const url = environment['https_proxy'] ?? environment['HTTPS_PROXY'] ?? '';
  return URL.canParse(url) ? new URL(url).host : undefined;
}

function toProxy(proxy: NonNullable<HttpSettings['proxy']>): { uri: string; token: string | undefined; shown: string; bypass: RegExp[] } {
  const url = URL.canParse(proxy.url) ? new URL(proxy.url) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TaskError('NETWORK_SETTINGS_UNREADABLE', `The proxy of this agent ("${disarm(proxy.url.replace(/\/\/[^@/]*@/, '//'), 100)}") is not an address such as http://proxy.example.com:8080.`, {
      advice: ['Configure the agent again with ./config --proxyurl http://HOST:PORT, or correct its .proxy file, and restart it.'],
    });
  }
  const username = proxy.username ?? decodeURIComponent(url.username);
  const password = proxy.password ?? decodeURIComponent(url.password);
  url.username = '';
  url.password = '';
  const token = username === '' ? undefined : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return { uri: url.href, token, shown: url.host, bypass: proxy.bypass.flatMap(toPattern) };
}

function toPattern(text: string): RegExp[] {
  try {
    return [new RegExp(text, 'i')];
  } catch {
    // A pattern that the agent could not read either bypasses nothing.
    return [];
  }
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
