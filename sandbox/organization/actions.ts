/** The categories that the service names in an entry. */
export type Category = 'access' | 'create' | 'execute' | 'modify' | 'remove';

/** One kind of event of the audit log. */
export interface AuditAction {
  readonly actionId: string;
  readonly area: string;
  readonly category: Category;
}

interface ActionGroup extends Partial<Record<Category, string>> {
  readonly prefix: string;
  /** What the service shows as the area; not always the prefix of the id. */
  readonly area: string;
}

/**
 * Every action id that Microsoft's pages on auditing events have named since 2022, without its prefix.
 * Source: MicrosoftDocs/azure-devops-docs, organizations/audit/auditing-events; ids that the page lists without a category
 * have the one their verb suggests.
 */
const GROUPS: readonly ActionGroup[] = [
  {
    prefix: 'AuditLog',
    area: 'Auditing',
    access: 'AccessLog DownloadLog StreamRead',
    create: 'StreamCreated TestStream',
    modify: 'StreamDisabledBySystem StreamDisabledByUser StreamEnabled StreamModified',
    remove: 'StreamDeleted',
  },
  {
    prefix: 'Billing',
    area: 'Billing',
    create: 'SubscriptionLink',
    modify: 'BillingModeUpdate LimitUpdate PurchaseUpdate SubscriptionUpdate',
    remove: 'SubscriptionUnlink',
  },
  {
    prefix: 'CheckConfiguration',
    area: 'Checks',
    create: 'Created',
    modify: 'Updated ApprovalCheckOrderChanged Disabled Enabled',
    remove: 'Deleted',
  },
  {
    prefix: 'CheckSuite',
    area: 'Checks',
    execute: 'Completed',
  },
  {
    prefix: 'Extension',
    area: 'Extension',
    create: 'Installed',
    modify: 'Disabled Enabled VersionUpdated',
    remove: 'Uninstalled',
  },
  {
    prefix: 'Git',
    area: 'Git',
    create: 'RepositoryCreated RepositoryForked RepositoryUndeleted',
    modify: 'RefUpdatePoliciesBypassed RepositoryDefaultBranchChanged RepositoryDisabled RepositoryEnabled ' +
      'RepositoryRenamed',
    remove: 'RepositoryDeleted RepositoryDestroyed',
  },
  {
    prefix: 'Group',
    area: 'Group',
    create: 'CreateGroups',
    modify: 'UpdateGroupMembership UpdateGroupMembership.Add UpdateGroupMembership.Remove UpdateGroups.Modify',
    remove: 'UpdateGroups.Delete',
  },
  {
    prefix: 'Library',
    area: 'Library',
    create: 'AgentPoolCreated ServiceConnectionCreated VariableGroupCreated VariableGroupCreatedForProjects ' +
      'ServiceConnectionCreatedForMultipleProjects',
    execute: 'ServiceConnectionExecuted',
    modify: 'AgentAdded AgentDeleted AgentsDeleted ServiceConnectionForProjectModified ServiceConnectionModified ' +
      'ServiceConnectionShared ServiceConnectionSharedWithMultipleProjects VariableGroupModified ' +
      'VariableGroupModifiedForProjects ServiceConnectionPropertyChanged',
    remove: 'AgentPoolDeleted ServiceConnectionDeleted ServiceConnectionDeletedFromMultipleProjects ' +
      'VariableGroupDeleted VariableGroupDeletedFromProjects',
  },
  {
    prefix: 'Licensing',
    area: 'Licensing',
    create: 'Assigned GroupRuleCreated',
    modify: 'GroupRuleModified Modified',
    remove: 'GroupRuleDeleted Removed',
  },
  {
    prefix: 'Organization',
    area: 'Organization',
    create: 'Create',
    modify: 'LinkToAAD UnlinkFromAAD Update.Delete Update.ForceUpdateOwner Update.Owner Update.Rename ' +
      'Update.Restore',
  },
  {
    prefix: 'OrganizationPolicy',
    area: 'OrganizationPolicy',
    create: 'EnforcePolicyAdded',
    modify: 'PolicyValueUpdated',
    remove: 'EnforcePolicyRemoved',
  },
  {
    prefix: 'Security',
    area: 'Permissions',
    modify: 'ModifyAccessControlLists ModifyPermission ResetAccessControlLists ResetPermission ChangeInheritance',
    remove: 'RemoveAccessControlLists RemoveAllAccessControlLists RemoveIdentityACEs RemovePermission',
  },
  {
    prefix: 'Pipelines',
    area: 'Pipelines',
    create: 'PipelineCreated OAuthConfigurationCreated',
    execute: 'DeploymentJobCompleted VariablesSetAtRuntime',
    modify: 'PipelineModified PipelineRetentionSettingChanged ResourceAuthorizedForPipeline ' +
      'ResourceAuthorizedForProject ResourceNotAuthorizedForPipeline ResourceNotAuthorizedForProject ' +
      'ResourceUnauthorizedForPipeline ResourceUnauthorizedForProject RunRetained RunUnretained ' +
      'ProjectSettings OrganizationSettings OAuthConfigurationUpdated HostedParallelismPaid ' +
      'HostedParallelismPrivate HostedParallelismPublic',
    remove: 'PipelineDeleted OAuthConfigurationDeleted',
  },
  {
    prefix: 'Policy',
    area: 'Policy',
    create: 'PolicyConfigCreated',
    modify: 'PolicyConfigModified',
    remove: 'PolicyConfigRemoved',
  },
  {
    prefix: 'Process',
    area: 'Process',
    create: 'Behavior.Add Behavior.Create Control.Create Control.CreateWithoutLabel Field.Add Field.Create ' +
      'Group.Add Page.Add Process.CloneXmlToInherited Process.Create Process.Import Rule.Add State.Create ' +
      'WorkItemType.Create',
    modify: 'Behavior.Edit Behavior.Update Control.Update Control.UpdateWithoutLabel Field.Edit Field.Update ' +
      'Group.Update List.Create List.ListAddValue List.Update Page.Update Process.Edit ' +
      'Process.EditWithoutNewInformation Process.MigrateXmlToInherited Rule.Update State.Update ' +
      'SystemControl.Update WorkItemType.Update',
    remove: 'Behavior.Delete Behavior.Remove Control.Delete Field.Delete Field.Remove List.Delete ' +
      'List.ListRemoveValue Page.Delete Process.Delete Rule.Delete State.Delete SystemControl.Delete ' +
      'WorkItemType.Delete',
  },
  {
    prefix: 'Project',
    area: 'Project',
    create: 'AreaPath.Create Create CreateCompleted CreateFailed CreateQueued IterationPath.Create',
    modify: 'AreaPath.Update RestoreCompleted RestoreQueued UpdateRenameCompleted UpdateRenameQueued ' +
      'UpdateVisibilityCompleted UpdateVisibilityQueued IterationPath.Update Process.Modify ' +
      'Process.ModifyWithoutOldProcess',
    remove: 'AreaPath.Delete DeleteCompleted DeleteFailed DeleteQueued HardDeleteCompleted HardDeleteFailed ' +
      'HardDeleteQueued SoftDeleteCompleted SoftDeleteFailed SoftDeleteQueued IterationPath.Delete',
  },
  {
    prefix: 'Release',
    area: 'Release',
    create: 'ReleaseCreated ReleasePipelineCreated',
    execute: 'DeploymentCompleted DeploymentsCompleted',
    modify: 'ApprovalCompleted ApprovalsCompleted ReleasePipelineModified',
    remove: 'ReleaseDeleted ReleasePipelineDeleted',
  },
  {
    prefix: 'Token',
    area: 'Token',
    access: 'PatPublicDiscoveryEvent',
    create: 'PatCreateEvent SshCreateEvent',
    modify: 'PatExpiredEvent PatUpdateEvent SshUpdateEvent',
    remove: 'PatRevokeEvent PatSystemRevokeEvent SshRevokeEvent',
  },
  {
    prefix: 'Artifacts',
    area: 'Artifacts',
    create: 'Feed.Project.Create Feed.Org.Create Feed.Project.FeedView.Create Feed.Org.FeedView.Create',
    modify: 'Feed.Project.Modify Feed.Org.Modify Feed.Project.Modify.Permissions Feed.Org.Modify.Permissions ' +
      'Feed.Project.FeedView.Modify Feed.Org.FeedView.Modify',
    remove: 'Feed.Project.SoftDelete Feed.Org.SoftDelete Feed.Project.HardDelete Feed.Org.HardDelete ' +
      'Feed.Project.Permissions.Deletion Feed.Org.Permissions.Deletion Feed.Project.FeedView.HardDelete ' +
      'Feed.Org.FeedView.HardDelete',
  },
  {
    prefix: 'ELM',
    area: 'ELM',
    execute: 'RepoMigrationFailed RepoMigrationCompleted RepoValidationStarted RepoValidationCompleted ' +
      'RepoInitialSyncStarted RepoInitialSyncCompleted RepoPipelineRewireCompleted',
    modify: 'RepoMigrationRestarted RepoSyncPaused RepoSyncResumed RepoAdminGranted RepoCutoverScheduled ' +
      'RepoRWConverted RepoBoardsConnectionProvisioned',
    remove: 'RepoMigrationCancelled',
  },
  {
    prefix: 'ServiceHooks',
    area: 'ServiceHooks',
    create: 'SubscriptionCreated',
    modify: 'SubscriptionModified SubscriptionStatusChanged',
    remove: 'SubscriptionDeleted',
  },
];

/** All documented actions. */
export const AUDIT_ACTIONS: readonly AuditAction[] = GROUPS.flatMap(actionsOfGroup);

function actionsOfGroup(group: ActionGroup): AuditAction[] {
  const categories: readonly Category[] = ['access', 'create', 'execute', 'modify', 'remove'];
  return categories.flatMap((category) => (group[category]?.split(' ') ?? [])
    .map((name) => ({actionId: `${group.prefix}.${name}`, area: group.area, category})));
}
