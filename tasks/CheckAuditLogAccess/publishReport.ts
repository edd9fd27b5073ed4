import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AccessReport } from '../common/access/report';
import { outputFailure } from '../common/files/outputFailure';
import { renderAccessSummary } from '../common/report/accessSummary';
import type { CheckAgent, CheckRequest } from './inputs';

/** Attachments of this type hold an access report. */
export const REPORT_ATTACHMENT = 'audit-log-export.access-report';

/**
 * Writes report and summary, attaches both to the run, and sets the output variables.
 * @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL
 */
export async function publishReport(agent: CheckAgent, request: CheckRequest, report: AccessReport): Promise<void> {
  const folder = path.join(request.outputDirectory, request.organization.toLowerCase());
  const [reportFile, summaryFile] = [path.join(folder, 'access-report.json'), path.join(folder, 'access-summary.md')];
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(reportFile, `${JSON.stringify(report, undefined, 2)}\n`);
    await writeFile(summaryFile, renderAccessSummary(report));
  } catch (thrown) {
    throw outputFailure(thrown, folder);
  }
  agent.setOutput('accessResult', report.result);
  agent.setOutput('failedChecks', report.failedChecks.join(','));
  agent.attachSummary(`Access to the audit log of ${request.organization}`, summaryFile);
  agent.attachFile(REPORT_ATTACHMENT, `${request.organization.toLowerCase()}.json`, reportFile);
  agent.log.info(`Report: ${reportFile}`);
}
