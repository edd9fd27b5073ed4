import { diagnose } from '../common/access/diagnose';
import type { AccessSubject } from '../common/access/observations';
import { Progress } from '../common/agent/progress';
import { PageReader } from '../common/auditlog/pageReader';
import { readEntries } from '../common/auditlog/readEntries';
import { TaskError } from '../common/errors/taskError';
import { writeEntries } from '../common/export/writeEntries';
import { createExportFolder } from '../common/files/exportFolder';
import { createAccessTokens } from '../common/identity/accessToken';
import { readJobContext } from '../common/identity/jobContext';
import { probeOrganization } from '../common/identity/organizationProbe';
import { refusePublicProject } from '../common/identity/project';
import { readServiceConnection } from '../common/identity/serviceConnection';
import { openHttp } from '../common/step/openHttp';
import type { StepParts } from '../common/step/stepParts';
import { startDeadline } from '../common/time/deadline';
import { formatDuration } from '../common/window/duration';
import { exportPlace } from './exportPlace';
import { readInputs, type ExportAgent, type ExportRequest } from './inputs';
import { publishExport } from './publishExport';
import { resolveWindow } from './resolveWindow';
import { tell } from './tell';
import { waitUntilAllowed } from './waitUntilAllowed';

type RunParts = StepParts<ExportAgent>;

/**
 * The whole story: inputs, service connection, token, window, pages, entries, files, artifact.
 * @returns the sentence with which the step succeeds
 * @throws TaskError for everything that a user can meet
 */
export async function run(parts: RunParts): Promise<string> {
  const { agent, clock } = parts;
  const request = readInputs(agent, clock());
  const job = readJobContext(agent);
  const connection = readServiceConnection(agent, request.connection.kind, request.connection.id);
  tell.beginning(agent, request, connection, parts.productVersion);

  const deadline = startDeadline(request.maxDurationMs, parts.cancel, () => tooLong(request));
  const http = openHttp(parts);
  const subject: AccessSubject = { agent, http, job, clock, connection: request.connection, organization: request.organization, signal: deadline.signal };
  try {
    if (request.waitMs > 0) await waitUntilAllowed(parts, subject, request.waitMs);
    if (!request.allowPublicProject) await refusePublicProject(http, job, deadline.signal);
    const probe = await probeOrganization(http, request.organization, deadline.signal);
    // Two clocks can disagree: the earlier one never calls an instant past that has not come.
    const nowMs = Math.min(clock(), probe.dateMs ?? Infinity);
    const window = resolveWindow(agent, request, nowMs);

    const tokens = createAccessTokens({ agent, http, job, connection, clock });
    const caller = { organization: request.organization, clientId: connection.shownClientId, tenantId: connection.tenantId, organizationTenantId: probe.tenantId };
    const reader = new PageReader({ http, tokens, caller, onNotice: (text) => { agent.log.info(text); } });
    const place = exportPlace(agent, request, window.bounds);
    const folder = await createExportFolder(place.parent, place.name, nowMs);
    try {
      const progress = new Progress(agent, clock);
      const query = { organization: request.organization, window: window.bounds, skipAggregation: request.skipAggregation };
      const begunMs = clock();
      const written = await writeEntries(readEntries(reader, query, deadline.signal), folder.partial, request, (batch, tally) => {
        tell.progress(progress, window.bounds, batch, tally, clock() - begunMs);
      });
      tell.written(agent, written, http.statistics, clock() - begunMs);
      deadline.signal.throwIfAborted();
      return await publishExport({ agent, request, job, window, written, folder });
    } catch (thrown) {
      await folder.discard();
      throw thrown;
    }
  } catch (thrown) {
    throw thrown instanceof TaskError ? await diagnose(thrown, subject) : thrown;
  } finally {
    deadline.stop();
    await http.close();
  }
}

function tooLong(request: ExportRequest): TaskError {
  return new TaskError('MAX_DURATION_REACHED', `The export was not finished within ${formatDuration(request.maxDurationMs)} (maxDuration); nothing is published.`, {
    advice: [
      'Raise maxDuration, and the job\'s timeoutInMinutes with it: it must stay above maxDuration.',
      'Or export a shorter window more often.',
    ],
  });
}
