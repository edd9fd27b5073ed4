import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import type { InputName, OutputName } from '../../../tasks/ExportAuditLog/contract';
import { exportPlace, isExportFolder } from '../../../tasks/ExportAuditLog/exportPlace';
import type { ExportRequest } from '../../../tasks/ExportAuditLog/inputs';
import { planContinuation, planForPullRequest, planSingle } from '../../../tasks/ExportAuditLog/planExports';
import type { ChainRequest, SingleWindowRequest, WindowRequest } from '../../../tasks/ExportAuditLog/windowInputs';
import type { ChainState } from '../../../tasks/common/evidence/chainPlan';
import type { Gap } from '../../../tasks/common/evidence/manifest';
import type { Window } from '../../../tasks/common/window/window';
import { FakeAgent } from '../../support/fakeAgent';
import { failureOf } from '../../support/rejection';

const NOW = Date.UTC(2026, 10, 20, 12, 0, 0, 500);
const now = Math.floor(NOW / 1000);
const DAY = 86_400;

const request = (window: WindowRequest, more: Partial<ExportRequest> = {}): ExportRequest => ({
  connection: { kind: 'azureDevOps', id: 'x' }, organization: 'Fabrikam', window, settleMs: 1_800_000, formats: ['jsonl'], compressJson: true, csvDelimiter: ',', filter: undefined, outputDirectory: path.resolve('/out'),
  artifactName: 'audit-log', isPublished: true, reportDetail: 'full', timeZone: 'UTC', concurrency: 4, retainDays: 400, signingKey: undefined, allowPublicProject: false, skipAggregation: true, maxDurationMs: 1, waitMs: 0, ...more,
});
const between = (startSeconds: number, endSeconds?: number): SingleWindowRequest => ({
  kind: 'between', start: { epochSecondsFloor: startSeconds, epochSecondsCeil: startSeconds }, end: endSeconds === undefined ? undefined : { epochSecondsFloor: endSeconds, epochSecondsCeil: endSeconds },
});

