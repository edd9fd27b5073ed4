import { TaskError } from '../errors/taskError';

/**
 * A secret together with the hosts it may be sent to. The audience decides the hosts; nothing else can widen them.
 * `authorization` is undefined for a secret that travels in the body (the assertion).
 */
export interface Credential {
  readonly audience: 'the job token' | 'the assertion' | 'the Azure DevOps token' | 'the Key Vault token';
  readonly hosts: readonly string[];
  readonly authorization: string | undefined;
}

/** Hosts of Azure DevOps Services that take tokens for resource 499b84ac-1321-427f-aa17-267ca6975798. */
const AZURE_DEVOPS_HOSTS = ['auditservice.dev.azure.com', 'dev.azure.com', 'vssps.dev.azure.com'] as const;

export const ENTRA_HOST = 'login.microsoftonline.com';

export function azureDevOpsCredential(accessToken: string): Credential {
  return { audience: 'the Azure DevOps token', hosts: AZURE_DEVOPS_HOSTS, authorization: `Bearer ${accessToken}` };
}

export function assertionCredential(): Credential {
  return { audience: 'the assertion', hosts: [ENTRA_HOST], authorization: undefined };
}

/**
 * One vault's host alone gets the token, although every vault would take it: whoever answers for another could use it there.
 * @param accessToken undefined for a request that has none yet, but is bound to the vault all the same
 */
export function keyVaultCredential(accessToken: string | undefined, vaultHost: string): Credential {
  return { audience: 'the Key Vault token', hosts: [vaultHost], authorization: accessToken === undefined ? undefined : `Bearer ${accessToken}` };
}

/**
 * The job token goes to one host alone: that of the agent's own connection, which must be Azure DevOps Services.
 * @throws TaskError TOKEN_HOST_REFUSED when that host is not one of Azure DevOps Services
 */
export function jobCredential(jobToken: string, systemConnectionUrl: string): Credential {
  const url = parseUrl(systemConnectionUrl);
  const host = url?.hostname ?? '';
  const isAzureDevOps = host === 'dev.azure.com' || /^[a-z0-9-]+\.visualstudio\.com$/.test(host);
  if (url === undefined || !isPlainHttps(url) || !isAzureDevOps) {
    throw new TaskError('TOKEN_HOST_REFUSED', `This job belongs to ${host || 'an unreadable address'}, which is not Azure DevOps Services; its token is not used.`, {
      advice: [
        'The audit log exists only in Azure DevOps Services (dev.azure.com). Run the pipeline there.',
        'If it does run there, look for a pipeline variable whose name begins with ENDPOINT_ or SYSTEM_ and remove it.',
      ],
    });
  }
  return { audience: 'the job token', hosts: [host], authorization: `Bearer ${jobToken}` };
}

/**
 * Refuses to let a credential go anywhere but to its own hosts, by https, on the default port.
 * @throws TaskError TOKEN_HOST_REFUSED
 */
export function assertMayGo(credential: Credential, url: URL): void {
  if (isPlainHttps(url) && credential.hosts.includes(url.hostname)) return;
  throw new TaskError('TOKEN_HOST_REFUSED', `A request to ${url.protocol}//${url.host} was stopped: ${credential.audience} may only go to https://${credential.hosts.join(', https://')}.`, {
    advice: ['Look for a pipeline variable that replaces one of the agent\'s own (SYSTEM_OIDCREQUESTURI, SYSTEM_COLLECTIONURI, ENDPOINT_URL_…) and remove it.'],
  });
}

/** https on its own port, and no user or password in the address. */
function isPlainHttps(url: URL): boolean {
  return url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '';
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
