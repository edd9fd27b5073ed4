import { disarm } from '../errors/disarm';
import type { ApiAnswer, AzureDevOpsApi } from './azureDevOpsApi';
import { arrayAt, numberAt, objectAt, stringAt, textList } from './json';

/**
 * The namespace of the audit log's permissions, its one token, and its bits
 * (learn.microsoft.com/azure/devops/organizations/security/namespace-reference).
 */
export const AUDIT_NAMESPACE = { id: 'a6cc6381-a1ca-4b36-b3c1-4e65211e82b6', token: '/AllPermissions', read: 1, manageStreams: 4, deleteStreams: 8 } as const;

/** The caller as Azure DevOps knows it. */
export interface Self {
  /** Identity descriptor, such as `Microsoft.VisualStudio.Services.Claims.AadServicePrincipal;TENANT\OBJECT`. */
  readonly descriptor: string;
  /** Subject descriptor, such as `aadsp.…`: what commands take. */
  readonly subjectDescriptor: string | undefined;
  readonly displayName: string;
  readonly isActive: boolean | undefined;
}

export interface Group {
  readonly descriptor: string;
  readonly subjectDescriptor: string | undefined;
  /** Such as `[fabrikam]\Project Collection Administrators`. */
  readonly name: string;
  /** Descriptors of the groups that this one is in, itself or through others. */
  readonly memberOf: readonly string[];
}

export interface AccessControlEntry {
  readonly allow: number;
  readonly deny: number;
}

/** What the caller may see of its own rights. Undefined: may not see it. */
export interface Security {
  /** The answer to the authenticated `connectionData`. */
  readonly answer: ApiAnswer;
  readonly self: Self | undefined;
  /** Groups of the caller, those inside groups included. */
  readonly groups: readonly Group[] | undefined;
  /** Effective permissions by bit, as the service evaluates them for the caller. */
  readonly effective: { readonly read: boolean | undefined; readonly manageStreams: boolean | undefined; readonly deleteStreams: boolean | undefined };
  /** The access control list of the audit log by identity descriptor, lower-case. */
  readonly accessControl: ReadonlyMap<string, AccessControlEntry> | undefined;
}

/** Looks with the caller's own token; what it may not see stays undefined. */
export async function readSecurity(api: AzureDevOpsApi): Promise<Security> {
  const answer = await api.get('dev.azure.com', '_apis/connectionData', { 'api-version': '7.1-preview.1' });
  const self = readSelf(answer);
  if (!self) return { answer, self: undefined, groups: undefined, effective: { read: undefined, manageStreams: undefined, deleteStreams: undefined }, accessControl: undefined };
  const [read, manageStreams, deleteStreams, accessControl, identity] = await Promise.all([
    hasPermission(api, AUDIT_NAMESPACE.read),
    hasPermission(api, AUDIT_NAMESPACE.manageStreams),
    hasPermission(api, AUDIT_NAMESPACE.deleteStreams),
    readAccessControl(api),
    readIdentity(api, self.descriptor),
  ]);
  return {
    answer,
    self: { ...self, isActive: identity?.isActive ?? self.isActive },
    groups: identity && await readGroups(api, identity.memberOf),
    effective: { read, manageStreams, deleteStreams },
    accessControl,
  };
}

/** Whom Azure DevOps names where nobody is signed in. */
const ANONYMOUS = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';

function readSelf(answer: ApiAnswer): Self | undefined {
  if (answer.status !== 200) return undefined;
  const user = objectAt(answer.json, 'authenticatedUser');
  const descriptor = stringAt(user, 'descriptor');
  if (descriptor === undefined || stringAt(user, 'id') === ANONYMOUS) return undefined;
  const isActive = user?.['isActive'];
  return {
    descriptor,
    subjectDescriptor: stringAt(user, 'subjectDescriptor'),
    displayName: stringAt(user, 'providerDisplayName') ?? stringAt(user, 'customDisplayName') ?? '',
    isActive: typeof isActive === 'boolean' ? isActive : undefined,
  };
}

/**
 * Who has to leave a group so that the caller is in it no more: the caller itself, or the group inside which it is.
 * @returns subject descriptor, and a name for people
 */
