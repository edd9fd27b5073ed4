import { TaskError, type ErrorCode } from '../errors/taskError';
import { startDeadline } from '../time/deadline';
import { adviceInShort } from './advice';
import type { CheckOutcome } from './check';
import { firstFailure } from './describe';
import { Observations, type AccessSubject } from './observations';
import { EXPLAINING_CHECKS, runChecks } from './runChecks';
import { tellExplanations } from './tell';

/** Refusals that a setting of access can cause. */
const EXPLAINED: ReadonlySet<ErrorCode> = new Set([
  'AUDIT_ACCESS_DENIED', 'AUDIT_SIGN_IN_REFUSED', 'AUDIT_NOT_FOUND', 'SIGN_IN_REFUSED', 'ASSERTION_REFUSED', 'ORGANIZATION_NOT_FOUND',
]);

/** A diagnosis that takes longer is given up, ms: the refusal itself must not wait for it. */
const LONGEST_DIAGNOSIS_MS = 30_000;

/** The failure with its cause in front. Where only the query itself was seen to fail, the refusal's own advice still counts. */
function explained(failure: TaskError, { id, finding }: CheckOutcome): TaskError {
  const advice = (finding?.advice ?? []).map(adviceInShort);
  const line = finding?.line ?? '';
  return new TaskError(failure.code, line === failure.message ? line : `${line} ${failure.message}`, {
    advice: id === 'query' ? [...advice, ...failure.advice] : advice,
    activityId: failure.activityId, status: failure.status, serviceCode: failure.serviceCode, cause: failure,
  });
}

/**
 * Finds out why an export was refused, and tells it in the log. The original refusal keeps its code, status and activity id.
 * @returns the failure to end with: the cause where one was found, else the original one
 */
export async function diagnose(failure: TaskError, subject: AccessSubject): Promise<TaskError> {
  if (!EXPLAINED.has(failure.code)) return failure;
  const { agent } = subject;
  agent.log.section('The export was refused: looking for the cause');
  agent.log.info(failure.message + (failure.activityId === undefined ? '' : ` (activity id ${failure.activityId})`));
  const deadline = startDeadline(LONGEST_DIAGNOSIS_MS, subject.signal, () => failure);
  try {
    const outcomes = await runChecks(EXPLAINING_CHECKS, new Observations({ ...subject, signal: deadline.signal }), () => undefined);
    const cause = firstFailure(outcomes);
    if (!cause?.finding) return failure;
    tellExplanations(agent, outcomes);
    return explained(failure, cause);
  } catch (thrown) {
    subject.signal.throwIfAborted();
    return thrown instanceof TaskError ? thrown : failure;
  } finally {
    deadline.stop();
  }
}
