import { mkdirSync } from 'node:fs';
import { arch, hostname, platform } from 'node:os';
import { join } from 'node:path';
import type { SandboxNetwork } from '../jobContext';

/** Version that the stand-in calls itself: an agent that ships Node 20.20 and Node 24. */
export const AGENT_VERSION = '4.275.0';

export interface VariableValue { readonly value: string; readonly secret: boolean }

/** Agent variables. Names are compared without regard to case, as in Azure Pipelines; the spelling of the first setter stays. */
export class Variables {
  readonly #values = new Map<string, VariableValue & { readonly name: string }>();

  set(name: string, value: string, secret = false): void {
    const known = this.#values.get(name.toLowerCase());
    this.#values.set(name.toLowerCase(), { name: known?.name ?? name, value, secret: secret || known?.secret === true });
  }

  setAll(values: Readonly<Record<string, string>>, secret = false): void {
    for (const [name, value] of Object.entries(values)) this.set(name, value, secret);
  }

  get(name: string): string | undefined {
    return this.#values.get(name.toLowerCase())?.value;
  }

  list(): readonly { readonly name: string; readonly value: string; readonly secret: boolean }[] {
    return [...this.#values.values()];
  }

  /** Replaces macros in the variables' own values, so that a variable may refer to another one. */
  expandOwnValues(): void {
    for (const { name, value } of this.list()) this.set(name, this.#expandDeep(value, new Set([name.toLowerCase()])));
  }

  #expandDeep(text: string, open: Set<string>): string {
    return expandMacros(text, (name) => {
      const key = name.toLowerCase();
      const value = this.#values.get(key)?.value;
      return value === undefined || open.has(key) ? undefined : this.#expandDeep(value, new Set([...open, key]));
    });
  }
}

/** Replaces `$(name)` by its value, once: what a value brings in is not looked at again. Unknown names stay as they are. */
export function expandMacros(text: string, lookUp: (name: string) => string | undefined): string {
  let expanded = '';
  let rest = text;
  for (;;) {
    const start = rest.indexOf('$(');
    const end = rest.indexOf(')', start + 2);
    if (start < 0 || end < 0) return expanded + rest;
    const value = lookUp(rest.slice(start + 2, end));
    // An unknown name gives up one character only: in `$($(a))` the inner macro is still found.
    expanded += rest.slice(0, start) + (value ?? '$');
    rest = rest.slice(value === undefined ? start + 1 : end + 1);
  }
}

/** Name under which a variable, an input or an endpoint field reaches the process environment (VarUtil.cs of azure-pipelines-agent). */
export function environmentName(name: string): string {
  return name.replace(/[. ]/g, '_').toUpperCase();
}

/** The folders of one job below the agent's work folder; all exist after the call. */
export function agentDirectories(workDirectory: string): Readonly<Record<string, string>> {
  const directories = {
    'Agent.WorkFolder': workDirectory,
    'Agent.HomeDirectory': join(workDirectory, '_agent'),
    'Agent.ToolsDirectory': join(workDirectory, '_tool'),
    'Agent.TempDirectory': join(workDirectory, '_temp'),
    'Agent.BuildDirectory': join(workDirectory, '1'),
    'Pipeline.Workspace': join(workDirectory, '1'),
    'Build.ArtifactStagingDirectory': join(workDirectory, '1', 'a'),
    'Build.StagingDirectory': join(workDirectory, '1', 'a'),
    'System.ArtifactsDirectory': join(workDirectory, '1', 'a'),
    'Build.BinariesDirectory': join(workDirectory, '1', 'b'),
    'Build.SourcesDirectory': join(workDirectory, '1', 's'),
    'Build.Repository.LocalPath': join(workDirectory, '1', 's'),
    'System.DefaultWorkingDirectory': join(workDirectory, '1', 's'),
    'Common.TestResultsDirectory': join(workDirectory, '1', 'TestResults'),
  };
  for (const directory of Object.values(directories)) mkdirSync(directory, { recursive: true });
  return directories;
}

/** What an agent says about itself and its machine. */
export function agentIdentity(): Readonly<Record<string, string>> {
  const systems: Partial<Record<NodeJS.Platform, string>> = { win32: 'Windows_NT', darwin: 'Darwin' };
  return {
    'Agent.Id': '7',
    'Agent.Name': 'sandbox-agent',
    'Agent.MachineName': hostname(),
    'Agent.OS': systems[platform()] ?? 'Linux',
    'Agent.OSArchitecture': arch() === 'arm64' ? 'ARM64' : 'X64',
    'Agent.Version': AGENT_VERSION,
    'Agent.JobName': 'Job',
    'Agent.JobStatus': 'Succeeded',
    'Agent.RetainDefaultEncoding': 'false',
    'System.EnableAccessToken': 'SecretVariable',
  };
}

export interface NetworkChoice {
  readonly network?: SandboxNetwork;
  readonly agentProxy?: boolean;
  readonly agentCa?: boolean;
  /** Regular expressions, tested on the whole URL, for what goes past the proxy. */
  readonly proxyBypassList?: readonly string[];
  readonly clientCertificate?: ClientCertificate;
}

/** A client certificate that the agent was configured with (`--sslclientcert`); paths of PEM files. */
export interface ClientCertificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly archiveFile?: string;
  readonly password?: string;
}

/** The variables of an agent that was configured with a proxy, a certificate authority and a client certificate (JobRunner.cs). */
export function setNetworkVariables(variables: Variables, choice: NetworkChoice): void {
  const { network, clientCertificate } = choice;
  if (network && choice.agentProxy !== false) {
    variables.set('Agent.ProxyUrl', network.proxyUrl);
    if (network.proxyCredentials) {
      variables.set('Agent.ProxyUsername', network.proxyCredentials.username);
      variables.set('Agent.ProxyPassword', network.proxyCredentials.password, true);
    }
    if (choice.proxyBypassList?.length) variables.set('Agent.ProxyBypassList', JSON.stringify(choice.proxyBypassList));
    variables.set('Agent.UseBasicAuthForProxy', network.proxyCredentials ? 'True' : 'False');
  }
  if (network && choice.agentCa !== false) variables.set('Agent.CAInfo', network.caFile);
  if (clientCertificate) {
    variables.set('Agent.ClientCert', clientCertificate.certificateFile);
    variables.set('Agent.ClientCertKey', clientCertificate.keyFile);
    variables.set('Agent.ClientCertArchive', clientCertificate.archiveFile ?? '');
    if (clientCertificate.password) variables.set('Agent.ClientCertPassword', clientCertificate.password, true);
  }
}
