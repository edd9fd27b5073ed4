import type { Caller, PrincipalCaller } from '../entra/gate';
import { jsonReply, type Reply, type ServiceRequest } from '../network/exchange';
import { refusal } from '../network/signIn';
import type { AccessSettings } from './accessSettings';
import { isAllowedOnAuditLog } from './auditAccess';
import type { Identity } from './identity';
import { AUDIT_LOG_NAMESPACE } from './organizationSecurity';

/** Namespace "Build" and its bit "Retain indefinitely". Source: Microsoft's reference of security namespaces. */
const BUILD_NAMESPACE = { id: '33344d9c-fc72-4d6f-aba5-fa317101a7e9', retain: 4 } as const;

/** Whether an identity is an administrator of the organization. */
const ADMINISTRATORS = 'Project Collection Administrators';

/** Security, identities and policies of an organization, as a caller of the REST APIs sees them. */
export class SecurityService {
  constructor(private readonly access: AccessSettings) {}

  /**
   * @param path the path behind the organization's name
   * @returns undefined when the path belongs to another service
   */
  answer(request: ServiceRequest, path: string, caller: Exclude<Caller, { kind: 'refused' }>): Reply | undefined {
    const [, resource = '', namespace = '', bits = ''] = /^\/_apis\/(permissions|accesscontrollists|accesscontrolentries|identities)(?:\/([^/]+))?(?:\/([^/]+))?$/i.exec(path) ?? [];
    switch (resource.toLowerCase()) {
      case 'permissions': return request.method === 'DELETE' ? this.#removePermission(request, namespace, Number(bits), caller) : this.#evaluate(request, namespace, Number(bits), caller);
      case 'accesscontrollists': return this.#accessControl(request, namespace, caller);
      case 'accesscontrolentries': return this.#setEntries(request, namespace, caller);
      case 'identities': return request.url.hostname.toLowerCase() === 'vssps.dev.azure.com' ? this.#identities(request, caller) : undefined;
      default: return /^\/_settings\/organizationPolicy$/i.test(path) ? this.#policies(caller) : undefined;
    }
  }