export function memberWithin({ self, groups }: Security, group: Group): { readonly subject: string; readonly name: string } {
  const between = (groups ?? []).filter(({ memberOf }) => memberOf.includes(group.descriptor));
  const child = between.find(({ memberOf }) => !between.some(({ descriptor }) => memberOf.includes(descriptor)));
  if (child) return { subject: child.subjectDescriptor ?? child.descriptor, name: `the group ${disarm(child.name, 100)}` };
  return { subject: self?.subjectDescriptor ?? self?.descriptor ?? '', name: 'this identity' };
}

/** REST "Permissions - Has Permissions" evaluates for the caller itself (specification/security/7.2/security.json). */
async function hasPermission(api: AzureDevOpsApi, bit: number): Promise<boolean | undefined> {
  const { status, json } = await api.get('dev.azure.com', `_apis/permissions/${AUDIT_NAMESPACE.id}/${bit}`, {
    tokens: AUDIT_NAMESPACE.token, alwaysAllowAdministrators: 'false', 'api-version': '7.1-preview.2',
  });
  const value = status === 200 ? arrayAt(json, 'value')?.[0] : undefined;
  return typeof value === 'boolean' ? value : undefined;
}

/** REST "Access Control Lists - Query" (specification/security/7.2/security.json). */
async function readAccessControl(api: AzureDevOpsApi): Promise<ReadonlyMap<string, AccessControlEntry> | undefined> {
  const { status, json } = await api.get('dev.azure.com', `_apis/accesscontrollists/${AUDIT_NAMESPACE.id}`, {
    token: AUDIT_NAMESPACE.token, includeExtendedInfo: 'true', 'api-version': '7.1-preview.1',
  });
  if (status !== 200) return undefined;
  const entries = (arrayAt(json, 'value') ?? []).flatMap((list) => Object.values(objectAt(list, 'acesDictionary') ?? {}));
  return new Map(entries.flatMap((entry) => {
    const descriptor = stringAt(entry, 'descriptor');
    return descriptor === undefined ? [] : [[descriptor.toLowerCase(), { allow: numberAt(entry, 'allow') ?? 0, deny: numberAt(entry, 'deny') ?? 0 }] as const];
  }));
}

/** REST "Identities - Read Identities" (learn.microsoft.com/rest/api/azure/devops/ims/identities/read-identities). */
async function readIdentity(api: AzureDevOpsApi, descriptor: string): Promise<{ isActive: boolean | undefined; memberOf: string[] } | undefined> {
  const { status, json } = await api.get('vssps.dev.azure.com', '_apis/identities', { descriptors: descriptor, queryMembership: 'expanded', 'api-version': '7.1-preview.1' });
  const identity = status === 200 ? arrayAt(json, 'value')?.[0] : undefined;
  if (typeof identity !== 'object' || identity === null) return undefined;
  const isActive = 'isActive' in identity && typeof identity.isActive === 'boolean' ? identity.isActive : undefined;
  return { isActive, memberOf: textList(arrayAt(identity, 'memberOf')) };
}

const GROUPS_A_REQUEST = 50;

async function readGroups(api: AzureDevOpsApi, descriptors: readonly string[]): Promise<Group[]> {
  const groups: Group[] = [];
  for (let from = 0; from < Math.min(descriptors.length, 4 * GROUPS_A_REQUEST); from += GROUPS_A_REQUEST) {
    const some = descriptors.slice(from, from + GROUPS_A_REQUEST);
    const { status, json } = await api.get('vssps.dev.azure.com', '_apis/identities', { descriptors: some.join(','), queryMembership: 'expanded', 'api-version': '7.1-preview.1' });
    if (status !== 200) continue;
    for (const group of arrayAt(json, 'value') ?? []) {
      const descriptor = stringAt(group, 'descriptor');
      if (descriptor !== undefined) groups.push({ descriptor, subjectDescriptor: stringAt(group, 'subjectDescriptor'), name: stringAt(group, 'providerDisplayName') ?? descriptor, memberOf: textList(arrayAt(group, 'memberOf')) });
    }
  }
  return groups;
}
