import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startSandbox, type Sandbox, type TruthEntry } from '../../sandbox/sandbox';
import { REPORT_ATTACHMENT, type ReportData } from '../../tasks/common/report/reportData';
import { newWorkFolder, removeWorkFolders, runPackaged, type PackagedOptions, type PackagedRun } from '../support/packagedTask';
import { reportIn } from '../support/reportFile';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Yesterday from midnight to six o'clock UTC. */
const START = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
const BETWEEN = { window: 'between', startTime: new Date(START).toISOString(), endTime: new Date(START + 6 * HOUR_MS).toISOString() };

describe('the packaged task in a pipeline', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  /** Where weeks and months are exported. */
  let quiet: Sandbox;

  before(async () => {
    sandbox = await startSandbox({ entriesPerDay: 1500, switches: { pageCap: 100, lateArrivals: false } });
    quiet = await startSandbox({ entriesPerDay: 20 });
  });
  after(async () => {
    await sandbox.close();
    await quiet.close();
    await removeWorkFolders();
  });

  const run = (inputs: Readonly<Record<string, string>>, options: PackagedOptions = {}): Promise<PackagedRun> => runPackaged(sandbox, inputs, options);

  for (const [kind, connection] of [['Azure DevOps', { azureDevOpsServiceConnection: 'audit-log' }], ['Azure Resource Manager', { azureSubscription: 'audit-log-azurerm' }]] as const) {
    it(`exports the window through a service connection of the type ${kind}`, async () => {
      const result = await run({ ...BETWEEN, ...connection });
      assert.equal(result.result, 'Succeeded', result.maskedLog);
      assert.match(result.maskedLog, new RegExp(`\\(${kind} service connection\\)`));
      const lines = linesOf(exportFolder(result));
      assert.ok(lines.length > 10);
      assert.deepEqual(lines, (await truth(sandbox, result)).map(({ json }) => json));
    });
  }

  it('lays out the artifact, names it and sets its output variables', async () => {
    const result = await run(BETWEEN);
    const stamps = [BETWEEN.startTime, BETWEEN.endTime].map((text) => text.replace('.000', '').replace(/[-:]/g, ''));
    const folder = path.join('fabrikam', `${stamps.join('_')}.run4711-1`);
    assert.deepEqual(result.artifacts.map(({ name, containerFolder }) => [name, containerFolder]), [['audit-log', 'audit-log']]);
    assert.deepEqual(filesBelow(result.artifacts[0]?.directory ?? ''), ['SHA256SUMS', 'audit-log.csv', 'audit-log.jsonl.gz', 'manifest.json', 'report.html', 'summary.md'].map((file) => path.join(folder, file)));
    assert.deepEqual(result.outputVariables, {
      exportDirectory: path.join(result.workDirectory, '1', 'a', 'audit-log', folder),
      artifactName: 'audit-log',
      windowStart: BETWEEN.startTime.replace('.000', ''),
      windowEnd: BETWEEN.endTime.replace('.000', ''),
      entryCount: String(linesOf(exportFolder(result)).length),
      manifestPath: path.join(result.workDirectory, '1', 'a', 'audit-log', folder, 'manifest.json'),
      manifestSha256: createHash('sha256').update(readFileSync(path.join(exportFolder(result), 'manifest.json'))).digest('hex'),
      coveredFrom: BETWEEN.startTime.replace('.000', ''),
      coveredUntil: BETWEEN.endTime.replace('.000', ''),
      gapCount: '0',
      lateCount: '0',
    });
    assert.match(result.maskedLog, new RegExp(`^Manifest of .+: sha256 ${result.outputVariables.manifestSha256}$`, 'm'));
    assert.match(result.maskedLog, /Who can read it: everybody who may view the runs of the project "Fiber"\./);
  });

  it('attaches the manifest that is in the artifact, for the runs to come', async () => {
    const result = await run(BETWEEN);
    const folder = exportFolder(result);
    assert.deepEqual(result.attachments.filter(({ type }) => type !== REPORT_ATTACHMENT).map(({ type, name, content }) => ({ type, name, content })), [
      { type: 'AuditLogExport.Manifest', name: `fabrikam.${path.basename(folder)}`, content: readFileSync(path.join(folder, 'manifest.json')) },
    ]);
  });

  it('seals the folder as sha256sum checks it', async () => {
    const folder = exportFolder(await run({ ...BETWEEN, formats: 'jsonl,csv,json' }));
    const { status, stdout } = spawnSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, stdout);
    assert.equal(stdout.trim().split('\n').length, readdirSync(folder).length - 1);
  });

  it('adds the report, as a page in the artifact and for the tab, and says what was attached and who can read it', async () => {
    const result = await run({ ...BETWEEN, timeZone: 'Asia/Kolkata' });
    const folder = exportFolder(result);
    const attached = result.attachments.filter(({ type }) => type === REPORT_ATTACHMENT);
    assert.deepEqual(attached.map(({ name }) => name), [`fabrikam.${path.basename(folder)}.json`]);
    const content = attached[0]?.content ?? Buffer.alloc(0);
    const data = JSON.parse(content.toString('utf8')) as ReportData;
    const entries = linesOf(folder).length;
    assert.deepEqual([data.detail, data.artifactName, data.timeZone, data.counts.entries, data.run?.pipeline], ['full', 'audit-log', 'Asia/Kolkata', entries, 'audit-log-export']);
    assert.ok(data.rows?.form === 'lines' && data.rows.cut === null);
    assert.equal(data.rows.gzip, readFileSync(path.join(folder, 'audit-log.jsonl.gz')).toString('base64'), 'the rows are the evidence itself');
    assert.deepEqual(reportIn(path.join(folder, 'report.html')), data);
    const people = new Set((await truth(sandbox, result)).flatMap(({ json }) => peopleIn(json)));
    assert.ok([...people].every((person) => JSON.stringify(data.dimensions).includes(JSON.stringify(person).slice(1, -1)) || /^[0-9a-f-]{36}$/.test(person)), 'names everybody');
    assert.match(result.maskedLog, new RegExp(`^Attached for the tab "Audit log" of this run: the report, ${entries.toLocaleString('en-US')} entries, ${content.length.toLocaleString('en-US')} bytes\\.$`, 'm'));
    assert.match(result.maskedLog, /^Who can read it: everybody .+"Fiber"\. Summary, report and tab name people and IP addresses and show entries \(reportDetail: full\)\.$/m);
  });

  it('with reportDetail: counts names nobody in summary, report and tab', async () => {
    const result = await run({ ...BETWEEN, reportDetail: 'counts' });
    const folder = exportFolder(result);
    const shown = [...result.summaries, ...result.attachments.filter(({ type }) => type === REPORT_ATTACHMENT)].map(({ content }) => content?.toString('utf8') ?? '');
    assert.equal(shown.length, 2);
    const texts = [...shown, ...['summary.md', 'report.html'].map((name) => readFileSync(path.join(folder, name), 'utf8'))];
    const people = new Set((await truth(sandbox, result)).flatMap(({ json }) => peopleIn(json)));
    assert.ok(people.size > 20);
    for (const text of texts) for (const person of people) assert.ok(!text.includes(person), `${person} in ${text.slice(0, 200)}`);
    const evidence = linesOf(folder).join('\n');
    assert.ok([...people].every((person) => evidence.includes(JSON.stringify(person).slice(1, -1))), 'and the evidence is whole');
    assert.deepEqual([reportIn(path.join(folder, 'report.html')).rows, reportIn(path.join(folder, 'report.html')).counts.entries], [null, linesOf(folder).length]);
    assert.match(result.maskedLog, /Summary, report and tab show counts only \(reportDetail: counts\); the artifact holds every entry\.$/m);
    assert.match(result.maskedLog, /the report, counts only, [\d,]+ bytes\.$/m);
  });

  it('attaches the summary that is in the artifact, with the day on which this copy is deleted', async () => {
    const result = await run(BETWEEN);
    const [summary, ...others] = result.summaries;
    assert.ok(summary?.content && others.length === 0);
    assert.equal(summary.name, 'Audit log of fabrikam');
    const text = summary.content.toString('utf8');
    const deletion = /^Azure DevOps deletes this copy with its run, on (\d{4}-\d\d-\d\d) or soon after\..+\n\n/m;
    assert.equal(text.replace(deletion, ''), readFileSync(path.join(exportFolder(result), 'summary.md'), 'utf8'));
    assert.match(result.maskedLog, new RegExp(`^This copy is kept until ${deletion.exec(text)?.[1]} \\(retention lease on this run\\)\\.$`, 'm'));
    assert.match(text, /\| Category \| Entries \|/);
    assert.match(text, /\| Actor \| Entries \|/);
    const people = new Set((await truth(sandbox, result)).map(({ json }) => (JSON.parse(json) as { actorUPN?: string }).actorUPN ?? '').filter((name) => name !== ''));
    assert.notEqual(people.size, 0);
    for (const person of people) assert.ok(!result.maskedLog.includes(person), person);
  });

  it('names the folder after the attempt, so that a rerun does not collide', async () => {
    const result = await run(BETWEEN, { variables: { 'System.StageAttempt': '2', 'System.JobAttempt': '3', 'Build.BuildId': '5000' } });
    assert.match(path.basename(exportFolder(result)), /\.run5000-3$/);
  });

  it('exports the last hours up to now', async () => {
    const result = await run({ duration: 'PT3H' });
    const { start, end } = windowOf(result);
    assert.equal(end - start, 3 * HOUR_MS);
    assert.ok(end <= Date.now() && end > Date.now() - 60_000);
    assert.deepEqual(linesOf(exportFolder(result)), (await truth(sandbox, result)).map(({ json }) => json));
    assert.match(result.maskedLog, /Entries since .+ may not be complete yet/);
  });

  it('exports the previous day, week and month of a time zone', async () => {
    const day = windowOf(await runPackaged(quiet, { window: 'previous', period: 'day', timeZone: 'Asia/Kolkata' }));
    assert.equal(day.end - day.start, DAY_MS);
    assert.equal(day.start % DAY_MS, 18.5 * HOUR_MS);
    assert.ok(day.end <= Date.now() && day.end > Date.now() - DAY_MS);
    const week = windowOf(await runPackaged(quiet, { window: 'previous', period: 'week' }));
    assert.equal(week.end - week.start, 7 * DAY_MS);
    assert.equal(new Date(week.start).getUTCDay(), 1);
    const month = windowOf(await runPackaged(quiet, { window: 'previous', period: 'month' }));
    assert.equal(new Date(month.start).getUTCDate(), 1);
    assert.equal(new Date(month.end).getUTCDate(), 1);
    assert.equal(new Date(month.end).getUTCMonth(), new Date().getUTCMonth());
  });

  it('exports from an instant until now when no end is given, and clips what the service has deleted', async () => {
    const result = await runPackaged(quiet, { window: 'between', startTime: new Date(Date.now() - 90 * DAY_MS - HOUR_MS).toISOString() });
    assert.equal(result.result, 'Succeeded', result.maskedLog);
    const { start, end } = windowOf(result);
    assert.ok(Math.abs(end - start - 90 * DAY_MS) < 120_000);
    assert.deepEqual(linesOf(exportFolder(result)).map((line) => (JSON.parse(line) as { id: string }).id), (await truth(quiet, result)).map(({ id }) => id));
    assert.match(result.maskedLog, /##\[warning\]The window was to begin at .+ keeps audit log entries for 90 days/);
  });

  it('writes every format, plain or compressed', async () => {
    const plain = exportFolder(await run({ ...BETWEEN, formats: 'jsonl,csv,json', compressJson: 'false', csvDelimiter: 'semicolon' }));
    assert.deepEqual(readdirSync(plain).sort(), ['SHA256SUMS', 'audit-log.csv', 'audit-log.json', 'audit-log.jsonl', 'manifest.json', 'report.html', 'summary.md']);
    const lines = readFileSync(path.join(plain, 'audit-log.jsonl'), 'utf8').trimEnd().split('\n');
    assert.deepEqual(JSON.parse(readFileSync(path.join(plain, 'audit-log.json'), 'utf8')), lines.map((line) => JSON.parse(line) as unknown));
    assert.match(readFileSync(path.join(plain, 'audit-log.csv'), 'utf8'), /^\ufeff"?timestampUtc"?;|^\ufeff.*;"?timestampUtc"?[;\r]/);
    const compressed = exportFolder(await run({ ...BETWEEN, formats: 'json' }));
    assert.deepEqual(readdirSync(compressed).sort(), ['SHA256SUMS', 'audit-log.json.gz', 'manifest.json', 'report.html', 'summary.md']);
    assert.equal(gunzipSync(readFileSync(path.join(compressed, 'audit-log.json.gz'))).toString('utf8'), readFileSync(path.join(plain, 'audit-log.json'), 'utf8'));
  });

  it('writes an empty window as valid empty files', async () => {
    await using empty = await startSandbox({ entries: [{ id: '0512022728793215999;00000064-0000-8888-8000-000000000000;1', timestamp: new Date(START - DAY_MS).toISOString() }] });
    const result = await runPackaged(empty, { ...BETWEEN, formats: 'jsonl,csv,json', compressJson: 'false' });
    assert.equal(result.result, 'Succeeded', result.maskedLog);
    const folder = exportFolder(result);
    assert.equal(readFileSync(path.join(folder, 'audit-log.jsonl'), 'utf8'), '');
    assert.deepEqual(JSON.parse(readFileSync(path.join(folder, 'audit-log.json'), 'utf8')), []);
    assert.match(readFileSync(path.join(folder, 'audit-log.csv'), 'utf8'), /^\ufeff[^\r\n]+\r\n$/);
    assert.equal(result.outputVariables['entryCount'], '0');
    assert.match(readFileSync(path.join(folder, 'summary.md'), 'utf8'), /The window holds no entry/);
  });

  it('leaves publishing to the user where that is asked for', async () => {
    const result = await run({ ...BETWEEN, publishArtifact: 'false' });
    assert.equal(result.result, 'Succeeded');
    assert.deepEqual(result.artifacts, []);
    assert.equal(result.outputVariables['artifactName'], '');
    assert.ok(existsSync(path.join(result.outputVariables['exportDirectory'] ?? '', 'audit-log.jsonl.gz')));
    assert.match(result.maskedLog, /does not publish it \(publishArtifact: false\)/);
    assert.match(result.maskedLog, /show counts only \(reportDetail: counts\); the files hold every entry\./);
  });

  it('runs in a release when nothing is to be published, and says so before any request when it is', async () => {
    const release = { variables: { 'System.HostType': 'release', 'Release.ReleaseId': '12', 'Build.BuildId': '' } };
    const before = sandbox.requests.length;
    const refused = await run(BETWEEN, release);
    assert.equal(refused.result, 'Failed');
    assert.match(refused.maskedLog, / - publishArtifact: artifacts can be published only in a build or YAML pipeline.*"release"/);
    assert.equal(sandbox.requests.length, before);
    const written = await run({ ...BETWEEN, publishArtifact: 'false' }, release);
    assert.equal(written.result, 'Succeeded', written.maskedLog);
    assert.match(path.basename(written.outputVariables['exportDirectory'] ?? ''), /\.run12-1$/);
  });

  it('tells how far it has come', async () => {
    await using slow = await startSandbox({ totalEntries: { count: 600, start: START, end: START + 10 * HOUR_MS }, switches: { pageCap: 25, latencyMs: 700 } });
    const result = await runPackaged(slow, { ...BETWEEN, concurrency: '1', endTime: new Date(START + 10 * HOUR_MS).toISOString() });
    assert.equal(result.result, 'Succeeded', result.maskedLog);
    assert.match(result.maskedLog, /^[\d,]+ entries in \d+ pages, \d+ seconds, back to \d{4}-\d\d-\d\dT[\d:]{8}Z\.$/m);
    const percents = result.commands.filter(({ event }) => event === 'setprogress').map(({ properties }) => Number(properties['value']));
    assert.ok(percents.length > 3);
    assert.deepEqual(percents, [...percents].sort((left, right) => left - right));
  });

  it('reports every wrong input at once, before any request', async () => {
    const workDirectory = await newWorkFolder();
    const file = path.join(workDirectory, 'a-file');
    writeFileSync(file, '');
    const before = sandbox.requests.length;
    const result = await run({
      azureDevOpsServiceConnection: 'audit-log', azureSubscription: 'audit-log-azurerm', organization: 'https://example.com/fabrikam',
      window: 'between', startTime: '2026-11-20T00:00:00', endTime: 'tomorrow', settleTime: '2 days', formats: 'jsonl,xml', compressJson: 'yes',
      csvDelimiter: 'pipe', outputDirectory: file, artifactName: 'audit/log', allowPublicProject: 'maybe', skipAggregation: '1', maxDuration: '10s',
    }, { workDirectory });
    assert.equal(result.result, 'Failed');
    assert.match(result.message ?? '', /^13 inputs of the step need correcting; nothing was requested yet\. \[INPUTS_INVALID\]$/);
    assert.deepEqual(problemsOf(result), [
      'allowPublicProject', 'artifactName', 'compressJson', 'connectionType', 'csvDelimiter', 'endTime', 'formats', 'maxDuration', 'organization',
      'outputDirectory', 'settleTime', 'skipAggregation', 'startTime',
    ]);
    assert.equal(sandbox.requests.length, before);
    assert.deepEqual(result.artifacts, []);
  });

  const future = new Date(Date.now() + DAY_MS).toISOString();
  const old = [95, 94].map((days) => new Date(Date.now() - days * DAY_MS).toISOString());
  const wrong: readonly (readonly [what: string, inputs: Readonly<Record<string, string>>, problem: RegExp])[] = [
    ['an unknown window', { window: 'yesterday' }, /^window: "yesterday" is not allowed\. Allowed: sinceLastExport, last, previous, between\. Example/],
    ['an unreadable duration', { duration: 'a day' }, /^duration: "a day" is not a duration\. Write it .*such as 24h/],
    ['a duration beyond 90 days', { duration: '91d' }, /^duration: .*90/],
    ['an unknown period', { window: 'previous', period: 'year' }, /^period: "year" is not allowed\. Allowed: day, week, month/],
    ['an unknown time zone', { window: 'previous', timeZone: 'Mars/Olympus' }, /^timeZone: "Mars\/Olympus" is not a known time zone\. Write UTC or an IANA name, such as/],
    ['a missing start', { window: 'between' }, /^startTime: is needed for window: between\. Example/],
    ['an end before the start', { ...BETWEEN, startTime: BETWEEN.endTime, endTime: BETWEEN.startTime }, /^endTime: /],
    ['an end in the future', { ...BETWEEN, endTime: future }, /^endTime: /],
    ['a window that is wholly deleted', { window: 'between', startTime: old[0] ?? '', endTime: old[1] ?? '' }, /^endTime: the whole window is older than 90 days/],
    ['no service connection', { azureDevOpsServiceConnection: '' }, /^azureDevOpsServiceConnection: no service connection is given/],
    ['a connection of the other type than said', { azureDevOpsServiceConnection: 'audit-log', connectionType: 'azureRM' }, /^(connectionType|azureSubscription|azureDevOpsServiceConnection): /],
    ['an unknown connection type', { azureDevOpsServiceConnection: 'audit-log', connectionType: 'github' }, /^connectionType: "github" is not allowed/],
    ['an organization with a project', { organization: 'https://dev.azure.com/fabrikam/Fiber' }, /^organization: /],
    ['no format', { formats: ',' }, /^formats: nothing is chosen/],
    ['a variable that has no value', { outputDirectory: '$(No.Such.Variable)/audit-log' }, /^outputDirectory: the variable "\$\(No\.Such\.Variable\)" has no value when this step begins/],
  ];
  for (const [what, inputs, problem] of wrong) {
    it(`refuses ${what} with the way to correct it, before any request`, async () => {
      const before = sandbox.requests.length;
      const result = await run(inputs);
      assert.equal(result.result, 'Failed', result.maskedLog);
      assert.match(result.message ?? '', /^One input of the step needs correcting; nothing was requested yet\. \[INPUTS_INVALID\]$/);
      const [advice, ...others] = adviceOf(result);
      assert.match(advice ?? '', problem);
      assert.deepEqual(others, []);
      assert.equal(sandbox.requests.length, before);
    });
  }
});

