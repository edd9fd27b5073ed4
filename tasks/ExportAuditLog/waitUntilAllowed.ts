import { Observations, type AccessSubject } from '../common/access/observations';
import { EXPLAINING_CHECKS, runChecks } from '../common/access/runChecks';
import { tellPause } from '../common/access/tell';
import { waitForPermission } from '../common/access/waitForPermission';
import type { StepParts } from '../common/step/stepParts';

/** Looks until nothing stands in the way of the export, or the time is over; the export itself then says what is wrong. */
export async function waitUntilAllowed(parts: StepParts, subject: AccessSubject, limitMs: number): Promise<void> {
  const { agent, signal } = subject;
  const look = () => runChecks(EXPLAINING_CHECKS, new Observations(subject), () => undefined);
  await waitForPermission(look, limitMs, { ...parts, signal, onPause: (...pause) => { tellPause(agent, ...pause); } });
}
