import { asTaskError, TaskError } from '../errors/taskError';
import { unknown, type Check, type CheckId, type CheckOutcome, type Finding } from './check';
import { auditingCheck, auditStreamsCheck, queryCheck } from './checks/auditing';
import { continuityCheck } from './checks/continuity';
import { conditionalAccessCheck, leastPrivilegeCheck, membershipCheck, projectScopedUserCheck } from './checks/membership';
import { clockCheck, organizationCheck, tenantCheck } from './checks/organization';
import { permissionCheck, permissionSourceCheck } from './checks/permission';
import { assertionCheck, federationCheck, serviceConnectionCheck, tokenAudienceCheck, tokenIdentityCheck } from './checks/signIn';
import type { Observations } from './observations';

/** All checks, in the order in which access fails. */
export const CHECKS: readonly Check[] = [
  serviceConnectionCheck, assertionCheck, federationCheck, tokenAudienceCheck, tokenIdentityCheck, organizationCheck, clockCheck, tenantCheck, membershipCheck,
  projectScopedUserCheck, conditionalAccessCheck, permissionCheck, permissionSourceCheck, auditingCheck, queryCheck, leastPrivilegeCheck, auditStreamsCheck, continuityCheck,
];

/** Those that can explain a refused export; the others only advise. */
export const EXPLAINING_CHECKS: readonly Check[] = CHECKS.filter(({ id }) => !['permission-source', 'least-privilege', 'audit-streams', 'continuity'].includes(id));

/**
 * Runs checks one after the other. A check whose needs failed is skipped, and says for which one.
 * @throws TaskError CANCELED, MAX_DURATION_REACHED
 */
export async function runChecks(checks: readonly Check[], observations: Observations, onOutcome: (outcome: CheckOutcome) => void): Promise<CheckOutcome[]> {
  const outcomes: CheckOutcome[] = [];
  const blockedBy = new Map<CheckId, CheckId>();
  for (const check of checks) {
    const skippedFor = check.needs.map((id) => blockedBy.get(id)).find((id) => id !== undefined);
    const finding = skippedFor === undefined ? await find(check, observations) : undefined;
    if (skippedFor !== undefined) blockedBy.set(check.id, skippedFor);
    else if (finding?.result === 'failed') blockedBy.set(check.id, check.id);
    const outcome: CheckOutcome = { id: check.id, title: check.title, result: finding?.result ?? 'skipped', finding, skippedFor };
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

async function find(check: Check, observations: Observations): Promise<Finding> {
  try {
    return await check.run(observations);
  } catch (thrown) {
    observations.subject.signal.throwIfAborted();
    // What stops one look, such as a host that cannot be reached, must not hide what the others see.
    return unknown(thrown instanceof TaskError ? thrown.message : asTaskError(thrown).message);
  }
}
