import { delegated } from './connection';
import { makeOldStyle, trustOnly, useAzureRM } from './federation';
import type { HealthyVariant } from './misconfiguration';
import { grantThrough } from './permission';

/** Organizations in which nothing is wrong. */
export const HEALTHY: readonly HealthyVariant[] = [
  { name: 'direct-grant', what: 'the identity itself is allowed', apply: () => undefined },
  { name: 'group-grant', what: 'a group of the identity is allowed', apply: grantThrough('Audit Readers') },
  { name: 'nested-group-grant', what: 'a group inside which its group is is allowed', apply: grantThrough('Compliance') },
  { name: 'azurerm-connection', what: 'an Azure Resource Manager connection', apply: useAzureRM },
  { name: 'old-style-connection', what: 'issuer and subject of former times on both sides', apply: (access) => { makeOldStyle(access); trustOnly(access); } },
  { name: 'suppressed-refused', what: 'Conditional Access under which suppressed redirects turn a good token into 401', apply: ({ switches }) => { switches.refuseSuppressed = true; } },
  { name: 'sign-in-page', what: 'requests without a token get the sign-in page instead of a redirect', apply: ({ switches }) => { switches.signIn = 'page'; } },
  { name: 'acl-unreadable', what: 'the identity may not read access control lists', apply: ({ visible }) => { visible.accessControl = false; } },
  { name: 'identities-unreadable', what: 'the identity may not see its groups', apply: ({ visible }) => { visible.identities = false; } },
  { name: 'policy-unreadable', what: 'the identity may not see the policies', apply: ({ visible }) => { visible.policies = false; } },
  { name: 'permissions-unreadable', what: 'the permissions API refuses the identity', apply: ({ visible }) => { visible.permissions = false; } },
  { name: 'streams-unreadable', what: 'the identity may not list audit streams', apply: ({ visible }) => { visible.streams = false; } },
  { name: 'nothing-readable', what: 'the identity may look at nothing but the audit log', apply: ({ visible }) => { Object.assign(visible, { accessControl: false, identities: false, policies: false, permissions: false, streams: false }); } },
  { name: 'delegated-user-impersonation', what: 'a person\'s token with user_impersonation', apply: ({ exporter, person }) => { exporter.tokenChanges = delegated(person.objectId ?? '', 'user_impersonation'); } },
  { name: 'delegated-auditlog-scope', what: 'a person\'s token with vso.auditlog among others', apply: ({ exporter, person }) => { exporter.tokenChanges = delegated(person.objectId ?? '', 'vso.build vso.auditlog'); } },
  { name: 'audience-uri', what: 'the token names Azure DevOps by its resource URI', apply: ({ exporter }) => { exporter.tokenChanges = { aud: 'https://app.vssps.visualstudio.com' }; } },
  { name: 'audience-uri-slash', what: 'the same with a slash at its end', apply: ({ exporter }) => { exporter.tokenChanges = { aud: 'https://app.vssps.visualstudio.com/' }; } },
  { name: 'byte-order-mark', what: 'every JSON answer begins with a byte order mark', apply: ({ switches }) => { switches.byteOrderMark = 'always'; } },
  { name: 'client-id-upper-case', what: 'the connection has the client id in upper case', apply: (access) => {
    for (const [index, connection] of access.connections.entries()) {
      const clientId = connection.parameters['serviceprincipalid'];
      if (clientId === access.exporter.clientId) access.connections[index] = { ...connection, parameters: { ...connection.parameters, serviceprincipalid: clientId.toUpperCase() } };
    }
  } },
  { name: 'organization-other-case', what: 'the input organization differs in case', apply: (access) => { access.stepInputs = { ...access.stepInputs, organization: access.organization.toUpperCase() }; } },
  { name: 'small-clock-skew', what: 'the clocks differ by a minute', apply: ({ switches }) => { switches.dateSkewMs = -60_000; } },
];
