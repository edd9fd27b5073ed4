import assert from 'node:assert/strict';
import { applyMisconfiguration } from '../../sandbox/misconfigurations/catalog';
import { buildDirectory } from '../../sandbox/organization/directory';
import { buildCast } from '../../sandbox/pipelines/cast';
import { applyChange, type Change } from '../../sandbox/remedy/applyChange';
import { applyCommand } from '../../sandbox/remedy/applyCommand';
import { RemedyError } from '../../sandbox/remedy/remedyError';
import { shellWords } from '../../sandbox/remedy/shellWords';
import { exporterIdentity, healthyAccess, stepConnection, type AccessSettings } from '../../sandbox/security/accessSettings';
import { AUDIT_BITS } from '../../sandbox/security/organizationSecurity';
import { DEFAULT_SWITCHES } from '../../sandbox/switches';

function broken(...names: readonly string[]): AccessSettings {
  const directory = buildDirectory('fabrikam', 1);
  const project = directory.projects[0]!;
  const access = healthyAccess(directory, project, buildCast(directory, project.name, 1), { ...DEFAULT_SWITCHES });
  for (const name of names) applyMisconfiguration(name, access);
  return access;
}

interface Case {
  readonly broken: string;
  readonly command: (access: AccessSettings) => string;
  readonly isHealed: (access: AccessSettings) => boolean;
  /** Parts of the command that may be otherwise. */
  readonly free?: RegExp;
}

const ORGANIZATION = '--org https://dev.azure.com/fabrikam';
const NAMESPACE = '--id a6cc6381-a1ca-4b36-b3c1-4e65211e82b6';

function subject(access: AccessSettings): string {
  return exporterIdentity(access).subjectDescriptor;
}

function mayRead(access: AccessSettings): boolean {
  return access.security.isAllowed(exporterIdentity(access), AUDIT_BITS.read);
}

function isTrusted(access: AccessSettings): boolean {
  const identity = access.federated.get(stepConnection(access).id);
  return access.exporter.federatedCredentials.some(({ issuer, subject, audience }) => issuer === identity?.issuer && subject === identity.subject && audience === 'api://AzureADTokenExchange');
}

function credential(access: AccessSettings): string {
  const identity = access.federated.get(stepConnection(access).id);
  return `'${JSON.stringify({ name: 'for-the-connection', issuer: identity?.issuer, subject: identity?.subject, audiences: ['api://AzureADTokenExchange'] }).replaceAll('//', '\\u002f\\u002f')}'`;
}

const ENTITLEMENT = 'az rest --method post --resource 499b84ac-1321-427f-aa17-267ca6975798 --url \'https://vsaex.dev.azure.com/fabrikam/_apis/serviceprincipalentitlements?api-version=7.1-preview.1\' --headers Content-Type=application/json --body';

const COMMANDS: readonly Case[] = [
  {
    broken: 'no-federated-credential', isHealed: isTrusted, free: /for-the-connection/,
    command: (access) => `az ad app federated-credential create --id ${access.exporter.clientId.toUpperCase()} --parameters ${credential(access)}`,
  },
  {
    broken: 'audience-wrong', isHealed: isTrusted, free: /for-the-connection/,
    command: (access) => `az ad app federated-credential update --id ${access.exporter.clientId} --federated-credential-id azure-pipelines --parameters ${credential(access)}`,
  },
  { broken: 'multi-tenant-app', isHealed: ({ exporter }) => exporter.signInAudience === 'AzureADMyOrg', command: ({ exporter }) => `az ad app update --id ${exporter.clientId} --sign-in-audience AzureADMyOrg` },
  { broken: 'permission-not-set', isHealed: mayRead, command: (access) => `az devops security permission update ${NAMESPACE} --subject ${subject(access)} --token /AllPermissions --allow-bit 1 --merge true ${ORGANIZATION}` },
  { broken: 'denied-directly', isHealed: mayRead, command: (access) => `az devops security permission reset ${NAMESPACE} --subject ${subject(access)} --token /AllPermissions --permission-bit 1 ${ORGANIZATION}` },
  {
    broken: 'project-scoped-user', isHealed: (access) => !access.security.belongsTo(exporterIdentity(access), 'Project-Scoped Users'),
    command: (access) => `az devops security group membership remove --group-id ${access.security.group('Project-Scoped Users').subjectDescriptor} --member-id ${subject(access)} --yes ${ORGANIZATION}`,
  },
  {
    broken: 'not-a-member', isHealed: (access) => exporterIdentity(access).entitlement === 'active', free: /7\.1-preview\.1/,
    command: (access) => `${ENTITLEMENT} '${JSON.stringify({ accessLevel: { accountLicenseType: 'express' }, servicePrincipal: { origin: 'aad', originId: access.exporter.objectId, subjectKind: 'servicePrincipal' } })}'`,
  },
];

