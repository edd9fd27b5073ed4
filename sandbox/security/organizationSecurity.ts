import type { Identity } from './identity';

/** Namespace of the audit log's permissions, its only token, and its bits. Source: Microsoft's reference of security namespaces. */
export const AUDIT_LOG_NAMESPACE = { id: 'a6cc6381-a1ca-4b36-b3c1-4e65211e82b6', token: '/AllPermissions' } as const;

/** Bits of the namespace AuditLog. */
export const AUDIT_BITS = { read: 1, write: 2, manageStreams: 4, deleteStreams: 8 } as const;
export const ALL_AUDIT_BITS = AUDIT_BITS.read | AUDIT_BITS.write | AUDIT_BITS.manageStreams | AUDIT_BITS.deleteStreams;

export interface AccessControlEntry {
  readonly allow: number;
  readonly deny: number;
}

const NOTHING: AccessControlEntry = { allow: 0, deny: 0 };

/** Identities of one organization, who belongs to which group, and the access control list of the audit log. */
export class OrganizationSecurity {
  readonly identities: Identity[] = [];
  readonly #members = new Map<string, Set<string>>();
  readonly #auditEntries = new Map<string, AccessControlEntry>();

  add(identity: Identity): Identity {
    this.identities.push(identity);
    return identity;
  }

  byObjectId(objectId: string): Identity | undefined {
    return this.identities.find((identity) => identity.objectId?.toLowerCase() === objectId.toLowerCase());
  }

  /** Identity descriptors are compared without regard to case. */
  byDescriptor(descriptor: string): Identity | undefined {
    return this.identities.find((identity) => identity.descriptor.toLowerCase() === descriptor.toLowerCase());
  }

  /** Subject descriptors hold base64, so case counts. */
  bySubjectDescriptor(subjectDescriptor: string): Identity | undefined {
    return this.identities.find((identity) => identity.subjectDescriptor === subjectDescriptor);
  }

  /** @param name without the organization, such as `Audit Readers` */
  group(name: string): Identity {
    const found = this.identities.find(({ kind, displayName }) => kind === 'group' && displayName.split('\\').at(-1) === name);
    if (!found) throw new Error(`The organization has no group "${name}".`);
    return found;
  }

  addMember(group: Identity, member: Identity): void {
    this.#membersOf(group).add(member.descriptor);
  }

  /** @returns whether it was a member itself, not only through another group */
  removeMember(group: Identity, member: Identity): boolean {
    return this.#membersOf(group).delete(member.descriptor);
  }

  /** All groups of an identity, those inside groups included. */
  groupsOf(identity: Identity): Identity[] {
    const found = new Set<Identity>();
    const follow = (member: Identity): void => {
      for (const group of this.identities) {
        if (found.has(group) || !this.#members.get(group.descriptor)?.has(member.descriptor)) continue;
        found.add(group);
        follow(group);
      }
    };
    follow(identity);
    return [...found];
  }

  belongsTo(identity: Identity, groupName: string): boolean {
    return this.groupsOf(identity).includes(this.group(groupName));
  }

  /** The access control list of the audit log: entries by identity descriptor. */
  get auditEntries(): ReadonlyMap<string, AccessControlEntry> {
    return this.#auditEntries;
  }

  /**
   * Sets an entry. Merged, what is allowed now is no longer denied, and the other way round; all other bits stay. Not merged, the
   * entry replaces the one before.
   */
  setEntry(identity: Identity, entry: AccessControlEntry, merge: boolean): void {
    const before = merge ? this.#auditEntries.get(identity.descriptor) ?? NOTHING : NOTHING;
    const after = { allow: (before.allow & ~entry.deny) | entry.allow, deny: (before.deny & ~entry.allow) | entry.deny };
    this.#keep(identity, after);
  }

  /** Takes bits back to "Not set". */
  resetBits(identity: Identity, bits: number): void {
    const { allow, deny } = this.#auditEntries.get(identity.descriptor) ?? NOTHING;
    this.#keep(identity, { allow: allow & ~bits, deny: deny & ~bits });
  }

  /** Whether an identity has all these bits, of its own or through groups. One Deny wins over every Allow. */
  isAllowed(identity: Identity, bits: number): boolean {
    const entries = [identity, ...this.groupsOf(identity)].map(({ descriptor }) => this.#auditEntries.get(descriptor) ?? NOTHING);
    const allow = entries.reduce((sum, entry) => sum | entry.allow, 0);
    const deny = entries.reduce((sum, entry) => sum | entry.deny, 0);
    return (deny & bits) === 0 && (allow & bits) === bits;
  }

  #keep(identity: Identity, entry: AccessControlEntry): void {
    if (entry.allow === 0 && entry.deny === 0) this.#auditEntries.delete(identity.descriptor);
    else this.#auditEntries.set(identity.descriptor, entry);
  }

  #membersOf(group: Identity): Set<string> {
    const members = this.#members.get(group.descriptor) ?? new Set<string>();
    this.#members.set(group.descriptor, members);
    return members;
  }
}
