import { TaskError } from '../common/errors/taskError';
import type { ChainIdentity } from '../common/evidence/chainHead';
import { continueFromText, planChain, type ChainPlan } from '../common/evidence/chainPlan';
import { readChain } from '../common/evidence/chainReading';
import { runId } from '../common/evidence/runFacts';
import { PreviousRuns } from '../common/evidence/previousRuns';
import type { Http } from '../common/http/http';
import type { JobContext } from '../common/identity/jobContext';
import { HOUR_MS } from '../common/window/duration';
import { oldestRetained } from '../common/window/retention';
import type { ExportAgent, ExportRequest } from './inputs';
import type { ChainRequest } from './windowInputs';

/**
 * The service goes on deleting while an export is read, and the oldest entries are read last: a chain promises only what is
 * still there an hour from now. Seconds.
 */
const READING_SECONDS = HOUR_MS / 1000;

export interface ChainParts {
  readonly agent: ExportAgent;
  readonly http: Http;
  readonly job: JobContext;
  readonly signal: AbortSignal;
}

/**
 * Looks among the earlier runs for where the last export ended.
 * @param nowMs an export that claims a later instant is not believed
 * @param serviceMs the clock by which the service deletes entries; both ms since 1970
 * @throws TaskError CHAIN_NOT_FOUND when `continueFrom` names a pipeline without an export, PREVIOUS_EXPORTS_REFUSED, PREVIOUS_EXPORTS_UNREADABLE
 */
export async function continueChain(parts: ChainParts, request: ExportRequest, { continueFrom, overlapMs }: ChainRequest, nowMs: number, serviceMs: number): Promise<ChainPlan> {
  const { agent, http, job, signal } = parts;
  const identity: ChainIdentity = {
    organization: request.organization,
    pipelineId: agent.variable('System.DefinitionId') ?? '',
    branch: agent.variable('Build.SourceBranch') ?? '',
    artifactName: request.artifactName,
  };
  const runs = new PreviousRuns({ http, job, organization: request.organization, ownRun: { id: runId(agent), pipelineId: identity.pipelineId }, signal });
  const oldest = oldestRetained(serviceMs) + READING_SECONDS;
  const nowSeconds = Math.floor(nowMs / 1000);
  const reading = await readChain(runs, identity, nowSeconds, oldest);
  const isTakenOver = continueFrom?.kind === 'pipeline' && reading.head?.manifest.chain.origin.continueFrom !== continueFromText(continueFrom);
  const taken = isTakenOver ? (await readChain(runs, { ...identity, pipelineId: continueFrom.id }, nowSeconds, oldest)).head : undefined;
  if (isTakenOver && taken === undefined) {
    throw new TaskError('CHAIN_NOT_FOUND', `The pipeline ${continueFrom.id} has no export of "${request.organization}" that could be continued (branch ${identity.branch}, artifact "${identity.artifactName}").`, {
      advice: [
        'continueFrom: give the number of the pipeline that made the exports so far; it is the definitionId in the address of its page, in this project. Branch and artifactName must be the same as there.',
        'Or leave continueFrom out: a chain then begins with the oldest entries that Azure DevOps still has.',
      ],
    });
  }
  return planChain(identity, reading, continueFrom, taken, oldest, Math.floor(overlapMs / 1000));
}
