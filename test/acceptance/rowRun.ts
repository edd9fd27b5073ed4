import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startSandbox, type Sandbox, type TruthEntry } from '../../sandbox/sandbox';
import { runPackaged, type PackagedRun } from '../support/packagedTask';
import { OUTPUTS } from './allowedCommands';
import { BETWEEN, isRefused, SEVERAL_PAGES, type Exported, type FaultRow, type Refused } from './faultRow';

/** Runs one row of the table with a stand-in of its own, and judges how the step ended. */
export async function runRow(row: FaultRow): Promise<void> {
  await using sandbox = await startSandbox(row.sandbox ?? SEVERAL_PAGES);
  const { network = sandbox.network, ...options } = row.agent?.(sandbox) ?? {};
  const inputs = { ...BETWEEN, ...row.inputs };
  const before = !isRefused(row.expect) && row.expect.asBefore ? await truthOf(sandbox, windowOf(inputs)) : undefined;
  const run = await runPackaged({ job: sandbox.job, network }, inputs, options);
  try {
    assertNothingStrange(run, sandbox);
    if ((row.sandbox?.faults ?? []).length > 0) assert.notEqual(sandbox.faults.fired.length, 0, 'the fault never struck');
    if (isRefused(row.expect)) assertRefused(run, row.expect, sandbox);
    else assertExported(run, row.expect, sandbox, before ?? await truthOf(sandbox, exportedWindow(run)));
  } catch (problem) {
    throw new Error(`${(problem as Error).message}\n\nThe log:\n${run.maskedLog}\nFaults: ${sandbox.faults.fired.join('; ')}\n`, { cause: problem });
  }
}

function windowOf(inputs: Readonly<Record<string, string>>): { start: number; end: number } {
  return { start: Date.parse(inputs['startTime'] ?? ''), end: Date.parse(inputs['endTime'] ?? '') };
}

function exportedWindow({ outputVariables }: PackagedRun): { start: number; end: number } {
  return { start: Date.parse(outputVariables['windowStart'] ?? ''), end: Date.parse(outputVariables['windowEnd'] ?? '') };
}

async function truthOf(sandbox: Sandbox, window: { start: number; end: number }): Promise<TruthEntry[]> {
  const entries: TruthEntry[] = [];
  if (Number.isFinite(window.start)) for await (const entry of sandbox.truth(window)) entries.push(entry);
  return entries;
}

const OWN_COMMANDS = new Set(['task.debug', 'task.setsecret', 'task.setprogress', 'task.setvariable', 'task.addattachment', 'task.issue', 'task.complete', 'artifact.upload']);

/** No command that the task does not give itself, and no token where people look. */
function assertNothingStrange(run: PackagedRun, sandbox: Sandbox): void {
  for (const { area, event, properties, data } of run.commands) {
    assert.ok(OWN_COMMANDS.has(`${area}.${event}`), `command ${area}.${event}`);
    if (event === 'setvariable') assert.ok((properties['variable'] ?? '') in OUTPUTS, `variable ${properties['variable'] ?? ''}`);
    if (event === 'upload') assert.match(data, /audit-log$/);
  }
  assert.ok(!run.maskedLog.includes('##vso'), 'a command in the log');
  for (const token of sandbox.tokens) assert.ok(!run.maskedLog.includes(token), 'a token in the log');
}

/** The staging folder's export folders, complete or not. */
export function exportFolders(run: PackagedRun): string[] {
  const staging = path.join(run.workDirectory, '1', 'a', 'audit-log');
  if (!existsSync(staging)) return [];
  return readdirSync(staging).flatMap((organization) => readdirSync(path.join(staging, organization)));
}

/** What Node, undici, MSAL and pages of proxies say, and the codes they use. */
const LIBRARY_TEXT = /undici|fetch failed|UND_ERR|\bE(CONN|PIPE|NOTFOUND|AI_)\w*|\w+Error\b|node:|\.js:\d|Trace ID|invalid_|[Uu]nexpected token|JSON at|hang ?up|<html|<!doctype/;

function assertRefused(run: PackagedRun, expected: Refused, sandbox: Sandbox): void {
  const message = run.message ?? '';
  assert.equal(run.result, 'Failed');
  assert.match(message, /^[A-Za-z0-9][^\n]*\. \[[A-Z_]+\]$|^[A-Z][^\n]*\(AADSTS\d+\) \[[A-Z_]+\]$/, 'one sentence and its code');
  assert.ok(message.endsWith(` [${expected.code}]`), `${message} is not ${expected.code}`);
  assert.match(message, expected.sentence);
  assert.doesNotMatch(message.replace(/\(HTTP \d{3}[^)]*\)|\(its answer: \d{3}\)|answered HTTP \d{3}/g, ''), /\b(HTTP|status|code) ?\d{3}\b/i, 'a bare status code');
  const shown = run.maskedLog.slice(run.maskedLog.indexOf('##[section]Audit log'));
  assert.doesNotMatch(shown, LIBRARY_TEXT, 'text of a library');
  const advice = [...run.maskedLog.matchAll(/^ {2}- (.+)$/gm)].map(([, line]) => line ?? '');
  assert.notEqual(advice.length, 0, 'advice');
  if (expected.advice) assert.match(advice.join('\n'), expected.advice);
  assertActivityId(run, expected.activityId);
  assert.deepEqual(run.artifacts, []);
  assert.deepEqual(run.summaries, []);
  assert.deepEqual(exportFolders(run), [], 'folders left behind');
  expected.check?.({ run, sandbox, lines: [] });
}

