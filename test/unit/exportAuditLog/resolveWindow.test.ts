import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import type { InputName, OutputName } from '../../../tasks/ExportAuditLog/contract';
import { exportPlace, isExportFolder } from '../../../tasks/ExportAuditLog/exportPlace';
import type { ExportRequest } from '../../../tasks/ExportAuditLog/inputs';
import { resolveWindow, type ResolvedWindow } from '../../../tasks/ExportAuditLog/resolveWindow';
import type { WindowRequest } from '../../../tasks/ExportAuditLog/windowInputs';
import { FakeAgent } from '../../support/fakeAgent';
import { failureOf } from '../../support/rejection';

const NOW = Date.UTC(2026, 10, 20, 12, 0, 0, 500);
const now = Math.floor(NOW / 1000);
const DAY = 86_400;

const request = (window: WindowRequest, more: Partial<ExportRequest> = {}): ExportRequest => ({
  connection: { kind: 'azureDevOps', id: 'x' }, organization: 'Fabrikam', window, settleMs: 1_800_000, formats: ['jsonl'], compressJson: true, csvDelimiter: ',', outputDirectory: path.resolve('/out'),
  artifactName: 'audit-log', allowPublicProject: false, skipAggregation: true, maxDurationMs: 1, waitMs: 0, ...more,
});
const between = (startSeconds: number, endSeconds?: number): WindowRequest => ({
  kind: 'between', start: { epochSecondsFloor: startSeconds, epochSecondsCeil: startSeconds }, end: endSeconds === undefined ? undefined : { epochSecondsFloor: endSeconds, epochSecondsCeil: endSeconds },
});

describe('the window once now is known', () => {
  function resolve(window: WindowRequest, nowMs = NOW): ResolvedWindow & { agent: FakeAgent<InputName, OutputName> } {
    const agent = new FakeAgent<InputName, OutputName>();
    return { ...resolveWindow(agent, request(window), nowMs), agent };
  }

  it('"last" ends now, is not yet settled, and says that it can leave gaps', () => {
    const { bounds, unsettledFrom, agent } = resolve({ kind: 'last', durationMs: DAY * 1000 });
    assert.deepEqual(bounds, { startSeconds: now - DAY, endSeconds: now });
    assert.equal(unsettledFrom, now - 1800);
    assert.deepEqual(agent.lines(), [
      'Window: 2026-11-19T12:00:00Z to 2026-11-20T12:00:00Z, end not included (the last 24 hours).',
      'Entries since 2026-11-20T11:30:00Z may not be complete yet: some appear late.', 'Exports of "last" can leave gaps when a scheduled run is late or skipped.',
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
      fc.integer({ min: 60, max: 90 * DAY }).map((seconds): WindowRequest => ({ kind: 'last', durationMs: seconds * 1000 })),
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
