import type {JobContext} from '../jobContext';
import type {RunRecord} from './runRecord';

/** The job of a run's latest attempt, with variables that agree with each other and with the service's own record of the run. */
export function jobOfRun(base: JobContext, run: RunRecord, pipelineName: string): JobContext {
  const collection = base.systemConnectionUrl;
  const project = base.variables['System.TeamProjectId'] ?? '';
  const attempt = String(run.attempts.length);
  const jobId = run.attempts.at(-1)?.jobId ?? '';
  const variables = {
    ...base.variables,
    'System.PlanId': run.planId,
    'System.TimelineId': run.planId,
    'System.JobId': jobId,
    'System.OidcRequestUri': `${collection}${project}/_apis/distributedtask/hubs/build/plans/${run.planId}/jobs/${jobId}/oidctoken`,
    'System.StageAttempt': attempt,
    'System.PhaseAttempt': attempt,
    'System.JobAttempt': attempt,
    'System.PipelineStartTime': new Date(run.queueTime).toISOString(),
    'System.DefinitionId': String(run.pipelineId),
    'System.DefinitionName': pipelineName,
    'System.IsScheduled': run.reason === 'Schedule' ? 'True' : 'False',
    'Build.BuildId': String(run.id),
    'Build.BuildNumber': run.buildNumber,
    'Build.BuildUri': `vstfs:///Build/Build/${String(run.id)}`,
    'Build.ContainerId': String(run.containerId),
    'Build.DefinitionName': pipelineName,
    'Build.DefinitionVersion': String(run.revision),
    'Build.Reason': run.reason,
    'Build.SourceBranch': run.branch,
    'Build.SourceBranchName': run.branch.slice(run.branch.lastIndexOf('/') + 1),
    'Build.SourceVersion': run.commit,
  };
  return {...base, variables};
}
