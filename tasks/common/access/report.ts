import type { Advice } from './advice';
import type { CheckId, CheckOutcome } from './check';

/** Content of `access-report.json`. Holds no secrets: ids, names of settings, and what was observed. */
export interface AccessReport {
  readonly version: 1;
  readonly organization: string;
  /** UTC, ISO 8601. */
  readonly checkedAt: string;
  readonly result: 'passed' | 'passedWithWarnings' | 'failed';
  /** In the order in which access fails; the first is the cause. */
  readonly failedChecks: readonly CheckId[];
  readonly checks: readonly ReportedCheck[];
}

export interface ReportedCheck {
  readonly id: CheckId;
  readonly title: string;
  readonly result: CheckOutcome['result'];
  readonly line?: string;
  readonly observed?: string;
  readonly expected?: string;
  readonly details?: readonly string[];
  readonly advice?: readonly Advice[];
  readonly skippedFor?: CheckId;
}

export function accessReport(organization: string, checkedAtMs: number, outcomes: readonly CheckOutcome[]): AccessReport {
  const failedChecks = outcomes.filter(({ result }) => result === 'failed').map(({ id }) => id);
  const hasWarnings = outcomes.some(({ result }) => result === 'warning');
  return {
    version: 1,
    organization,
    checkedAt: new Date(checkedAtMs).toISOString(),
    result: failedChecks.length > 0 ? 'failed' : hasWarnings ? 'passedWithWarnings' : 'passed',
    failedChecks,
    checks: outcomes.map(reported),
  };
}

function reported({ id, title, result, finding, skippedFor }: CheckOutcome): ReportedCheck {
  const { line, observed, expected, details, advice } = finding ?? {};
  return {
    id, title, result,
    ...(line !== undefined && { line }), ...(observed !== undefined && { observed }), ...(expected !== undefined && { expected }),
    ...(details && { details }), ...(advice && { advice }), ...(skippedFor && { skippedFor }),
  };
}
