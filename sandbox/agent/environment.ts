import type { JobContext, ServiceConnection } from '../jobContext';
import { environmentName, type Variables } from './variables';

export interface EnvironmentParts {
  readonly job: JobContext;
  readonly variables: Variables;
  readonly inputs: Readonly<Record<string, string>>;
  readonly connections: readonly ServiceConnection[];
  /** The step's own `env:`. */
  readonly stepEnvironment: Readonly<Record<string, string>>;
  /** What the agent service itself was started with, beyond the bare system variables. */
  readonly agentEnvironment: Readonly<Record<string, string>>;
}

/** What a process needs of its machine; nothing else of the caller's environment reaches the step. */
const SYSTEM_NAMES = ['PATH', 'HOME', 'USER', 'LANG', 'TZ', 'SystemRoot', 'SystemDrive', 'windir', 'ComSpec', 'PATHEXT', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'TEMP', 'TMP'];

/** The environment that a bare agent service has, for macros and for the step's process. */
export function systemEnvironment(): Record<string, string> {
  const entries = SYSTEM_NAMES.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

/**
 * The environment of the step's process, in the order of an agent from 5.277 on: variables first, so that none of them can take
 * the place of an input or an endpoint (Handler.cs of azure-pipelines-agent).
 */
export function stepEnvironment(parts: EnvironmentParts): Record<string, string> {
  return {
    ...systemEnvironment(),
    ...parts.agentEnvironment,
    TF_BUILD: 'True',
    ...parts.stepEnvironment,
    ...variableEntries(parts.variables),
    ...inputEntries(parts.inputs),
    ...systemConnectionEntries(parts.job),
    ...Object.assign({}, ...parts.connections.map(connectionEntries)) as Record<string, string>,
  };
}

function variableEntries(variables: Variables): Record<string, string> {
  const entries: Record<string, string> = {};
  const list = variables.list();
  for (const { name, value, secret } of list) entries[(secret ? 'SECRET_' : '') + environmentName(name)] = value;
  const jobStatus = variables.get('Agent.JobStatus');
  if (jobStatus !== undefined) entries['agent.jobstatus'] = jobStatus;
  entries['VSTS_PUBLIC_VARIABLES'] = JSON.stringify(list.filter((variable) => !variable.secret).map((variable) => variable.name));
  entries['VSTS_SECRET_VARIABLES'] = JSON.stringify(list.filter((variable) => variable.secret).map((variable) => variable.name));
  return entries;
}

function inputEntries(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${environmentName(name)}`, value]));
}

function systemConnectionEntries(job: JobContext): Record<string, string> {
  return endpointEntries('SYSTEMVSSCONNECTION', job.systemConnectionUrl, 'OAuth', { AccessToken: job.jobToken });
}

function connectionEntries(connection: ServiceConnection): Record<string, string> {
  const key = connection.id.toLowerCase();
  const data = Object.entries(connection.data).map(([name, value]) => [`ENDPOINT_DATA_${key}_${environmentName(name)}`, value]);
  return {
    ...endpointEntries(key, connection.url, connection.scheme, connection.parameters),
    [`ENDPOINT_DATA_${key}`]: JSON.stringify(connection.data),
    ...(Object.fromEntries(data) as Record<string, string>),
  };
}

function endpointEntries(key: string, url: string, scheme: string, parameters: Readonly<Record<string, string>>): Record<string, string> {
  const entries: Record<string, string> = {
    [`ENDPOINT_URL_${key}`]: url,
    [`ENDPOINT_AUTH_${key}`]: JSON.stringify({ parameters, scheme }),
    [`ENDPOINT_AUTH_SCHEME_${key}`]: scheme,
  };
  for (const [name, value] of Object.entries(parameters)) entries[`ENDPOINT_AUTH_PARAMETER_${key}_${environmentName(name)}`] = value;
  return entries;
}
