import type { FederatedCredential } from '../entra/applications';
import { changeConnection, EXPORTER_CONNECTIONS, stepConnection, type AccessSettings } from '../security/accessSettings';
import { failing, type Misconfiguration } from './misconfiguration';

const AUDIENCE = 'api://AzureADTokenExchange';

/** Lets the step use the Azure Resource Manager connection. */
export function useAzureRM(access: AccessSettings): void {
  const { azureDevOpsServiceConnection: _unused, ...others } = access.stepInputs;
  access.stepInputs = { ...others, azureSubscription: EXPORTER_CONNECTIONS.azureRM };
}

/** Issuer and subject as Azure Pipelines made them before Entra issued them. */
export function oldStyle({ organization, organizationId, project }: AccessSettings, connectionName: string): { issuer: string; subject: string } {
  return { issuer: `https://vstoken.dev.azure.com/${organizationId}`, subject: `sc://${organization}/${project.name}/${connectionName}` };
}

/** Leaves the exporter one federated credential: that of the step's connection, with changes. */
export function trustOnly(access: AccessSettings, changes: Partial<FederatedCredential> = {}): void {
  const identity = access.federated.get(stepConnection(access).id);
  if (identity) access.exporter.federatedCredentials = [{ name: 'azure-pipelines', ...identity, audience: AUDIENCE, ...changes }];
}

/** Gives the step's connection an old issuer and subject, which hold the names that can be renamed. */
export function makeOldStyle(access: AccessSettings): void {
  const { id, name } = stepConnection(access);
  access.federated.set(id, oldStyle(access, name));
}

function renamed(access: AccessSettings): void {
  makeOldStyle(access);
  trustOnly(access, oldStyle(access, 'name-of-last-year'));
}

function otherCase(access: AccessSettings): void {
  makeOldStyle(access);
  const { issuer, subject } = oldStyle(access, stepConnection(access).name);
  trustOnly(access, { issuer, subject: subject.replace(access.organization, access.organization.toUpperCase()) });
}

/** The tenant of the exporter. */
function ownTenant(access: AccessSettings): AccessSettings['tenants'][number] | undefined {
  return access.tenants.find(({ tenantId }) => tenantId === access.tenantId);
}

/** A client or tenant id that nobody has: the one given, with another beginning. */
function unusedId(id: string): string {
  return `${id.startsWith('0') ? 'f' : '0'}${id.slice(1)}`;
}

function changeParameter(access: AccessSettings, name: 'serviceprincipalid' | 'tenantid', change: (value: string) => string): void {
  const { id, parameters } = stepConnection(access);
  changeConnection(access, id, { parameters: { ...parameters, [name]: change(parameters[name] ?? '') } });
}

/** Sign-ins that Entra refuses. */
export const FEDERATION: readonly Misconfiguration[] = [
  failing('federation', 'no-federated-credential', 'the application has no federated credential (AADSTS70025)', (access) => { access.exporter.federatedCredentials = []; }),
  failing('federation', 'no-federated-credential-azurerm', 'the same with an Azure Resource Manager connection, whose issuer and subject the agent masks', (access) => { useAzureRM(access); access.exporter.federatedCredentials = []; }),
  failing('federation', 'no-matching-credential', 'no federated credential matches, said with the one code of former times (AADSTS70021)', (access) => { access.exporter.hasOldCodes = true; trustOnly(access, oldStyle(access, 'another')); }),
  failing('federation', 'issuer-old-style', 'the federated credential has the issuer of former times (AADSTS700211)', (access) => { trustOnly(access, oldStyle(access, stepConnection(access).name)); }),
  failing('federation', 'subject-renamed', 'the connection was renamed; the federated credential has its old name (AADSTS700213)', renamed),
  failing('federation', 'subject-renamed-azurerm', 'the same with an Azure Resource Manager connection', (access) => { useAzureRM(access); renamed(access); }),
  failing('federation', 'subject-of-other-connection', 'the federated credential has the id of a deleted connection (AADSTS700213)', (access) => { trustOnly(access, { subject: `${access.federated.get(stepConnection(access).id)?.subject.slice(0, -4) ?? ''}0000` }); }),
  failing('federation', 'subject-case', 'the subject differs in upper and lower case (AADSTS7002138)', otherCase),
  failing('federation', 'subject-expression', 'an expression for subjects does not match (AADSTS7002137)', (access) => { access.exporter.matchesByExpression = true; renamed(access); }),
  failing('federation', 'audience-wrong', 'the federated credential has another audience (AADSTS700212)', (access) => { trustOnly(access, { audience: 'api://AzureADTokenExchangeUSGov' }); }),
  failing('federation', 'assertion-expired', 'the assertion is outside its time of validity (AADSTS700024)', ({ switches }) => { switches.assertionLifetime = -60; }),
  failing('federation', 'application-deleted', 'the client id of the connection belongs to no application any more (AADSTS700016)', (access) => { changeParameter(access, 'serviceprincipalid', unusedId); }),
  failing('federation', 'tenant-unknown', 'the tenant id of the connection is mistyped (AADSTS90002)', (access) => { changeParameter(access, 'tenantid', unusedId); }),
  failing('federation', 'cross-cloud', 'the application lives in another cloud (AADSTS900382)', ({ exporter }) => { exporter.isOfOtherCloud = true; }),
  failing('federation', 'issuer-policy', 'a policy of the tenant forbids the issuer (AADSTS700223)', (access) => { const tenant = ownTenant(access); if (tenant) tenant.issuerPolicy = 700223; }),
  failing('federation', 'issuer-policy-application', 'a policy of the application forbids the issuer (AADSTS700238)', (access) => { const tenant = ownTenant(access); if (tenant) tenant.issuerPolicy = 700238; }),
  failing('federation', 'multi-tenant-app', 'the application is multi-tenant (AADSTS70052)', ({ exporter }) => { exporter.signInAudience = 'AzureADMultipleOrgs'; }),
  failing('federation', 'conditional-access-entra', 'a Conditional Access policy of the tenant blocks the sign-in (AADSTS53003)', ({ exporter }) => { exporter.isBlocked = true; }),
];
