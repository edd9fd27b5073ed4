import { ADMINISTRATORS, shellJson, shellWord, type Advice } from '../advice';
import { failed, passed, unknown, warning, type Check } from '../check';
import type { Observations } from '../observations';
import { isPage } from '../outcome';
import { memberWithin } from '../security';

/** Codes of the policies that stand before every permission: Conditional Access and allowed addresses. */
export const POLICY_CODE = /^VS403\d{3}$/;

export const membershipCheck: Check = {
  id: 'membership',
  title: 'Identity is a user of the organization',
  needs: ['federation', 'token-audience', 'token-identity', 'organization', 'tenant'],
  async run(observations) {
    const { answer, self } = await observations.security();
    const { oid = '' } = await observations.tokenClaims();
    const { organization } = observations.subject;
    const observed = `HTTP ${answer.status}${answer.serviceCode === undefined ? '' : `, ${answer.serviceCode}`}`;
    if (self && self.isActive !== false) return passed(`object id ${oid}`);
    if (self && isPage(await observations.query())) return passed(`object id ${oid}`);
    if (self) {
      return failed('The identity was added to the organization, but its access is not active.', 'access level pending or disabled', 'active', [
        await addUser(observations, 'access of the identity to the organization', 'pending or disabled', 'active, with the access level Basic'),
      ]);
    }
    if (POLICY_CODE.test(answer.serviceCode ?? '')) return unknown('the organization\'s policies refuse the request before');
    if (answer.status === 429 || answer.status >= 500) return unknown('the organization could not answer');
    return failed(`The identity is not a user of the organization "${organization}"; membership in a project is not enough.`, observed, `a user with the object id ${oid}`, [
      await addUser(observations, 'users of the organization', 'this identity is not among them', 'added, with the access level Basic'),
    ]);
  },
};

async function addUser(observations: Observations, setting: string, from: string, to: string): Promise<Advice> {
  const { oid = '' } = await observations.tokenClaims();
  const { organization } = observations.subject;
  const body = { accessLevel: { accountLicenseType: 'express' }, servicePrincipal: { origin: 'aad', originId: oid, subjectKind: 'servicePrincipal' } };
  return {
    setting, id: oid, from, to, who: ADMINISTRATORS,
    where: `Organization settings > Users > Add users: ${observations.settings('users')}. Take the enterprise application with the object id ${oid}, not the app registration`,
    command: `az rest --method post --resource 499b84ac-1321-427f-aa17-267ca6975798 --url ${shellWord(`https://vsaex.dev.azure.com/${organization}/_apis/serviceprincipalentitlements?api-version=7.1-preview.1`)} --headers Content-Type=application/json --body ${shellJson(body)}`,
  };
}

export const projectScopedUserCheck: Check = {
  id: 'project-scoped-user',
  title: 'Identity is not a Project-Scoped User',
  needs: ['membership'],
  async run(observations) {
    const security = await observations.security();
    const { groups } = security;
    if (!groups) return unknown('the identity may not see its own groups');
    const scoped = groups.find(({ name }) => name.toLowerCase().endsWith('\\project-scoped users'));
    if (!scoped || isPage(await observations.query())) return passed('it is not');
    const group = scoped.subjectDescriptor ?? scoped.descriptor;
    const member = memberWithin(security, scoped);
    return failed('The identity is a Project-Scoped User, and those may not see the audit log.', `member of ${scoped.name}`, 'not a member', [{
      setting: 'members of the group Project-Scoped Users', id: group, from: `${member.name} is a member`, to: 'not a member', who: ADMINISTRATORS,
      where: `Organization settings > Permissions > Project-Scoped Users > Members: ${observations.settings('groups')}`,
      command: `az devops security group membership remove --group-id ${shellWord(group)} --member-id ${shellWord(member.subject)} --yes --org https://dev.azure.com/${observations.subject.organization}`,
    }]);
  },
};

export const conditionalAccessCheck: Check = {
  id: 'conditional-access',
  title: 'No Conditional Access or IP policy stands in the way',
  needs: ['federation', 'token-audience', 'token-identity', 'organization', 'tenant'],
  async run(observations) {
    const { answer } = await observations.security();
    const query = await observations.query();
    const code = [answer.serviceCode, isPage(query) ? undefined : query.serviceCode].find((candidate) => candidate !== undefined && POLICY_CODE.test(candidate));
    if (code === undefined) return passed('none noticed');
    const { shownClientId } = observations.connection();
    return failed('A Conditional Access or IP policy refuses this agent; the permission to view the audit log is not the cause.', code, 'an answer', [{
      setting: 'Conditional Access policies for workload identities, and the addresses they allow', id: shownClientId, from: 'refuse this identity from the address of this agent', to: 'exclude this identity, or allow that address',
      who: 'a Conditional Access Administrator of the tenant',
      where: `https://entra.microsoft.com > Protection > Conditional Access; whether the organization enforces it: Organization settings > Policies: ${observations.settings('organizationPolicy')}`,
    }]);
  },
};

export const leastPrivilegeCheck: Check = {
  id: 'least-privilege',
  title: 'Identity has no more rights than it needs',
  needs: ['query'],
  async run(observations) {
    const security = await observations.security();
    const { effective, groups, self } = security;
    const subject = self?.subjectDescriptor ?? '';
    const organization = `--org https://dev.azure.com/${observations.subject.organization}`;
    const administrators = groups?.find(({ name }) => name.toLowerCase().endsWith('\\project collection administrators'));
    if (administrators) {
      const group = administrators.subjectDescriptor ?? administrators.descriptor;
      const member = memberWithin(security, administrators);
      return warning('The identity is a Project Collection Administrator; to export, it only needs "View audit log".', `member of ${administrators.name}`, 'not a member', [{
        setting: 'members of the group Project Collection Administrators', id: group, from: `${member.name} is a member`, to: 'not a member, and "View audit log" allowed instead', who: ADMINISTRATORS,
        where: `Organization settings > Permissions > Project Collection Administrators > Members: ${observations.settings('groups')}`,
        command: `az devops security group membership remove --group-id ${shellWord(group)} --member-id ${shellWord(member.subject)} --yes ${organization}`,
      }]);
    }
    if (effective.manageStreams !== true && effective.deleteStreams !== true) return effective.manageStreams === undefined ? unknown('the identity may not see its permissions') : passed('only what it needs, as far as the audit log goes');
    return warning('The identity may also manage or delete audit streams, and with them stop the audit log from reaching others.', [effective.manageStreams && 'Manage audit streams', effective.deleteStreams && 'Delete audit streams'].filter(Boolean).join(', '), 'View audit log alone', [{
      setting: 'permissions "Manage audit streams" and "Delete audit streams"', id: subject, from: 'Allow', to: 'Not set', who: ADMINISTRATORS,
      where: `Organization settings > Permissions > the identity: ${observations.settings('groups')}`,
      command: `az devops security permission reset --id a6cc6381-a1ca-4b36-b3c1-4e65211e82b6 --subject ${shellWord(subject)} --token /AllPermissions --permission-bit 12 ${organization}`,
    }]);
  },
};
