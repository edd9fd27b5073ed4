import type {Actor, Directory, Project} from './directory';
import type {SeededRandom} from './random';

/** What a builder may draw on to describe one event. */
export interface EventScene {
  readonly random: SeededRandom;
  readonly directory: Directory;
  readonly project: Project;
  readonly actor: Actor;
  readonly timestamp: string;
  readonly verb: string;
}

/** The part of an entry that differs from action to action. */
export interface EventContent {
  readonly data: Readonly<Record<string, unknown>>;
  readonly details: string;
}

type Builder = (scene: EventScene) => EventContent;

const PERMISSIONS = ['Contribute', 'Force push', 'Administer build permissions', 'View audit log', 'Edit project-level information', 'Manage'];
const NAMESPACES = ['Git Repositories', 'Build', 'ReleaseManagement', 'AuditLog', 'Project', 'Library'];
const GROUP_NAMES = ['Project Administrators', 'Contributors', 'Readers', 'Build Administrators', 'Release Administrators'];
const REPOSITORIES = ['web', 'api', 'infrastructure', 'mobile-app', 'shared-libs', 'docs'];
const CONNECTIONS = ['azure-production', 'azure-test', 'docker hub', 'npm-registry', 'sonar', 'kubernetes-west'];

function accessLog({random, timestamp}: EventScene): EventContent {
  const filter = {StartTime: timestamp, EndTime: timestamp, ContinuationToken: null, BatchSize: 200, HasMore: random.chance(0.5)};
  return {data: {Filter: filter, EventSummary: [timestamp]}, details: 'Accessed the audit log'};
}

function auditStream({random, verb}: EventScene): EventContent {
  const streamId = random.below(12) + 1;
  return {data: {StreamId: streamId, ConsumerType: random.pick(['Splunk', 'AzureMonitorLogs', 'AzureEventGrid'])}, details: `${verb} audit stream ${String(streamId)}`};
}

function project({random, project: subject, verb}: EventScene): EventContent {
  const data = {ProjectId: subject.id, ProjectName: subject.name, ProcessTemplate: random.pick(['Agile', 'Scrum', 'Basic']), ProjectVisibility: random.pick(['Private', 'Public'])};
  return {data, details: `${subject.name} project: ${verb}`};
}

function permission({random, directory, project: scope}: EventScene): EventContent {
  const member = random.pick(directory.actors);
  const names = Array.from({length: 1 + random.below(3)}, () => random.pick(PERMISSIONS));
  const descriptor = `Microsoft.IdentityModel.Claims.ClaimsIdentity;${directory.tenantId}\\${member.upn ?? member.userId}`;
  const namespaceName = random.pick(NAMESPACES);
  const summary = names.map((PermissionNames) => ({PermissionNames, Change: random.pick(['Allow', 'Deny', 'NotSet']), SubjectDescriptor: descriptor, SubjectDisplayName: member.displayName}));
  const data = {NamespaceId: random.guid(), NamespaceName: namespaceName, Token: `$PROJECT:vstfs:///Classification/TeamProject/${scope.id}:`, Permissions: [{Descriptor: descriptor, Allow: random.below(256), Deny: 0}], EventSummary: summary, EventSummaryType: 'ChangedPermission'};
  return {data, details: `${String(names.length)} permission(s) of ${member.displayName} in "${namespaceName}" changed`};
}

function group({random, directory, project: scope, verb}: EventScene): EventContent {
  const member = random.pick(directory.actors);
  const ids = {GroupId: random.guid(), MemberId: member.userId};
  const groupName = `[${scope.name}]\\${random.pick(GROUP_NAMES)}`;
  const data = {CallerProcedure: 'prc_UpdateGroupMembership', Updates: [{...ids, Active: verb !== 'Remove'}], ...ids, GroupName: groupName, MemberDisplayName: member.displayName};
  return {data, details: `${verb}: ${member.displayName} in ${groupName}`};
}

function serviceConnection({random, project: scope, verb}: EventScene): EventContent {
  const name = random.pick(CONNECTIONS);
  const data = {ConnectionId: random.guid(), ConnectionName: name, ConnectionType: random.pick(['azurerm', 'dockerregistry', 'externalnpmregistry', 'generic']), DefinitionId: random.below(900), PlanType: random.pick(['Build', 'Release']), ProjectId: scope.id, ProjectName: scope.name};
  return {data, details: `${verb} "${name}" in ${scope.name}`};
}

function agentPool({random, verb}: EventScene): EventContent {
  const pool = random.below(30) + 1;
  return {data: {AgentPoolId: pool, AgentPoolName: `pool-${String(pool)}`, AgentName: `agent-${String(random.below(99))}`, AgentCloudId: '', OsDescription: 'Linux 6.8.0-1021-azure #25-Ubuntu SMP'}, details: `${verb} in pool-${String(pool)}`};
}

