import path from 'node:path';
import type { AccessSubject } from '../common/access/observations';
import { disarm } from '../common/errors/disarm';
import { MANIFEST_FILE } from '../common/evidence/manifestText';
import type { JobContext } from '../common/identity/jobContext';
import { formatCount } from '../common/report/markdown';
import { REPORT_ATTACHMENT } from '../common/report/reportData';
import { attachManifest } from './attachManifest';
import type { ExportAgent, ExportRequest } from './inputs';
import type { FinishedExport } from './exportWindow';
import type { ExportPlan } from './planExports';
import { retainRun } from './retainRun';
import { writeRunSummary } from './summaries';

/**
 * Hands the finished exports of a run to the agent, sets the output variables from the last one, and has the run retained.
 * @param finished at least one, oldest first
 */
export async function publishExports(subject: AccessSubject & { readonly agent: ExportAgent }, request: ExportRequest, plan: ExportPlan, finished: readonly FinishedExport[], nowMs: number): Promise<void> {
  const { agent, job } = subject;
  const { organization, artifactName, isPublished } = request;
  const [first, last] = [finished[0], finished.at(-1)];
  if (first === undefined || last === undefined) return;
  const { manifest } = last;
  agent.setOutput('exportDirectory', last.directory);
  agent.setOutput('artifactName', isPublished ? artifactName : '');
  agent.setOutput('windowStart', first.manifest.window.covered.start);
  agent.setOutput('windowEnd', manifest.window.covered.end);
  agent.setOutput('entryCount', String(sum(finished, 'entries')));
  agent.setOutput('manifestPath', path.join(last.directory, MANIFEST_FILE));
  agent.setOutput('manifestSha256', last.manifestSha256);
  agent.setOutput('coveredFrom', manifest.coverage.from);
  agent.setOutput('coveredUntil', manifest.coverage.until);
  agent.setOutput('gapCount', String(manifest.coverage.gaps.length));
  agent.setOutput('lateCount', String(sum(finished, 'late')));
  const deletedAt = await retainRun(subject, request, nowMs);
  agent.attachSummary(`Audit log of ${organization}`, await writeRunSummary(agent, request, plan, finished, deletedAt));
  await attachManifest(subject, request, last);
  for (const { report: { attachment } } of finished) agent.attachFile(REPORT_ATTACHMENT, attachment.name, attachment.file);
  agent.log.info(`Manifest of ${manifest.window.covered.start} to ${manifest.window.covered.end}: sha256 ${last.manifestSha256}`);
  if (isPublished) {
    agent.publishArtifact(artifactName, request.outputDirectory);
    agent.log.info(`The agent uploads the ${finished.length === 1 ? 'export' : 'exports'} as the artifact "${artifactName}" once this step has ended.`);
  } else {
    agent.log.info(`The export is in ${last.directory}. The task does not publish it (publishArtifact: false).`);
    if (manifest.chain !== 'none') agent.log.info(`Publish it as the artifact "${artifactName}": the next run continues only what it finds there.`);
  }
  tellReaders(agent, job, request, finished);
}

/** Whoever may view the run sees all that is attached to it, and attachments are lost without a word: so the log has one. */
function tellReaders({ log }: ExportAgent, { projectName }: JobContext, { reportDetail, isPublished }: ExportRequest, finished: readonly FinishedExport[]): void {
  const attachments = finished.map(({ report }) => report.attachment);
  const bytes = attachments.reduce((total, attachment) => total + attachment.bytes, 0);
  const rows = attachments.reduce((total, attachment) => total + attachment.rows, 0);
  const shown = reportDetail === 'counts' ? 'counts only' : attachments.some(({ isCut }) => isCut) ? `the newest ${formatCount(rows)} entries` : `${formatCount(rows)} entries`;
  log.info(`Attached for the tab "Audit log" of this run: ${finished.length === 1 ? 'the report' : `${finished.length} reports`}, ${shown}, ${formatCount(bytes)} bytes.`);
  const seen = reportDetail === 'full'
    ? 'Summary, report and tab name people and IP addresses and show entries (reportDetail: full).'
    : `Summary, report and tab show counts only (reportDetail: counts); the ${isPublished ? 'artifact holds' : 'files hold'} every entry.`;
  log.info(`Who can read it: everybody who may view the runs of the project "${disarm(projectName, 80)}". ${seen}`);
}

function sum(finished: readonly FinishedExport[], count: 'entries' | 'late'): number {
  return finished.reduce((total, { manifest }) => total + manifest.counts[count], 0);
}
