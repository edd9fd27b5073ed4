import { disarm } from '../../errors/disarm';
import type { TaskError } from '../../errors/taskError';
import type { Claims } from '../../identity/claims';
import type { ServiceConnection } from '../../identity/serviceConnection';
import { shellJson, type Advice } from '../advice';
import { failed, type Finding } from '../check';

/** What the codes of Entra mean here (learn.microsoft.com/azure/devops/pipelines/release/troubleshoot-workload-identity). */
type Cause = 'no credential' | 'issuer' | 'subject' | 'subject case' | 'audience' | 'clock' | 'application' | 'tenant' | 'resource' | 'cloud' | 'policy' | 'multi-tenant' | 'conditional access';

const CAUSES: Readonly<Record<string, Cause>> = {
  AADSTS70021: 'no credential', AADSTS70025: 'no credential', AADSTS700211: 'issuer', AADSTS700212: 'audience', AADSTS700213: 'subject', AADSTS7002137: 'subject', AADSTS7002138: 'subject case',
  AADSTS700024: 'clock', AADSTS700016: 'application', AADSTS90002: 'tenant', AADSTS500011: 'resource', AADSTS900382: 'cloud',
  AADSTS700223: 'policy', AADSTS700238: 'policy', AADSTS70052: 'multi-tenant', AADSTS53003: 'conditional access',
};

const LINES: Readonly<Record<Cause, string>> = {
  'no credential': 'The identity has no federated credential for this service connection.',
  issuer: 'No federated credential of the identity names the issuer of this service connection.',
  subject: 'No federated credential of the identity names the subject of this service connection; organization, project or connection may have been renamed.',
  'subject case': 'A federated credential names the subject of this service connection, but differs in upper and lower case.',
  audience: 'The federated credential of the identity names another audience.',
  clock: 'Entra found the assertion outside its time of validity, although it was just issued.',
  application: 'The application of the service connection does not exist in its tenant.',
  tenant: 'Entra does not know the tenant of the service connection.',
  resource: 'The tenant of the service connection does not know Azure DevOps.',
  cloud: 'The identity belongs to another cloud than the service connection, and federation does not cross clouds.',
  policy: 'A policy of the tenant forbids federation with this issuer.',
  'multi-tenant': 'The application is multi-tenant, and Entra issues these assertions only for single-tenant applications.',
  'conditional access': 'A Conditional Access policy of the tenant blocks the sign-in of this identity.',
};

/** The finding for a sign-in that Entra refused, or that did not come about. */
export function federationFinding(failure: TaskError, connection: ServiceConnection, assertion: Claims): Finding {
  const code = failure.serviceCode;
  const cause = code === undefined ? undefined : CAUSES[code];
  if (cause === undefined) {
    return failed(failure.message, code ?? failure.code, 'an access token', [{
      setting: 'sign-in of the service connection', id: connection.shownClientId, from: failure.message, to: 'an access token',
      who: 'an administrator of the service connection', where: failure.advice[0] ?? 'Project settings > Service connections > the connection > Edit > Verify and save',
    }]);
  }
  return failed(LINES[cause], code ?? '', 'an access token', [adviceFor(cause, connection, assertion)], ['Values of this service connection:', ...valuesOf(assertion)]);
}

function valuesOf({ iss = '', sub = '', aud = '' }: Claims): string[] {
  return [
    `  Issuer:             ${disarm(iss)}`, `  Subject identifier: ${disarm(sub)}`, `  Audience:           ${disarm(aud)}`,
    '  (Where the log shows ***, the agent masked a part of the connection; the summary of this run shows it.)',
  ];
}

function adviceFor(cause: Cause, connection: ServiceConnection, assertion: Claims): Advice {
  const { shownClientId, tenantId } = connection;
  const application = `https://entra.microsoft.com > App registrations > ${shownClientId}`;
  const owner = 'an owner of the application, or a Cloud Application Administrator of the tenant';
  switch (cause) {
    case 'no credential':
    case 'issuer':
    case 'subject':
    case 'subject case':
    case 'audience':
      return {
        setting: 'federated credential of the identity', id: shownClientId,
        from: cause === 'no credential' ? 'none' : `another ${cause === 'subject case' ? 'spelling of the subject' : cause}`,
        to: 'one with exactly the issuer, subject identifier and audience above',
        who: `${owner}; for a managed identity, a Contributor of it`,
        where: `${application} > Certificates & secrets > Federated credentials (managed identity: its page in the Azure portal > Federated credentials)`,
        // Where only the audience differs, issuer and subject are taken already, and a second credential with them is refused.
        ...(cause !== 'audience' && { command: `az ad app federated-credential create --id ${shownClientId} --parameters ${shellJson(credentialOf(assertion, connection))}` }),
      };
    case 'clock':
      return { setting: 'clock of this agent', id: 'agent', from: 'wrong', to: 'right (NTP)', who: 'the administrator of the agent', where: 'the machine of the agent; then run the pipeline again' };
    case 'application':
      return { setting: 'client id of the service connection', id: connection.id, from: shownClientId, to: `the client id of an application in the tenant ${tenantId}`, who: 'an administrator of the service connection', where: `Project settings > Service connections > the connection > Edit; the applications of the tenant: https://entra.microsoft.com/${tenantId} > App registrations` };
    case 'tenant':
      return { setting: 'tenant id of the service connection', id: connection.id, from: tenantId, to: 'the directory (tenant) id of the identity', who: 'an administrator of the service connection', where: 'Project settings > Service connections > the connection > Edit' };
    case 'resource':
      return { setting: 'tenant of the service connection', id: connection.id, from: tenantId, to: 'the tenant to which the organization is connected', who: 'an administrator of the service connection', where: 'the tenant stands in Organization settings > Microsoft Entra; the connection in Project settings > Service connections' };
    case 'cloud':
      return { setting: 'identity of the service connection', id: shownClientId, from: 'an identity of another cloud', to: 'an identity of the public cloud', who: 'an administrator of the service connection', where: 'Project settings > Service connections > New service connection' };
    case 'policy':
      return { setting: 'allowed issuers of federated credentials', id: tenantId, from: `${disarm(assertion.iss ?? '', 200)} is not allowed`, to: 'allowed for this application', who: 'an administrator of the tenant', where: `https://entra.microsoft.com > Enterprise applications > Application policies (application ${shownClientId})` };
    case 'multi-tenant':
      return {
        setting: 'supported account types of the application', id: shownClientId, from: 'multi-tenant', to: 'single-tenant', who: owner, where: `${application} > Authentication > Supported account types`,
        command: `az ad app update --id ${shownClientId} --sign-in-audience AzureADMyOrg`,
      };
    case 'conditional access':
      return { setting: 'Conditional Access policies for workload identities', id: shownClientId, from: 'block this sign-in', to: 'exclude this identity, or allow the address of this agent', who: 'a Conditional Access Administrator of the tenant', where: 'https://entra.microsoft.com > Protection > Conditional Access; the sign-in logs (service principal sign-ins) name the policy' };
  }
}

function credentialOf({ iss = '', sub = '', aud = '' }: Claims, connection: ServiceConnection): object {
  return { name: `azure-devops-${connection.id}`, issuer: iss, subject: sub, audiences: [aud] };
}
