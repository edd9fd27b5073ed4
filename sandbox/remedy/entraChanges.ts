import type { AccessSettings } from '../security/accessSettings';
import { DEFAULT_SWITCHES } from '../switches';
import type { Change, PortalSetting } from './applyChange';
import { findApplication } from './entraCommands';
import { expectId, expectNamed } from './matching';
import { RemedyError } from './remedyError';

const AZURE_DEVOPS_ID = '499b84ac-1321-427f-aa17-267ca6975798';

/** Adds or edits a federated credential with the values that are to be pasted. */
function pasteCredential(access: AccessSettings, change: Change): void {
  const application = findApplication(access, change.id);
  if (!change.federated) throw new RemedyError('The advice shows no issuer, subject and audience to paste.');
  const { issuer, subject, audience } = change.federated;
  const others = application.federatedCredentials.filter((credential) => credential.issuer !== issuer || credential.subject !== subject);
  application.federatedCredentials = [...others, { name: 'pasted', issuer, subject, audience }];
}

/** The Entra admin centre, and what stands around it. */
export const ENTRA_CHANGES: readonly PortalSetting[] = [
  { setting: /^(?:audience of the )?federated credential of the identity$/, apply: pasteCredential },
  { setting: /^identity of the service connection$/, apply: (access, change) => { delete findApplication(access, change.id).isOfOtherCloud; } },
  {
    setting: /^allowed issuers of federated credentials$/,
    apply(access, change) {
      expectId(change, access.tenantId);
      const issuers = [...access.federated.values()].map(({ issuer }) => issuer);
      if (!issuers.some((issuer) => change.from.includes(issuer))) throw new RemedyError('The advice does not name the issuer.');
      for (const tenant of access.tenants) if (tenant.tenantId === access.tenantId) tenant.issuerPolicy = undefined;
    },
  },
  { setting: /^supported account types of the application$/, apply: (access, change) => { findApplication(access, change.id).signInAudience = 'AzureADMyOrg'; } },
  {
    setting: /^Conditional Access policies for workload identities(?:, and the addresses they allow)?$/,
    apply(access, change) {
      delete findApplication(access, change.id).isBlocked;
      access.addressPolicy = 'none';
    },
  },
  {
    setting: /^delegated permissions of the application$/,
    apply(access, change) {
      const application = findApplication(access, change.id);
      expectNamed(change, 'from', String(application.tokenChanges?.['scp']));
      application.tokenChanges = { ...application.tokenChanges, scp: change.to };
    },
  },
  {
    setting: /^scope for which the token is asked$/,
    apply(access, change) {
      expectId(change, AZURE_DEVOPS_ID);
      expectNamed(change, 'to', `${AZURE_DEVOPS_ID}/.default`);
      delete access.exporter.tokenChanges;
    },
  },
  {
    setting: /^clock of this agent$/,
    apply(access, change) {
      expectId(change, 'agent');
      access.switches.dateSkewMs = 0;
      access.switches.assertionLifetime = DEFAULT_SWITCHES.assertionLifetime;
    },
  },
];
