import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { runPackaged, removeWorkFolders } from '../test/support/packagedTask';
import { optimumMs, type RateLimitOptions } from '../sandbox/rateLimit/rateLimit';
import { inTurns, median, megabytes, ratio, seconds, table, whole, type Figures } from './figures';
import { bundled, emptyReportPage, inFolder, jobFor, MEASURE, runNode, runOther, type Used } from './measured';
import type { BenchOptions } from './options';
import type { Job } from './programs/job';
import { startService, type Service } from './service';
import { readFile } from 'node:fs/promises';

/** A measured part: its tables, and the figures behind them. */
export interface Measured {
  readonly markdown: string;
  readonly figures: unknown;
}

type Things = Map<string, () => Promise<Used>>;

const FORMATS: readonly (readonly [name: string, formats: Job['formats'], isCompressed: boolean])[] = [
  ['jsonl', ['jsonl'], false], ['jsonl.gz', ['jsonl'], true], ['csv', ['csv'], false], ['json', ['json'], false], ['jsonl + csv', ['jsonl', 'csv'], false],
  ['jsonl.gz + csv', ['jsonl', 'csv'], true], ['jsonl.gz + csv + json.gz', ['jsonl', 'csv', 'json'], true],
];
const DISCARD = 'download and discard, same client';
const LINES = 'jsonl, SHA-256, nothing else';
const WITHOUT = 'without a report';
const TASK = 'the packaged task, default output, report and manifest';

/** CPU of every combination of formats against downloading alone; pages of 1,000, no latency. */
export async function measureCpu({ entries, runs }: BenchOptions): Promise<Measured> {
  await using service = await startService(entries);
  const [discard, lines, write] = await Promise.all([bundled('discard'), bundled('lines'), bundled('write')]);
  const things: Things = new Map([[DISCARD, () => runNode(discard, jobFor(service))], [LINES, () => counted(entries, runNode(lines, jobFor(service)))]]);
  for (const [name, formats, isCompressed] of FORMATS) things.set(name, () => counted(entries, runNode(write, jobFor(service, { formats, isCompressed }))));
  things.set(TASK, () => runTask(service, entries));
  await things.get(DISCARD)?.();
  const measured = await inTurns(things, runs);
  const base = measured.get(DISCARD)?.cpuMs ?? NaN;
  const rows = [...measured].map(([name, { wallMs, cpuMs, peakBytes }]) => [name, seconds(wallMs), seconds(cpuMs), ratio(cpuMs, base), whole(entries / (wallMs / 1000)), megabytes(peakBytes)]);
  return { markdown: `${whole(entries)} entries, pages of 1,000, one request at a time, no latency.\n\n${table(['', 'wall s', 'CPU s', '× CPU', 'entries/s', 'peak MB'], rows)}`, figures: Object.fromEntries(measured) };
}

/** What the report adds to an export, and its memory; with as many entries, and with a tenth of them. */
export async function measureReport({ entries, runs }: BenchOptions): Promise<Measured> {
  const write = await bundled('write');
  const reportPage = await emptyReportPage();
  const rows: string[][] = [];
  const figures: Record<string, unknown> = {};
  for (const count of [...new Set([Math.round(entries / 10), entries])]) {
    await using service = await startService(count);
    const job = jobFor(service, { formats: ['jsonl', 'csv'], isCompressed: true });
    const measured = await inTurns(new Map([
      [WITHOUT, () => counted(count, runNode(write, job))],
      ['with the report', () => counted(count, runNode(write, { ...job, reportPage }))],
    ]), runs);
    figures[String(count)] = Object.fromEntries(measured);
    const base = measured.get(WITHOUT)?.cpuMs ?? NaN;
    for (const [name, { wallMs, cpuMs, peakBytes }] of measured) rows.push([`${whole(count)} entries ${name}`, seconds(wallMs), seconds(cpuMs), ratio(cpuMs, base), megabytes(peakBytes)]);
  }
  return { markdown: `Default output: \`jsonl.gz\` and \`csv\`; pages of 1,000, one request at a time.\n\n${table(['', 'wall s', 'CPU s', '× CPU', 'peak MB'], rows)}`, figures };
}

