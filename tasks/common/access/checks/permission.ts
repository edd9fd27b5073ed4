import { disarm } from '../../errors/disarm';
import { ADMINISTRATORS, shellWord, type Advice } from '../advice';
import { failed, passed, unknown, type Check } from '../check';
import type { Observations } from '../observations';
import { isPage } from '../outcome';
import { AUDIT_NAMESPACE, type Security } from '../security';

export const permissionCheck: Check = {
  id: 'permission',
  title: 'Identity may "View audit log"',
  needs: ['membership', 'conditional-access'],
  async run(observations) {
    const security = await observations.security();
    if (security.effective.read === true || isPage(await observations.query())) return passed('allowed');
    if (security.effective.read === undefined) return unknown('the identity may not see its permissions');
    const denied = sourcesOf(security).filter(({ deny }) => deny);
    if (denied.length > 0) {
      return failed(`"View audit log" is denied to the identity ${denied.map(throughWhat).join(' and ')}; a Deny wins over every Allow.`, 'Deny', 'Allow', denied.map((source) => removeDeny(observations, source)));
    }
    return failed('The identity does not have the permission "View audit log".', 'not allowed, by the service\'s own evaluation for this identity', 'Allow', [
      await grant(observations, security),
      ...(security.accessControl && security.groups ? [] : [await searchDeny(observations, security)]),
    ]);
  },
};

/** The access control entry of the identity itself or of a group that it belongs to. */
interface Source {
  /** Undefined for the identity itself. */
  readonly group: string | undefined;
  readonly subject: string;
  readonly allow: boolean;
  readonly deny: boolean;
}

function sourcesOf({ self, groups, accessControl }: Security): Source[] {
  if (!self || !accessControl) return [];
  const holders = [{ descriptor: self.descriptor, subject: self.subjectDescriptor, group: undefined }, ...(groups ?? []).map(({ descriptor, subjectDescriptor, name }) => ({ descriptor, subject: subjectDescriptor, group: name }))];
  return holders.flatMap(({ descriptor, subject, group }) => {
    const entry = accessControl.get(descriptor.toLowerCase());
    if (!entry) return [];
    const [allow, deny] = [(entry.allow & AUDIT_NAMESPACE.read) !== 0, (entry.deny & AUDIT_NAMESPACE.read) !== 0];
    return allow || deny ? [{ group, subject: subject ?? descriptor, allow, deny }] : [];
  });
}

function throughWhat({ group }: Source): string {
  return group === undefined ? 'directly' : `through the group ${disarm(group, 100)}`;
}

async function grant(observations: Observations, { self }: Security): Promise<Advice> {
  const { oid = '' } = await observations.tokenClaims();
  const subject = self?.subjectDescriptor ?? oid;
  return {
    setting: 'permission "View audit log"', id: subject, from: 'Not set', to: 'Allow', who: ADMINISTRATORS,
    where: `Organization settings > Permissions > Users > search for the identity${self && self.displayName !== '' ? ` "${disarm(self.displayName, 80)}"` : ''} (not Users > Add users): ${observations.settings('groups')}`,
    command: `az devops security permission update --id ${AUDIT_NAMESPACE.id} --subject ${shellWord(subject)} --token ${AUDIT_NAMESPACE.token} --allow-bit ${AUDIT_NAMESPACE.read} --merge true --org https://dev.azure.com/${observations.subject.organization}`,
  };
}

function removeDeny(observations: Observations, source: Source): Advice {
  return {
    setting: `permission "View audit log" of ${source.group === undefined ? 'the identity' : `the group ${disarm(source.group, 100)}`}`, id: source.subject, from: 'Deny', to: source.allow ? 'Allow' : 'Not set', who: ADMINISTRATORS,
    where: `Organization settings > Permissions > ${source.group === undefined ? 'Users > the identity' : disarm(source.group, 100)}: ${observations.settings('groups')}`,
    command: `az devops security permission reset --id ${AUDIT_NAMESPACE.id} --subject ${shellWord(source.subject)} --token ${AUDIT_NAMESPACE.token} --permission-bit ${AUDIT_NAMESPACE.read} --org https://dev.azure.com/${observations.subject.organization}`,
  };
}

/** Where the identity may not read who denies it, an administrator has to look. */
async function searchDeny(observations: Observations, { self }: Security): Promise<Advice> {
  const { oid = '' } = await observations.tokenClaims();
  return {
    setting: 'a Deny that one of its groups may bring (only if it is allowed already)', id: self?.subjectDescriptor ?? oid, from: 'Deny, if there is one', to: 'Not set', who: ADMINISTRATORS,
    where: `Organization settings > Permissions > the identity > the (i) beside "View audit log" names where it comes from: ${observations.settings('groups')}`,
  };
}

export const permissionSourceCheck: Check = {
  id: 'permission-source',
  title: 'Where "View audit log" comes from',
  needs: ['permission'],
  async run(observations) {
    const security = await observations.security();
    if (!security.accessControl) return unknown('the identity may not read the access control list, which is normal');
    const allowed = sourcesOf(security).filter(({ allow }) => allow);
    return passed(allowed.length === 0 ? 'not by an entry for the identity or its groups that it may see' : `allowed ${allowed.map(throughWhat).join(' and ')}`);
  },
};
