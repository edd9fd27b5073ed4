import { renderAdvice } from './advice';
import type { CheckOutcome } from './check';

const MARKS: Readonly<Record<CheckOutcome['result'], string>> = { passed: 'ok', failed: 'FAILED', warning: 'warning', unknown: 'not seen', skipped: 'skipped' };

/** One line of the log's table: result, check, and what was found. */
export function outcomeLine({ id, title, result, finding, skippedFor }: CheckOutcome): string {
  const said = result === 'skipped' ? `because ${skippedFor ?? ''} failed` : finding?.line ?? '';
  return `${MARKS[result].padEnd(8)}  ${id.padEnd(19)}  ${title}: ${said}`;
}

/** What is wrong, why we know it, and what to do, for the log. */
export function explanation({ id, finding }: CheckOutcome): string[] {
  if (!finding) return [];
  return [
    `${id}: ${finding.line}`,
    ...(finding.observed === undefined ? [] : [`Observed: ${finding.observed}. Expected: ${finding.expected ?? ''}.`]),
    ...(finding.details ?? []),
    ...(finding.advice ?? []).flatMap(renderAdvice),
  ];
}

/** The check because of which access fails; undefined when none failed. */
export function firstFailure(outcomes: readonly CheckOutcome[]): CheckOutcome | undefined {
  return outcomes.find(({ result }) => result === 'failed');
}
