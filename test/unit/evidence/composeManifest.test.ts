import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TallyFold } from '../../../tasks/common/auditlog/tally';
import { composeManifest } from '../../../tasks/common/evidence/composeManifest';
import { manifestBytes, readManifest } from '../../../tasks/common/evidence/manifestText';
import { runAttempt, runId, readRunFacts } from '../../../tasks/common/evidence/runFacts';
import { AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { entryAt, idOf, NOVEMBER_20_SECONDS, ticksAfter } from '../../support/auditEntries';
import { FakeAgent } from '../../support/fakeAgent';
import { manifestFacts } from '../../support/manifestFacts';

/** Texts that no form foresees: halves of characters, long, empty. */
const hostile = fc.array(fc.constantFrom('a', '\ud800', '\udc00', '😀', '\u0000', '"', '\\', '\u2028', 'é', '__proto__', ' ', 'long '.repeat(300)), { maxLength: 8 }).map((pieces) => pieces.join(''));

describe('manifest of facts', () => {
  it('says what the facts say', () => {
    const manifest = composeManifest(manifestFacts());
    assert.equal(manifest.folder, 'fabrikam/20261120T000000Z_20261121T000000Z.run4711-1');
    assert.deepEqual(manifest.window, {
      kind: 'sinceLastExport', requested: { start: '2026-11-19T23:30:00Z', end: '2026-11-21T00:00:00Z' }, covered: { start: '2026-11-20T00:00:00Z', end: '2026-11-21T00:00:00Z' },
      overlapFrom: '2026-11-19T22:00:00Z', unsettledFrom: null,
    });
    assert.deepEqual(manifest.counts, { entries: 3, late: 1, greatestLatenessSeconds: 2_400, repaired: 1 });
    const [newest, oldest] = [ticksAfter(82_000n * 10_000_000n), ticksAfter(-600n * 10_000_000n)];
    assert.deepEqual(manifest.entries, { newest: { id: idOf(newest, 1), ticks: newest }, oldest: { id: idOf(oldest, 3), ticks: oldest } });
    assert.deepEqual(manifest.tallies.action, [{ name: 'AuditLog.AccessLog', entries: 1 }, { name: 'Project.CreateCompleted', entries: 2 }]);
    assert.deepEqual(manifest.files.map(({ name, role }) => [name, role]), [['anomalies.jsonl', 'evidence'], ['audit-log.csv', 'view'], ['audit-log.jsonl.gz', 'evidence']]);
    assert.deepEqual([manifest.retrieval.waitedSeconds, manifest.retrieval.endedAt, manifest.retrieval.serviceClock], [3, '2026-11-21T00:30:05Z', '2026-11-21T00:29:59Z']);
  });

  it('is read back as it was written', () => {
    const manifest = composeManifest(manifestFacts());
    assert.deepEqual(readManifest(manifestBytes(manifest)), { manifest });
  });

  it('says null for what is not known, and reads back', () => {
    const manifest = composeManifest(manifestFacts({
      organization: { name: 'fabrikam', id: undefined }, chain: 'none', window: { ...manifestFacts().window, unsettledFrom: NOVEMBER_20_SECONDS + 100 },
      written: { files: [], cuts: [], tally: new TallyFold(), pages: 1, repaired: 0, views: undefined }, lateArrivals: { late: 0, greatestLatenessSeconds: null },
      retrieval: { ...manifestFacts().retrieval, serviceClockMs: undefined }, identity: { clientId: undefined, objectId: '', tenantId: undefined, serviceConnectionId: undefined },
      empty: { proven: false, auditing: 'unknown' }, run: readRunFacts(new FakeAgent(), '1.0.0'),
    }));
    assert.deepEqual([manifest.organization.id, manifest.entries.newest, manifest.retrieval.serviceClock, manifest.identity.objectId, manifest.run.pipeline.id], [null, null, null, null, null]);
    assert.equal(manifest.window.unsettledFrom, '2026-11-20T00:01:40Z');
    assert.deepEqual(readManifest(manifestBytes(manifest)), { manifest });
  });

  it('is a manifest whatever names the service, the project and the agent have', () => {
    fc.assert(fc.property(fc.array(hostile, { minLength: 1, maxLength: 6 }), hostile, (names, id) => {
      const tally = new TallyFold();
      names.forEach((name, index) => { tally.add(entryAt(1_000 - index, index, { category: name, area: name, actionId: name })); });
      const ticks = ticksAfter(0);
      tally.add(new AuditLogEntry(Buffer.from('{}'), id, ticks));
      const name = names[0] ?? '';
      const variables = Object.fromEntries([
        'Build.BuildId', 'Build.BuildNumber', 'System.StageName', 'System.JobDisplayName', 'Build.Reason', 'System.TeamProjectId', 'System.TeamProject', 'System.DefinitionId', 'Build.DefinitionName', 'Build.DefinitionVersion',
        'Build.Repository.Name', 'Build.SourceBranch', 'Build.SourceVersion', 'Agent.Name', 'Agent.OS', 'Agent.Version', 'System.StageAttempt', 'System.JobAttempt',
      ].map((variable) => [variable, name]));
      const manifest = composeManifest(manifestFacts({
        organization: { name: 'fabrikam', id: name }, identity: { clientId: name, objectId: name, tenantId: name, serviceConnectionId: name },
        written: { ...manifestFacts().written, tally }, run: readRunFacts(new FakeAgent({ variables }), name),
      }));
      assert.deepEqual(readManifest(manifestBytes(manifest)), { manifest });
      for (const part of Object.values(manifest.tallies)) {
        assert.equal(part.reduce((sum, { entries }) => sum + entries, 0), names.length + 1);
        assert.deepEqual(part.map((item) => item.name), [...new Set(part.map((item) => item.name))].sort());
      }
    }), { numRuns: 200 });
  });
});

describe('facts of a run', () => {
  const variables = {
    'Build.BuildId': '4711', 'Build.BuildNumber': '20261121.1', 'System.StageName': 'Export', 'System.JobDisplayName': 'Job', 'Build.Reason': 'Schedule', 'System.TeamProjectId': 'p', 'System.TeamProject': 'Compliance',
    'System.DefinitionId': '12', 'Build.DefinitionName': 'Audit', 'Build.DefinitionVersion': '3', 'Build.Repository.Name': 'repo', 'Build.SourceBranch': 'refs/heads/main', 'Build.SourceVersion': 'abc',
    'Agent.Name': 'a1', 'Agent.OS': 'Linux', 'Agent.Version': '4.255.0', 'System.StageAttempt': '2', 'System.JobAttempt': '3',
  };

  it('come from the agent', () => {
    assert.deepEqual(readRunFacts(new FakeAgent({ variables }), '1.2.3'), {
      id: '4711', number: '20261121.1', attempt: 3, stage: 'Export', job: 'Job', reason: 'Schedule', project: { id: 'p', name: 'Compliance' }, pipeline: { id: '12', name: 'Audit', revision: '3' },
      repository: 'repo', branch: 'refs/heads/main', commit: 'abc', agent: { name: 'a1', os: 'Linux', version: '4.255.0' }, taskVersion: '1.2.3',
    });
  });

  it('are null where the agent has none', () => {
    const facts = readRunFacts(new FakeAgent(), '1.2.3');
    assert.deepEqual([facts.id, facts.attempt, facts.number, facts.pipeline.id, facts.agent.os], ['0', 1, null, null, null]);
  });

  it('in a release are those of the release', () => {
    assert.equal(runId(new FakeAgent({ variables: { 'Release.ReleaseId': '9' } })), '9');
  });

  it('count no attempt that is none', () => {
    for (const attempt of ['x', '-1', '1e400', '1.5']) assert.equal(runAttempt(new FakeAgent({ variables: { 'System.StageAttempt': attempt } })), 1, attempt);
  });
});
