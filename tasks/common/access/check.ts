import type { Advice } from './advice';
import type { Observations } from './observations';

/** The checks in the order in which access fails. An id is stable: reports and documents name it. */
export const CHECK_IDS = [
  'service-connection', 'assertion', 'federation', 'token-audience', 'token-identity', 'clock', 'organization', 'tenant', 'membership',
  'project-scoped-user', 'conditional-access', 'permission', 'permission-source', 'auditing', 'query', 'least-privilege', 'audit-streams', 'continuity',
] as const;

export type CheckId = (typeof CHECK_IDS)[number];

/**
 * `passed`; `failed`: access fails because of it; `warning`: access works, but something should change;
 * `unknown`: it could not be looked at, for example because the identity may not see it.
 */
export type CheckResult = 'passed' | 'failed' | 'warning' | 'unknown';

/** What a check found out. */
export interface Finding {
  readonly result: CheckResult;
  /** One sentence: what is so, or what is wrong. */
  readonly line: string;
  /** Why we know it. */
  readonly observed?: string;
  readonly expected?: string;
  readonly advice?: readonly Advice[];
  /** More lines for the log, such as the claims of a token. */
  readonly details?: readonly string[];
}

export interface Check {
  readonly id: CheckId;
  /** What is checked, in a few words. */
  readonly title: string;
  /** Checks without whose success this one means nothing. */
  readonly needs: readonly CheckId[];
  run(observations: Observations): Promise<Finding>;
}

/** A check as it went. */
export interface CheckOutcome {
  readonly id: CheckId;
  readonly title: string;
  readonly result: CheckResult | 'skipped';
  readonly finding: Finding | undefined;
  /** The failed check because of which this one was skipped. */
  readonly skippedFor: CheckId | undefined;
}

export function passed(line: string, details?: readonly string[]): Finding {
  return { result: 'passed', line, ...(details && { details }) };
}

export function failed(line: string, observed: string, expected: string, advice: readonly Advice[], details?: readonly string[]): Finding {
  return { result: 'failed', line, observed, expected, advice, ...(details && { details }) };
}

export function warning(line: string, observed: string, expected: string, advice: readonly Advice[]): Finding {
  return { result: 'warning', line, observed, expected, advice };
}

export function unknown(line: string): Finding {
  return { result: 'unknown', line };
}
