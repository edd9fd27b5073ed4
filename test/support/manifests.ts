import type { Chain, Manifest } from '../../tasks/common/evidence/manifest';
import { manifestBytes, manifestSha256 } from '../../tasks/common/evidence/manifestText';
import { formatInstant } from '../../tasks/common/window/instant';

export const START = Date.UTC(2026, 8, 1) / 1000;
export const DAY = 86_400;

/** `2026-09-01T00:00:00Z` and so many days later. */
export function dayInstant(days: number): string {
  return formatInstant(START + Math.round(days * DAY));
}

export const NO_CHAIN: Chain = {
  pipelineId: '7', branch: 'refs/heads/main', artifactName: 'audit-log', position: 1, origin: { start: dayInstant(0), continueFrom: null },
  predecessor: null, restartedAfter: null, gap: null, runs: [], knownFrom: dayInstant(1), known: [],
};

export interface ManifestChanges {
  readonly run?: string;
  readonly from?: number;
  readonly until?: number;
  readonly chain?: Partial<Chain> | 'none';
  readonly change?: (manifest: Manifest) => Manifest;
}

/** A manifest of one quiet day (`from` and `until` in days since {@link START}), changed as asked. */
export function makeManifest({ run = '100', from = 0, until = from + 1, chain = {}, change = (manifest) => manifest }: ManifestChanges = {}): Manifest {
  const covered = { start: dayInstant(from), end: dayInstant(until) };
  return change({
    manifestVersion: 1,
    organization: { name: 'fabrikam', id: null },
    folder: `fabrikam/export.run${run}-1`,
    window: { kind: chain === 'none' ? 'between' : 'sinceLastExport', requested: covered, covered, overlapFrom: covered.start, unsettledFrom: null },
    chain: chain === 'none' ? 'none' : { ...NO_CHAIN, knownFrom: covered.end, runs: [{ run, from: covered.start, until: covered.end }], ...chain },
    coverage: { from: chain === 'none' ? covered.start : chain.origin?.start ?? dayInstant(0), until: covered.end, gaps: [] },
    counts: { entries: 0, late: 0, greatestLatenessSeconds: null, repaired: 0 },
    entries: { newest: null, oldest: null },
    tallies: { category: [], area: [], action: [] },
    empty: null,
    witness: { accessLog: 'unknown', serviceConnection: 'unknown', everFound: { accessLog: false, serviceConnection: false } },
    seen: { actors: [], actions: [] },
    views: null,
    retrieval: { apiVersion: '7.1-preview.1', batchSize: 1000, skipAggregation: true, pages: 1, requests: 4, retries: 0, waitedSeconds: 0, startedAt: covered.end, endedAt: covered.end, agentClock: covered.end, serviceClock: covered.end },
    identity: { clientId: null, objectId: null, tenantId: null, serviceConnectionId: null },
    run: {
      id: run, number: null, attempt: 1, stage: null, job: null, reason: null, project: { id: null, name: null }, pipeline: { id: '7', name: null, revision: null },
      repository: null, branch: null, commit: null, agent: { name: null, os: null, version: null }, taskVersion: '1.0.0',
    },
    signedBy: null,
    files: [],
  });
}

export function sha256Of(manifest: Manifest): string {
  return manifestSha256(manifestBytes(manifest));
}
