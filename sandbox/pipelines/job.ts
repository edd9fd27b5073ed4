import type {JobContext, ServiceConnection} from '../jobContext';
import type {Directory, Project} from '../organization/directory';
import type {SeededRandom} from '../organization/random';

/** Describes a scheduled run of a pipeline of the project, with variables that agree with each other. */
export function buildJob(directory: Directory, project: Project, connections: readonly ServiceConnection[], jobToken: string, random: SeededRandom): JobContext {
  const collection = `https://dev.azure.com/${directory.organization}/`;
  const planId = random.guid();
  const jobId = random.guid();
  const variables = {
    'System.CollectionUri': collection,
    'System.TeamFoundationCollectionUri': collection,
    'System.TeamFoundationServerUri': collection,
    'System.TaskDefinitionsUri': collection,
    'System.CollectionId': directory.organizationId,
    'System.TeamProjectId': project.id,
    'System.TeamProject': project.name,
    'System.HostType': 'build',
    'System.ServerType': 'Hosted',
    'System.Culture': 'en-US',
    'System.PlanId': planId,
    'System.JobId': jobId,
    'System.OidcRequestUri': `${collection}${project.id}/_apis/distributedtask/hubs/build/plans/${planId}/jobs/${jobId}/oidctoken`,
    'System.StageName': '__default',
    'System.StageDisplayName': '__default',
    'System.StageAttempt': '1',
    'System.PhaseName': 'Job',
    'System.JobName': '__default',
    'System.JobDisplayName': 'Job',
    'System.JobAttempt': '1',
    'System.JobIdentifier': 'Job.__default',
    'System.TimelineId': planId,
    'System.DefinitionId': '42',
    'System.DefinitionName': 'audit-log-export',
    'System.IsScheduled': 'True',
    'Build.BuildId': '4711',
    'Build.BuildNumber': '20261121.1',
    'Build.BuildUri': 'vstfs:///Build/Build/4711',
    'Build.ContainerId': '31337',
    'Build.DefinitionName': 'audit-log-export',
    'Build.DefinitionVersion': '3',
    'Build.QueuedBy': 'Microsoft.VisualStudio.Services.TFS',
    'Build.Reason': 'Schedule',
    'Build.Repository.Name': 'compliance',
    'Build.Repository.Id': random.guid(),
    'Build.Repository.Provider': 'TfsGit',
    'Build.SourceBranch': 'refs/heads/main',
    'Build.SourceBranchName': 'main',
    'Build.SourceVersion': random.guid().replaceAll('-', '') + random.guid().slice(0, 8),
  };
  return {variables, jobToken, systemConnectionUrl: collection, serviceConnections: connections};
}
