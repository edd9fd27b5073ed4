import { firstFailure } from '../common/access/describe';
import { Observations } from '../common/access/observations';
import { accessReport } from '../common/access/report';
import { CHECKS, runChecks } from '../common/access/runChecks';
import { tellExplanations, tellPause, tellTable } from '../common/access/tell';
import { waitForPermission } from '../common/access/waitForPermission';
import { TaskError } from '../common/errors/taskError';
import { readJobContext } from '../common/identity/jobContext';
import { openHttp } from '../common/step/openHttp';
import type { StepParts } from '../common/step/stepParts';
import { startDeadline } from '../common/time/deadline';
import { MINUTE_MS } from '../common/window/duration';
import { readInputs, type CheckAgent } from './inputs';
import { publishReport } from './publishReport';

/**
 * The whole story: look at everything that stands between the service connection and the audit log, in the order in which
 * access fails, wait if asked to, and report.
 *
 * @returns the sentence with which the step succeeds
 * @throws TaskError ACCESS_CHECK_FAILED, and what a user can meet on the way
 */
export async function run(parts: StepParts<CheckAgent>): Promise<string> {
  const { agent, clock } = parts;
  const request = readInputs(agent);
  const job = readJobContext(agent);
  agent.log.section(`Access to the audit log of the organization "${request.organization}"`);
  agent.log.info(`Audit Log Export ${parts.productVersion}`);

  const deadline = startDeadline(request.waitMs + 10 * MINUTE_MS, parts.cancel, tooLong);
  const http = openHttp(parts);
  try {
    const subject = { agent, http, job, clock, connection: request.connection, organization: request.organization, signal: deadline.signal };
    const look = () => runChecks(CHECKS, new Observations(subject), () => undefined);
    const outcomes = await waitForPermission(look, request.waitMs, { ...parts, signal: deadline.signal, onPause: (...pause) => { tellPause(agent, ...pause); } });
    const report = accessReport(request.organization, clock(), outcomes);
    tellTable(agent, outcomes);
    tellExplanations(agent, outcomes);
    await publishReport(agent, request, report);
    const failure = firstFailure(outcomes);
    if (failure?.finding) throw new TaskError('ACCESS_CHECK_FAILED', failure.finding.line, { advice: ['What to change stands above and in the summary of this run.'] });
    if (request.failOnWarnings && report.result === 'passedWithWarnings') throw new TaskError('ACCESS_CHECK_FAILED', 'Access works, but there are warnings (failOnWarnings).');
    return report.result === 'passed' ? 'The audit log can be read.' : 'The audit log can be read; there are warnings.';
  } finally {
    deadline.stop();
    await http.close();
  }
}

function tooLong(): TaskError {
  return new TaskError('MAX_DURATION_REACHED', 'The checks took longer than allowed; most likely a host cannot be reached from this agent.', {
    advice: ['Allow this agent to reach https://dev.azure.com, https://auditservice.dev.azure.com, https://vssps.dev.azure.com and https://login.microsoftonline.com.'],
  });
}
