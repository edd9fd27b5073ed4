import { TaskError, type ErrorCode } from '../errors/taskError';
import { startDeadline } from '../time/deadline';
import { firstFailure } from './describe';
import { Observations, type AccessSubject } from './observations';
import { EXPLAINING_CHECKS, runChecks } from './runChecks';
import { tellExplanations } from './tell';

/** Refusals that a setting of access can cause. */
const EXPLAINED: ReadonlySet<ErrorCode> = new Set([
  'AUDIT_ACCESS_DENIED', 'AUDIT_SIGN_IN_REFUSED', 'AUDIT_NOT_FOUND', 'SIGN_IN_REFUSED', 'ASSERTION_REFUSED', 'ORGANIZATION_NOT_FOUND', 'CONNECTION_NOT_FEDERATED', 'CONNECTION_INCOMPLETE',
]);

/** A diagnosis that takes longer is given up, ms: the refusal itself must not wait for it. */
const LONGEST_DIAGNOSIS_MS = 30_000;

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
    return new TaskError(failure.code, cause.finding.line, { activityId: failure.activityId, status: failure.status, serviceCode: failure.serviceCode, cause: failure });
  } catch (thrown) {
    subject.signal.throwIfAborted();
    return thrown instanceof TaskError ? thrown : failure;
  } finally {
    deadline.stop();
  }
}
