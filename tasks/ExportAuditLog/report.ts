import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ChainState } from '../common/evidence/chainPlan';
import type { Manifest } from '../common/evidence/manifest';
import { attachmentName } from '../common/evidence/previousRuns';
import { outputFailure } from '../common/files/outputFailure';
import { limitRows } from '../common/report/limitRows';
import { reportFactsOf } from '../common/report/manifestReport';
import { ReportCollector, type KnownNames } from '../common/report/reportCollector';
import type { ReportData } from '../common/report/reportData';
import { writeReportData, writeReportPage } from '../common/report/writeReport';
import type { Window } from '../common/window/window';
import type { ExportParts } from './exportWindow';

export const REPORT_FILE = 'report.html';

/** Bytes of rows that a run attaches for the tab: of one export, and of all together, but never less of each than the last. */
const MOST_ATTACHED = 4 * 1024 ** 2;
const ATTACHED_TOGETHER = 20 * 1024 ** 2;
const LEAST_ATTACHED = 128 * 1024;

/** The report of a finished export. */
export interface MadeReport {
  /** Without rows: those of a series would not fit the memory. */
  readonly data: ReportData;
  /** What the tab reads. */
  readonly attachment: { readonly name: string; readonly file: string; readonly bytes: number; readonly rows: number };
}

/** Takes in the entries of an export for its report. */
export function openReport({ agent, request, identity }: ExportParts, covered: Window, state: ChainState | undefined): ReportCollector {
  const { clientId, objectId, serviceConnectionId } = identity;
  return new ReportCollector({
    detail: request.reportDetail,
    timeZone: request.timeZone,
    covered,
    own: { clientId: clientId ?? null, objectId: objectId ?? null, serviceConnectionId: serviceConnectionId ?? null, pipelineId: agent.variable('System.DefinitionId') ?? null },
    known: knownNames(state?.previous?.seen),
  });
}

/** A chain that has seen too many names to keep them knows of none whether it is new. */
function knownNames(seen: Manifest['seen'] | undefined): KnownNames | undefined {
  if (!seen?.actors || !seen.actions) return undefined;
  return { actors: new Set(seen.actors), actions: new Set(seen.actions) };
}

/**
 * Writes the report: as a page into the export's folder, and as data for the tab outside of what is published.
 * @param count of the exports of this run
 * @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL
 */
export async function writeReport({ agent, request, reportPage }: ExportParts, folder: string, collector: ReportCollector, manifest: Manifest, count: number): Promise<MadeReport> {
  const data = await collector.finish(reportFactsOf(manifest, request.isPublished ? request.artifactName : null));
  await writeReportPage(path.join(folder, REPORT_FILE), data, reportPage);
  const attached = limitRows(data, Math.min(MOST_ATTACHED, Math.max(LEAST_ATTACHED, Math.floor(ATTACHED_TOGETHER / count))));
  const name = `${attachmentName(manifest.folder)}.json`;
  const file = path.join(await newFolder(agent.variable('Agent.TempDirectory') ?? tmpdir()), name);
  const { bytes } = await writeReportData(file, attached);
  return { data: { ...data, rows: null }, attachment: { name, file, bytes, rows: attached.rows?.included ?? 0 } };
}

/** One for each export: two steps of a job can export the same window. */
async function newFolder(parent: string): Promise<string> {
  try {
    return await mkdtemp(path.join(parent, 'audit-log-report-'));
  } catch (thrown) {
    throw outputFailure(thrown, parent);
  }
}
