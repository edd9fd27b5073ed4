import { readFileSync } from 'node:fs';
import { ProxyAgent, request } from 'undici';
import type { JobContext } from '../sandbox/jobContext';
import type { ProcessOptions } from '../sandbox/processMessages';
import { startSandboxProcess, type SandboxProcess } from '../sandbox/sandboxProcess';

/** All entries lie in here, ms since 1970. */
export const WINDOW = { start: Date.parse('2026-10-01T00:00:00Z'), end: Date.parse('2026-11-15T00:00:00Z') };
const NOW = Date.parse('2026-11-20T12:00:00Z');

/** The stand-in, in a process of its own, with so many entries and a token for them. */
export interface Service extends AsyncDisposable {
  readonly azure: SandboxProcess;
  readonly token: string;
}

/** @param more besides what every measurement has: a clock that stands still, no log of our own reading, entries that are made once */
export async function startService(count: number, more: ProcessOptions = {}, crowded = false): Promise<Service> {
  const azure = await startSandboxProcess({ now: NOW, recordAccess: false, keepsEntries: true, totalEntries: { count, ...WINDOW, crowded }, ...more });
  return { azure, token: await signIn(azure), [Symbol.asyncDispose]: () => azure.close() };
}

/** As the task signs in, once for all programs that are measured. */
async function signIn({ network, job }: SandboxProcess): Promise<string> {
  const dispatcher = new ProxyAgent({ uri: network.proxyUrl, requestTls: { ca: readFileSync(network.caFile) } });
  try {
    const connection = connectionOf(job);
    const oidc = await request(`${job.variables['System.OidcRequestUri'] ?? ''}?api-version=7.1&serviceConnectionId=${connection.id}`, { method: 'POST', headers: { authorization: `Bearer ${job.jobToken}` }, dispatcher });
    const { oidcToken } = await oidc.body.json() as { oidcToken: string };
    const form = new URLSearchParams({
      client_id: connection.parameters['serviceprincipalid'] ?? '', scope: '499b84ac-1321-427f-aa17-267ca6975798/.default', grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: oidcToken,
    });
    const url = `https://login.microsoftonline.com/${connection.parameters['tenantid'] ?? ''}/oauth2/v2.0/token`;
    const answer = await request(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form.toString(), dispatcher });
    return (await answer.body.json() as { access_token: string }).access_token;
  } finally {
    await dispatcher.destroy();
  }
}

function connectionOf(job: JobContext): JobContext['serviceConnections'][number] {
  const found = job.serviceConnections.find(({ type }) => type.toLowerCase() === 'workloadidentityuser');
  if (found === undefined) throw new Error('The job of the stand-in has no service connection.');
  return found;
}
