import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Progress } from '../common/agent/progress';
import { TaskError } from '../common/errors/taskError';
import { collectExports, type CollectedRun } from '../common/evidence/collectExports';
import { verifyExports, type Verification } from '../common/evidence/verify/verifyExports';
import type { Http } from '../common/http/http';
import { readJobContext, type JobContext } from '../common/identity/jobContext';
import { refusePublicProject } from '../common/identity/project';
import { openHttp } from '../common/step/openHttp';
import type { StepParts } from '../common/step/stepParts';
import { startDeadline } from '../common/time/deadline';
import { formatDuration } from '../common/window/duration';
import { compareWithLog } from './compareWithLog';
import { finish } from './finish';
import { readInputs, type VerifyAgent, type VerifyRequest } from './inputs';
import { tell } from './tell';
import { evidenceFailure, writeEvidence } from './writeEvidence';

/** What every part of the story shares. */
export interface VerifyParts extends StepParts<VerifyAgent> {
  readonly request: VerifyRequest;
  readonly http: Http;
  /** Ended by the run's cancellation, and when the time is up. */
  readonly signal: AbortSignal;
  /** Folder with the exports. */
  readonly root: string;
  /** For files that the evidence does not hold. */
  readonly temporary: string;
}

/**
 * The whole story: inputs, the exports of a period, their verification, the comparison with the living log, the evidence.
 * @returns the sentence with which the step succeeds
 * @throws TaskError NO_EXPORTS_FOUND, VERIFICATION_FAILED, and what a user can meet on the way
 */
export async function run(parts: StepParts<VerifyAgent>): Promise<string> {
  const { agent } = parts;
  const request = readInputs(agent);
  tell.beginning(agent, request, parts.productVersion);
  const deadline = startDeadline(request.maxDurationMs, parts.cancel, () => tooLong(request));
  const http = openHttp(parts);
  try {
    const root = request.folder ?? path.join(request.evidenceDirectory, 'exports');
    const story: VerifyParts = { ...parts, request, http, signal: deadline.signal, root, temporary: agent.variable('Agent.TempDirectory') ?? tmpdir() };
    await makeFolders(story);
    const collected = await collect(story);
    const verification = await verify(story);
    tell.result(agent, verification);
    const comparison = await compareWithLog(story, verification);
    tell.comparison(agent, comparison);
    const evidence = await writeEvidence(story, { verification, comparison, collected });
    return finish(story, verification, comparison, evidence);
  } finally {
    deadline.stop();
    await http.close();
  }
}

async function makeFolders({ request, root, temporary }: VerifyParts): Promise<void> {
  try {
    for (const folder of [request.evidenceDirectory, root, temporary]) await mkdir(folder, { recursive: true });
  } catch (thrown) {
    throw evidenceFailure(thrown, request);
  }
}

/** @returns undefined when the exports lie there already */
async function collect(story: VerifyParts): Promise<readonly CollectedRun[] | undefined> {
  const { agent, clock, request, http, signal } = story;
  const job = await jobOf(story);
  if (request.collect === undefined || job === undefined) return undefined;
  agent.log.section(`Exports of ${request.requested.from ?? ''} to ${request.requested.to ?? ''}`);
  const progress = new Progress(agent, clock);
  let files = 0;
  const collected = await collectExports({ organization: request.organization, ...request.collect }, {
    http, job, signal, target: story.root, temporary: story.temporary,
    onRun: (seen, run) => {
      files += run?.files ?? 0;
      progress.report(0, () => `${seen} runs looked at, ${files} files downloaded.`);
    },
  });
  tell.collected(agent, request, collected);
  return collected;
}

/** The job, where anything is asked of it; a public project is refused before anything is. */
async function jobOf({ agent, request, http, signal }: VerifyParts): Promise<JobContext | undefined> {
  if (request.collect === undefined && request.requery === undefined) return undefined;
  const job = readJobContext(agent);
  if (request.isPublished && !request.allowPublicProject) await refusePublicProject(http, job, signal);
  return job;
}

async function verify({ agent, clock, request, root, signal }: VerifyParts): Promise<Verification> {
  agent.log.section('Verification');
  const progress = new Progress(agent, clock);
  const onProgress = (done: number, total: number): void => {
    signal.throwIfAborted();
    progress.report((done / total) * 100, () => `${done} of ${total} exports verified.`);
  };
  const verification = await verifyExports({ root, requested: request.requested, pinned: request.pinned, kept: request.kept, sample: request.sample, onProgress });
  if (verification === undefined) throw nothingFound(request);
  return verification;
}

function nothingFound({ collect: wanted, folder, requested }: VerifyRequest): TaskError {
  if (wanted === undefined) {
    return new TaskError('NO_EXPORTS_FOUND', `There is no export below ${folder ?? ''}.`, {
      advice: ['Download the artifacts in a step before this one, and name their folder: folder. An export is a folder that holds a manifest.json.', 'Or have the exports collected: pipeline, from and to.'],
    });
  }
  return new TaskError('NO_EXPORTS_FOUND', `The pipeline ${wanted.pipelineId} has no export of ${requested.from ?? ''} to ${requested.to ?? ''} (branch ${wanted.branch ?? 'any'}, artifact "${wanted.artifactName}").`, {
    advice: [
      'Compare pipeline, branch and artifactName with the pipeline that exports: pipeline is the definitionId in the address of its page, in this project.',
      'Artifacts vanish with their runs: look whether the runs of that time are still there.',
    ],
  });
}

function tooLong({ maxDurationMs }: VerifyRequest): TaskError {
  return new TaskError('MAX_DURATION_REACHED', `The verification was not finished within ${formatDuration(maxDurationMs)} (maxDuration).`, {
    advice: ['Raise maxDuration, and the job\'s timeoutInMinutes with it: it must stay above maxDuration.', 'Or verify a shorter period: from and to.'],
  });
}