function assertActivityId(run: PackagedRun, expected: string | undefined): void {
  const shown = /Activity id of the request at Azure DevOps: (.+)$/m.exec(run.maskedLog)?.[1];
  if (expected === 'any') assert.match(shown ?? 'none', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  else if (expected !== undefined) assert.equal(shown, expected);
}

function assertExported(run: PackagedRun, expected: Exported, sandbox: Sandbox, truth: readonly TruthEntry[]): void {
  assert.equal(run.result, 'Succeeded', run.message ?? 'no message');
  assert.equal(exportFolders(run).length, 1);
  const folder = artifactFolder(run);
  const lines = readLines(folder);
  const anomalies = readAnomalies(folder);
  assert.equal(run.outputVariables['entryCount'], String(lines.length));
  if (expected.idsAmong) assertIdsAmong(lines, truth);
  else assertSameEntries(lines, truth, anomalies);
  const { repaired = 0 } = expected;
  if (repaired === 'some') assert.notEqual(anomalies.size, 0, 'no entry was repaired');
  else assert.equal(anomalies.size, repaired, 'repaired entries');
  for (const line of expected.log ?? []) assert.match(run.maskedLog, line);
  expected.check?.({ run, sandbox, lines });
}

/** The one export in the downloaded artifact. */
export function artifactFolder(run: PackagedRun): string {
  const [artifact, ...others] = run.artifacts;
  assert.ok(artifact && others.length === 0, 'one artifact');
  const organization = path.join(artifact.directory, 'fabrikam');
  const [name, ...more] = readdirSync(organization);
  assert.ok(name !== undefined && more.length === 0, 'one export in the artifact');
  return path.join(organization, name);
}

export function readLines(folder: string): string[] {
  const text = gunzipSync(readFileSync(path.join(folder, 'audit-log.jsonl.gz'))).toString('utf8');
  assert.ok(text === '' || text.endsWith('\n'));
  return text === '' ? [] : text.slice(0, -1).split('\n');
}

/** Original bytes of the repaired entries, by id. */
function readAnomalies(folder: string): Map<string, Buffer> {
  const file = path.join(folder, 'anomalies.jsonl');
  if (!existsSync(file)) return new Map();
  return new Map(readFileSync(file, 'utf8').trim().split('\n').map((line) => {
    const anomaly = JSON.parse(line) as Record<string, string>;
    const original = Object.entries(anomaly).find(([name]) => /base64|original|bytes/i.test(name))?.[1] ?? '';
    return [anomaly['id'] ?? '', Buffer.from(original, 'base64')] as const;
  }));
}

function assertSameEntries(lines: readonly string[], truth: readonly TruthEntry[], anomalies: ReadonlyMap<string, Buffer>): void {
  assert.deepEqual(lines.map(idOf), truth.map(({ id }) => id), 'the entries of the window, each once, in order');
  truth.forEach(({ id, json }, index) => {
    const line = lines[index] ?? '';
    const original = anomalies.get(id);
    if (original === undefined) assert.equal(line, compact(json));
    else assertRepaired(line, original, json);
  });
}

/** The repaired line is the entry but for the text that was broken, and the bytes kept beside it are no valid JSON in UTF-8. */
function assertRepaired(line: string, original: Buffer, json: string): void {
  assert.ok(!isJson(new TextDecoder('utf-8', { fatal: false }).decode(original)) || original.includes(0xff), 'nothing to repair');
  const { details: repairedDetails, ...repaired } = JSON.parse(line) as Record<string, unknown>;
  assert.equal(typeof repairedDetails, 'string');
  if (!isJson(json)) assert.equal(original.toString(), json);
  else assert.deepEqual(repaired, without(JSON.parse(json) as Record<string, unknown>, 'details'));
}

function assertIdsAmong(lines: readonly string[], truth: readonly TruthEntry[]): void {
  const known = new Set(truth.map(({ id }) => id));
  const ids = lines.map(idOf);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(ids.filter((id) => !known.has(id)), []);
}

function idOf(line: string): string {
  return (JSON.parse(line) as { id: string }).id;
}

/** Without the white space between tokens. */
function compact(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/gs, (_found, text: string | undefined) => text ?? '');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function without(value: Record<string, unknown>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}
