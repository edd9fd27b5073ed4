import type { ReportFacts } from '../../tasks/common/report/reportFacts';
import { formatInstant } from '../../tasks/common/window/instant';
import type { Window } from '../../tasks/common/window/window';

/** What the entries do not tell of a report, as a lone export has it. */
export function reportFacts({ startSeconds, endSeconds }: Window, more: Partial<ReportFacts> = {}): ReportFacts {
  const [start, end] = [formatInstant(startSeconds), formatInstant(endSeconds)];
  return {
    productVersion: '1.2.3', organization: 'fabrikam', run: null, artifactName: 'audit-log', exports: [], window: { start, end, unsettledFrom: null }, filter: null,
    coverage: { isChain: false, from: start, until: end, gaps: [] }, repaired: 0, filtered: 0, ...more,
  };
}
