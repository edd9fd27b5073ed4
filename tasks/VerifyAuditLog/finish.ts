import { disarm } from '../common/errors/disarm';
import { TaskError } from '../common/errors/taskError';
import { findingLine } from '../common/evidence/verify/table';
import type { Verification } from '../common/evidence/verify/verifyExports';
import type { Interval } from '../common/evidence/verify/exportRecord';
import { common } from '../common/evidence/verify/intervals';
import { formatCount } from '../common/report/markdown';
import type { Comparison } from './compareWithLog';
import { differs, firstDifference } from './comparisonLines';
import type { VerifyParts } from './run';
import type { WrittenEvidence } from './writeEvidence';

/**
 * Publishes the evidence, sets the output variables, and only then fails where the step has to.
 * @returns the sentence with which the step succeeds
 * @throws TaskError VERIFICATION_FAILED, or what kept the living log from being compared
 */
export function finish({ agent, request }: VerifyParts, verification: Verification, comparison: Comparison, { statement, summary }: WrittenEvidence): string {
  const problems = problemsOf(verification, comparison);
  const { totals } = verification;
  const covered = longest(verification);
  agent.setOutput('verificationResult', problems.count === 0 ? 'valid' : 'invalid');
  agent.setOutput('exportCount', String(totals.exports));
  agent.setOutput('entryCount', String(totals.entries));
  agent.setOutput('invalidCount', String(problems.count));
  agent.setOutput('coveredFrom', covered?.start ?? '');
  agent.setOutput('coveredUntil', covered?.end ?? '');
  agent.setOutput('statementPath', statement);
  agent.setOutput('evidenceDirectory', request.evidenceDirectory);
  agent.attachSummary('Verification of audit log exports', summary);
  agent.log.info(`Evidence: ${request.evidenceDirectory}`);
  if (request.isPublished) {
    agent.publishArtifact(request.evidenceArtifactName, request.evidenceDirectory);
    agent.log.info(`The agent uploads it as the artifact "${request.evidenceArtifactName}" once this step has ended.`);
  }
  const sentence = `The exports are not valid. ${problems.first}${problems.count > 1 ? ` (the first of ${formatCount(problems.count)})` : ''}`;
  if (problems.count > 0 && request.failOnInvalid) throw new TaskError('VERIFICATION_FAILED', sentence, { advice: adviceFor(verification, comparison) });
  if (comparison?.failure !== undefined) throw comparison.failure;
  if (problems.count > 0) agent.log.warning(`${sentence} (failOnInvalid: false)`);
  return problems.count > 0 ? sentence : `${formatCount(totals.exports)} ${totals.exports === 1 ? 'export' : 'exports'} with ${formatCount(totals.entries)} entries: valid.`;
}

/** How much is wrong, and the first of it. An entry that is on one side only counts once for each side's kind. */
function problemsOf({ findings, unnamedFindings }: Verification, comparison: Comparison): { readonly count: number; readonly first: string } {
  const invalid = findings.filter(({ isInvalid }) => isInvalid);
  const compared = comparison?.requery;
  const differences = compared === undefined || !differs(compared) ? 0 : compared.missing.count + compared.vanished.count;
  const first = invalid[0] !== undefined ? findingLine(invalid[0]).replace(/^INVALID: /, '') : compared === undefined ? '' : firstDifference(compared);
  return { count: invalid.length + (invalid.length > 0 ? unnamedFindings : 0) + differences, first: disarm(first, 500) };
}

function adviceFor({ result }: Verification, comparison: Comparison): string[] {
  const compared = comparison?.requery;
  return [
    ...(result === 'valid' ? [] : ['What was found stands above, in the summary of this run, and in statement.md of the evidence, each with its place.', 'Compare with copies that others keep, and with kept hashes, before you decide what happened: a run may have been deleted, or its files changed.']),
    ...(compared !== undefined && compared.missing.count > 0 ? ['Entries that are missing from the copy are in missing.jsonl of the evidence: keep them with the copy, and raise overlap or settleTime of ExportAuditLog, because they appeared later than it reads again.'] : []),
    ...(compared !== undefined && compared.vanished.count > 0 ? ['Entries that have vanished from the service are in the copy alone. Ask Azure DevOps support why, and keep this evidence; if the copy is not signed, find out whether it was changed.'] : []),
  ];
}

/** What the longest chain covers of the time that was asked for; without a chain, the longest export. */
function longest({ chains, separate, requested }: Verification): Interval | undefined {
  const all = chains.length > 0 ? chains.flatMap((chain) => chain.found ?? []) : separate.map(({ covered }) => covered);
  const found = all.flatMap((interval) => common(interval, { start: requested.from ?? interval.start, end: requested.to ?? interval.end }) ?? []);
  return [...found].sort((left, right) => span(right) - span(left))[0];
}

function span({ start, end }: Interval): number {
  return Date.parse(end) - Date.parse(start);
}
