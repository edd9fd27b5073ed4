import type { AccessSubject } from '../common/access/observations';
import { keepRun, lifetimeOfRun } from '../common/evidence/retentionLease';
import { runId } from '../common/evidence/runFacts';
import type { DeletedAt } from '../common/report/evidenceNotes';
import { formatDate } from '../common/window/instant';
import type { ExportAgent, ExportRequest } from './inputs';

/**
 * Has the run retained, if that is wanted, and says when this copy is deleted. What goes wrong is a warning: the export is made.
 * @returns when the copy is deleted; undefined when no artifact of this run is known
 */
export async function retainRun(subject: AccessSubject & { readonly agent: ExportAgent }, request: ExportRequest, nowMs: number): Promise<DeletedAt | undefined> {
  const { agent } = subject;
  const isInRun = request.isPublished || request.window.kind === 'sinceLastExport';
  if (!isInRun) return undefined;
  if (request.retainDays > 0) {
    const kept = await keepRun({ ...subject, nowMs, runId: runId(agent), definitionId: agent.variable('System.DefinitionId') ?? '', days: request.retainDays });
    if (kept.kind === 'leased') {
      agent.log.info(`This copy is kept until ${formatDate(kept.until)} (retention lease on this run).`);
      return kept.until;
    }
    agent.log.warning([kept.problem, ...kept.advice].join(' '));
  }
  const lifetime = await lifetimeOfRun({ ...subject, nowMs });
  if (lifetime === undefined) agent.log.info('When this copy is deleted could not be seen: it goes with its run.');
  else agent.log.info(`This copy may be deleted from ${formatDate(lifetime.until)} on: the project keeps its runs for ${lifetime.days} days.`);
  return lifetime?.until ?? 'unknown';
}