describe('commands of advice', () => {
  for (const { broken: name, command, isHealed, free } of COMMANDS) {
    const heals = (change: (line: string) => string): boolean => {
      const access = broken(name);
      assert.equal(isHealed(access), false);
      try {
        applyCommand({ access }, change(command(access)));
      } catch (thrown) {
        assert.ok(thrown instanceof RemedyError, String(thrown));
        return false;
      }
      return isHealed(access);
    };

    it(`heal ${name}, and with one wrong letter or digit do not`, () => {
      assert.equal(heals((line) => line), true);
      const line = command(broken(name));
      const freeAt = free?.exec(line);
      const isFree = (at: number): boolean => freeAt ? at >= freeAt.index && at < freeAt.index + freeAt[0].length : false;
      const harmless = Array.from(line).flatMap((character, at) => (/[A-Za-z0-9]/.test(character) && !isFree(at) && heals((right) => right.slice(0, at) + otherCharacter(character) + right.slice(at + 1)) ? [line.slice(0, at + 1)] : []));
      assert.deepEqual(harmless, []);
    });

    it(`do not heal ${name} without one of their options`, () => {
      const options = [...command(broken(name)).matchAll(/--[a-z-]+/g)].map(([option]) => option).filter((option) => option !== '--headers' && option !== '--merge');
      for (const option of options) assert.equal(heals((line) => line.replace(new RegExp(`${option}( '[^']*'| (?!--)\\S+)?`), '')), false, option);
    });
  }

  it('are refused where the credential\'s issuer and subject exist already, as in Entra', () => {
    const access = broken('audience-wrong');
    assert.throws(() => applyCommand({ access }, `az ad app federated-credential create --id ${access.exporter.clientId} --parameters ${credential(access)}`), /exists already/);
  });

  it('are refused when az does not know them', () => {
    for (const line of ['az devops project delete --id x', 'rm -r x', 'az', '']) assert.throws(() => applyCommand({ access: broken() }, line), RemedyError, line);
  });
});

/** The next letter or digit, of the same kind. */
function otherCharacter(character: string): string {
  return { 'z': 'a', 'Z': 'A', '9': '0' }[character] ?? String.fromCharCode(character.charCodeAt(0) + 1);
}

describe('a command line', () => {
  const lines: [line: string, words: string[]][] = [
    ['az  a\tb ', ['az', 'a', 'b']],
    [String.raw`'a b' "c d" e\ f`, ['a b', 'c d', 'e f']],
    [String.raw`'it'\''s' "\"\\\$\x"`, ["it's", String.raw`"\$\x`]],
    [String.raw`a'b'"c"\d '' ""`, ['abcd', '', '']],
    [String.raw`'{"x":"\u002f"}'`, [String.raw`{"x":"\u002f"}`]],
  ];
  for (const [line, words] of lines) it(`is split as a shell does: ${line}`, () => { assert.deepEqual(shellWords(line), words); });

  it('must hold nothing that a shell would expand, run, or leave open', () => {
    for (const line of ['a?b', 'a*', 'a;b', 'a|b', 'a&b', '$a', '"$a"', '`a`', '"`a`"', '{a,b}', '~', '#a', '>a', "'a", '"a', 'a\\', 'a\nb']) assert.throws(() => shellWords(line), RemedyError, line);
  });
});