function adviceOf(run: PackagedRun): string[] {
  return [...run.maskedLog.matchAll(/^ {2}- (.+)$/gm)].map(([, line]) => line ?? '');
}

function problemsOf(run: PackagedRun): string[] {
  return adviceOf(run).map((line) => line.split(':')[0] ?? '').sort();
}

/** The one export in the one artifact, as downloaded. */
function exportFolder(run: PackagedRun): string {
  const [artifact] = run.artifacts;
  assert.ok(artifact, run.maskedLog);
  const organization = path.join(artifact.directory, 'fabrikam');
  const [name, ...others] = readdirSync(organization);
  assert.ok(name !== undefined && others.length === 0);
  return path.join(organization, name);
}

/** All that tells who acted and from where. */
function peopleIn(json: string): string[] {
  const entry = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const found = ['actorDisplayName', 'actorUPN', 'actorUserId', 'actorCUID', 'actorClientId', 'ipAddress'].map((name) => entry[name]);
  return found.flatMap((value) => (typeof value === 'string' && value !== '' && !value.startsWith('00000000-') && value !== 'Azure DevOps Service' ? [value] : []));
}

function linesOf(folder: string): string[] {
  const text = gunzipSync(readFileSync(path.join(folder, 'audit-log.jsonl.gz'))).toString('utf8');
  return text === '' ? [] : text.trimEnd().split('\n');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).sort();
}

function windowOf({ outputVariables }: PackagedRun): { start: number; end: number } {
  return { start: Date.parse(outputVariables['windowStart'] ?? ''), end: Date.parse(outputVariables['windowEnd'] ?? '') };
}

async function truth(sandbox: Sandbox, run: PackagedRun): Promise<TruthEntry[]> {
  const entries: TruthEntry[] = [];
  for await (const entry of sandbox.truth(windowOf(run))) entries.push(entry);
  return entries;
}