function variableGroup({random, verb}: EventScene): EventContent {
  const id = random.below(400);
  const variables = [{Name: 'Environment', Value: random.pick(['test', 'production'])}, {Name: 'ApiKey', IsSecret: true, Value: null}];
  return {data: {VariableGroupId: id, VariableGroupName: `settings ${String(id)}`, Type: 'Vsts', Variables: variables}, details: `${verb} "settings ${String(id)}" with 2 variables`};
}

function git({random, project: scope, verb}: EventScene): EventContent {
  const repository = random.pick(REPOSITORIES);
  const data = {RepoId: random.guid(), RepoName: repository, ProjectId: scope.id, ProjectName: scope.name, Name: 'refs/heads/main', BypassReason: random.pick(['', 'hotfix, agreed with on-call', 'build is broken']), PullRequestId: random.below(9000)};
  return {data, details: `${verb}: ${scope.name}/${repository}`};
}

function pipeline({random, project: scope, verb}: EventScene): EventContent {
  const id = random.below(900) + 1;
  const run = random.below(100_000);
  const data = {PipelineId: id, PipelineName: `ci-${String(id)}`, RunId: run, RunName: `20261120.${String(run % 90)}`, RepositoryType: 'TfsGit', ProjectName: scope.name, ResourceType: random.pick(['endpoint', 'queue', 'variablegroup', 'repository'])};
  return {data, details: `${verb} for pipeline "ci-${String(id)}", run ${String(run)}`};
}

function release({random, actor, verb}: EventScene): EventContent {
  const id = random.below(200) + 1;
  const data = {CallerProcedure: 'Release.prc_UpdateDeployment', DeploymentResult: random.pick(['Succeeded', 'PartiallySucceeded', 'Failed']), PipelineId: id, PipelineName: `release-${String(id)}`, ReleaseName: `Release-${String(random.below(500))}`, RequesterId: actor.userId, StageName: random.pick(['Test', 'Production EU', 'Production US'])};
  return {data, details: `${verb} of release pipeline "release-${String(id)}"`};
}

function accessToken({random, actor, verb}: EventScene): EventContent {
  const data = {TokenType: 'PersonalAccessToken', DisplayName: `token-${String(random.below(50))}`, ClientId: random.guid(), UserId: actor.userId, Scopes: random.pick([['app_token'], ['vso.code', 'vso.build_execute'], ['vso.packaging']]), ValidTo: '2027-01-01T00:00:00Z', Global: random.chance(0.1)};
  return {data, details: `${verb}: token of ${actor.displayName}`};
}

function policy({random, verb}: EventScene): EventContent {
  const name = random.pick(['Policy.DisallowAadGuestUserAccess', 'Policy.AllowAnonymousAccess', 'Policy.LogAuditEvents', 'Policy.EnforceAADConditionalAccess']);
  return {data: {PolicyName: name, PolicyValue: random.pick(['ON', 'OFF']), PolicyTypeId: random.guid()}, details: `${verb}: ${name}`};
}

function feed({random, project: scope, verb}: EventScene): EventContent {
  const name = random.pick(['packages', 'npm-mirror', 'internal']);
  return {data: {FeedId: random.guid(), FeedName: name, ProjectId: scope.id, UpstreamsAdded: [{name: 'npmjs', location: 'https://registry.npmjs.org/'}], ViewName: 'Release'}, details: `${verb}: feed ${name}`};
}

function anything({random, verb}: EventScene): EventContent {
  return {data: {Name: `${verb} ${String(random.below(1000))}`, ReferenceId: random.guid(), Enabled: random.chance(0.5), Previous: null, Ratio: random.below(1000) / 8}, details: `${verb} (${String(random.below(1000))})`};
}

const BUILDERS: readonly (readonly [prefix: string, builder: Builder])[] = [
  ['AuditLog.AccessLog', accessLog], ['AuditLog.', auditStream], ['Project.', project], ['Security.', permission], ['Group.', group],
  ['Library.ServiceConnection', serviceConnection], ['Library.Agent', agentPool], ['Library.', variableGroup], ['Git.', git],
  ['Pipelines.', pipeline], ['Check', pipeline], ['Release.', release], ['Token.', accessToken], ['OrganizationPolicy.', policy],
  ['Policy.', policy], ['Artifacts.', feed], ['ELM.', git], ['', anything],
];

/** Finds the builder for an action's data and details. */
export function contentBuilder(actionId: string): Builder {
  return BUILDERS.find(([prefix]) => actionId.startsWith(prefix))?.[1] ?? anything;
}