describe('the window once now is known', () => {
  function resolve(window: SingleWindowRequest, nowMs = NOW): { bounds: Window; unsettledFrom: number | undefined; agent: FakeAgent<InputName, OutputName> } {
    const agent = new FakeAgent<InputName, OutputName>();
    const { windows: [bounds, ...others], unsettledFrom, chain } = planSingle(agent, window, 1_800_000, nowMs);
    assert.ok(bounds && others.length === 0 && chain === undefined);
    return { bounds, unsettledFrom, agent };
  }

  it('"last" ends now, is not yet settled, and says that it can leave gaps', () => {
    const { bounds, unsettledFrom, agent } = resolve({ kind: 'last', durationMs: DAY * 1000 });
    assert.deepEqual(bounds, { startSeconds: now - DAY, endSeconds: now });
    assert.equal(unsettledFrom, now - 1800);
    assert.deepEqual(agent.lines(), [
      'Window: 2026-11-19T12:00:00Z to 2026-11-20T12:00:00Z, end not included (the last 24 hours).',
      'Entries since 2026-11-20T11:30:00Z may not be complete yet: some appear late.', 'Exports of "last" can leave gaps when a scheduled run is late or skipped; window: sinceLastExport does not.',
    ]);
  });

  it('"previous" is settled when its end is old enough', () => {
    const { bounds, unsettledFrom, agent } = resolve({ kind: 'previous', period: 'day', timeZone: 'Europe/Berlin' });
    assert.deepEqual(bounds, { startSeconds: Date.UTC(2026, 10, 18, 23) / 1000, endSeconds: Date.UTC(2026, 10, 19, 23) / 1000 });
    assert.equal(unsettledFrom, undefined);
    assert.deepEqual(agent.lines(), ['Window: 2026-11-18T23:00:00Z to 2026-11-19T23:00:00Z, end not included (the previous day in Europe/Berlin).']);
  });

  it('is clipped to what the service keeps, with a warning', () => {
    const { bounds, agent } = resolve(between(now - 100 * DAY, now - DAY));
    assert.deepEqual(bounds, { startSeconds: now - 90 * DAY, endSeconds: now - DAY });
    assert.match(agent.lines('warning').join(), /was to begin at 2026-08-12T12:00:00Z.*90 days, so it begins at 2026-08-22T12:00:00Z/);
    assert.deepEqual(resolve({ kind: 'last', durationMs: 90 * DAY * 1000 }).agent.lines('warning'), []);
  });

  it('that the service no longer has is refused, even if the agent\'s clock took it for good', () => {
    const failure = failureOf(() => resolve(between(now - 95 * DAY, now - 90 * DAY)), 'INPUTS_INVALID');
    assert.match(failure.advice.join(), /begins at 2026-08-22T12:00:00Z/);
  });

  it('without an end ends now by the service\'s clock', () => {
    assert.deepEqual(resolve(between(now - 60)).bounds, { startSeconds: now - 60, endSeconds: now });
  });

  for (const start of [now, now + 1, now + DAY]) {
    it(`that begins ${start - now} s after the service's now is refused, as the agent's clock must be ahead`, () => {
      const failure = failureOf(() => resolve(between(start)), 'INPUTS_INVALID');
      assert.match(failure.message, /for Azure DevOps it is only 2026-11-20T12:00:00Z now/);
      assert.match(failure.advice.join(), /clock of this agent/);
    });
  }

  it('is never empty, and never older than 90 days', () => {
    const kinds = fc.oneof(
      fc.integer({ min: 60, max: 90 * DAY }).map((seconds): SingleWindowRequest => ({ kind: 'last', durationMs: seconds * 1000 })),
      fc.record({ kind: fc.constant('previous' as const), period: fc.constantFrom('day' as const, 'week' as const, 'month' as const), timeZone: fc.constantFrom('UTC', 'America/New_York', 'Pacific/Apia') }),
      fc.tuple(fc.integer({ min: -100 * DAY, max: DAY }), fc.option(fc.integer({ min: 1, max: 100 * DAY }), { nil: undefined })).map(([start, length]) => between(now + start, length === undefined ? undefined : now + start + length)),
    );
    fc.assert(fc.property(kinds, fc.integer({ min: -DAY, max: DAY }), (window, drift) => {
      const nowMs = NOW + drift * 1000;
      try {
        const { bounds } = resolve(window, nowMs);
        assert.ok(bounds.startSeconds < bounds.endSeconds && bounds.startSeconds * 1000 >= nowMs - 90 * DAY * 1000 - 1000, JSON.stringify(bounds));
      } catch (thrown) {
        failureOf(() => { throw thrown as Error; }, 'INPUTS_INVALID');
      }
    }));
  });
});