  #identityOf(caller: Exclude<Caller, { kind: 'refused' }>): Identity | undefined {
    return caller.kind === 'principal' ? this.access.security.byObjectId(caller.objectId) : undefined;
  }

  /** REST "Permissions - Has Permissions": for the caller itself, never for somebody else. */
  #evaluate({ url, now }: ServiceRequest, namespace: string, bits: number, caller: Exclude<Caller, { kind: 'refused' }>): Reply {
    const tokens = (url.searchParams.get('tokens') ?? '').split(url.searchParams.get('delimiter') ?? ',');
    const name = namespace.toLowerCase();
    if (name === BUILD_NAMESPACE.id && caller.kind === 'job') return this.#jobEvaluation(tokens, bits);
    if (name !== AUDIT_LOG_NAMESPACE.id) return unknownNamespace(namespace);
    if (!this.access.visible.permissions) return denied();
    const identity = this.#identityOf(caller);
    const values = tokens.map((token) => isAuditToken(token) && identity !== undefined && isAllowedOnAuditLog(this.access, identity, bits, now));
    return jsonReply(200, { count: values.length, value: values });
  }

  #jobEvaluation(tokens: readonly string[], bits: number): Reply {
    const { job, project } = this.access;
    const values = tokens.map((token) => token.split('/')[0]?.toLowerCase() === project.id && (bits !== BUILD_NAMESPACE.retain || job.mayRetainRuns));
    return jsonReply(200, { count: values.length, value: values });
  }

  /** REST "Access Control Lists - Query". */
  #accessControl({ url, method }: ServiceRequest, namespace: string, caller: Exclude<Caller, { kind: 'refused' }>): Reply {
    if (method !== 'GET') return onlyGet();
    if (namespace.toLowerCase() !== AUDIT_LOG_NAMESPACE.id) return unknownNamespace(namespace);
    if (caller.kind === 'job' || !this.access.visible.accessControl) return denied();
    const token = url.searchParams.get('token');
    if (token !== null && !isAuditToken(token)) return jsonReply(200, { count: 0, value: [] });
    const wanted = url.searchParams.get('descriptors')?.toLowerCase().split(',');
    const entries = [...this.access.security.auditEntries].filter(([descriptor]) => wanted?.includes(descriptor.toLowerCase()) ?? true);
    const acesDictionary = Object.fromEntries(entries.map(([descriptor, { allow, deny }]) => [descriptor, { descriptor, allow, deny, extendedInfo: { ...(allow !== 0 && { effectiveAllow: allow }), ...(deny !== 0 && { effectiveDeny: deny }) } }]));
    return jsonReply(200, { count: 1, value: [{ inheritPermissions: true, token: AUDIT_LOG_NAMESPACE.token, acesDictionary, includeExtendedInfo: true }] });
  }

  /** REST "Access Control Entries - Set Access Control Entries" and "- Remove": for administrators. */
  #setEntries({ method, body, url }: ServiceRequest, namespace: string, caller: Exclude<Caller, { kind: 'refused' }>): Reply {
    if (namespace.toLowerCase() !== AUDIT_LOG_NAMESPACE.id) return unknownNamespace(namespace);
    if (!this.#isAdministrator(caller)) return denied();
    if (method === 'DELETE') return this.#removeEntries(url);
    if (method !== 'POST') return onlyGet();
    const { token = '', merge = false, accessControlEntries = [] } = JSON.parse(body) as { token?: string; merge?: boolean; accessControlEntries?: { descriptor: string; allow?: number; deny?: number }[] };
    const entries = accessControlEntries.map(({ descriptor, allow = 0, deny = 0 }) => ({ identity: this.access.security.byDescriptor(descriptor), allow, deny }));
    if (!isAuditToken(token) || entries.some(({ identity }) => !identity)) return refusal(400, 'The token or a descriptor is not known.', 'InvalidAccessException');
    for (const { identity, ...entry } of entries) if (identity) this.access.security.setEntry(identity, entry, merge);
    return jsonReply(200, { count: entries.length, value: accessControlEntries });
  }

  #removeEntries({ searchParams }: URL): Reply {
    const identities = (searchParams.get('descriptors') ?? '').split(',').map((descriptor) => this.access.security.byDescriptor(descriptor));
    if (!isAuditToken(searchParams.get('token') ?? '')) return jsonReply(200, false);
    for (const identity of identities) if (identity) this.access.security.resetBits(identity, -1);
    return jsonReply(200, identities.some(Boolean));
  }

  /** REST "Permissions - Remove Permission": takes bits of one identity back to "Not set". */
  #removePermission({ url }: ServiceRequest, namespace: string, bits: number, caller: Exclude<Caller, { kind: 'refused' }>): Reply {
    if (namespace.toLowerCase() !== AUDIT_LOG_NAMESPACE.id) return unknownNamespace(namespace);
    if (!this.#isAdministrator(caller)) return denied();
    const identity = this.access.security.byDescriptor(url.searchParams.get('descriptor') ?? '');
    if (!identity || !isAuditToken(url.searchParams.get('token') ?? '')) return refusal(400, 'The token or the descriptor is not known.', 'InvalidAccessException');
    this.access.security.resetBits(identity, bits);
    return jsonReply(200, { descriptor: identity.descriptor, ...this.access.security.auditEntries.get(identity.descriptor) });
  }

  /** REST "Identities - Read Identities": `memberOf` only with `queryMembership`. */
  #identities({ url, method }: ServiceRequest, caller: Exclude<Caller, { kind: 'refused' }>): Reply {
    if (method !== 'GET') return onlyGet();
    if (caller.kind === 'job' || !this.access.visible.identities) return denied();
    const isExpanded = url.searchParams.get('queryMembership')?.toLowerCase() === 'expanded';
    const { security } = this.access;
    const value = (url.searchParams.get('descriptors') ?? '').split(',').filter(Boolean).map((descriptor) => {
      const identity = security.byDescriptor(descriptor);
      return identity ? this.#described(identity, isExpanded ? security.groupsOf(identity) : []) : null;
    });
    return jsonReply(200, { count: value.length, value });
  }

  #described(identity: Identity, groups: readonly Identity[]): object {
    const { id, descriptor, subjectDescriptor, displayName, kind } = identity;
    return {
      id, descriptor, subjectDescriptor, providerDisplayName: displayName, isActive: isActive(identity), isContainer: kind === 'group',
      members: [], memberOf: groups.map((group) => group.descriptor), memberIds: [], resourceVersion: 2, metaTypeId: kind === 'servicePrincipal' ? 2 : 0, properties: {},
    };
  }

  /** Not an API: the data behind the page Organization settings > Policies. */
  #policies(caller: Exclude<Caller, { kind: 'refused' }>): Reply {
    if (caller.kind === 'job' || !this.access.visible.policies) return denied();
    const policy = (name: string, value: boolean): object => ({ policy: { name, value, effectiveValue: value, isValueUndefined: false, enforce: true }, description: name });
    const security = [policy('Policy.AllowRequestAccessToken', true), policy('Policy.LogAuditEvents', this.access.logAuditEvents), policy('Policy.EnforceAADConditionalAccess', this.access.addressPolicy !== 'none')];
    const data = { 'ms.vss-admin-web.organization-policies-data-provider': { policies: { applicationConnection: [policy('Policy.DisallowOAuthAuthentication', true)], security, user: [] } } };
    return jsonReply(200, { fps: { dataProviders: { data } } });
  }

  #isAdministrator(caller: Exclude<Caller, { kind: 'refused' }>): boolean {
    const identity = this.#identityOf(caller);
    return identity !== undefined && this.access.security.belongsTo(identity, ADMINISTRATORS);
  }
}

/** Whether the organization lets an identity work. */
export function isActive({ entitlement }: Identity): boolean {
  return entitlement === 'active';
}

/** The identity in answers to an authenticated `connectionData`. */
export function describeCaller(access: AccessSettings, caller: PrincipalCaller): object | undefined {
  const identity = access.security.byObjectId(caller.objectId);
  if (!identity) return undefined;
  const { id, descriptor, subjectDescriptor, displayName } = identity;
  return { id, descriptor, subjectDescriptor, providerDisplayName: displayName, isActive: isActive(identity), properties: {} };
}

/** Tokens of this namespace are compared without regard to case. */
function isAuditToken(token: string): boolean {
  return token.toLowerCase() === AUDIT_LOG_NAMESPACE.token.toLowerCase();
}

function denied(): Reply {
  return refusal(403, 'Access Denied: the caller needs the permission "View instance-level information" to perform this action.', 'AccessCheckException');
}

function unknownNamespace(namespace: string): Reply {
  return refusal(404, `The security namespace '${namespace}' does not exist.`, 'InvalidSecurityNamespaceException');
}

function onlyGet(): Reply {
  return refusal(405, 'The requested resource does not support this http method.', 'VssServiceException', { allow: 'GET' });
}
