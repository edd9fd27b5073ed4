import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ViewedEntries, WrittenExport } from '../../tasks/common/export/writeEntries';
import { partOf } from '../../tasks/common/report/evidenceText';
import { ReportCollector } from '../../tasks/common/report/reportCollector';
import { MOST_ATTACHED, MOST_ON_PAGE } from '../../tasks/common/report/rowLimits';
import { writeReportData, writeReportPage } from '../../tasks/common/report/writeReport';
import { reportFacts } from '../../test/support/reportFacts';
import type { Job } from './job';

interface OpenReport {
  readonly observe: (entries: ViewedEntries) => Promise<void>;
  readonly write: (written: WrittenExport) => Promise<void>;
}

/** The report of an export whose evidence is published beside it: page, and data for the tab. @param page file of the empty page */
export function openReport({ start, end, folder }: Job, page: string): OpenReport {
  const covered = { startSeconds: start, endSeconds: end };
  const own = { clientId: '6d1f0d6a-3f62-4b6e-9f5e-000000000001', objectId: null, serviceConnectionId: '6d1f0d6a-3f62-4b6e-9f5e-000000000002', pipelineId: '7' };
  const known = { actors: new Set<string>(), actions: new Set<string>() };
  const collector = new ReportCollector({ detail: 'full', timeZone: 'UTC', covered, own, known, limits: null });
  return {
    observe: ({ shown }) => collector.add(shown),
    write: async ({ files, cuts }) => {
      const data = await collector.finish(reportFacts(covered));
      collector.seenNames();
      const evidence = files.find(({ format }) => format === 'jsonl');
      if (evidence === undefined) throw new Error('A report is measured beside its evidence.');
      const file = { file: path.join(folder, evidence.name), bytes: evidence.bytes, cuts, own };
      await writeReportPage(path.join(folder, 'report.html'), data, readFileSync(page, 'utf8'), partOf(file, MOST_ON_PAGE));
      await writeReportData(path.join(folder, 'tab.json'), data, partOf(file, Math.floor(MOST_ATTACHED / 4) * 3));
    },
  };
}