describe('the continuation of a chain', () => {
  const identity = { organization: 'fabrikam', pipelineId: '7', branch: 'refs/heads/main', artifactName: 'audit-log' };
  const window: ChainRequest = { kind: 'sinceLastExport', continueFrom: undefined, overlapMs: 7_200_000, failsOnGap: true };
  const plan = (from: number, change: Partial<ChainState> = {}, newlyLost: readonly Gap[] = []): { windows: readonly Window[]; lines: string[]; warnings: string[] } => {
    const agent = new FakeAgent<InputName, OutputName>();
    const state: ChainState = {
      identity, position: 1, origin: { start: '2026-11-01T00:00:00Z', continueFrom: null }, predecessor: null, restartedAfter: null, previous: undefined, previousRun: undefined, from,
      gaps: [], coveredFrom: from, runs: [], known: [], knownFrom: undefined, ...change,
    };
    const { windows } = planContinuation(agent, request(window), window, { state, newlyLost, notes: ['A note.'] }, NOW);
    return { windows, lines: agent.lines(), warnings: agent.lines('warning') };
  };
  const predecessor = { run: '4710', folder: 'fabrikam/x', manifestSha256: '0'.repeat(64), coveredUntil: '2026-11-19T11:30:00Z' };

  it('ends where all has settled, and says where it begins', () => {
    const { windows, lines } = plan(now - DAY - 1800, { predecessor });
    assert.deepEqual(windows, [{ startSeconds: now - DAY - 1800, endSeconds: now - 1800 }]);
    assert.deepEqual(lines, [
      'A note.', 'The last export ended at 2026-11-19T11:30:00Z (run 4710).',
      'Window: 2026-11-19T11:30:00Z to 2026-11-20T11:30:00Z, end not included (since the last export). Entries settle for 30 minutes.',
    ]);
  });

  it('is a series for a backlog', () => {
    const { windows, lines } = plan(now - 10 * DAY);
    assert.equal(windows.length, 10);
    assert.match(lines.join('\n'), /No earlier export was found of this pipeline on the branch refs\/heads\/main, as the artifact "audit-log": a chain begins with the oldest entries.+\n.+since the last export, as 10 exports, oldest first/);
  });

  it('has nothing to export until something has settled', () => {
    assert.deepEqual(plan(now - 1800, { predecessor }).windows, []);
  });

  it('warns of what is lost, and of a chain that was restarted', () => {
    const { warnings } = plan(now - DAY, { restartedAfter: predecessor }, [
      { start: '2026-08-01T00:00:00Z', end: '2026-08-02T00:00:00Z', reason: 'expired' }, { start: '2026-08-03T00:00:00Z', end: '2026-08-04T00:00:00Z', reason: 'deleted' },
    ]);
    assert.match(warnings.join('\n'), /new chain begins at 2026-11-19T12:00:00Z, because continueFrom says so.+run 4710/);
    assert.match(warnings.join('\n'), /No run exported the entries from 2026-08-01T00:00:00Z to 2026-08-02T00:00:00Z.+lost/);
    assert.match(warnings.join('\n'), /exports from 2026-08-03T00:00:00Z to 2026-08-04T00:00:00Z were deleted.+lost/);
  });

  it('of a pull request is the last settled day, in no chain', () => {
    const agent = new FakeAgent<InputName, OutputName>();
    const { windows, chain } = planForPullRequest(agent, 1_800_000, NOW);
    assert.deepEqual([windows, chain], [[{ startSeconds: now - DAY - 1800, endSeconds: now - 1800 }], undefined]);
    assert.match(agent.lines('warning').join(), /pull request/);
  });
});

describe('the place of an export', () => {
  const bounds = { startSeconds: Date.UTC(2026, 10, 20) / 1000, endSeconds: Date.UTC(2026, 10, 21) / 1000 };
  const place = (variables: Record<string, string>): { parent: string; name: string } => exportPlace(new FakeAgent<InputName, OutputName>({ variables }), request(between(0)), bounds);

  it('is named after organization, window, run and the latest attempt', () => {
    assert.deepEqual(place({ 'Build.BuildId': '4711', 'System.StageAttempt': '1', 'System.JobAttempt': '3' }), { parent: path.resolve('/out/fabrikam'), name: '20261120T000000Z_20261121T000000Z.run4711-3' });
    assert.equal(place({ 'Build.BuildId': '4711', 'System.StageAttempt': '2', 'System.JobAttempt': '1' }).name, '20261120T000000Z_20261121T000000Z.run4711-2');
    assert.equal(place({ 'Release.ReleaseId': '12' }).name, '20261120T000000Z_20261121T000000Z.run12-1');
    assert.equal(place({}).name, '20261120T000000Z_20261121T000000Z.run0-1');
  });

  it('is always a name that is known as an export\'s and that every file system takes', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (run, attempt) => {
      const { name } = place({ 'Build.BuildId': run, 'System.StageAttempt': attempt });
      assert.ok(isExportFolder(name), name);
      assert.match(name, /^[\w.-]+$/);
    }));
  });

  for (const name of ['src', '20261120T000000Z_20261121T000000Z', '20261120T000000Z_20261121T000000Z.run', 'x20261120T000000Z_20261121T000000Z.run1-1', '20261120T000000Z_20261121T000000Z.run1-1.zip', '20261120T000000Z_20261121T000000Z.run1-1/..']) {
    it(`is not ${name}`, () => assert.ok(!isExportFolder(name)));
  }
});
