import { diagnose } from '../common/access/diagnose';
import type { AccessSubject } from '../common/access/observations';
import { Progress } from '../common/agent/progress';
import { PageReader } from '../common/auditlog/pageReader';
import { TaskError } from '../common/errors/taskError';
import { createAccessTokens, KEY_VAULT_SCOPE, type AccessTokenParts } from '../common/identity/accessToken';
import { readClaims } from '../common/identity/claims';
import { readJobContext, type JobContext } from '../common/identity/jobContext';
import { probeOrganization } from '../common/identity/organizationProbe';
import { refusePublicProject } from '../common/identity/project';
import { readServiceConnection } from '../common/identity/serviceConnection';
import { openSigningKey, type SigningKey } from '../common/identity/signingKey';
import { parseOrganization } from '../common/step/inputValues';
import { openHttp } from '../common/step/openHttp';
import type { StepParts } from '../common/step/stepParts';
import { startDeadline } from '../common/time/deadline';
import { formatDuration } from '../common/window/duration';
import { continueChain } from './continueChain';
import { finish } from './finish';
import { exportSeries } from './exportSeries';
import { readInputs, type ExportAgent, type ExportRequest } from './inputs';
import { planContinuation, planForPullRequest, planSingle, type ExportPlan } from './planExports';
import { tell } from './tell';
import { waitUntilAllowed } from './waitUntilAllowed';

export interface RunParts extends StepParts<ExportAgent> {
  /** The page of a report, without its data. */
  readonly reportPage: string;
}

/**
 * The whole story: inputs, service connection, window, token, pages, entries, files, manifest, artifact.
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
  const subject = { agent, http, job, clock, connection: request.connection, organization: request.organization, signal: deadline.signal };
  try {
    if (request.waitMs > 0) await waitUntilAllowed(parts, subject, request.waitMs);
    if (!request.allowPublicProject) await refusePublicProject(http, job, deadline.signal);
    const probe = await probeOrganization(http, request.organization, deadline.signal);
    const clocks = { agentMs: clock(), serviceMs: probe.dateMs };
    // Two clocks can disagree: the earlier one never calls an instant past that has not come.
    const nowMs = Math.min(clocks.agentMs, clocks.serviceMs ?? Infinity);
    const plan = await planExports(subject, request, nowMs, clocks.serviceMs ?? clocks.agentMs);

    const signIn: AccessTokenParts = { agent, http, job, connection, clock };
    const tokens = createAccessTokens(signIn);
    const caller = { organization: request.organization, clientId: connection.shownClientId, tenantId: connection.tenantId, organizationTenantId: probe.tenantId };
    const reader = new PageReader({ http, tokens, caller, onNotice: (text) => { agent.log.info(text); } });
    const identity = {
      clientId: connection.clientId, tenantId: connection.tenantId, serviceConnectionId: connection.id,
      objectId: readClaims(await tokens.get(deadline.signal)).oid,
    };
    const signingKey = await openKey(signIn, request, deadline.signal);
    const series = await exportSeries({ agent, clock, subject, request, reader, plan, identity, organizationId: organizationId(agent, job, request), clocks, signingKey, progress: new Progress(agent, clock), productVersion: parts.productVersion, reportPage: parts.reportPage });
    return await finish({ ...subject, signal: parts.cancel }, request, plan, series, nowMs);
  } catch (thrown) {
    throw thrown instanceof TaskError ? await diagnose(thrown, subject) : thrown;
  } finally {
    deadline.stop();
    await http.close();
  }
}

async function planExports(subject: AccessSubject & { readonly agent: ExportAgent }, request: ExportRequest, nowMs: number, serviceMs: number): Promise<ExportPlan> {
  const { agent } = subject;
  const { window } = request;
  if (window.kind !== 'sinceLastExport') return planSingle(agent, window, request.settleMs, nowMs);
  if (agent.variable('Build.Reason') === 'PullRequest') return planForPullRequest(agent, request.settleMs, nowMs);
  return planContinuation(agent, request, window, await continueChain(subject, request, window, nowMs, serviceMs), nowMs);
}

/** The agent knows the number of its own organization only. */
function organizationId(agent: ExportAgent, job: JobContext, { organization }: ExportRequest): string | undefined {
  const own = parseOrganization(undefined, job.collectionUrl.href);
  return own.ok && own.value.toLowerCase() === organization.toLowerCase() ? agent.variable('System.CollectionId') : undefined;
}

async function openKey(signIn: AccessTokenParts, { signingKey: address }: ExportRequest, signal: AbortSignal): Promise<SigningKey | undefined> {
  return address && await openSigningKey({ http: signIn.http, tokens: createAccessTokens(signIn, KEY_VAULT_SCOPE), address, signal });
}

function tooLong(request: ExportRequest): TaskError {
  return new TaskError('MAX_DURATION_REACHED', `The export was not finished within ${formatDuration(request.maxDurationMs)} (maxDuration); nothing is published.`, {
    advice: [
      'Raise maxDuration, and the job\'s timeoutInMinutes with it: it must stay above maxDuration.',
      'Or export a shorter window more often.',
    ],
  });
}
