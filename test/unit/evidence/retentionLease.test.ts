import assert from 'node:assert/strict';
import sinon from 'sinon';
import { TaskError } from '../../../tasks/common/errors/taskError';
import type { HttpRequest } from '../../../tasks/common/http/http';
import { keepRun, lifetimeOfRun, type KeepRequest, type RunRetention } from '../../../tasks/common/evidence/retentionLease';
import { readJobContext, type JobContext } from '../../../tasks/common/identity/jobContext';
import { FakeAgent } from '../../support/fakeAgent';
import { FakeCloud, JOB_TOKEN, PROJECT } from '../../support/fakeCloud';
import type { TestHttp } from '../../support/testHttp';
import { json, type Answer, type SeenRequest } from '../../support/tlsServer';

const NOW_MS = Date.UTC(2026, 10, 20, 12);
const DAY_S = 86_400;
const OWNER = 'AuditLogExport:12:4711';
const SETTINGS = { purgeArtifacts: { min: 1, max: 60, value: 20 }, purgePullRequestRuns: { min: 1, max: 30, value: 10 }, purgeRuns: { min: 30, max: 731, value: 30 } };
const never = new AbortController().signal;
const endOf = (days: number): string => new Date(NOW_MS + days * DAY_S * 1000).toISOString();

describe('retention of the run', () => {
  let cloud: FakeCloud;
  let test: TestHttp;
  let job: JobContext;
  /** Leases that the service holds; what a POST adds is among them. */
  let leases: { leaseId: number; runId: number; definitionId: number; ownerId: string; validUntil: string }[];
  let listing: Answer | undefined;
  let placing: Answer | undefined;
  let settings: Answer;

  before(async () => { cloud = await FakeCloud.start(); });
  after(() => cloud.close());
  beforeEach(() => {
    cloud.reset();
    test = cloud.open();
    leases = [];
    listing = placing = undefined;
    settings = json(SETTINGS);
    job = readJobContext(new FakeAgent({
      variables: { 'System.TeamProjectId': PROJECT, 'System.TeamProject': 'Audit' },
      endpoints: { SYSTEMVSSCONNECTION: { url: 'https://dev.azure.com/fabrikam/', scheme: 'OAuth', parameters: { AccessToken: JOB_TOKEN } } },
    }));
    cloud.replace('other', (response, request, number) => { answerTo(request)(response, request, number); });
  });
  afterEach(() => test.http.close());

  function answerTo({ method, path, body }: SeenRequest): Answer {
    if (path.startsWith(`/fabrikam/${PROJECT}/_apis/build/retention?`)) return settings;
    if (!path.startsWith(`/fabrikam/${PROJECT}/_apis/build/retention/leases?`)) return json({}, 404);
    if (method === 'GET') return listing ?? json({ count: leases.length, value: leases });
    if (placing) return placing;
    const added = (JSON.parse(body) as { runId: number; definitionId: number; ownerId: string; daysValid: number }[]).map(({ daysValid, ...lease }, index) => ({ leaseId: leases.length + index, ...lease, validUntil: endOf(daysValid) }));
    leases.push(...added);
    return json({ count: added.length, value: added });
  }
  const keep = (more: Partial<KeepRequest> = {}): Promise<RunRetention> => keepRun({ http: test.http, job, runId: '4711', definitionId: '12', days: 400, nowMs: NOW_MS, signal: never, ...more });
  const seen = (): string[] => cloud.requests.map(({ method, path }) => `${method} ${path.replace(`/fabrikam/${PROJECT}/_apis/build/`, '')}`);
  async function refused(more: Partial<KeepRequest> = {}): Promise<string> {
    const retention = await keep(more);
    assert.ok(retention.kind === 'refused', JSON.stringify(retention));
    assert.ok(retention.advice.length > 0);
    return [retention.problem, ...retention.advice].join('\n');
  }

  it('is leased with the job token, for the days asked for', async () => {
    assert.deepEqual(await keep(), { kind: 'leased', until: NOW_MS / 1000 + 400 * DAY_S });
    assert.deepEqual(seen(), [`GET retention/leases?ownerId=${encodeURIComponent(OWNER)}&definitionId=12&runId=4711&api-version=7.1`, 'POST retention/leases?api-version=7.1']);
    assert.deepEqual(JSON.parse(cloud.requests[1]?.body ?? ''), [{ definitionId: 12, runId: 4711, ownerId: OWNER, daysValid: 400, protectPipeline: false }]);
    assert.equal(cloud.requests[1]?.headers['content-type'], 'application/json');
    assert.ok(cloud.requests.every(({ headers }) => headers.authorization === `Bearer ${JOB_TOKEN}`));
  });

  it('is not leased twice by attempts of one run', async () => {
    const first = await keep();
    assert.deepEqual(await keep({ nowMs: NOW_MS + 3_600_000 }), first);
    assert.equal(leases.length, 1);
  });

  it('is leased although others hold leases on it, ours on other runs, or one of ours has ended', async () => {
    const lease = { leaseId: 1, runId: 4711, definitionId: 12, ownerId: OWNER, validUntil: endOf(900) };
    leases = [{ ...lease, ownerId: 'User:1b4e28ba' }, { ...lease, runId: 4710 }, { ...lease, validUntil: endOf(-1) }];
    assert.deepEqual(await keep(), { kind: 'leased', until: NOW_MS / 1000 + 400 * DAY_S });
    assert.equal(leases.length, 4);
  });

  it('is leased although earlier leases cannot be seen', async () => {
    for (const answer of [json({}, 403), json({ value: 'none' }), json([]), ((response) => response.end('<html>')) as Answer]) {
      listing = answer;
      assert.equal((await keep()).kind, 'leased');
    }
  });

  it('that is kept for ever has an end too', async () => {
    leases = [{ leaseId: 1, runId: 4711, definitionId: 12, ownerId: OWNER, validUntil: '9999-12-31T23:59:59.9999999Z' }];
    assert.deepEqual(await keep(), { kind: 'leased', until: Date.UTC(9999, 11, 31, 23, 59, 59) / 1000 });
  });

  for (const [text, permission] of [['TF215106: Access denied. X needs Retain indefinitely permissions for ##vso[task.complete]', 'Retain indefinitely'], ['needs Update build information permissions', 'Update build information'], ['', 'Retain indefinitely']] as const) {
    it(`that may not be leased is told with the permission and its effect: ${permission}, ${text === '' ? 'guessed' : 'named'}`, async () => {
      placing = json({ $id: '1', message: text, typeKey: 'AccessDeniedException' }, 403);
      const told = await refused();
      assert.match(told, /^This run is not kept for 400 days\. /);
      assert.ok(told.includes(`it lacks the permission "${permission}". It may be deleted with this export after 20 days, from 2026-12-10 on.`), told);
      assert.ok(told.includes(`"Audit Build Service" > ${permission}: Allow`), told);
      assert.doesNotMatch(told, /vso|TF215106/);
    });
  }

  it('that cannot be leased never fails the export', async () => {
    const failing: [answer: Answer, told: RegExp][] = [
      [json({}, 500), /HTTP 500/], [json({}, 404), /HTTP 404/], [json({}, 400), /HTTP 400/], [json({}, 302, { location: 'https://evil.example/' }), /HTTP 302/], [json({}, 429, { 'retry-after': '3600' }), /wait 60 minutes/],
      [(response) => response.socket?.destroy(), /No whole answer/], [(response) => response.writeHead(200).end('<html>'), /HTTP 200/], [json({ value: [] }), /HTTP 200/],
      [json({ value: [{ runId: 4711, ownerId: OWNER, validUntil: 'never' }] }), /HTTP 200/], [json({ value: [{ runId: 1, ownerId: OWNER, validUntil: endOf(400) }] }), /HTTP 200/],
    ];
    for (const [answer, told] of failing) {
      placing = answer;
      assert.match(await refused(), told);
      await test.http.close();
      test = cloud.open();
    }
  });

  it('is not asked for what is no run of a pipeline', async () => {
    for (const runId of ['0', '', 'Release-1', '-1', '1e400']) assert.match(await refused({ runId }), /no run of a pipeline/);
    assert.ok(cloud.requests.every(({ method }) => method === 'GET'));
  });

  it('is told to end when the project says so, where that can be seen', async () => {
    const ask = (): ReturnType<typeof lifetimeOfRun> => lifetimeOfRun({ http: test.http, job, nowMs: NOW_MS, signal: never });
    assert.deepEqual(await ask(), { days: 20, until: NOW_MS / 1000 + 20 * DAY_S });
    settings = json({ ...SETTINGS, purgeArtifacts: { value: 60 } });
    assert.deepEqual(await ask(), { days: 30, until: NOW_MS / 1000 + 30 * DAY_S });
    for (const answer of [json({}, 403), json({}), json({ ...SETTINGS, purgeRuns: { value: '30' } }), json({ ...SETTINGS, purgeRuns: { value: 0 } }), json({ ...SETTINGS, purgeRuns: { value: 1e9 } }), ((response) => response.socket?.destroy()) as Answer]) {
      settings = answer;
      assert.equal(await ask(), undefined);
    }
    placing = json({}, 403);
    assert.match(await refused(), /Project settings > Pipelines > Settings/);
  });

  it('holds up an export for a minute at most', async () => {
    const timers = sinon.useFakeTimers();
    const hanging = { send: ({ signal }: HttpRequest) => new Promise<never>((_, reject) => { signal.addEventListener('abort', () => { reject(signal.reason as Error); }); }) };
    const lifetime = lifetimeOfRun({ http: hanging, job, nowMs: NOW_MS, signal: never });
    const retention = keep({ http: hanging });
    // A minute for the lease, and one for how long the run lives without it.
    await timers.tickAsync(120_000);
    timers.restore();
    assert.equal(await lifetime, undefined);
    assert.match(JSON.stringify(await retention), /did not answer within a minute/);
  });

  it('ends with the reason of the signal alone', async () => {
    const reason = new TaskError('CANCELED', 'The run was canceled.');
    for (const phase of ['listing', 'placing', 'settings'] as const) {
      const controller = new AbortController();
      const abort: Answer = () => { controller.abort(reason); };
      listing = phase === 'listing' ? abort : undefined;
      placing = phase === 'placing' ? abort : json({}, 403);
      settings = phase === 'settings' ? abort : json(SETTINGS);
      await assert.rejects(keep({ signal: controller.signal }), reason, phase);
      await assert.rejects(lifetimeOfRun({ http: test.http, job, nowMs: NOW_MS, signal: controller.signal }), reason);
    }
  });
});