/** The loops that people write, and another exporter where one is given. */
export async function measurePeople({ entries, runs, peer }: BenchOptions): Promise<Measured> {
  await using service = await startService(entries);
  const [discard, write, loop] = await Promise.all([bundled('discard'), bundled('write'), bundled('nodeFetch')]);
  const job = jobFor(service, { isCompressed: true, formats: ['jsonl', 'csv'] });
  const things: Things = new Map([
    [DISCARD, () => runNode(discard, job)],
    ['ours: json', () => counted(entries, runNode(write, jobFor(service, { formats: ['json'] })))],
    ['ours: jsonl.gz + csv', () => counted(entries, runNode(write, job))],
    ['Node: fetch, collect, JSON.stringify', () => counted(entries, runNode(loop, job))],
  ]);
  const python = pythonLoop();
  if (python !== undefined) things.set(python, () => counted(entries, runOther('python3', [path.resolve('bench/programs/python_loop.py')], job)));
  if (peer !== undefined) things.set(peer, () => runOther('sh', ['-c', peer], job, peerEnvironment(job)));
  await things.get(DISCARD)?.();
  const measured = await inTurns(things, runs);
  const rows = [...measured].map(([name, { wallMs, cpuMs, peakBytes }]) => [name, seconds(wallMs), seconds(cpuMs), megabytes(peakBytes)]);
  return { markdown: `${whole(entries)} entries, pages of 1,000, no latency.\n\n${table(['', 'wall s', 'CPU s', 'peak MB'], rows)}`, figures: Object.fromEntries(measured) };
}

/** Requests in flight against latency; pages of 200, JSON Lines. */
export async function measureLatency({ entries, runs, latencies, concurrencies }: BenchOptions): Promise<Measured> {
  const count = Math.min(100_000, entries);
  const [discard, write] = await Promise.all([bundled('discard'), bundled('write')]);
  const all: Record<string, unknown> = {};
  const tables: string[] = [];
  for (const crowded of [false, true]) {
    await using service = await startService(count, { switches: { pageCap: 200 } }, crowded);
    for (const latencyMs of latencies) {
      // Once without waiting: the stand-in makes its entries then.
      await service.azure.setSwitches({ latencyMs: 0 });
      await runNode(write, jobFor(service, { batchSize: 200 }));
      await service.azure.setSwitches({ latencyMs });
      const things: Things = new Map(concurrencies.map((concurrency) => [String(concurrency), () => counted(count, runNode(write, jobFor(service, { concurrency, batchSize: 200 })))]));
      if (!crowded) for (const concurrency of concurrencies.filter((most) => most > 1)) things.set(`${concurrency}, ${DISCARD}`, () => runNode(discard, jobFor(service, { concurrency, batchSize: 200 })));
      const measured = await inTurns(things, runs);
      all[`${crowded ? 'crowded' : 'even'}, ${latencyMs} ms`] = Object.fromEntries(measured);
      tables.push(latencyTable(measured, `${latencyMs} ms, ${crowded ? '95 % of the entries in 5 % of the time' : 'evenly spread'}`, Math.ceil(count / 200)));
    }
  }
  return { markdown: `${whole(count)} entries, pages of 200, \`jsonl\`.\n\n${tables.join('\n\n')}`, figures: all };
}

function latencyTable(measured: ReadonlyMap<string, Figures>, title: string, pages: number): string {
  const base = measured.get('1')?.wallMs ?? NaN;
  const rows = [...measured].map(([name, { wallMs, requests, peakBytes }]) => [name, seconds(wallMs), ratio(base, wallMs), whole(requests), `${((requests / pages - 1) * 100).toFixed(1)} %`, megabytes(peakBytes)]);
  return table([`${title}: in flight`, 'wall s', 'times faster', 'requests', 'beyond the least', 'peak MB'], rows);
}

