import { tmpdir } from 'node:os';
import type { AccessSubject } from '../common/access/observations';
import { Observations } from '../common/access/observations';
import { readAuditingPolicy } from '../common/access/checks/auditing';
import type { Progress } from '../common/agent/progress';
import type { PageReader } from '../common/auditlog/pageReader';
import { readSlices } from '../common/auditlog/readSlices';
import { chainOf, type ChainState } from '../common/evidence/chainPlan';
import { composeManifest, type ManifestFacts } from '../common/evidence/composeManifest';
import { knownBlocks } from '../common/evidence/knownIds';
import type { Manifest } from '../common/evidence/manifest';
import { readRunFacts, runId } from '../common/evidence/runFacts';
import { seenWith, type OwnNames } from '../common/evidence/seenNames';
import { writeEntries, type WrittenExport } from '../common/export/writeEntries';
import { createExportFolder } from '../common/files/exportFolder';
import type { SigningKey } from '../common/identity/signingKey';
import type { Clock } from '../common/time/clock';
import { HOUR_MS } from '../common/window/duration';
import { formatInstant } from '../common/window/instant';
import type { Window } from '../common/window/window';
import { exportPlace } from './exportPlace';
import type { ExportAgent, ExportRequest } from './inputs';
import type { ExportPlan } from './planExports';
import { openReading, type Reading } from './openReading';
import { openReport, writeReport, type MadeReport } from './report';
import { sealExport, type SealedExport } from './sealExport';
import { tell, type Portion } from './tell';

/** What every export of a run shares. */
export interface ExportParts {
  readonly agent: ExportAgent;
  readonly clock: Clock;
  readonly subject: AccessSubject;
  readonly request: ExportRequest;
  readonly reader: PageReader;
  readonly plan: ExportPlan;
  readonly identity: ManifestFacts['identity'];
  readonly organizationId: string | undefined;
  /** The two clocks when the run began, ms. */
  readonly clocks: { readonly agentMs: number; readonly serviceMs: number | undefined };
  readonly signingKey: SigningKey | undefined;
  readonly progress: Progress;
  readonly productVersion: string;
  /** The page of a report, without its data. */
  readonly reportPage: string;
}

/** A complete export, and what the log says of it. */
export interface FinishedExport extends SealedExport {
  readonly report: MadeReport;
  /** The second of the oldest entry that had appeared late, since 1970. */
  readonly oldestLateSeconds: number | undefined;
}

/** All that reading and writing gave. */
interface FinishedReading extends Reading {
  readonly written: WrittenExport;
  readonly seen: OwnNames;
}

/** A day, with the minutes by which a scheduled run can be early. */
const QUIET_SECONDS = 23 * HOUR_MS / 1000;

/**
 * One export: the entries of a window, and for a chain those that came late, as files with their manifest.
 * @param state how the chain stands; undefined for an export that belongs to none
 * @param portion which of the run's exports this is
 * @throws TaskError what reading and writing can meet; nothing is left behind then
 */
export async function exportWindow(parts: ExportParts, window: Window, state: ChainState | undefined, portion: Portion): Promise<FinishedExport> {
  const { agent, clock, request, subject } = parts;
  const place = exportPlace(agent, request, window);
  const folder = await createExportFolder(place.parent, place.name, clock());
  try {
    const startedMs = clock();
    const before = { ...subject.http.statistics };
    const reading = openReading(request, window, state);
    const report = openReport(parts, window, state);
    const query = { organization: request.organization, window: reading.window, skipAggregation: request.skipAggregation };
    const options = { concurrency: request.concurrency, folder: agent.variable('Agent.TempDirectory') ?? tmpdir() };
    const entries = reading.late.pass(reading.witness.pass(readSlices(parts.reader, query, options, subject.signal)));
    const written = await writeEntries(entries, folder.partial, request, (batch, tally) => {
      tell.progress(parts.progress, portion, reading.window, batch, tally, clock() - startedMs);
    }, async ({ shown, leftOut }) => {
      report.leaveOut(leftOut);
      await report.add(shown);
    });
    const { statistics } = subject.http;
    const spent = { requests: statistics.requests - before.requests, retries: statistics.retries - before.retries, waitedMs: statistics.waitedMs - before.waitedMs };
    tell.written(agent, portion, written, spent, clock() - startedMs);
    subject.signal.throwIfAborted();
    const manifest = composeManifest({
      ...await factsOf(parts, window, state, { ...reading, written, seen: report.seenNames() }),
      folder: folder.name,
      retrieval: { terms: parts.reader.terms, skipAggregation: request.skipAggregation, statistics: spent, startedMs, endedMs: clock(), agentClockMs: parts.clocks.agentMs, serviceClockMs: parts.clocks.serviceMs },
    });
    const made = await writeReport(parts, folder.partial, report, manifest, written, portion.count);
    return { ...await sealExport({ signingKey: parts.signingKey, signal: subject.signal }, folder, manifest, made.data), report: made, oldestLateSeconds: reading.late.oldestLateSeconds };
  } catch (thrown) {
    await folder.discard();
    throw thrown;
  }
}

async function factsOf(parts: ExportParts, window: Window, state: ChainState | undefined, reading: FinishedReading): Promise<Omit<ManifestFacts, 'folder' | 'retrieval'>> {
  const { agent, request, plan, signingKey } = parts;
  const { late, witness, written, seen } = reading;
  const remembered = late.remembered();
  const everFound = state?.previous?.witness.everFound;
  return {
    organization: { name: request.organization, id: parts.organizationId },
    window: { kind: request.window.kind, requested: plan.requested, covered: window, overlapFrom: reading.window.startSeconds, unsettledFrom: plan.unsettledFrom },
    chain: state === undefined ? 'none' : chainOf(state, window, runId(agent), { knownFrom: remembered.knownFrom, blocks: knownBlocks(remembered.blocks) }),
    coverage: { from: formatInstant(state?.coveredFrom ?? window.startSeconds), until: formatInstant(window.endSeconds), gaps: [...state?.gaps ?? []] },
    written,
    lateArrivals: late,
    empty: await emptiness(parts, window, state, written),
    witness: {
      accessLog: witness.accessLog,
      serviceConnection: witness.serviceConnection,
      everFound: { accessLog: everFound?.accessLog === true || witness.accessLog === 'found', serviceConnection: everFound?.serviceConnection === true || witness.serviceConnection === 'found' },
    },
    seen: seenWith(state?.previous?.seen, seen),
    identity: parts.identity,
    run: readRunFacts(agent, parts.productVersion),
    signedBy: signingKey === undefined ? null : { keyId: signingKey.keyId, algorithm: signingKey.algorithm, publicKeySha256: signingKey.publicKeySha256 },
  };
}

/** A quiet hour is nothing; a day in which the log does not even show our own reading proves nothing by itself. */
async function emptiness(parts: ExportParts, window: Window, state: ChainState | undefined, written: WrittenExport): Promise<Manifest['empty']> {
  if (written.tally.entries > 0 || state?.previous === undefined || window.endSeconds - window.startSeconds < QUIET_SECONDS) return null;
  const policy = await readAuditingPolicy(new Observations(parts.subject)).catch(() => undefined);
  parts.subject.signal.throwIfAborted();
  return { proven: false, auditing: policy === undefined ? 'unknown' : policy ? 'on' : 'off' };
}
