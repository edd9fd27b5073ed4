import path from 'node:path';
import type { Agent } from '../common/agent/agent';
import { readConnectionInputs, readOrganizationInput, type ChosenConnection } from '../common/step/connectionInputs';
import { InputProblems, type InputSource } from '../common/step/inputProblems';
import { parseBoolean } from '../common/step/inputValues';
import { HOUR_MS, parseDurationBetween } from '../common/window/duration';
import { inputAliases, type InputName, type OutputName } from './contract';

export type CheckAgent = Agent<InputName, OutputName>;

/** Everything the step was asked for, checked. */
export interface CheckRequest {
  readonly connection: ChosenConnection;
  readonly organization: string;
  readonly waitMs: number;
  readonly outputDirectory: string;
  readonly failOnWarnings: boolean;
}

/**
 * Reads and checks all inputs; no request has been sent yet.
 * @throws TaskError INPUTS_INVALID with every problem as an item of its advice
 */
export function readInputs(given: InputSource<InputName>): CheckRequest {
  const problems = new InputProblems<InputName>(inputAliases);
  const agent = problems.watching(given);
  const connection = readConnectionInputs(agent, problems);
  const organization = readOrganizationInput(agent, problems);
  const waitMs = problems.take('waitForPermission', parseDurationBetween(agent.input('waitForPermission') ?? '0m', 0, 2 * HOUR_MS));
  const failOnWarnings = problems.take('failOnWarnings', parseBoolean(agent.input('failOnWarnings'), false));
  const folder = agent.input('outputDirectory');
  if (folder === undefined) problems.add('outputDirectory', 'is empty. Example: $(Agent.TempDirectory)/audit-log-access.');
  if (problems.list.length > 0 || !connection || organization === undefined || waitMs === undefined || failOnWarnings === undefined || folder === undefined) throw problems.asFailure();
  return { connection, organization, waitMs, failOnWarnings, outputDirectory: path.resolve(agent.variable('System.DefaultWorkingDirectory') ?? process.cwd(), folder) };
}
