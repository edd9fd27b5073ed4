import { IdTrace } from '../auditlog/idTrace';
import type { NotableRuleId } from './notableRules';

/** What rules look at of an entry; the others are asked for only where the action is one of theirs. */
export interface Said {
  readonly actionId?: unknown;
  readonly data?: unknown;
  readonly details?: unknown;
}

type Data = Readonly<Record<string, unknown>>;

/** What a rule finds: entries with one of the actions, of which `matches` holds. */
interface Matcher {
  readonly rule: NotableRuleId;
  readonly actions: readonly string[];
  /** Whether it can hold at all of an entry with these bytes: most need not be parsed then. */
  readonly mayMatch?: (raw: Buffer) => boolean;
  readonly matches?: (data: Data, said: Said) => boolean;
}

/** Source: learn.microsoft.com/azure/devops/organizations/security/namespace-reference. */
const AUDIT_LOG_NAMESPACE = 'a6cc6381-a1ca-4b36-b3c1-4e65211e82b6';
const AUDIT_LOG_NAMESPACE_NAME = 'AuditLog';
const AUDIT_LOG_NAMESPACE_BYTES = Buffer.from(AUDIT_LOG_NAMESPACE_NAME);
/** What is escaped it takes for possible too. */
const AUDIT_LOG_NAMESPACE_TRACE = new IdTrace([AUDIT_LOG_NAMESPACE]);
const AUDITING_POLICY = 'Policy.LogAuditEvents';
const SERVICE_ACCOUNTS = 'project collection service accounts';

/**
 * Action ids: learn.microsoft.com/azure/devops/organizations/audit/auditing-events. Names inside `data`: the detections for
 * Microsoft Sentinel (Azure/Azure-Sentinel, Solutions/AzureDevOpsAuditing), which have read real logs.
 */
const MATCHERS: readonly Matcher[] = [
  { rule: 'auditStreamStopped', actions: ['AuditLog.StreamDisabledByUser', 'AuditLog.StreamDisabledBySystem', 'AuditLog.StreamDeleted'] },
  {
    rule: 'auditingSwitched',
    actions: ['OrganizationPolicy.PolicyValueUpdated', 'OrganizationPolicy.EnforcePolicyAdded', 'OrganizationPolicy.EnforcePolicyRemoved'],
    matches: (data) => textOf(data, 'PolicyName') === AUDITING_POLICY,
  },
  { rule: 'administratorsAdded', actions: ['Group.UpdateGroupMembership.Add'], matches: isOfAdministrators },
  { rule: 'administratorsAdded', actions: ['Group.UpdateGroupMembership'], matches: (data, said) => isOfAdministrators(data, said) && hasAddition(data) },
  { rule: 'administratorsAdded', actions: ['Organization.Update.Owner', 'Organization.Update.ForceUpdateOwner'] },
  {
    rule: 'auditLogPermissions',
    actions: [
      'Security.ModifyAccessControlLists', 'Security.ModifyPermission', 'Security.RemoveAccessControlLists', 'Security.RemoveAllAccessControlLists', 'Security.RemoveIdentityACEs',
      'Security.RemovePermission', 'Security.ResetAccessControlLists', 'Security.ResetPermission', 'Security.ChangeInheritance',
    ],
    mayMatch: (raw) => raw.includes(AUDIT_LOG_NAMESPACE_BYTES) || AUDIT_LOG_NAMESPACE_TRACE.mayBeIn(raw),
    matches: (data) => textOf(data, 'NamespaceId').toLowerCase() === AUDIT_LOG_NAMESPACE || textOf(data, 'NamespaceName') === AUDIT_LOG_NAMESPACE_NAME,
  },
  { rule: 'tokenFoundInPublic', actions: ['Token.PatPublicDiscoveryEvent'] },
  { rule: 'policyBypassed', actions: ['Git.RefUpdatePoliciesBypassed'] },
  { rule: 'repositoryDestroyed', actions: ['Git.RepositoryDestroyed'] },
  { rule: 'retentionReduced', actions: ['Pipelines.PipelineRetentionSettingChanged'], matches: isReduced },
  { rule: 'extensionInstalled', actions: ['Extension.Installed'] },
  { rule: 'projectMadePublic', actions: ['Project.UpdateVisibilityCompleted', 'Project.CreateCompleted'], matches: becamePublic },
];

const BY_ACTION = new Map(MATCHERS.flatMap((matcher) => matcher.actions.map((action) => [action, matcher] as const)));

/** Whether a rule could find an entry: nothing has been parsed of it yet. @param raw its bytes */
export function mayBeNotable(action: string | undefined, raw: Buffer): boolean {
  const matcher = action === undefined ? undefined : BY_ACTION.get(action);
  return matcher !== undefined && matcher.mayMatch?.(raw) !== false;
}

/** The rule that finds an entry, undefined for most entries: every action belongs to one rule. */
export function notableRule(said: Said): NotableRuleId | undefined {
  const action = said.actionId;
  const matcher = typeof action === 'string' ? BY_ACTION.get(action) : undefined;
  if (matcher === undefined) return undefined;
  if (matcher.matches === undefined) return matcher.rule;
  const { data } = said;
  return matcher.matches(typeof data === 'object' && data !== null ? data as Data : {}, said) ? matcher.rule : undefined;
}

/** The actions that a rule looks at, for its documentation. */
export function actionsOf(rule: NotableRuleId): string[] {
  return MATCHERS.filter((matcher) => matcher.rule === rule).flatMap(({ actions }) => actions);
}

/** The group that the entry names; in older ones only its details do, at their end. */
function isOfAdministrators(data: Data, said: Said): boolean {
  const named = textOf(data, 'GroupName') || (typeof said.details === 'string' ? said.details : '');
  const group = named.slice(named.lastIndexOf('\\') + 1).trim().toLowerCase();
  return group.endsWith('administrators') || group === SERVICE_ACCOUNTS;
}

function hasAddition(data: Data): boolean {
  const updates = valueOf(data, 'Updates');
  return !Array.isArray(updates) || updates.some((update: unknown) => typeof update === 'object' && update !== null && valueOf(update as Data, 'Active') !== false);
}

/** An entry that does not say from what to what is looked at rather than overlooked. */
function isReduced(data: Data): boolean {
  const [before, after] = [numberOf(data, 'OldValue'), numberOf(data, 'NewValue')];
  return Number.isNaN(before) || Number.isNaN(after) || after < before;
}

function becamePublic(data: Data): boolean {
  return textOf(data, 'ProjectVisibility').toLowerCase() === 'public' && textOf(data, 'PreviousProjectVisibility').toLowerCase() !== 'public';
}

/** The case of the first letter of a name inside `data` differs from event to event. */
function valueOf(data: Data, name: string): unknown {
  return data[name] ?? data[`${name.charAt(0).toLowerCase()}${name.slice(1)}`];
}

function textOf(data: Data, name: string): string {
  const value = valueOf(data, name);
  return typeof value === 'string' ? value : '';
}

function numberOf(data: Data, name: string): number {
  const value = valueOf(data, name);
  return typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
}
