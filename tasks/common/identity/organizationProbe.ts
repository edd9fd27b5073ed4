import { TaskError } from '../errors/taskError';
import type { Http } from '../http/http';

/** What an organization tells anybody who asks, before any secret is used. */
export interface OrganizationProbe {
  /** The service's clock, ms; undefined when it sent no readable `Date`. */
  readonly dateMs: number | undefined;
  /** The Entra tenant to which the organization is connected, lower-case; undefined when it did not say. */
  readonly tenantId: string | undefined;
  /** False for an organization of Microsoft accounts; undefined when it did not say. */
  readonly isEntraBacked: boolean | undefined;
}

const ZERO_GUID = '00000000-0000-0000-0000-000000000000';

/**
 * Asks without credentials, as microsoft/azure-pipelines-agent does to find out how to sign in (CredentialProvider.cs).
 * @throws TaskError ORGANIZATION_NOT_FOUND, and what {@link Http.send} throws
 */
export async function probeOrganization(http: Http, organization: string, signal: AbortSignal): Promise<OrganizationProbe> {
  const response = await http.send({
    method: 'GET',
    url: new URL(`https://dev.azure.com/${encodeURIComponent(organization)}/_apis/connectionData`),
    headers: { 'x-tfs-fedauthredirect': 'Suppress' },
    maximumBytes: 1024 * 1024,
    signal,
  });
  if (response.status === 404) {
    throw new TaskError('ORGANIZATION_NOT_FOUND', `There is no organization "${organization}" at https://dev.azure.com/${organization}.`, {
      activityId: response.activityId,
      advice: ['Correct the input organization; it is the part after https://dev.azure.com/ in the address of your projects.'],
    });
  }
  const tenantId = response.header('x-vss-resourcetenant')?.trim().toLowerCase();
  const isGuid = tenantId !== undefined && /^[0-9a-f-]{36}$/.test(tenantId);
  return {
    dateMs: response.dateMs,
    tenantId: isGuid && tenantId !== ZERO_GUID ? tenantId : undefined,
    isEntraBacked: isGuid ? tenantId !== ZERO_GUID : undefined,
  };
}
