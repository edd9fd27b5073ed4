import type { Agent } from './agent';

/** How this agent reaches the network, as plain values. */
export interface NetworkSettings {
  readonly proxy?: { readonly url: string; readonly username?: string | undefined; readonly password?: string | undefined; readonly bypass: readonly string[] };
  readonly caFile?: string;
  readonly clientCertificate?: { readonly certificateFile: string; readonly keyFile: string; readonly passphrase?: string | undefined };
}

/**
 * The proxy and certificates that the agent was configured with.
 * Variables: microsoft/azure-pipelines-agent, src/Agent.Worker/ExecutionContext.cs.
 */
export function readNetworkSettings(agent: Agent): NetworkSettings {
  const proxyUrl = agent.variable('Agent.ProxyUrl');
  const caFile = agent.variable('Agent.CAInfo');
  const certificateFile = agent.variable('Agent.ClientCert');
  const keyFile = agent.variable('Agent.ClientCertKey');
  if (agent.variable('Agent.SkipCertValidation')?.toLowerCase() === 'true') {
    agent.log.warning('This agent is configured to skip the validation of certificates (--sslskipcertvalidation). The export validates them all the same: it sends tokens.');
  }
  return {
    ...(proxyUrl && {
      proxy: {
        url: proxyUrl,
        username: agent.variable('Agent.ProxyUsername'),
        password: agent.variable('Agent.ProxyPassword'),
        bypass: readBypassList(agent),
      },
    }),
    ...(caFile && { caFile }),
    ...(certificateFile && keyFile && { clientCertificate: { certificateFile, keyFile, passphrase: agent.variable('Agent.ClientCertPassword') } }),
  };
}

function readBypassList(agent: Agent): string[] {
  const text = agent.variable('Agent.ProxyBypassList');
  if (text === undefined) return [];
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list.filter((item): item is string => typeof item === 'string');
  } catch {
    // Reported below: a list that is no list is as unreadable as one that is no JSON.
  }
  agent.log.warning('The agent\'s proxy bypass list (Agent.ProxyBypassList) is unreadable; every request goes through the proxy.');
  return [];
}
