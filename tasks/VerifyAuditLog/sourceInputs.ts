import { parseArtifactName } from '../common/step/inputValues';
import type { Requested } from '../common/evidence/verify/chainCoverage';
import { formatInstant, parseInstant, type InstantInSeconds } from '../common/window/instant';
import { quoted } from '../common/window/parsed';
import type { VerifyInputs, VerifyProblems } from './inputs';

/** Whose exports are collected. */
export interface PipelineRequest {
  readonly pipelineId: string;
  /** Full name; undefined for every branch. */
  readonly branch: string | undefined;
  readonly artifactName: string;
}

/** Half-open, seconds since 1970, UTC. */
interface PeriodWindow {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

export type CollectRequest = PipelineRequest & PeriodWindow;

/** @returns undefined when no pipeline is named, or after noting problems */
export function readPipeline(agent: VerifyInputs, problems: VerifyProblems): PipelineRequest | undefined {
  const given = agent.input('pipeline');
  if (given === undefined) return undefined;
  const pipelineId = given.toLowerCase() === 'self' ? agent.variable('System.DefinitionId') ?? '' : given;
  if (!/^[1-9]\d{0,9}$/.test(pipelineId)) problems.add('pipeline', `${quoted(given)} is not a pipeline. Allowed: its number, which is the definitionId in the address of its page, or self for this pipeline. Example: 42.`);
  const artifactName = problems.take('artifactName', parseArtifactName(agent.input('artifactName') ?? 'audit-log'));
  const branch = agent.input('branch') ?? agent.variable('Build.SourceBranch');
  if (branch === undefined || (branch !== '*' && !branch.startsWith('refs/'))) problems.add('branch', `${quoted(branch ?? '')} is not the full name of a branch. Allowed: a full name, or * for every branch. Example: refs/heads/main.`);
  return { pipelineId, branch: branch === '*' ? undefined : branch, artifactName: artifactName ?? '' };
}

export interface PeriodRequest {
  readonly requested: Requested;
  /** Undefined when a bound is open. */
  readonly window: PeriodWindow | undefined;
}

/** @param isNeeded whether both bounds must be there */
export function readPeriod(agent: VerifyInputs, problems: VerifyProblems, isNeeded: boolean): PeriodRequest | undefined {
  const before = problems.list.length;
  const from = readBound('from', agent, problems, isNeeded)?.epochSecondsFloor;
  const to = readBound('to', agent, problems, isNeeded)?.epochSecondsCeil;
  if (from !== undefined && to !== undefined && from >= to) problems.add('to', `${formatInstant(to)} is not after from (${formatInstant(from)}). Give a later instant; it is not included itself.`);
  if (problems.list.length > before) return undefined;
  return {
    requested: { from: from === undefined ? undefined : formatInstant(from), to: to === undefined ? undefined : formatInstant(to) },
    window: from === undefined || to === undefined ? undefined : { fromSeconds: from, toSeconds: to },
  };
}

function readBound(name: 'from' | 'to', agent: VerifyInputs, problems: VerifyProblems, isNeeded: boolean): InstantInSeconds | undefined {
  const text = agent.input(name);
  if (text !== undefined) return problems.take(name, parseInstant(text));
  if (isNeeded) problems.add(name, 'is needed with pipeline: it says which runs are collected. Example: 2026-01-01T00:00:00Z.');
  return undefined;
}
