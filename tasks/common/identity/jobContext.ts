import { SYSTEM_CONNECTION, type Agent } from '../agent/agent';
import { TaskError } from '../errors/taskError';
import { jobCredential, type Credential } from '../http/credential';

/** The job as Azure DevOps knows it, and its own token. */
export interface JobContext {
  readonly credential: Credential;
  /** Of the organization in which the pipeline runs, with a slash at its end. */
  readonly collectionUrl: URL;
  readonly projectId: string;
  readonly projectName: string;
}

/**
 * Reads the job's own connection, and registers its token as a secret before anything else happens.
 * The token comes from the endpoint SYSTEMVSSCONNECTION: the variable System.AccessToken is not there in every job.
 *
 * @throws TaskError JOB_CONTEXT_INCOMPLETE, TOKEN_HOST_REFUSED
 */
export function readJobContext(agent: Agent): JobContext {
  const endpoint = agent.endpoint(SYSTEM_CONNECTION);
  const token = endpoint?.parameter('AccessToken');
  const url = endpoint?.url;
  const projectId = agent.variable('System.TeamProjectId');
  if (token !== undefined) agent.registerSecret(token);
  if (token === undefined || url === undefined || projectId === undefined) {
    throw new TaskError('JOB_CONTEXT_INCOMPLETE', 'The agent handed no job token to this step.', {
      advice: ['Run the task in a pipeline job of Azure DevOps Services on an agent of version 4.255.0 or newer.'],
    });
  }
  const collection = agent.variable('System.CollectionUri') ?? agent.variable('System.TeamFoundationCollectionUri') ?? url;
  return {
    credential: jobCredential(token, url),
    collectionUrl: new URL(URL.canParse(collection) ? withSlash(collection) : withSlash(url)),
    projectId,
    projectName: agent.variable('System.TeamProject') ?? projectId,
  };
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
