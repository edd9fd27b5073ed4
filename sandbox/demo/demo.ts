import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { runStep, type StepResult } from '../agent/agent';
import { findVsix, unpackTask } from '../agent/extension';
import { formatLog } from '../agent/log';
import { FAULT_NAMES, NAMED_FAULTS, type FaultName } from '../faults/catalog';
import type { FaultRule } from '../faults/fault';
import { MISCONFIGURATIONS } from '../misconfigurations/catalog';
import { startSandbox } from '../sandbox';
import { DEMO_TASKS, HELP, readOptions, type DemoOptions } from './options';
import { demoPipeline, STEPS } from './pipeline';
import { formatBytes, listTree } from './tree';

/** What ends the demo early; the step's process and the temporary folder go with it. */
const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const REPOSITORY = resolve(import.meta.dirname, '..', '..');

/** The whole demo: an organization, an agent, one run of the packaged task, and what the user then downloads. */
async function demo(options: DemoOptions): Promise<boolean> {
  const faults = faultRules(options.faults);
  checkBroken(options.broken);
  packageExtension();
  const workDirectory = mkdtempSync(join(tmpdir(), 'audit-log-demo-'));
  const cancel = new AbortController();
  const onInterrupt = () => {
    say('\nCancelling the job, as the agent does: SIGINT, then SIGTERM, then SIGKILL.');
    cancel.abort();
  };
  for (const signal of INTERRUPTIONS) process.on(signal, onInterrupt);
  try {
    await using sandbox = await startSandbox({ organization: 'fabrikam', seed: options.seed, entriesPerDay: options.entries, recordAccess: false, faults, misconfigurations: options.broken });
    const task = DEMO_TASKS[options.task];
    const taskDirectory = unpackTask(findVsix(join(REPOSITORY, 'dist')), join(workDirectory, '_tasks'), task);
    const yaml = demoPipeline(task, { ...sandbox.access.stepInputs, ...options.inputs });
    tellBroken(options.broken);
    say(`The pipeline:\n\n${yaml.replace(/^(?=.)/gm, '  ')}\nThe log of the agent:\n`);
    const result = await runStep({
      yaml, taskDirectory, workDirectory, job: sandbox.job, network: sandbox.network, debug: options.debug, cancelAfterMs: cancel.signal,
      ...(options.node === undefined ? {} : { node: resolve(options.node) }),
      onLine: (line) => say(formatLog(line, process.stdout.isTTY)),
    });
    report(result, STEPS[task].name, resolve(options.out));
    if (faults.length > 0) say(`\nFaults that struck: ${countFired(sandbox.faults.fired)}.`);
    // A step that fails because of what was broken on purpose is what the demo is to show.
    return options.broken.length > 0 || result.result === 'Succeeded' || result.result === 'SucceededWithIssues';
  } finally {
    for (const signal of INTERRUPTIONS) process.off(signal, onInterrupt);
    rmSync(workDirectory, { recursive: true, force: true });
  }
}

/** Packages what is in the repository, if anything changed since the last time: the demo runs the vsix, not the sources. */
function packageExtension(): void {
  const { status } = spawnSync(process.execPath, [join(REPOSITORY, 'scripts', 'package.mjs')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The extension could not be packaged; see above.');
}

function faultRules(names: readonly string[]): FaultRule[] {
  return names.flatMap((name): readonly FaultRule[] => {
    if (!isFaultName(name)) throw new Error(`--fault "${name}" is not known. "--fault list" names them all.`);
    return NAMED_FAULTS[name];
  });
}

function isFaultName(name: string): name is FaultName {
  return (FAULT_NAMES as readonly string[]).includes(name);
}

function countFired(fired: readonly string[]): string {
  if (fired.length === 0) return 'none; a longer window or more entries give them more requests to strike';
  const counts = new Map<string, number>();
  for (const entry of fired) {
    const what = entry.split('?')[0] ?? entry;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => (count === 1 ? what : `${what} (${count} times)`)).join(', ');
}

function checkBroken(names: readonly string[]): void {
  const unknown = names.find((name) => !MISCONFIGURATIONS.some((known) => known.name === name));
  if (unknown !== undefined) throw new Error(`--broken "${unknown}" is not known. "--broken list" names them all.`);
}

function tellBroken(names: readonly string[]): void {
  for (const { name, what } of MISCONFIGURATIONS) if (names.includes(name)) say(`Broken: ${name}: ${what}.\n`);
}

/** Tells how the step ended and puts its artifacts where a user's browser would. */
function report(result: StepResult, stepName: string, out: string): void {
  const memory = result.peakRssBytes === undefined ? '' : `, peak memory ${formatBytes(result.peakRssBytes)}`;
  say(`\nResult: ${result.result} after ${(result.durationMs / 1000).toFixed(1)} s${memory}.`);
  for (const [name, value] of Object.entries(result.outputVariables)) say(`  ${stepName}.${name} = ${value}`);
  keepReports(result, out);
  if (result.artifacts.length === 0) say('The run has no artifact.');
  for (const artifact of result.artifacts) {
    const target = join(out, artifact.name);
    rmSync(target, { recursive: true, force: true });
    cpSync(artifact.directory, target, { recursive: true });
    say(`\nThe artifact, as the user downloads it, in ${relative(process.cwd(), target) || target}:`);
    for (const line of listTree(target, '  ')) say(line);
  }
}

/** Puts access reports, which a run keeps as attachments, where they can be opened. */
function keepReports({ attachments }: StepResult, out: string): void {
  for (const { type, content } of attachments) {
    if (!type.endsWith('access-report') || content === undefined) continue;
    const target = join(out, 'access-report.json');
    mkdirSync(out, { recursive: true });
    writeFileSync(target, content);
    say(`The access report is in ${relative(process.cwd(), target) || target}.`);
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) say(HELP.trimEnd());
  else if (options.faults.includes('list')) say(FAULT_NAMES.join('\n'));
  else if (options.broken.includes('list')) say(MISCONFIGURATIONS.map(({ name }) => name).join('\n'));
  else if (!(await demo(options))) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\nTry "npm run demo -- --help".\n`);
  process.exitCode = 2;
}