describe('changes in a portal', () => {
  const changes: [broken: string, change: (access: AccessSettings) => Omit<Change, 'from' | 'to'> & Partial<Change>, isHealed: (access: AccessSettings) => boolean][] = [
    ['auditing-off-404', () => ({ setting: 'policy "Log Audit Events"', id: 'Policy.LogAuditEvents', from: 'Off', to: 'On' }), ({ logAuditEvents }) => logAuditEvents],
    ['connection-not-permitted', (access) => ({ setting: 'pipelines that may use the service connection', id: stepConnection(access).id }), ({ withheld }) => withheld.size === 0],
    ['secret-connection', (access) => ({ setting: 'authentication of the service connection', id: stepConnection(access).id }), (access) => stepConnection(access).scheme === 'WorkloadIdentityFederation' && isTrusted(access)],
    ['application-deleted', (access) => ({ setting: 'client id of the service connection', id: stepConnection(access).id, from: stepConnection(access).parameters['serviceprincipalid']!.toUpperCase(), to: access.tenantId }), (access) => stepConnection(access).parameters['serviceprincipalid'] === access.exporter.clientId],
    ['organization-of-other-tenant', (access) => ({ setting: 'tenant of the service connection', id: stepConnection(access).id, from: stepConnection(access).parameters['tenantid']!, to: access.tenantId }), (access) => stepConnection(access).parameters['tenantid'] === access.tenantId && isTrusted(access)],
    ['organization-typo', (access) => ({ setting: 'input organization of the step', id: access.stepInputs['organization']! }), ({ stepInputs }) => !('organization' in stepInputs)],
    ['plan-over', ({ project }) => ({ setting: 'this run', id: project.id }), ({ job }) => job.plan === 'running'],
    ['conditional-access', ({ exporter }) => ({ setting: 'Conditional Access policies for workload identities, and the addresses they allow', id: exporter.clientId.toUpperCase() }), ({ addressPolicy }) => addressPolicy === 'none'],
    ['issuer-policy', (access) => ({ setting: 'allowed issuers of federated credentials', id: access.tenantId, from: `${access.federated.get(stepConnection(access).id)!.issuer} is not allowed` }), ({ tenants }) => tenants.every(({ issuerPolicy }) => issuerPolicy === undefined)],
    ['stream-disabled', () => ({ setting: 'audit stream', id: 'Sentinel 17' }), ({ streams }) => streams.every(({ status }) => status === 'enabled')],
    ['job-may-not-retain', ({ project }) => ({ setting: 'permission "Retain indefinitely"', id: `${project.name} Build Service` }), ({ job }) => job.mayRetainRuns],
    ['denied-acl-unreadable', (access) => ({ setting: 'a Deny that one of its groups may bring (only if it is allowed already)', id: subject(access) }), mayRead],
  ];
  for (const [name, describeChange, isHealed] of changes) {
    it(`heal ${name} with the right id alone`, () => {
      const access = broken(name);
      const change = { from: 'wrong', to: 'right', ...describeChange(access) };
      for (const id of [`${change.id}x`, change.id.slice(1), '']) assert.throws(() => { applyChange({ access }, { ...change, id }); }, RemedyError, id);
      assert.throws(() => { applyChange({ access }, { ...change, setting: change.setting.slice(0, -1) }); if (!isHealed(access)) throw new RemedyError('not healed'); }, RemedyError);
      const fresh = broken(name);
      assert.equal(isHealed(fresh), false);
      applyChange({ access: fresh }, change);
      assert.equal(isHealed(fresh), true);
    });
  }
});
