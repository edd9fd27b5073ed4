import { changeConnection, stepConnection, type AccessSettings } from '../security/accessSettings';
import { useAzureRM } from './federation';
import { failing, type Misconfiguration } from './misconfiguration';

/** Gives the step an Azure Resource Manager connection of another scheme. */
function otherScheme(access: AccessSettings, scheme: string, parameters: Readonly<Record<string, string>>, isPrincipal: boolean): void {
  useAzureRM(access);
  const { clientId, tenantId } = access.exporter;
  changeConnection(access, stepConnection(access).id, { scheme, parameters: { tenantid: tenantId, ...(isPrincipal && { serviceprincipalid: clientId }), ...parameters } });
}

function without(access: AccessSettings, name: string): void {
  const { id, parameters } = stepConnection(access);
  changeConnection(access, id, { parameters: Object.fromEntries(Object.entries(parameters).filter(([key]) => key !== name)) });
}

/** Another application of the same tenant. */
function otherApplication(access: AccessSettings): AccessSettings['exporter'] {
  const found = access.tenants.flatMap(({ applications }) => applications).find(({ tenantId, clientId }) => tenantId === access.tenantId && clientId !== access.exporter.clientId);
  if (!found) throw new Error('The tenant has one application only.');
  return found;
}

/** Service connections that do not fit, jobs that get no assertion, and tokens that are not what was asked for. */
export const CONNECTION: readonly Misconfiguration[] = [
  failing('service-connection', 'secret-connection', 'the connection stores a secret', (access) => { otherScheme(access, 'ServicePrincipal', { authenticationType: 'spnKey', serviceprincipalkey: 'a-secret-of-this-connection' }, true); }),
  failing('service-connection', 'certificate-connection', 'the connection stores a certificate', (access) => { otherScheme(access, 'ServicePrincipal', { authenticationType: 'spnCertificate', servicePrincipalCertificate: '-----BEGIN CERTIFICATE-----' }, true); }),
  failing('service-connection', 'managed-identity-connection', 'the connection signs in as the machine', (access) => { otherScheme(access, 'ManagedServiceIdentity', {}, false); }),
  failing('service-connection', 'publish-profile', 'the connection holds a publish profile', (access) => { otherScheme(access, 'PublishProfile', { publishProfile: '<publishData/>' }, false); }),
  failing('service-connection', 'client-id-missing', 'the connection has no client id', (access) => { without(access, 'serviceprincipalid'); }),
  failing('service-connection', 'tenant-id-missing', 'the connection has no tenant id', (access) => { without(access, 'tenantid'); }),
  failing('assertion', 'connection-not-permitted', 'the pipeline may not use the connection', (access) => { access.withheld.set(stepConnection(access).id, 'notPermitted'); }),
  failing('assertion', 'connection-deleted', 'the connection was deleted since the run began', (access) => { access.withheld.set(stepConnection(access).id, 'deleted'); }),
  failing('assertion', 'job-token-expired-401', 'the token of the job has expired, answered with 401', ({ job }) => { job.token = 401; }),
  failing('assertion', 'job-token-expired-203', 'the token of the job has expired, answered with the sign-in page', ({ job }) => { job.token = 203; }),
  failing('assertion', 'job-token-expired-302', 'the token of the job has expired, answered with a redirect', ({ job }) => { job.token = 302; }),
  failing('assertion', 'plan-over', 'the run has ended for Azure Pipelines (TaskOrchestrationPlanSecurityException)', ({ job }) => { job.plan = 'over'; }),
  failing('assertion', 'plan-unknown', 'Azure Pipelines does not know the run (TaskOrchestrationPlanNotFoundException)', ({ job }) => { job.plan = 'unknown'; }),
  failing('token-audience', 'token-other-audience', 'the access token is for Microsoft Graph', ({ exporter }) => { exporter.tokenChanges = { aud: '00000003-0000-0000-c000-000000000000' }; }),
  failing('token-identity', 'token-other-application', 'the access token belongs to another application', (access) => {
    const { clientId, objectId } = otherApplication(access);
    access.exporter.tokenChanges = { appid: clientId, oid: objectId, sub: objectId };
  }),
  failing('token-identity', 'delegated-without-scope', 'the access token is a person\'s and does not cover the audit log', ({ exporter, person }) => { exporter.tokenChanges = delegated(person.objectId ?? '', 'vso.build'); }),
];

/** Claims of a token with which an application acts for a person. */
export function delegated(objectId: string, scopes: string): Record<string, string> {
  return { scp: scopes, oid: objectId, sub: Buffer.from(objectId).toString('base64url'), idtyp: 'user' };
}
