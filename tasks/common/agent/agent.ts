/**
 * The port to Azure Pipelines: everything the product takes from an agent or gives to it.
 * `Input` and `Output` are the names of one task's `task.json`, so that the compiler refuses a name it does not declare.
 */
export interface Agent<Input extends string = string, Output extends string = string> {
  readonly log: Log;
  /** An input's value without surrounding white space; undefined when empty. */
  input(name: Input): string | undefined;
  /** A variable by its Azure Pipelines name (`Build.BuildId`); undefined when empty. */
  variable(name: string): string | undefined;
  /** A service connection that an input of type `connectedService:` named; undefined when the agent handed none over. */
  endpoint(id: string): Endpoint | undefined;
  /** From now on the agent replaces the value by `***` wherever it shows in the log. */
  registerSecret(value: string): void;
  /** Progress of the step, 0 to 100. */
  progress(percent: number): void;
  setOutput(name: Output, value: string): void;
  /**
   * Asks the agent to upload a folder's content as an artifact of the run (type *Container*). The agent does so after
   * the process has exited: the files must stay.
   */
  publishArtifact(name: string, directory: string): void;
  /** Shows a Markdown file on the run's *Extensions* tab, under `title`. The file must stay until the process has exited. */
  attachSummary(title: string, file: string): void;
  /** Attaches a file to the run for programs: they find it by `type` and `name`. The file must stay until the process has exited. */
  attachFile(type: string, name: string, file: string): void;
}

/** Lines of the run's log. Every text is disarmed before it is printed. */
export interface Log {
  info(text: string): void;
  /** A headline of the log. */
  section(text: string): void;
  warning(text: string): void;
  error(text: string): void;
  /** Shown only when the pipeline runs with `system.debug`. */
  debug(text: string): void;
}

/** The id under which every task finds the job's own connection to Azure DevOps. */
export const SYSTEM_CONNECTION = 'SYSTEMVSSCONNECTION';

export interface Endpoint {
  readonly id: string;
  readonly url: string | undefined;
  /** Authorization scheme, lower-case: `workloadidentityfederation`, `serviceprincipal`, `managedserviceidentity`, `oauth`, … */
  readonly scheme: string | undefined;
  /** An authorization parameter; names differ in case between producers and are compared without it. */
  parameter(name: string): string | undefined;
}
