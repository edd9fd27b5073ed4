import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Agent } from '../common/agent/agent';
import { disarm } from '../common/errors/disarm';
import type { CsvDelimiter } from '../common/export/csv';
import { readConnectionInputs, readOrganizationInput, type ChosenConnection } from '../common/step/connectionInputs';
import { InputProblems } from '../common/step/inputProblems';
import { parseArtifactName, parseBoolean, parseChoice, parseChoices } from '../common/step/inputValues';
import { DAY_MS, HOUR_MS, MINUTE_MS, parseDurationBetween } from '../common/window/duration';
import { csvDelimiterValues, formatsValues, inputAliases, type FormatsValue, type InputName, type OutputName } from './contract';
import { isExportFolder } from './exportPlace';
import { readWindowRequest, type WindowRequest } from './windowInputs';

export type ExportAgent = Agent<InputName, OutputName>;
export type ExportProblems = InputProblems<InputName>;

/** Everything the step was asked for, checked. */
export interface ExportRequest {
  readonly connection: ChosenConnection;
  readonly organization: string;
  readonly window: WindowRequest;
  readonly settleMs: number;
  readonly formats: readonly FormatsValue[];
  readonly compressJson: boolean;
  readonly csvDelimiter: CsvDelimiter;
  readonly outputDirectory: string;
  /** Undefined: the export is written, and publishing it is left to a step of the user's. */
  readonly artifactName: string | undefined;
  readonly allowPublicProject: boolean;
  readonly skipAggregation: boolean;
  readonly maxDurationMs: number;
}

const DELIMITERS: Readonly<Record<(typeof csvDelimiterValues)[number], CsvDelimiter>> = { comma: ',', semicolon: ';', tab: '\t' };

/**
 * Reads and checks all inputs; no request has been sent yet.
 * @param nowMs the agent's clock, ms since 1970
 * @throws TaskError INPUTS_INVALID with every problem as an item of its advice
 */
export function readInputs(agent: ExportAgent, nowMs: number): ExportRequest {
  const problems: ExportProblems = new InputProblems(inputAliases);
  const connection = readConnectionInputs(agent, problems);
  const organization = readOrganizationInput(agent, problems);
  const window = readWindowRequest(agent, problems, nowMs);
  const settleMs = problems.take('settleTime', parseDurationBetween(agent.input('settleTime') ?? '30m', 0, DAY_MS));
  const formats = problems.take('formats', parseChoices(agent.input('formats') ?? 'jsonl,csv', formatsValues));
  const csvDelimiter = problems.take('csvDelimiter', parseChoice(agent.input('csvDelimiter') ?? 'comma', csvDelimiterValues));
  const outputDirectory = readOutputDirectory(agent, problems);
  const artifactName = readArtifactName(agent, problems);
  if (artifactName !== undefined && outputDirectory !== undefined) refuseForeignFiles(outputDirectory, problems);
  const maxDurationMs = problems.take('maxDuration', parseDurationBetween(agent.input('maxDuration') ?? '50m', MINUTE_MS, 24 * HOUR_MS));
  const flag = (name: 'compressJson' | 'allowPublicProject' | 'skipAggregation', standard: boolean): boolean | undefined =>
    problems.take(name, parseBoolean(agent.input(name), standard));
  const compressJson = flag('compressJson', true);
  const allowPublicProject = flag('allowPublicProject', false);
  const skipAggregation = flag('skipAggregation', true);
  if (
    problems.list.length > 0 || !connection || organization === undefined || !window || settleMs === undefined || !formats || !csvDelimiter
    || outputDirectory === undefined || maxDurationMs === undefined || compressJson === undefined || allowPublicProject === undefined || skipAggregation === undefined
  ) {
    throw problems.asFailure();
  }
  return {
    connection, organization, window, settleMs, formats, compressJson, csvDelimiter: DELIMITERS[csvDelimiter], outputDirectory,
    artifactName, allowPublicProject, skipAggregation, maxDurationMs,
  };
}

function readOutputDirectory(agent: ExportAgent, problems: ExportProblems): string | undefined {
  const given = agent.input('outputDirectory') ?? '';
  const base = agent.variable('System.DefaultWorkingDirectory') ?? process.cwd();
  if (given === '' || given.includes('\0') || /\$\([^)]*\)/.test(given)) {
    problems.add('outputDirectory', given === '' ? 'is empty. Example: $(Build.ArtifactStagingDirectory)/audit-log.' : `"${disarm(given, 120)}" holds a variable that has no value here. Example: $(Build.ArtifactStagingDirectory)/audit-log.`);
    return undefined;
  }
  const directory = path.resolve(base, given);
  for (let folder = directory; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found?.isDirectory()) break;
    if (found) {
      problems.add('outputDirectory', `${disarm(folder, 200)} is a file, not a folder. Example: $(Build.ArtifactStagingDirectory)/audit-log.`);
      return undefined;
    }
  }
  return directory;
}

/** Everything in the output directory is published; it must not be a folder of sources, for example. */
function refuseForeignFiles(directory: string, problems: ExportProblems): void {
  const foreign = list(directory).filter((name) => {
    const inside = path.join(directory, name);
    return !statSync(inside).isDirectory() || !list(inside).every(isExportFolder);
  });
  if (foreign.length === 0) return;
  problems.add('outputDirectory', `${disarm(directory, 200)} holds other things than exports (${disarm(foreign[0] ?? '', 80)}), and everything in it would be published. Name a folder that is used for nothing else, such as $(Build.ArtifactStagingDirectory)/audit-log, or set publishArtifact: false.`);
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // Not there yet, or a file: neither holds anything.
    return [];
  }
}

function readArtifactName(agent: ExportAgent, problems: ExportProblems): string | undefined {
  const isPublished = problems.take('publishArtifact', parseBoolean(agent.input('publishArtifact'), true)) ?? false;
  const name = problems.take('artifactName', parseArtifactName(agent.input('artifactName') ?? 'audit-log'));
  const hostType = agent.variable('System.HostType');
  if (isPublished && hostType !== 'build') {
    problems.add('publishArtifact', `artifacts can be published only in a build or YAML pipeline, and this job is of the type "${disarm(hostType ?? 'unknown', 40)}". Move the step to a YAML pipeline, or set publishArtifact: false and keep the files in another way.`);
  }
  return isPublished ? name : undefined;
}
