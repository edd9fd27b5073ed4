import type { Agent } from '../agent/agent';
import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';

/** A service connection that signs in by workload identity federation. */
export interface ServiceConnection {
  /** The connection's GUID. */
  readonly id: string;
  readonly kind: ConnectionKind;
  /** Entra tenant of the service principal or managed identity. */
  readonly tenantId: string;
  /** Client (application) id of the service principal or managed identity. */
  readonly clientId: string;
  /**
   * The same id for people. The agent masks every authorization parameter of a connection as if it were a secret
   * (microsoft/azure-pipelines-agent: MaskingUtil.cs), comparing with regard to case; an id is none, and whoever has to find it
   * in a portal needs it, so it is shown in the other case.
   */
  readonly shownClientId: string;
}

export type ConnectionKind = 'azureDevOps' | 'azureRM';

const KIND_NAMES: Readonly<Record<ConnectionKind, string>> = {
  azureDevOps: 'Azure DevOps service connection',
  azureRM: 'Azure Resource Manager service connection',
};

/** What people call the schemes that do store a secret, or that sign in as the machine. */
const OTHER_SCHEMES: Readonly<Record<string, string>> = {
  serviceprincipal: 'a secret or a certificate',
  managedserviceidentity: 'the managed identity of the machine',
  publishprofile: 'a publish profile',
  usernamepassword: 'a user name and a password',
  token: 'a stored token',
};

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads a service connection from what the agent handed to the step.
 * Parameter names: microsoft/azure-pipelines-tasks, Tasks/AzureCLIV3.
 *
 * @param id the GUID into which the server turned the connection's name
 * @throws TaskError CONNECTION_NOT_FEDERATED, CONNECTION_INCOMPLETE
 */
export function readServiceConnection(agent: Agent, kind: ConnectionKind, id: string): ServiceConnection {
  const endpoint = agent.endpoint(id);
  const name = KIND_NAMES[kind];
  if (!endpoint) {
    throw new TaskError('CONNECTION_INCOMPLETE', `The agent handed no ${name} to this step.`, {
      advice: ['Name the service connection literally in the YAML; a name that is only known at run time (from an earlier step\'s variable) is not handed over.'],
    });
  }
  if (endpoint.scheme !== 'workloadidentityfederation') throw notFederated(name, endpoint.scheme);
  const tenantId = endpoint.parameter('tenantid');
  const clientId = endpoint.parameter('serviceprincipalid');
  if (tenantId === undefined || clientId === undefined || !GUID.test(tenantId) || !GUID.test(clientId)) {
    const missing = [!(tenantId && GUID.test(tenantId)) && 'tenant id', !(clientId && GUID.test(clientId)) && 'client id'].filter(Boolean).join(' and ');
    throw new TaskError('CONNECTION_INCOMPLETE', `The ${name} has no valid ${missing}.`, {
      advice: ['Open Project settings > Service connections, edit the connection, fill in the directory (tenant) id and the application (client) id, and save it.'],
    });
  }
  return { id, kind, tenantId, clientId, shownClientId: clientId === clientId.toUpperCase() ? clientId.toLowerCase() : clientId.toUpperCase() };
}

function notFederated(name: string, scheme: string | undefined): TaskError {
  const known = Object.entries(OTHER_SCHEMES).find(([name]) => name === scheme)?.[1];
  const how = known ?? `the scheme "${disarm(scheme ?? 'none', 60)}"`;
  return new TaskError('CONNECTION_NOT_FEDERATED', `The ${name} signs in with ${how}; this task signs in only by workload identity federation, which stores no secret.`, {
    advice: [
      'Convert it: Project settings > Service connections > the connection > Convert (to workload identity federation), then run the pipeline again.',
      'Or create a new one: New service connection > Azure DevOps, or Azure Resource Manager with the credential "Workload identity federation".',
    ],
  });
}
