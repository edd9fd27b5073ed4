import type { Agent } from '../agent/agent';
import { TaskError } from '../errors/taskError';
import type { Http, HttpResponse } from '../http/http';
import type { JobContext } from './jobContext';
import type { ServiceConnection } from './serviceConnection';

/**
 * Asks Azure Pipelines for a fresh assertion (OIDC token) of the service connection. It lives about ten minutes.
 * Source: REST "Oidctoken - Create" (learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create).
 *
 * @throws TaskError JOB_CONTEXT_INCOMPLETE, TOKEN_HOST_REFUSED, ASSERTION_REFUSED, and what {@link Http.send} throws
 */
export async function requestAssertion(agent: Agent, http: Http, job: JobContext, connection: ServiceConnection, signal: AbortSignal): Promise<string> {
  const url = new URL(assertionUrl(agent, job));
  url.search = '';
  url.searchParams.set('api-version', '7.1');
  url.searchParams.set('serviceConnectionId', connection.id);
  const response = await http.send({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', 'x-tfs-fedauthredirect': 'Suppress' },
    credential: job.credential,
    maximumBytes: 1024 * 1024,
    signal,
  });
  const assertion = readAssertion(response);
  if (assertion === undefined) throw refused(response);
  agent.registerSecret(assertion);
  return assertion;
}

function assertionUrl(agent: Agent, job: JobContext): string {
  const given = agent.variable('System.OidcRequestUri');
  if (given !== undefined && URL.canParse(given)) return given;
  const hub = agent.variable('System.HostType');
  const plan = agent.variable('System.PlanId');
  const jobId = agent.variable('System.JobId');
  if (hub === undefined || plan === undefined || jobId === undefined) {
    throw new TaskError('JOB_CONTEXT_INCOMPLETE', 'The agent did not say where this job can ask for the assertion of a service connection (System.OidcRequestUri).', {
      advice: ['Run the task in a pipeline job of Azure DevOps Services on an agent of version 4.255.0 or newer.'],
    });
  }
  return new URL(`${job.projectId}/_apis/distributedtask/hubs/${hub}/plans/${plan}/jobs/${jobId}/oidctoken`, job.collectionUrl).href;
}

/** A JSON Web Token in compact form; anything else is no assertion. */
const COMPACT_JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

function readAssertion(response: HttpResponse): string | undefined {
  if (response.status !== 200) return undefined;
  try {
    const answer: unknown = JSON.parse(response.body.toString('utf8').replace(/^\ufeff/, ''));
    const token = typeof answer === 'object' && answer !== null && 'oidcToken' in answer ? answer.oidcToken : undefined;
    return typeof token === 'string' && COMPACT_JWT.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}

/** The orchestration plan, which is what a run is for Azure Pipelines, is unknown or over. */
const PLAN_FAILURE = 'TaskOrchestrationPlan';

function refused(response: HttpResponse): TaskError {
  const { activityId, status } = response;
  const typeKey = /"typeKey"\s*:\s*"(\w+)"/.exec(response.body.toString('utf8', 0, 16_384))?.[1] ?? '';
  const facts = { activityId, status };
  if (status === 429 || status >= 500) {
    return new TaskError('SERVICE_FAILING', `Azure Pipelines could not issue an assertion for the service connection now (HTTP ${status}).`, { ...facts, advice: ['Run the job again; if it happens again, look at status.dev.azure.com.'] });
  }
  if (status === 401 || status === 203 || status === 302) {
    return new TaskError('ASSERTION_REFUSED', `Azure Pipelines no longer accepts this job's own token (HTTP ${status}), so it issues no assertion for the service connection.`, {
      ...facts,
      advice: ['Run the job again. The job token ends with the job, and at the latest after a day or two.'],
    });
  }
  if (typeKey.startsWith(PLAN_FAILURE)) {
    return new TaskError('ASSERTION_REFUSED', `Azure Pipelines does not know this run any more (HTTP ${status}), so it issues no assertion for the service connection.`, {
      ...facts,
      serviceCode: 'PLAN',
      advice: ['Run the pipeline again. This happens when the run was canceled or has ended for Azure Pipelines while the step goes on.'],
    });
  }
  if (status === 404) {
    return new TaskError('ASSERTION_REFUSED', `Azure Pipelines does not know the service connection any more (HTTP ${status}).`, {
      ...facts,
      advice: ['Choose an existing service connection in the YAML, or create it anew under the same name, and run the pipeline again.'],
    });
  }
  return new TaskError('ASSERTION_REFUSED', `Azure Pipelines refused to issue an assertion for the service connection (HTTP ${status}).`, {
    ...facts,
    advice: ['Open Project settings > Service connections > the connection > Security, and permit this pipeline to use it.'],
  });
}
