/**
 * How an identity stands to the organization: a user of it; added, but not active yet; unknown to it; or known to it because a
 * project lists it, without being a user of the organization.
 */
export type Entitlement = 'active' | 'pending' | 'none' | 'projectOnly';

/** A service principal, a person, or a group, as the organization knows it. */
export interface Identity {
  readonly kind: 'servicePrincipal' | 'user' | 'group';
  /** Inside the organization, GUID. */
  readonly id: string;
  /** Identity descriptor: how access control lists name it. */
  readonly descriptor: string;
  /** Subject descriptor: how the Graph API and `az devops` name it. */
  readonly subjectDescriptor: string;
  readonly displayName: string;
  /** In Entra; undefined for a group of the organization itself. */
  readonly objectId: string | undefined;
  entitlement: Entitlement;
}

/** A service principal by the object id of its enterprise application. Descriptors as in dotnet/arcade and the specification of Graph. */
export function servicePrincipalIdentity(tenantId: string, objectId: string, displayName: string): Identity {
  return {
    kind: 'servicePrincipal', id: withDigit(objectId, '6'), displayName, objectId, entitlement: 'none',
    descriptor: `Microsoft.VisualStudio.Services.Claims.AadServicePrincipal;${tenantId}\\${objectId}`,
    subjectDescriptor: `aadsp.${base64Url(withDigit(objectId, '7'))}`,
  };
}

/** A person of the tenant. */
export function userIdentity(tenantId: string, objectId: string, principalName: string, displayName: string): Identity {
  return {
    kind: 'user', id: withDigit(objectId, '6'), displayName, objectId, entitlement: 'none',
    descriptor: `Microsoft.IdentityModel.Claims.ClaimsIdentity;${tenantId}\\${principalName}`,
    subjectDescriptor: `aad.${base64Url(withDigit(objectId, '7'))}`,
  };
}

/** A group of the organization, by the last number of its security identifier. */
export function groupIdentity(organization: string, organizationId: string, name: string, number: number): Identity {
  const domain = organizationId.split('-').map((part) => Number.parseInt(part.slice(0, 8), 16)).join('-');
  const sid = `S-1-9-1551374245-${domain}-0-0-0-0-${String(number)}`;
  return {
    kind: 'group', id: withDigit(`${organizationId.slice(0, 24)}${String(number).padStart(12, '0')}`, '6'), displayName: `[${organization}]\\${name}`, objectId: undefined, entitlement: 'active',
    descriptor: `Microsoft.TeamFoundation.Identity;${sid}`, subjectDescriptor: `vssgp.${base64Url(sid)}`,
  };
}

/** The ids of one identity differ in the first digit of the third group: 6 in the organization, 7 in audit log entries and subject descriptors. */
function withDigit(guid: string, digit: '6' | '7'): string {
  return `${guid.slice(0, 14)}${digit}${guid.slice(15)}`;
}

function base64Url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