/** A service that limits the rate: nothing is answered 429 after a warning, and little time is lost. */
export async function measureThrottle({ runs, concurrencies }: BenchOptions): Promise<Measured> {
  const rateLimit: RateLimitOptions = { windowMs: 10_000, limit: 100, costPerRequest: 1 };
  const count = 60_000;
  const write = await bundled('write');
  const rows: string[][] = [];
  const figures: Record<string, unknown> = {};
  for (const concurrency of concurrencies) {
    const used: Used[] = [];
    const blocked: number[] = [];
    const late: number[] = [];
    for (let run = 0; run < Math.min(runs, 3); run += 1) {
      // Its clock must go on, or no unit is ever forgotten.
      await using service = await startService(count, { switches: { pageCap: 200 }, rateLimit });
      used.push(await counted(count, runNode(write, jobFor(service, { concurrency, batchSize: 200 }))));
      const record = await service.azure.rateLimit();
      blocked.push(record?.blocked ?? NaN);
      late.push(record?.blockedAfterWarning ?? NaN);
    }
    const requests = median(used.map(({ done }) => done.requests));
    const [wall, best] = [median(used.map(({ wallMs }) => wallMs)), optimumMs(rateLimit, requests)];
    figures[String(concurrency)] = { used, blocked, late };
    rows.push([String(concurrency), seconds(wall), seconds(best), ratio(wall, best), whole(requests), String(Math.max(...blocked)), String(Math.max(...late))]);
  }
  return { markdown: `${whole(count)} entries, pages of 200; 100 requests in a window of 10 s.\n\n${table(['in flight', 'wall s', 'token bucket optimum s', '×', 'requests', 'answered 429', 'of them after a warning'], rows)}`, figures };
}

/** Peak memory with 8 requests in flight. */
export async function measureMemory({ entries, runs }: BenchOptions): Promise<Measured> {
  const write = await bundled('write');
  const rows: string[][] = [];
  const figures: Record<string, unknown> = {};
  for (const count of [...new Set([Math.round(entries / 10), entries])]) {
    await using service = await startService(count, { keepsEntries: count <= 1_000_000 });
    const things: Things = new Map(FORMATS.filter(([name]) => ['jsonl', 'jsonl.gz + csv', 'jsonl.gz + csv + json.gz'].includes(name)).map(([name, formats, isCompressed]) =>
      [name, () => counted(count, runNode(write, jobFor(service, { formats, isCompressed, concurrency: 8 })))]));
    const measured = await inTurns(things, count > 1_000_000 ? 1 : Math.min(runs, 3));
    figures[String(count)] = Object.fromEntries(measured);
    for (const [name, { wallMs, peakBytes }] of measured) rows.push([`${whole(count)}: ${name}`, megabytes(peakBytes), seconds(wallMs), whole(count / (wallMs / 1000))]);
  }
  return { markdown: `Pages of 1,000, 8 requests in flight.\n\n${table(['', 'peak MB', 'wall s', 'entries/s'], rows)}`, figures };
}

async function counted(entries: number, running: Promise<Used>): Promise<Used> {
  const used = await running;
  if (used.done.entries !== entries) throw new Error(`${whole(used.done.entries)} entries instead of ${whole(entries)}.`);
  return used;
}

async function runTask({ azure }: Service, entries: number): Promise<Used> {
  return inFolder(async (folder) => {
    const file = path.join(folder, 'used.json');
    const inputs = { window: 'between', startTime: '2026-10-01T00:00:00Z', endTime: '2026-11-15T00:00:00Z', maxDuration: '6h', concurrency: '1' };
    const run = await runPackaged(azure, inputs, { environment: { BENCH_USED: file }, wrap: (command, words) => ({ command, args: ['--require', MEASURE, ...words] }) });
    await removeWorkFolders();
    if (run.outputVariables['entryCount'] !== String(entries)) throw new Error(`The task failed:\n${run.maskedLog}`);
    const used = JSON.parse(await readFile(file, 'utf8')) as Pick<Used, 'cpuMs' | 'peakBytes'>;
    return { wallMs: run.durationMs, ...used, done: { entries, requests: 0, waitedMs: 0 } };
  });
}

function pythonLoop(): string | undefined {
  if (spawnSync('python3', ['--version']).status !== 0) return undefined;
  return spawnSync('python3', ['-c', 'import requests']).status === 0 ? 'Python: requests, collect, json.dump' : 'Python: urllib (requests is not installed), collect, json.dump';
}

function peerEnvironment({ proxyUrl, caFile, token, organization, start, end }: Omit<Job, 'folder'>): Record<string, string> {
  const instant = (epochSeconds: number): string => new Date(epochSeconds * 1000).toISOString();
  return {
    BENCH_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl, BENCH_CA: caFile, NODE_EXTRA_CA_CERTS: caFile, REQUESTS_CA_BUNDLE: caFile, SSL_CERT_FILE: caFile, BENCH_TOKEN: token,
    BENCH_URL: `https://auditservice.dev.azure.com/${organization}/_apis/audit/auditlog`, BENCH_START: instant(start), BENCH_END: instant(end),
  };
}
