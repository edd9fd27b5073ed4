import { disarm } from '../common/errors/disarm';
import type { CollectedRun } from '../common/evidence/collectExports';
import { tableLines } from '../common/evidence/verify/table';
import type { Verification } from '../common/evidence/verify/verifyExports';
import { formatCount } from '../common/report/markdown';
import type { Comparison } from './compareWithLog';
import { comparisonLines } from './comparisonLines';
import type { VerifyAgent, VerifyRequest } from './inputs';

/** The lines of the log. */
export const tell = { beginning, collected, result, comparison };

/** More lines of a table help nobody in a log. */
const MOST_LINES = 300;
const MOST_NAMED = 20;

function beginning(agent: VerifyAgent, { folder, collect, organization }: VerifyRequest, productVersion: string): void {
  agent.log.section(`Exports of the audit log of "${organization}"`);
  agent.log.info(`Audit Log Export ${productVersion}`);
  if (folder !== undefined) agent.log.info(`Verifying what lies in ${folder}.`);
  if (collect !== undefined) agent.log.info(`Collecting the artifacts "${collect.artifactName}" of the pipeline ${collect.pipelineId}, ${collect.branch ?? 'every branch'}.`);
}

function collected(agent: VerifyAgent, { collect }: VerifyRequest, runs: readonly CollectedRun[]): void {
  const sum = (of: (run: CollectedRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const found = runs.filter(({ result: outcome }) => outcome === 'collected');
  agent.log.info(`${formatCount(found.length)} ${found.length === 1 ? 'run' : 'runs'} with exports, ${formatCount(sum(({ files }) => files))} files, ${formatCount(sum(({ bytes }) => bytes))} bytes.`);
  const others = runs.filter(({ result: outcome }) => outcome !== 'collected');
  for (const { run, result: outcome, covers } of others.slice(0, MOST_NAMED)) {
    const said = covers === null ? '' : ` Its manifest covers ${covers.from} to ${covers.until}.`;
    agent.log.warning(outcome === 'artifact missing' ? `Run ${run} has no artifact "${collect?.artifactName ?? ''}" any more.${said}` : `The artifact of run ${run} holds no export of the organization.${said}`);
  }
  if (others.length > MOST_NAMED) agent.log.warning(`${formatCount(others.length - MOST_NAMED)} more runs are like these; verification.json names them.`);
  const otherFiles = sum((run) => run.otherFiles);
  if (otherFiles > 0) agent.log.info(`${formatCount(otherFiles)} files of these artifacts were left there, because no export of the organization has such.`);
}

function result(agent: VerifyAgent, verification: Verification): void {
  const lines = tableLines(verification, false);
  const shown = lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), `and ${formatCount(lines.length - MOST_LINES - 1)} more lines, which verification.json has`, ...lines.slice(-1)];
  for (const line of shown) agent.log.info(line);
  warn(agent, verification);
}

function warn({ log }: VerifyAgent, { chains, findings }: Verification): void {
  const branches = chains.flatMap(({ sideBranches }) => sideBranches);
  if (branches.length > 0) log.warning(`${branches.length === 1 ? '1 side branch lies' : `${formatCount(branches.length)} side branches lie`} beside the chain and ${branches.length === 1 ? 'is' : 'are'} not counted: runs that went on from the same export, or a run that was done again.`);
  const unpinned = findings.filter(({ verdict, isInvalid }) => verdict === 'signed by an unpinned key' && !isInvalid).length;
  if (unpinned > 0) log.warning(`The signatures of ${unpinned === 1 ? '1 export' : `${formatCount(unpinned)} exports`} fit a key that nobody has vouched for. Give the key that you know in publicKeys.`);
  for (const { start, end } of chains.flatMap(({ uncovered }) => uncovered.filter(({ reason }) => reason !== undefined)).slice(0, MOST_NAMED)) log.warning(`Known gap: ${start} to ${end}.`);
}

function comparison(agent: VerifyAgent, found: Comparison): void {
  if (found === undefined) return;
  if (found.failure !== undefined) {
    agent.log.warning(`The copy could not be compared with the living log: ${found.failure.message}`);
    return;
  }
  for (const line of comparisonLines({ ...found.requery, notCompared: [] })) agent.log.info(disarm(line, 1_000));
  const { notCompared } = found.requery;
  for (const sentence of notCompared.slice(0, MOST_NAMED)) agent.log.warning(disarm(sentence, 1_000));
  if (notCompared.length > MOST_NAMED) agent.log.warning(`${formatCount(notCompared.length - MOST_NAMED)} more exports were not compared; verification.json names them.`);
}
