import { createHash } from 'node:crypto';
import { idHash, idHashText } from '../../tasks/common/auditlog/idHash';
import { TallyFold } from '../../tasks/common/auditlog/tally';
import type { ManifestFacts } from '../../tasks/common/evidence/composeManifest';
import { knownBlocks } from '../../tasks/common/evidence/knownIds';
import type { Chain } from '../../tasks/common/evidence/manifest';
import type { FileDescription } from '../../tasks/common/export/fileDescription';
import { entryAt, NOVEMBER_20_SECONDS } from './auditEntries';

const SECOND = 10_000_000;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const hashOf = (name: string): string => idHashText(idHash(name));

const file = (name: string, format: FileDescription['format'], entries: number): FileDescription => ({ name, format, bytes: 1_000 * entries, sha256: sha256(name), contentSha256: sha256(`content of ${name}`), entries });

/** The chain part of the second export of a chain, with all that it can hold. */
export function chainFacts(): Chain {
  const predecessor = { run: '4710', folder: 'fabrikam/20261118T233000Z_20261119T233000Z.run4710-1', manifestSha256: sha256('predecessor'), coveredUntil: '2026-11-19T23:30:00Z' };
  const known = BigUint64Array.of(idHash('one'), idHash('two'), idHash('three')).sort();
  return {
    pipelineId: '12', branch: 'refs/heads/main', artifactName: 'audit-log', position: 2, origin: { start: '2026-11-18T23:30:00Z', continueFrom: null },
    predecessor, restartedAfter: null, gap: { start: '2026-11-19T23:30:00Z', end: '2026-11-20T00:00:00Z' },
    runs: [{ run: '4710', from: '2026-11-18T23:30:00Z', until: '2026-11-19T23:30:00Z' }, { run: '4711', from: '2026-11-20T00:00:00Z', until: '2026-11-21T00:00:00Z' }],
    knownFrom: '2026-11-20T22:00:00Z', known: knownBlocks([{ from: NOVEMBER_20_SECONDS + 22 * HOUR_SECONDS, ids: known }]),
  };
}

/** The facts behind docs/example-manifest.json: the second export of a chain, after a gap. */
export function manifestFacts(more: Partial<ManifestFacts> = {}): ManifestFacts {
  const tally = new TallyFold();
  tally.add(entryAt(82_000 * SECOND, 1));
  tally.add(entryAt(5_000 * SECOND, 2, { category: 'access', area: 'Auditing', actionId: 'AuditLog.AccessLog' }));
  tally.add(entryAt(-600 * SECOND, 3));
  return {
    organization: { name: 'Fabrikam', id: '8f6a2c1e-0d3b-4b5a-9c7e-2f1d0e9b8a7c' },
    folder: '20261120T000000Z_20261121T000000Z.run4711-1',
    window: {
      kind: 'sinceLastExport', requested: { startSeconds: NOVEMBER_20_SECONDS - HOUR_SECONDS / 2, endSeconds: NOVEMBER_20_SECONDS + DAY_SECONDS },
      covered: { startSeconds: NOVEMBER_20_SECONDS, endSeconds: NOVEMBER_20_SECONDS + DAY_SECONDS }, overlapFrom: NOVEMBER_20_SECONDS - 2 * HOUR_SECONDS, unsettledFrom: undefined,
    },
    chain: chainFacts(),
    coverage: { from: '2026-11-20T00:00:00Z', until: '2026-11-21T00:00:00Z', gaps: [{ start: '2026-11-19T23:30:00Z', end: '2026-11-20T00:00:00Z', reason: 'expired' }] },
    written: { files: [file('audit-log.jsonl.gz', 'jsonl', 3), file('audit-log.csv', 'csv', 3), file('anomalies.jsonl', 'anomalies', 1)], cuts: [], tally, pages: 1, repaired: 1, views: { include: ['area: Git, Auditing'], exclude: ['category: access'], leftOut: 1 } },
    lateArrivals: { late: 1, greatestLatenessSeconds: 2_400 },
    empty: null,
    witness: { accessLog: 'found', serviceConnection: 'absent', everFound: { accessLog: true, serviceConnection: false } },
    seen: { actors: [hashOf('00000000-0000-4000-8000-000000000001')], actions: ['AuditLog.AccessLog', 'Project.CreateCompleted'].map(hashOf).sort() },
    retrieval: {
      terms: { apiVersion: '7.1-preview.1', batchSize: 1_000 }, skipAggregation: true, statistics: { requests: 4, retries: 1, waitedMs: 2_001 },
      startedMs: (NOVEMBER_20_SECONDS + DAY_SECONDS + 1_801) * 1000, endedMs: (NOVEMBER_20_SECONDS + DAY_SECONDS + 1_805) * 1000 + 999, agentClockMs: (NOVEMBER_20_SECONDS + DAY_SECONDS + 1_800) * 1000,
      serviceClockMs: (NOVEMBER_20_SECONDS + DAY_SECONDS + 1_799) * 1000,
    },
    identity: { clientId: '0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d', objectId: '5e6f7a8b-9c0d-4e1f-a2b3-c4d5e6f7a8b9', tenantId: '9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d', serviceConnectionId: 'c0ffee00-1234-4abc-8def-0123456789ab' },
    run: {
      id: '4711', number: '20261121.1', attempt: 1, stage: '__default', job: 'Export', reason: 'Schedule', project: { id: '3c2b1a09-8f7e-4d6c-b5a4-938271605f4e', name: 'Compliance' },
      pipeline: { id: '12', name: 'Audit log export', revision: '3' }, repository: 'Compliance', branch: 'refs/heads/main', commit: '0123456789abcdef0123456789abcdef01234567',
      agent: { name: 'Azure Pipelines 2', os: 'Linux', version: '4.255.0' }, taskVersion: '1.0.0',
    },
    signedBy: null,
    ...more,
  };
}
