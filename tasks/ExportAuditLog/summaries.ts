import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runAttempt, runId } from '../common/evidence/runFacts';
import { outputFailure } from '../common/files/outputFailure';
import type { DeletedAt } from '../common/report/evidenceNotes';
import { mergeReports } from '../common/report/mergeReports';
import { renderSeriesSummary } from '../common/report/seriesSummary';
import { renderSummary, type SummaryFacts } from '../common/report/summary';
import { epochSeconds } from '../common/window/instant';
import type { FinishedExport } from './exportWindow';
import type { ExportAgent, ExportRequest } from './inputs';
import type { ExportPlan } from './planExports';

/** An export's own summary, beside its files. @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL */
export async function writeExportSummary(folder: string, facts: SummaryFacts): Promise<void> {
  await write(path.join(folder, 'summary.md'), renderSummary(facts));
}

/**
 * The summary of the run, for the run's page: of its one export, or of all together. It lies outside of what is published.
 * @param finished at least one
 * @returns the file
 * @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL
 */
export async function writeRunSummary(agent: ExportAgent, request: ExportRequest, plan: ExportPlan, finished: readonly FinishedExport[], deletedAt: DeletedAt | undefined): Promise<string> {
  const [only, ...others] = finished;
  const until = epochSeconds(finished.at(-1)?.manifest.window.covered.end ?? '');
  const remaining = until < plan.requested.endSeconds && plan.chain !== undefined ? { startSeconds: until, endSeconds: plan.requested.endSeconds } : undefined;
  const markdown = only !== undefined && others.length === 0 && remaining === undefined
    ? renderSummary({ ...only, report: only.report.data, deletedAt })
    : renderSeriesSummary({ exports: finished, report: mergeReports(finished.map(({ report }) => report.data)), deletedAt, remaining });
  const file = path.join(agent.variable('Agent.TempDirectory') ?? tmpdir(), `audit-log-${request.organization.toLowerCase()}.run${runId(agent)}-${runAttempt(agent)}.${process.pid}.md`);
  await write(file, markdown);
  return file;
}

async function write(file: string, markdown: string): Promise<void> {
  try {
    await writeFile(file, markdown, { mode: 0o640, flush: true });
  } catch (thrown) {
    throw outputFailure(thrown, file);
  }
}
