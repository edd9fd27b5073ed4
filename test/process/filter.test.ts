import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import type { Manifest } from '../../tasks/common/evidence/manifest';
import { REPORT_ATTACHMENT, type ReportData } from '../../tasks/common/report/reportData';
import { removeWorkFolders, runPackaged, type PackagedRun } from '../support/packagedTask';
import { parseStrictCsv } from '../support/strictCsv';

const DAY_MS = 86_400_000;
const START = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
const WINDOW = { start: START, end: START + DAY_MS };
const BETWEEN = { window: 'between', startTime: new Date(WINDOW.start).toISOString(), endTime: new Date(WINDOW.end).toISOString() };

interface Fields {
  readonly id: string;
  readonly area: string;
  readonly actorUPN?: string;
}

describe('the packaged task with a filter', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  let truth: Fields[];

  before(async () => {
    sandbox = await startSandbox({ entriesPerDay: 600, recordAccess: false, switches: { lateArrivals: false } });
    truth = [];
    for await (const { json } of sandbox.truth(WINDOW)) truth.push(JSON.parse(json) as Fields);
  });
  after(async () => {
    await sandbox.close();
    await removeWorkFolders();
  });

  it('shows less in CSV, report and summary, keeps every entry as evidence, and says so', async () => {
    const result = await runPackaged(sandbox, { ...BETWEEN, include: 'area: Library, Git*\nactor: *@FABRIKAM.example', exclude: 'area: GitHub*' });
    assert.equal(result.result, 'Succeeded', result.maskedLog);
    const shown = truth.filter(({ area, actorUPN = '' }) => /^(Library|Git(?!Hub).*)$/.test(area) && actorUPN.endsWith('@fabrikam.example')).map(({ id }) => id);
    assert.ok(shown.length > 10 && shown.length < truth.length - 10, `${shown.length} of ${truth.length}`);
    const leftOut = truth.length - shown.length;
    const folder = exportFolder(result);
    const lines = gunzipSync(readFileSync(path.join(folder, 'audit-log.jsonl.gz'))).toString().trimEnd().split('\n');
    assert.deepEqual(lines.map((line) => (JSON.parse(line) as Fields).id), truth.map(({ id }) => id));
    const [, ...rows] = parseStrictCsv(readFileSync(path.join(folder, 'audit-log.csv'), 'utf8').slice(1), ',');
    assert.deepEqual(rows.map(([id]) => id), shown);
    const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest;
    assert.deepEqual(manifest.views, { include: ['area: Library, Git*', 'actor: *@FABRIKAM.example'], exclude: ['area: GitHub*'], leftOut });
    assert.deepEqual([manifest.counts.entries, result.outputVariables['entryCount']], [truth.length, String(truth.length)]);
    assert.deepEqual(manifest.files.map(({ format, role, entries }) => [format, role, entries]), [['csv', 'view', shown.length], ['jsonl', 'evidence', truth.length]]);
    const report = reportOf(result);
    assert.deepEqual([report.counts.entries, report.counts.filtered], [shown.length, leftOut]);
    assert.match(readFileSync(path.join(folder, 'summary.md'), 'utf8'), new RegExp(`A filter is in force: ${leftOut.toLocaleString('en')} entries are left out here`));
    assert.match(result.maskedLog, new RegExp(`The filter \\(include, exclude\\) left ${leftOut.toLocaleString('en')} of ${truth.length.toLocaleString('en')} entries out of CSV, report and summary`));
  });

  it('warns when nothing is left to show', async () => {
    const result = await runPackaged(sandbox, { ...BETWEEN, include: 'area: Gti' });
    assert.equal(result.result, 'Succeeded', result.maskedLog);
    assert.match(result.maskedLog, /The filter left out every entry: CSV, report and summary are empty/);
  });

  it('is refused before any request when a rule cannot be read', async () => {
    const requests = sandbox.requests.length;
    const result = await runPackaged(sandbox, { ...BETWEEN, include: 'area: Git\naera: Git', exclude: 'ip: 10.*' });
    assert.equal(result.result, 'Failed');
    assert.match(result.maskedLog, /include: Line 2: "aera" is not allowed before the colon/);
    assert.match(result.maskedLog, /exclude: Line 1: "10\.\*" is no IP address or range/);
    assert.equal(sandbox.requests.length, requests);
  });
});

function exportFolder({ artifacts }: PackagedRun): string {
  const place = path.join(artifacts[0]?.directory ?? '', 'fabrikam');
  return path.join(place, readdirSync(place)[0] ?? '');
}

function reportOf({ attachments }: PackagedRun): ReportData {
  const { content } = attachments.find(({ type }) => type === REPORT_ATTACHMENT) ?? {};
  return JSON.parse(content?.toString('utf8') ?? '') as ReportData;
}
