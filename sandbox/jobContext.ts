/**
 * What the stand-in for Azure tells the stand-in for the agent about the job it is to run.
 * The service side fills it in, the agent side turns it into the variables and endpoints of a step.
 */
export interface JobContext {
  /** Agent variables by their Azure Pipelines name, for example `System.TeamProjectId`. */
  readonly variables: Readonly<Record<string, string>>;
  /** The job's access token: the `AccessToken` parameter of the endpoint `SYSTEMVSSCONNECTION`. */
  readonly jobToken: string;
  /** URL of the endpoint `SYSTEMVSSCONNECTION`, for example `https://dev.azure.com/fabrikam/`. */
  readonly systemConnectionUrl: string;
  readonly serviceConnections: readonly ServiceConnection[];
}

/** A service connection as the server hands it to the agent once a step's input names it. */
export interface ServiceConnection {
  /** The name that a pipeline's YAML uses. */
  readonly name: string;
  /** Lower-case GUID. */
  readonly id: string;
  /** Service connection type: `workloadidentityuser` (Azure DevOps), `azurerm`, or another one. */
  readonly type: string;
  readonly url: string;
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

/** Where the stand-in can be reached: what a corporate proxy and its certificate authority are to a real agent. */
export interface SandboxNetwork {
  /** URL of the CONNECT proxy, without credentials, for example `http://127.0.0.1:40123`. */
  readonly proxyUrl: string;
  /** Set when the proxy demands Basic credentials. */
  readonly proxyCredentials?: { readonly username: string; readonly password: string };
  /** Path of a PEM file with the certificate authority behind all server certificates. */
  readonly caFile: string;
}
