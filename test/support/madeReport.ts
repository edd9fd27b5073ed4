import type { AuditLogEntry } from '../../tasks/common/auditlog/entry';
import { composeManifest, type ManifestFacts } from '../../tasks/common/evidence/composeManifest';
import { TallyFold } from '../../tasks/common/auditlog/tally';
import type { Manifest } from '../../tasks/common/evidence/manifest';
import { reportFactsOf } from '../../tasks/common/report/manifestReport';
import { ReportCollector, type ReportOptions } from '../../tasks/common/report/reportCollector';
import type { CollectedReport } from '../../tasks/common/report/reportData';
import { manifestFacts } from './manifestFacts';

export interface MadeReportOptions extends Partial<Omit<ReportOptions, 'covered'>> {
  readonly facts?: Partial<ManifestFacts>;
  readonly artifactName?: string | null;
}

/** Manifest and report of an export of these entries, newest first, as the task makes them. */
export async function madeReport(entries: Iterable<AuditLogEntry>, { facts = {}, artifactName = 'audit-log', ...options }: MadeReportOptions = {}): Promise<{ manifest: Manifest; report: CollectedReport }> {
  const tally = new TallyFold();
  const collector = new ReportCollector({ detail: 'full', timeZone: 'UTC', own: { clientId: null, objectId: null, serviceConnectionId: null, pipelineId: null }, ...options, covered: (facts.window ?? manifestFacts().window).covered });
  for (const entry of entries) {
    tally.add(entry);
    await collector.add([entry]);
    entry.forgetFields();
  }
  const manifest = composeManifest(manifestFacts({ ...facts, written: { ...manifestFacts().written, repaired: 0, ...facts.written, tally } }));
  return { manifest, report: await collector.finish(reportFactsOf(manifest, artifactName)) };
}
