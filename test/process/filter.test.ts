import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import type { Manifest } from '../../tasks/common/evidence/manifest';
import { REPORT_ATTACHMENT, type ReportData } from '../../tasks/common/report/reportData';
import { removeWorkFolders, runPackaged, type PackagedRun } from '../support/packagedTask';
import { columnsOf, linesOf, reportIn } from '../support/reportFile';
import { parseStrictCsv } from '../support/strictCsv';

const DAY_MS = 86_400_000;
const START = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
const WINDOW = { start: START, end: START + DAY_MS };
const BETWEEN = { window: 'between', startTime: new Date(WINDOW.start).toISOString(), endTime: new Date(WINDOW.end).toISOString() };

interface Fields {
  readonly id: string;
  readonly area: string;
  readonly actionId: string;
  readonly actorUPN?: string;
  readonly ipAddress?: string | null;
}

/** What is asked for in tests of what the report shows. */
const RULES = { include: 'area: Library, Git*\nactor: *@FABRIKAM.example', exclude: 'area: GitHub*\naction: Library.AgentAdded' };

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

  for (const formats of ['jsonl,csv', 'json', 'json,csv']) {
    it(`shows in page and tab nothing of an entry that was left out, with formats: ${formats}`, async () => {
      const result = await runPackaged(sandbox, { ...BETWEEN, ...RULES, formats });
      assert.equal(result.result, 'Succeeded', result.maskedLog);
      const isShown = ({ area, actionId, actorUPN = '' }: Fields): boolean => /^(Library|Git(?!Hub).*)$/.test(area) && actionId !== 'Library.AgentAdded' && actorUPN.endsWith('@fabrikam.example');
      const [shown, leftOut] = [truth.filter(isShown), truth.filter((fields) => !isShown(fields))];
      assert.ok(shown.length > 10 && leftOut.length > 10);
      const [page, tab] = [reportIn(path.join(exportFolder(result), 'report.html')), reportOf(result)];
      for (const report of [page, tab]) {
        assert.equal(report.rows?.form, 'chunks');
        assert.deepEqual(columnsOf(report).flatMap(({ id }) => id), shown.map(({ id }) => id));
        assert.deepEqual(linesOf(report).map((line) => (JSON.parse(line) as Fields).id), shown.map(({ id }) => id));
        for (const [dimension, field] of [['area', 'area'], ['action', 'actionId'], ['ip', 'ipAddress']] as const) {
          const counts = new Map<string | null, number>();
          for (const fields of shown) counts.set(fields[field] ?? null, (counts.get(fields[field] ?? null) ?? 0) + 1);
          assert.deepEqual(new Map(report.dimensions[dimension].values.map(({ name, entries }) => [name, entries])), counts);
        }
        assert.deepEqual([report.overTime.counts.flat(), report.weekdayHours.flat()].map((numbers) => numbers.reduce((sum, count) => sum + count, 0)), [shown.length, shown.length]);
      }
      const texts = [page, tab].map((report) => JSON.stringify({ ...report, rows: null, filter: null }) + columnsOf(report).map((columns) => JSON.stringify(columns)).join('') + linesOf(report).join(''));
      const known = new Set(shown.flatMap(namesOf));
      const gone = leftOut.flatMap(namesOf).filter((name) => !known.has(name));
      assert.ok(gone.length > leftOut.length, String(gone.length));
      for (const name of gone) for (const text of [...texts, summaryOf(result)]) assert.ok(!text.includes(name), name);
    });
  }

  it('shows rows in page and tab where no file of the evidence is written', async () => {
    const result = await runPackaged(sandbox, { ...BETWEEN, formats: 'csv' });
    assert.equal(result.result, 'Succeeded', result.maskedLog);
    for (const report of [reportIn(path.join(exportFolder(result), 'report.html')), reportOf(result)]) {
      assert.equal(report.rows?.form, 'chunks');
      assert.deepEqual(columnsOf(report).flatMap(({ id }) => id), truth.map(({ id }) => id));
    }
  });

  it('is refused where no file would hold every entry', async () => {
    const requests = sandbox.requests.length;
    const result = await runPackaged(sandbox, { ...BETWEEN, ...RULES, formats: 'csv' });
    assert.equal(result.result, 'Failed');
    assert.match(result.maskedLog, /formats: csv alone is not allowed with include or exclude: what they leave out would be in no file/);
    assert.equal(sandbox.requests.length, requests);
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

/** What tells an entry from others: not what many have. */
function namesOf({ id, actionId, actorUPN = '', ipAddress }: Fields): string[] {
  return [id, actionId, actorUPN, ipAddress ?? ''].filter((name) => name !== '');
}

function summaryOf({ summaries }: PackagedRun): string {
  return String(summaries[0]?.content);
}

function reportOf({ attachments }: PackagedRun): ReportData {
  const { content } = attachments.find(({ type }) => type === REPORT_ATTACHMENT) ?? {};
  return JSON.parse(content?.toString('utf8') ?? '') as ReportData;
}
