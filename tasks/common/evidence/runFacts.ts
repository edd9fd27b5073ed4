import type { Agent } from '../agent/agent';
import type { Manifest } from './manifest';
import { manifestText, manifestTextOrNull } from './manifestValue';

const RUN_ID = /^[\w-]{1,40}$/;

/**
 * Which run this is and what it runs on, from the agent's predefined variables.
 * Source: learn.microsoft.com/azure/devops/pipelines/build/variables
 * @param taskVersion of the product
 */
export function readRunFacts(agent: Pick<Agent, 'variable'>, taskVersion: string): Manifest['run'] {
  const text = (variable: string, longest: number): string | null => manifestTextOrNull(agent.variable(variable), longest);
  const pipelineId = agent.variable('System.DefinitionId') ?? '';
  return {
    id: runId(agent),
    number: text('Build.BuildNumber', 255),
    attempt: runAttempt(agent),
    stage: text('System.StageName', 255),
    job: text('System.JobDisplayName', 255),
    reason: text('Build.Reason', 64),
    project: { id: text('System.TeamProjectId', 64), name: text('System.TeamProject', 255) },
    pipeline: { id: RUN_ID.test(pipelineId) ? pipelineId : null, name: text('Build.DefinitionName', 500), revision: text('Build.DefinitionVersion', 20) },
    repository: text('Build.Repository.Name', 500),
    branch: text('Build.SourceBranch', 500),
    commit: text('Build.SourceVersion', 64),
    agent: { name: text('Agent.Name', 255), os: text('Agent.OS', 64), version: text('Agent.Version', 40) },
    taskVersion: manifestText(taskVersion, 40),
  };
}

/** The number of the run, in a release that of the release; `0` where the agent names none. */
export function runId(agent: Pick<Agent, 'variable'>): string {
  const id = (agent.variable('Build.BuildId') ?? agent.variable('Release.ReleaseId') ?? '').replace(/\W/g, '').slice(0, 40);
  return id === '' ? '0' : id;
}

/** 1 for the first attempt; stage and job are counted apart, and the greater of the two tells attempts apart. */
export function runAttempt(agent: Pick<Agent, 'variable'>): number {
  const attempts = ['System.StageAttempt', 'System.JobAttempt'].map((name) => Number(agent.variable(name)));
  return Math.max(1, ...attempts.filter((attempt) => Number.isSafeInteger(attempt)));
}
