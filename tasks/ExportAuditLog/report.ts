import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OwnFootprint } from '../common/auditlog/ownFootprint';
import type { ChainState } from '../common/evidence/chainPlan';
import type { Manifest } from '../common/evidence/manifest';
import { attachmentName } from '../common/evidence/previousRuns';
import type { WrittenExport } from '../common/export/writeEntries';
import { outputFailure } from '../common/files/outputFailure';
import { partOf, type EvidenceFile } from '../common/report/evidenceText';
import { knownNames } from '../common/report/firstSeen';
import { limitRows } from '../common/report/limitRows';
import { reportFactsOf } from '../common/report/manifestReport';
import { ReportCollector } from '../common/report/reportCollector';
import type { ReportData } from '../common/report/reportData';
import { MOST_ATTACHED, MOST_ON_PAGE } from '../common/report/rowLimits';
import { writeReportData, writeReportPage } from '../common/report/writeReport';
import type { Window } from '../common/window/window';
import type { ExportParts } from './exportWindow';

export const REPORT_FILE = 'report.html';

/** As {@link MOST_ATTACHED}, of all exports of a run together, but never less of each than the second. */
const ATTACHED_TOGETHER = 20 * 1024 ** 2;
const LEAST_ATTACHED = 384 * 1024;

/** The report of a finished export. */
export interface MadeReport {
  /** Without rows: those of a series would not fit the memory. */
  readonly data: ReportData;
  /** What the tab reads; `rows` of the entries, and whether those are not all. */
  readonly attachment: { readonly name: string; readonly file: string; readonly bytes: number; readonly rows: number; readonly isCut: boolean };
}

/** Takes in the entries of an export for its report. */
export function openReport(parts: ExportParts, covered: Window, state: ChainState | undefined): ReportCollector {
  const { request } = parts;
  return new ReportCollector({
    detail: request.reportDetail,
    timeZone: request.timeZone,
    covered,
    own: ownFootprint(parts),
    known: knownNames(state?.previous?.seen),
    ...(showsEvidence(request) ? { limits: null } : {}),
  });
}

function ownFootprint({ agent, identity: { clientId, objectId, serviceConnectionId } }: ExportParts): OwnFootprint {
  return { clientId: clientId ?? null, objectId: objectId ?? null, serviceConnectionId: serviceConnectionId ?? null, pipelineId: agent.variable('System.DefinitionId') ?? null };
}

/** Whether the rows of the report are the bytes of the evidence: then making them costs nothing. A filter leaves some of the entries out. */
function showsEvidence({ reportDetail, formats, compressJson, filter }: ExportParts['request']): boolean {
  return reportDetail === 'full' && formats.includes('jsonl') && compressJson && filter === undefined;
}

/**
 * Writes the report: as a page into the export's folder, and as data for the tab outside of what is published.
 * @param written the files of the manifest
 * @param count of the exports of this run
 * @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL
 */
export async function writeReport(parts: ExportParts, folder: string, collector: ReportCollector, manifest: Manifest, written: WrittenExport, count: number): Promise<MadeReport> {
  const { agent, request, reportPage } = parts;
  const data = await collector.finish(reportFactsOf(manifest, request.isPublished ? request.artifactName : null));
  const evidence = evidenceOf(parts, folder, written);
  await writeReportPage(path.join(folder, REPORT_FILE), data, reportPage, evidence && partOf(evidence, MOST_ON_PAGE));
  const most = Math.min(MOST_ATTACHED, Math.max(LEAST_ATTACHED, Math.floor(ATTACHED_TOGETHER / count)));
  const attached = limitRows(data, most);
  // Base64 takes four bytes for three.
  const attachedEvidence = evidence && partOf(evidence, Math.floor(most / 4) * 3);
  const name = `${attachmentName(manifest.folder)}.json`;
  const file = path.join(await newFolder(agent.variable('Agent.TempDirectory') ?? tmpdir()), name);
  const { bytes } = await writeReportData(file, attached, attachedEvidence);
  const hasLess = attachedEvidence === undefined ? (attached.rows?.leftOut ?? 0) > 0 : attachedEvidence.cut !== null;
  return { data: { ...data, rows: null }, attachment: { name, file, bytes, rows: attachedEvidence?.cut?.entries ?? attached.rows?.included ?? manifest.counts.entries, isCut: hasLess } };
}

/** The file that the report shows as it is; undefined where the rows are of another form, or left out. */
function evidenceOf(parts: ExportParts, folder: string, { files, cuts }: WrittenExport): EvidenceFile | undefined {
  const lines = showsEvidence(parts.request) ? files.find(({ format }) => format === 'jsonl') : undefined;
  return lines && { file: path.join(folder, lines.name), bytes: lines.bytes, cuts, own: ownFootprint(parts) };
}

/** One for each export: two steps of a job can export the same window. */
async function newFolder(parent: string): Promise<string> {
  try {
    return await mkdtemp(path.join(parent, 'audit-log-report-'));
  } catch (thrown) {
    throw outputFailure(thrown, parent);
  }
}
