import path from 'node:path';
import { diagnose } from '../common/access/diagnose';
import { Progress } from '../common/agent/progress';
import { PageReader } from '../common/auditlog/pageReader';
import { asTaskError, type TaskError } from '../common/errors/taskError';
import { requery, type Requery } from '../common/evidence/requery';
import type { Verification } from '../common/evidence/verify/verifyExports';
import { OutputFile } from '../common/files/outputFile';
import { createAccessTokens } from '../common/identity/accessToken';
import { readJobContext } from '../common/identity/jobContext';
import { probeOrganization } from '../common/identity/organizationProbe';
import { readServiceConnection } from '../common/identity/serviceConnection';
import { formatCount } from '../common/report/markdown';
import type { ChosenConnection } from '../common/step/connectionInputs';
import { isoOfTicks } from '../common/time/ticks';
import type { VerifyParts } from './run';

/** How the copy stands to the living log: what was found, or why it could not be seen. Undefined when nobody asked. */
export type Comparison = { readonly requery: Requery; readonly failure?: undefined } | { readonly requery?: undefined; readonly failure: TaskError } | undefined;

/** Entries that the service has and the copy has not, one a line, as the service sent them. */
export const MISSING_FILE = 'missing.jsonl';

/**
 * Compares the copy with the living log, where that was asked for. What keeps it from doing so does not undo the verification:
 * it is returned, to end the step once the evidence is published.
 * @throws TaskError CANCELED
 */
export async function compareWithLog(story: VerifyParts, verification: Verification): Promise<Comparison> {
  const { request, agent, http, clock, signal } = story;
  if (request.requery === undefined) return undefined;
  agent.log.section('Comparison with the living log');
  const missing = new MissingFile(path.join(request.evidenceDirectory, MISSING_FILE));
  try {
    return { requery: await compare(story, request.requery, verification, missing) };
  } catch (thrown) {
    const failure = asTaskError(thrown);
    if (failure.code === 'CANCELED') throw failure;
    const subject = { agent, http, job: readJobContext(agent), clock, connection: request.requery, organization: request.organization, signal };
    return { failure: signal.aborted ? failure : await diagnose(failure, subject) };
  } finally {
    await missing.close();
  }
}

async function compare(story: VerifyParts, chosen: ChosenConnection, verification: Verification, missing: MissingFile): Promise<Requery> {
  const { agent, clock, http, request, root, signal } = story;
  const job = readJobContext(agent);
  const connection = readServiceConnection(agent, chosen.kind, chosen.id);
  const probe = await probeOrganization(http, request.organization, signal);
  const tokens = createAccessTokens({ agent, http, job, connection, clock });
  const caller = { organization: request.organization, clientId: connection.shownClientId, tenantId: connection.tenantId, organizationTenantId: probe.tenantId };
  const progress = new Progress(agent, clock);
  return requery({
    reader: new PageReader({ http, tokens, caller, onNotice: (text) => { agent.log.info(text); } }),
    organization: request.organization,
    root,
    requested: request.requested,
    invalid: new Set(verification.findings.flatMap(({ isInvalid, folder }) => (isInvalid && folder !== undefined ? [folder] : []))),
    nowMs: Math.min(clock(), probe.dateMs ?? Infinity),
    signal,
    onMissing: ({ raw }) => missing.add(raw),
    onPage: (reached, count) => { progress.report(0, () => `${formatCount(count)} entries of the log compared, back to ${reached === undefined ? 'nothing yet' : `${isoOfTicks(reached).slice(0, 19)}Z`}.`); },
  });
}

/** Is there only once an entry is in it. */
class MissingFile {
  readonly #path: string;
  #file: OutputFile | undefined;

  constructor(file: string) {
    this.#path = file;
  }

  async add(raw: Uint8Array): Promise<void> {
    this.#file ??= await OutputFile.create(this.#path);
    await this.#file.write(Buffer.concat([raw, Buffer.from('\n')]));
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}
