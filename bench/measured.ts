import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { reportPageHtml } from '../scripts/page.mjs';
import type { Done, Job } from './programs/job';
import { WINDOW, type Service } from './service';

/** What one run of a program took. */
export interface Used {
  readonly wallMs: number;
  /** User and system time of the process, start-up included; undefined for a program that does not tell. */
  readonly cpuMs: number | undefined;
  readonly peakBytes: number | undefined;
  readonly done: Done;
}

const OUT = path.resolve('out/bench');
export const MEASURE = path.resolve('bench/measure.cjs');

/** Bundles a program as the task is bundled, so that both start alike. @returns the file to run */
export async function bundled(name: 'discard' | 'lines' | 'write' | 'nodeFetch'): Promise<string> {
  const outfile = path.join(OUT, `${name}.mjs`);
  await build({
    entryPoints: [path.resolve('bench/programs', `${name}.ts`)], outfile, bundle: true, minify: true, platform: 'node', format: 'esm', target: 'node20.18', logLevel: 'error',
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return outfile;
}

/** The report page without data, as the task brings it along. @returns its file */
export async function emptyReportPage(): Promise<string> {
  const file = path.join(OUT, 'report-page.html');
  await writeFile(file, await reportPageHtml());
  return file;
}

/** A job for a program that reads all entries of a service. */
export function jobFor({ azure, token }: Service, more: Partial<Job> = {}): Omit<Job, 'folder'> {
  const { proxyUrl, caFile } = azure.network;
  return { proxyUrl, caFile, token, organization: 'fabrikam', start: WINDOW.start / 1000, end: WINDOW.end / 1000, batchSize: 1000, concurrency: 1, formats: ['jsonl'], isCompressed: false, ...more };
}

/** Runs a Node program in a process of its own. @throws Error when it fails */
export async function runNode(program: string, job: Omit<Job, 'folder'>): Promise<Used> {
  return inFolder(async (folder) => {
    const used = path.join(folder, 'used.json');
    const ran = await runCommand(process.execPath, ['--require', MEASURE, program], { BENCH_JOB: JSON.stringify({ ...job, folder }), BENCH_USED: used });
    return { ...ran, ...JSON.parse(await readFile(used, 'utf8')) as Pick<Used, 'cpuMs' | 'peakBytes'> };
  });
}

/** Runs another program, which tells what it used in its line, or not at all. */
export async function runOther(command: string, words: readonly string[], job: Omit<Job, 'folder'>, environment: Readonly<Record<string, string>> = {}): Promise<Used> {
  return inFolder(async (folder) => runCommand(command, words, { BENCH_JOB: JSON.stringify({ ...job, folder }), BENCH_FOLDER: folder, ...environment }));
}

/** A folder for a run's files, removed behind it: a million entries take gigabytes. */
export async function inFolder<Result>(run: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'audit-log-bench-'));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runCommand(command: string, words: readonly string[], environment: Readonly<Record<string, string>>): Promise<Used> {
  const begun = performance.now();
  const child = spawn(command, [...words], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => { said += piece.toString(); });
  const [code] = await once(child, 'close') as [number | null];
  const wallMs = performance.now() - begun;
  if (code !== 0) throw new Error(`${path.basename(words.at(-1) ?? command)} ended with ${String(code)}.`);
  const { cpuMs, peakBytes, ...done } = readDone(said);
  return { wallMs, cpuMs, peakBytes, done };
}

/** A program that says nothing is taken at its word. */
function readDone(said: string): Done & Partial<Pick<Used, 'cpuMs' | 'peakBytes'>> {
  const line = said.trim().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? JSON.parse(line) as Done : { entries: 0, requests: 0, waitedMs: 0 };
}
