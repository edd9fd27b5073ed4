import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Agent } from '../common/agent/agent';
import { disarm } from '../common/errors/disarm';
import type { KeptHash } from '../common/evidence/verify/readRecords';
import type { PinnedKey } from '../common/evidence/verify/signatureCheck';
import type { Requested } from '../common/evidence/verify/chainCoverage';
import { readConnectionInputs, readOrganizationInput, type ChosenConnection } from '../common/step/connectionInputs';
import { InputProblems, type InputSource } from '../common/step/inputProblems';
import { readIsPublished } from '../common/step/publishInput';
import { parseArtifactName, parseBoolean } from '../common/step/inputValues';
import { HOUR_MS, MINUTE_MS, parseDurationBetween } from '../common/window/duration';
import { inputAliases, type InputName, type OutputName } from './contract';
import { readKeptHashes, readPublicKeys, readSample, type SampleRequest } from './proofInputs';
import { readPeriod, readPipeline, type CollectRequest } from './sourceInputs';

export type VerifyAgent = Agent<InputName, OutputName>;
export type VerifyInputs = InputSource<InputName>;
export type VerifyProblems = InputProblems<InputName>;

/** Everything the step was asked for, checked. */
export interface VerifyRequest {
  readonly organization: string;
  /** Folder with the exports, absolute; undefined when they are collected. */
  readonly folder: string | undefined;
  readonly collect: CollectRequest | undefined;
  readonly requested: Requested;
  readonly pinned: readonly PinnedKey[];
  readonly kept: readonly KeptHash[];
  readonly sample: SampleRequest | undefined;
  /** Absolute. */
  readonly evidenceDirectory: string;
  readonly isPublished: boolean;
  readonly evidenceArtifactName: string;
  readonly allowPublicProject: boolean;
  readonly failOnInvalid: boolean;
  /** The connection with which the living log is read; undefined when it is not. */
  readonly requery: ChosenConnection | undefined;
  readonly maxDurationMs: number;
}

/**
 * Reads and checks all inputs; no request has been sent yet.
 * @throws TaskError INPUTS_INVALID with every problem as an item of its advice
 */
export function readInputs(given: VerifyInputs): VerifyRequest {
  const problems: VerifyProblems = new InputProblems<InputName>(inputAliases);
  const agent = problems.watching(given);
  const organization = readOrganizationInput(agent, problems);
  const pipeline = readPipeline(agent, problems);
  const period = readPeriod(agent, problems, pipeline !== undefined);
  const collect = pipeline !== undefined && period?.window !== undefined ? { ...pipeline, ...period.window } : undefined;
  const folder = pipeline === undefined ? readFolder(agent, problems) : undefined;
  const pinned = readPublicKeys(agent, problems);
  const kept = readKeptHashes(agent, problems);
  const sample = readSample(agent, problems);
  const isPublished = readIsPublished(agent, problems);
  const evidenceDirectory = readEvidenceDirectory(agent, problems);
  const evidenceArtifactName = problems.take('evidenceArtifactName', parseArtifactName(agent.input('evidenceArtifactName') ?? 'audit-log-evidence'));
  if (collect !== undefined && isPublished === true && evidenceArtifactName?.toLowerCase() === collect.artifactName.toLowerCase()) problems.add('evidenceArtifactName', `must be another name than artifactName (${collect.artifactName}): evidence would mix with exports. Example: audit-log-evidence.`);
  const flag = (name: 'allowPublicProject' | 'failOnInvalid' | 'requery', standard: boolean): boolean | undefined => problems.take(name, parseBoolean(agent.input(name), standard));
  const [allowPublicProject, failOnInvalid, isRequeried] = [flag('allowPublicProject', false), flag('failOnInvalid', true), flag('requery', false)];
  const requery = isRequeried === true ? readConnectionInputs(agent, problems) : undefined;
  const maxDurationMs = problems.take('maxDuration', parseDurationBetween(agent.input('maxDuration') ?? '50m', MINUTE_MS, 24 * HOUR_MS));
  if (
    problems.list.length > 0 || organization === undefined || period === undefined || isPublished === undefined || evidenceDirectory === undefined || evidenceArtifactName === undefined
    || allowPublicProject === undefined || failOnInvalid === undefined || maxDurationMs === undefined
  ) {
    throw problems.asFailure();
  }
  return { organization, folder, collect, requested: period.requested, pinned, kept, sample, evidenceDirectory, isPublished, evidenceArtifactName, allowPublicProject, failOnInvalid, requery, maxDurationMs };
}

function readFolder(agent: VerifyInputs, problems: VerifyProblems): string | undefined {
  const folder = absolute(agent, agent.input('folder') ?? agent.variable('Pipeline.Workspace'));
  if (folder === undefined || !isFolder(folder)) {
    problems.add('folder', `${folder === undefined ? 'is empty' : `${disarm(folder, 200)} is no folder`}. Name the folder that holds the downloaded exports, such as $(Pipeline.Workspace)/audit-log, or give pipeline, from and to to have them collected.`);
    return undefined;
  }
  return folder;
}

/** Everything in it is published, and what lay there before would pass for evidence. */
function readEvidenceDirectory(agent: VerifyInputs, problems: VerifyProblems): string | undefined {
  const example = 'Example: $(Build.ArtifactStagingDirectory)/audit-log-evidence.';
  const directory = absolute(agent, agent.input('collectTo'));
  if (directory === undefined) {
    problems.add('collectTo', `is empty. ${example}`);
    return undefined;
  }
  const content = contentOf(directory);
  if (content === undefined) problems.add('collectTo', `${disarm(directory, 200)} is a file or cannot be read. ${example}`);
  else if (content.length > 0) problems.add('collectTo', `${disarm(directory, 200)} is not empty (${disarm(content[0] ?? '', 80)}). Name a folder that is used for nothing else, or empty it before this step. ${example}`);
  return directory;
}

function absolute(agent: VerifyInputs, given: string | undefined): string | undefined {
  if (given === undefined || given.includes('\0')) return undefined;
  return path.resolve(agent.variable('System.DefaultWorkingDirectory') ?? process.cwd(), given);
}

function isFolder(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Undefined when it is no folder that can be read; nothing when there is none yet. */
function contentOf(directory: string): readonly string[] | undefined {
  try {
    return readdirSync(directory);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? [] : undefined;
  }
}
