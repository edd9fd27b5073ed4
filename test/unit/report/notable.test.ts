import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AUDIT_ACTIONS } from '../../../sandbox/organization/actions';
import { actionsOf, mayBeNotable, notableRule } from '../../../tasks/common/report/notable';
import { NOT_RECORDED, NOTABLE_RULES } from '../../../tasks/common/report/notableRules';

const documented = readFileSync(path.resolve('docs/notable.md'), 'utf8').split(/\r?\n/);
/** The same JSON, with every letter behind an escape. */
const escaped = (json: string): string => json.replace(/[a-z]/gi, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
const find = (actionId: string, data: unknown = {}, details = ''): string | undefined => notableRule({ actionId, data, details });

describe('notable entries', () => {
  it('are documented rule by rule, with the same actions and reasons', () => {
    const table = documented.filter((line) => line.startsWith('| ') && !line.startsWith('| rule') && !line.startsWith('| ---')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
    assert.deepEqual(
      table.map(([title, actions, , why]) => [title, actions, why]),
      NOTABLE_RULES.map(({ id, title, why }) => [title, actionsOf(id).map((action) => `\`${action}\``).join(', '), why]),
    );
    assert.deepEqual(documented.filter((line) => line.startsWith('- ')), NOT_RECORDED.map((text) => `- ${text}`));
  });

  it('have actions that Azure DevOps documents, each in one rule', () => {
    const known = new Set(AUDIT_ACTIONS.map(({ actionId }) => actionId));
    const actions = NOTABLE_RULES.flatMap(({ id }) => actionsOf(id));
    assert.deepEqual(actions.filter((action) => !known.has(action)), []);
    assert.equal(new Set(actions).size, actions.length);
  });

  for (const action of ['AuditLog.StreamDisabledByUser', 'AuditLog.StreamDisabledBySystem', 'AuditLog.StreamDeleted']) {
    it(`are those of ${action}`, () => assert.equal(find(action), 'auditStreamStopped'));
  }

  const cases: readonly (readonly [rule: string, found: readonly (readonly [string, unknown?, string?])[], other: readonly (readonly [string, unknown?, string?])[]])[] = [
    ['auditingSwitched',
      [['OrganizationPolicy.PolicyValueUpdated', { PolicyName: 'Policy.LogAuditEvents', PolicyValue: 'OFF' }], ['OrganizationPolicy.EnforcePolicyRemoved', { policyName: 'Policy.LogAuditEvents' }]],
      [['OrganizationPolicy.PolicyValueUpdated', { PolicyName: 'Policy.AllowAnonymousAccess' }], ['OrganizationPolicy.PolicyValueUpdated', null], ['Policy.PolicyConfigModified', { PolicyName: 'Policy.LogAuditEvents' }]]],
    ['administratorsAdded',
      [['Group.UpdateGroupMembership.Add', { GroupName: '[Fiber]\\Project Administrators' }], ['Group.UpdateGroupMembership.Add', { groupName: '[fabrikam]\\PROJECT COLLECTION SERVICE ACCOUNTS' }],
        ['Group.UpdateGroupMembership.Add', {}, 'Ada was added to [fabrikam]\\Project Collection Administrators'], ['Group.UpdateGroupMembership', { GroupName: '[Fiber]\\Build Administrators', updates: [{ active: true }] }],
        ['Organization.Update.Owner'], ['Organization.Update.ForceUpdateOwner']],
      [['Group.UpdateGroupMembership.Add', { GroupName: '[Fiber]\\Contributors' }, 'to \\Project Administrators'], ['Group.UpdateGroupMembership.Add', { GroupName: '[Administrators]\\Readers' }],
        ['Group.UpdateGroupMembership', { GroupName: '[Fiber]\\Build Administrators', Updates: [{ Active: false }, null] }], ['Group.UpdateGroupMembership.Remove', { GroupName: '[Fiber]\\Project Administrators' }]]],
    ['auditLogPermissions',
      [['Security.ModifyPermission', { NamespaceId: 'A6CC6381-A1CA-4B36-B3C1-4E65211E82B6' }], ['Security.RemoveIdentityACEs', { namespaceName: 'AuditLog' }]],
      [['Security.ModifyPermission', { NamespaceName: 'Build' }], ['Security.ModifyPermission', 'AuditLog'], ['Security.ModifyPermission', { Token: 'AuditLog' }]]],
    ['tokenFoundInPublic', [['Token.PatPublicDiscoveryEvent']], [['Token.PatCreateEvent']]],
    ['policyBypassed', [['Git.RefUpdatePoliciesBypassed']], [['git.refupdatepoliciesbypassed']]],
    ['repositoryDestroyed', [['Git.RepositoryDestroyed']], [['Git.RepositoryDeleted']]],
    ['retentionReduced',
      [['Pipelines.PipelineRetentionSettingChanged', { OldValue: 30, NewValue: 29 }], ['Pipelines.PipelineRetentionSettingChanged', { oldValue: '30', newValue: '5' }], ['Pipelines.PipelineRetentionSettingChanged', { NewValue: 5 }]],
      [['Pipelines.PipelineRetentionSettingChanged', { OldValue: '9', NewValue: '30' }], ['Pipelines.PipelineRetentionSettingChanged', { OldValue: 30, NewValue: 30 }]]],
    ['extensionInstalled', [['Extension.Installed']], [['Extension.Enabled']]],
    ['projectMadePublic',
      [['Project.UpdateVisibilityCompleted', { PreviousProjectVisibility: 'private', ProjectVisibility: 'public' }], ['Project.CreateCompleted', { ProjectVisibility: 'Public' }]],
      [['Project.UpdateVisibilityCompleted', { PreviousProjectVisibility: 'public', ProjectVisibility: 'private' }], ['Project.UpdateVisibilityCompleted', { PreviousProjectVisibility: 'public', ProjectVisibility: 'public' }],
        ['Project.CreateCompleted', { ProjectVisibility: 'Private' }], ['Project.UpdateVisibilityQueued', { ProjectVisibility: 'public' }]]],
  ];
  for (const [rule, found, other] of cases) {
    it(`are those of the rule ${rule}, and no others`, () => {
      for (const entry of found) {
        assert.equal(find(...entry), rule, JSON.stringify(entry));
        for (const json of [JSON.stringify(entry), escaped(JSON.stringify(entry))]) assert.ok(mayBeNotable(entry[0], Buffer.from(json)), json);
      }
      for (const entry of other) assert.equal(find(...entry), undefined, JSON.stringify(entry));
    });
  }

  it('are looked for only where they can be, because looking means to parse', () => {
    const changed = (data: unknown): Buffer => Buffer.from(JSON.stringify({ actionId: 'Security.ModifyPermission', data }));
    const namespace = '2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87';
    assert.equal(mayBeNotable('Security.ModifyPermission', changed({ NamespaceId: namespace, NamespaceName: 'Git Repositories' })), false);
    assert.equal(mayBeNotable('Git.RepositoryRenamed', changed({ NamespaceName: 'AuditLog' })), false);
    assert.equal(mayBeNotable(undefined, changed({ NamespaceName: 'AuditLog' })), false);
  });

  it('are no entries without an action, whatever their data', () => {
    for (const actionId of [undefined, null, 7, '', '__proto__', 'constructor']) assert.equal(notableRule({ actionId, data: [] }), undefined);
  });
});
