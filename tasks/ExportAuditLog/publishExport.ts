import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { disarm } from '../common/errors/disarm';
import type { WrittenExport } from '../common/export/writeEntries';
import type { ExportFolder } from '../common/files/exportFolder';
import { outputFailure } from '../common/files/outputFailure';
import type { JobContext } from '../common/identity/jobContext';
import { formatCount } from '../common/report/markdown';
import { renderSummary } from '../common/report/summary';
import { formatInstant } from '../common/window/instant';
import type { ExportAgent, ExportRequest } from './inputs';
import type { ResolvedWindow } from './resolveWindow';

export interface FinishedExport {
  readonly agent: ExportAgent;
  readonly request: ExportRequest;
  readonly job: JobContext;
  readonly window: ResolvedWindow;
  readonly written: WrittenExport;
  readonly folder: ExportFolder;
}

/**
 * Completes the folder with its summary, gives it its final name, and hands it to the agent.
 * @returns the sentence with which the step succeeds
 */
export async function publishExport(finished: FinishedExport): Promise<string> {
  const { agent, request, window, written, folder } = finished;
  const { organization, artifactName } = request;
  await writeSummary(folder.partial, renderSummary({ organization, artifactName, window: window.bounds, unsettledFrom: window.unsettledFrom, ...written }));
  const directory = await folder.publish();
  agent.setOutput('exportDirectory', directory);
  agent.setOutput('artifactName', artifactName ?? '');
  agent.setOutput('windowStart', formatInstant(window.bounds.startSeconds));
  agent.setOutput('windowEnd', formatInstant(window.bounds.endSeconds));
  agent.setOutput('entryCount', String(written.tally.entries));
  agent.attachSummary(`Audit log of ${organization}`, path.join(directory, 'summary.md'));
  if (artifactName === undefined) {
    agent.log.info(`The export is in ${directory}. The task does not publish it (publishArtifact: false).`);
  } else {
    agent.publishArtifact(artifactName, request.outputDirectory);
    agent.log.info(`The agent uploads the export as the artifact "${artifactName}" once this step has ended.`);
  }
  agent.log.info(`Who can read it: everybody who may view the runs of the project "${disarm(finished.job.projectName, 80)}".`);
  return `${formatCount(written.tally.entries)} audit log entries of "${organization}" exported.`;
}

async function writeSummary(folder: string, markdown: string): Promise<void> {
  const file = path.join(folder, 'summary.md');
  try {
    await writeFile(file, markdown, { flag: 'wx', mode: 0o640, flush: true });
  } catch (thrown) {
    throw outputFailure(thrown, file);
  }
}
