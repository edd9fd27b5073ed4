import { connectTo, exporterIdentity, stepConnection, type AccessSettings } from '../security/accessSettings';
import type { Entitlement } from '../security/identity';
import { failing, type Misconfiguration } from './misconfiguration';

/** Lets the step's connection sign in to another tenant than the organization's. */
function connectToForeignTenant(access: AccessSettings): AccessSettings['tenants'][number] {
  const tenant = access.tenants.find(({ tenantId }) => tenantId !== access.tenantId);
  const application = tenant?.applications[0];
  if (!tenant || !application) throw new Error('There is no other tenant.');
  connectTo(access, stepConnection(access).id, application);
  return tenant;
}

function entitle(entitlement: Entitlement): Misconfiguration['apply'] {
  return (access) => { exporterIdentity(access).entitlement = entitlement; };
}

function misspell(change: (name: string) => string): Misconfiguration['apply'] {
  return (access) => { access.stepInputs = { ...access.stepInputs, organization: change(access.organization) }; };
}

/** Organizations that are another one, of another tenant, or do not let the identity in. */
export const ORGANIZATION: readonly Misconfiguration[] = [
  failing('organization', 'organization-typo', 'the input organization is mistyped', misspell((name) => `${name.slice(0, -1)}n`)),
  failing('federation', 'resource-unknown', 'the connection signs in to a tenant that does not know Azure DevOps (AADSTS500011)', (access) => { connectToForeignTenant(access).knowsAzureDevOps = false; }),
  failing('tenant', 'organization-of-other-tenant', 'the organization is connected to another tenant than the connection\'s', (access) => { connectToForeignTenant(access); }),
  failing('tenant', 'other-tenant-429', 'the same, answered as if a rate limit were used up', (access) => { connectToForeignTenant(access); access.switches.foreignTenant = 429; }),
  failing('tenant', 'organization-without-entra', 'the organization belongs to Microsoft accounts', ({ switches }) => { switches.entraBacked = false; }),
  failing('membership', 'not-a-member', 'the identity is not a user of the organization (TF401444 with 401)', entitle('none')),
  failing('membership', 'not-a-member-403', 'the same with 403', (access) => { entitle('none')(access); access.switches.notMemberStatus = 403; }),
  failing('membership', 'not-a-member-redirected', 'the same under Conditional Access that refuses suppressed redirects', (access) => { entitle('none')(access); access.switches.refuseSuppressed = true; }),
  failing('membership', 'project-member-only', 'a project lists the identity, the organization does not', entitle('projectOnly')),
  failing('membership', 'entitlement-pending', 'the identity was added, but its access is pending', entitle('pending')),
  failing('project-scoped-user', 'project-scoped-user', 'the identity is a Project-Scoped User', (access) => { access.security.addMember(access.security.group('Project-Scoped Users'), exporterIdentity(access)); }),
  failing('project-scoped-user', 'project-scoped-user-nested', 'a group of the identity belongs to the Project-Scoped Users', (access) => {
    const { security } = access;
    security.addMember(security.group('External Partners'), exporterIdentity(access));
    security.addMember(security.group('Project-Scoped Users'), security.group('External Partners'));
  }),
  failing('conditional-access', 'conditional-access', 'the organization enforces a Conditional Access policy (VS403463 from everywhere)', (access) => { access.addressPolicy = 'everywhere'; }),
  failing('conditional-access', 'ip-policy', 'a policy for addresses refuses the agent at the Audit service alone (VS403463)', (access) => { access.addressPolicy = 'auditService'; }),
];
