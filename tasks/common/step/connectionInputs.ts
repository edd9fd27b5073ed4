import type { ConnectionKind } from '../identity/serviceConnection';
import type { InputProblems, InputSource } from './inputProblems';
import { parseChoice, parseOrganization } from './inputValues';

/** Inputs that every task with a service connection has. */
export type ConnectionInput = 'connectionType' | 'azureDevOpsServiceConnection' | 'connectedServiceNameARM' | 'organization';

export interface ChosenConnection {
  readonly kind: ConnectionKind;
  /** The connection's GUID. */
  readonly id: string;
}

/**
 * Which service connection signs in; the one given when there is only one.
 * Input names follow AzureCLI@3 (microsoft/azure-pipelines-tasks: Tasks/AzureCLIV3/task.json).
 */
export function readConnectionInputs(agent: InputSource<ConnectionInput>, problems: InputProblems<ConnectionInput>): ChosenConnection | undefined {
  const azureDevOps = agent.input('azureDevOpsServiceConnection');
  const azureRM = agent.input('connectedServiceNameARM');
  const type = agent.input('connectionType');
  const kind = type === undefined ? undefined : problems.take('connectionType', parseChoice(type, ['azureDevOps', 'azureRM'] as const));
  if (azureDevOps !== undefined && azureRM !== undefined && type === undefined) {
    problems.add('connectionType', 'both azureDevOpsServiceConnection and azureSubscription are given. Give only one of them, or say which counts: connectionType: azureDevOps or connectionType: azureRM.');
    return undefined;
  }
  if (kind !== undefined && (kind === 'azureDevOps' ? azureDevOps : azureRM) === undefined && (azureDevOps ?? azureRM) !== undefined) {
    const needed = kind === 'azureDevOps' ? 'azureDevOpsServiceConnection' : 'azureSubscription';
    problems.add('connectionType', `${kind} is chosen, but ${needed} is not given. Give ${needed}, or leave out connectionType: the connection that is given then counts.`);
    return undefined;
  }
  if (azureDevOps !== undefined && (azureRM === undefined || kind === 'azureDevOps')) return { kind: 'azureDevOps', id: azureDevOps };
  if (azureRM !== undefined && (azureDevOps === undefined || kind === 'azureRM')) return { kind: 'azureRM', id: azureRM };
  if (azureDevOps === undefined && azureRM === undefined) {
    problems.add('azureDevOpsServiceConnection', 'no service connection is given. Name one that uses workload identity federation: azureDevOpsServiceConnection: NAME (type Azure DevOps), or azureSubscription: NAME (type Azure Resource Manager).');
  }
  return undefined;
}

/** The organization whose audit log is meant: the one given, else that of the pipeline. */
export function readOrganizationInput(agent: InputSource<ConnectionInput>, problems: InputProblems<ConnectionInput>): string | undefined {
  const own = agent.variable('System.CollectionUri') ?? agent.variable('System.TeamFoundationCollectionUri');
  return problems.take('organization', parseOrganization(agent.input('organization'), own));
}
