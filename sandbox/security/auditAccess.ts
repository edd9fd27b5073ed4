import type { PrincipalCaller } from '../entra/gate';
import type { Reply } from '../network/exchange';
import { refusal } from '../network/signIn';
import type { AccessSettings, Spreading } from './accessSettings';
import type { Identity } from './identity';
import { AUDIT_BITS, AUDIT_LOG_NAMESPACE } from './organizationSecurity';

/** Scopes of which a delegated token carries one when it may read the audit log. */
const READING_SCOPES = /(^| )(user_impersonation|vso\.auditlog)( |$)/;

/** Whether an identity has permissions on the audit log, as the permissions API evaluates them. */
export function isAllowedOnAuditLog(access: AccessSettings, identity: Identity, bits: number, now: number): boolean {
  const isSwitchedOff = access.switches.auditPermission !== 'allow' && identity.kind === 'servicePrincipal';
  if (isSwitchedOff || spreadingAt(access, now)?.isEvaluated === false) return false;
  return access.security.isAllowed(identity, bits);
}

/** The grant that is still spreading, if any. */
function spreadingAt(access: AccessSettings, now: number): Spreading | undefined {
  const { spreading } = access;
  const isOver = spreading && spreading.refusals <= 0 && (spreading.durationMs === 0 || now - (spreading.since ?? now) >= spreading.durationMs);
  if (isOver) access.spreading = undefined;
  return access.spreading;
}

/** Why a query of the audit log is refused; undefined when it is answered. In the order in which Azure DevOps seems to look. */
export function auditRefusal(access: AccessSettings, caller: PrincipalCaller, now: number): Reply | undefined {
  const identity = access.security.byObjectId(caller.objectId);
  if (access.addressPolicy === 'auditService') return policyRefusal();
  if (!identity || identity.entitlement === 'pending' || (caller.scopes !== undefined && !READING_SCOPES.test(caller.scopes))) return userRefusal(identity?.id ?? caller.objectId);
  if (!access.logAuditEvents) return auditingOff(access);
  if (access.security.belongsTo(identity, 'Project-Scoped Users')) return permissionRefusal(identity.displayName);
  const spreading = spreadingAt(access, now);
  if (spreading) {
    spreading.refusals -= 1;
    spreading.since ??= now;
    return permissionRefusal(identity.displayName);
  }
  return isAllowedOnAuditLog(access, identity, AUDIT_BITS.read, now) ? undefined : permissionRefusal(identity.displayName);
}

/** The refusal of somebody without "View audit log". */
export function permissionRefusal(identity: string): Reply {
  const message = `Access Denied: ${identity} needs the following permission(s) on the resource ${AUDIT_LOG_NAMESPACE.token} to perform this action: View audit log`;
  const customProperties = { Descriptor: null, IdentityDisplayName: null, Token: AUDIT_LOG_NAMESPACE.token, RequestedPermissions: AUDIT_BITS.read, NamespaceId: AUDIT_LOG_NAMESPACE.id };
  return refusal(403, message, 'AccessCheckException', {}, { customProperties });
}

/** The refusal of Conditional Access or of a policy for addresses; it is not about any permission. */
export function policyRefusal(): Reply {
  return refusal(403, 'VS403463: A policy of the Entra administrator for conditional access was not satisfied.', 'ConditionalAccessPolicyException');
}

/** The refusal of somebody whom the organization knows, but does not let in. */
export function userRefusal(id: string): Reply {
  return refusal(401, `TF400813: The user '${id}' is not authorized to access this resource. `, 'InvalidIdentityException');
}

/** Nobody has published what the service answers then. */
function auditingOff({ switches, organization }: AccessSettings): Reply {
  switch (switches.auditingOffStatus) {
    case 404: return refusal(404, `The resource cannot be found in ${organization}.`, 'VssServiceResponseException');
    case 400: return refusal(400, 'Auditing is not enabled for this organization.', 'AuditLogDisabledException');
    case 403: return refusal(403, 'Access to the audit log is denied.', 'AccessCheckException');
  }
}
