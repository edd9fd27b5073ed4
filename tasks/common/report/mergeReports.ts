import type { ReportData } from './reportData';

/**
 * One report over several exports of a run, oldest first, for the summary: without rows.
 * @throws RangeError without any
 */
export function mergeReports(datas: readonly ReportData[]): ReportData {
  const last = datas.at(-1);
  if (last === undefined) throw new RangeError('There is no report to merge.');
  return { ...last, rows: null };
}
