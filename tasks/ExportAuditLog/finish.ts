import type { AccessSubject } from '../common/access/observations';
import { TaskError } from '../common/errors/taskError';
import { formatCount } from '../common/report/markdown';
import { formatDuration } from '../common/window/duration';
import { formatInstant } from '../common/window/instant';
import type { ExportSeries } from './exportSeries';
import type { ExportAgent, ExportRequest } from './inputs';
import type { ExportPlan } from './planExports';
import { publishExports } from './publishExports';
import { tellCoverage } from './tellCoverage';

/**
 * Publishes what is complete, tells what is covered, and only then fails where the run has to.
 * @returns the sentence with which the step succeeds
 * @throws TaskError what ended the series early, unless only its time was up; ENTRIES_LOST once when this run first finds entries lost
 */
export async function finish(subject: AccessSubject & { readonly agent: ExportAgent }, request: ExportRequest, plan: ExportPlan, { finished, failure }: ExportSeries, nowMs: number): Promise<string> {
  const { agent } = subject;
  const { organization } = request;
  if (finished.length === 0) return nothingNew(agent, request, plan);
  tellCoverage(agent, request, plan, finished, nowMs);
  await publishExports(subject, request, plan, finished, nowMs);
  if (failure !== undefined && failure.code !== 'MAX_DURATION_REACHED') throw failure;
  if (failure !== undefined) agent.log.warning(`After ${formatDuration(request.maxDurationMs)} (maxDuration) ${finished.length} of ${plan.windows.length} exports were finished; the next run goes on there.`);
  const lost = plan.chain?.newlyLost ?? [];
  if (lost.length > 0 && request.window.kind === 'sinceLastExport' && request.window.failsOnGap) {
    throw new TaskError('ENTRIES_LOST', `Entries are lost for good: ${lost.map(({ start, end }) => `${start} to ${end}`).join(', ')}. The export itself is complete and published.`, {
      advice: [
        'The gap is named in the manifest and in every later run; this run fails once so that somebody knows. Later runs succeed.',
        'Run the pipeline at least once a week, and watch it from another pipeline: a schedule that is dead reports nothing. To have only a warning: onGap: warn.',
      ],
    });
  }
  const entries = finished.reduce((sum, { manifest }) => sum + manifest.counts.entries, 0);
  return `${formatCount(entries)} audit log entries of "${organization}" exported.`;
}

function nothingNew(agent: ExportAgent, request: ExportRequest, plan: ExportPlan): string {
  const from = formatInstant(plan.requested.startSeconds);
  agent.setOutput('exportDirectory', '');
  agent.setOutput('artifactName', '');
  agent.setOutput('windowStart', from);
  agent.setOutput('windowEnd', from);
  agent.setOutput('entryCount', '0');
  agent.setOutput('coveredFrom', formatInstant(plan.chain?.state.coveredFrom ?? plan.requested.startSeconds));
  agent.setOutput('coveredUntil', from);
  agent.setOutput('gapCount', String(plan.chain?.state.gaps.length ?? 0));
  agent.setOutput('lateCount', '0');
  agent.log.info(`Entries settle for ${formatDuration(request.settleMs)} before they are exported, and all that have settled are exported already. No artifact is published.`);
  return `Nothing new to export: everything until ${from} is covered.`;
}
