import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { runStep, type StepResult } from '../agent/agent';
import { findVsix, unpackTask } from '../agent/extension';
import { formatLog } from '../agent/log';
import { FAULT_NAMES, NAMED_FAULTS, type FaultName } from '../faults/catalog';
import type { FaultRule } from '../faults/fault';
import { startSandbox } from '../sandbox';
import { HELP, readOptions, type DemoOptions } from './options';
import { demoPipeline } from './pipeline';
import { formatBytes, listTree } from './tree';

/** What ends the demo early; the step's process and the temporary folder go with it. */
const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const REPOSITORY = resolve(import.meta.dirname, '..', '..');

/** The whole demo: an organization, an agent, one run of the packaged task, and what the user then downloads. */
async function demo(options: DemoOptions): Promise<boolean> {
  const faults = faultRules(options.faults);
  packageExtension();
  const workDirectory = mkdtempSync(join(tmpdir(), 'audit-log-demo-'));
  const cancel = new AbortController();
  const onInterrupt = () => {
    say('\nCancelling the job, as the agent does: SIGINT, then SIGTERM, then SIGKILL.');
    cancel.abort();
  };
  for (const signal of INTERRUPTIONS) process.on(signal, onInterrupt);
  try {
    await using sandbox = await startSandbox({ organization: 'fabrikam', seed: options.seed, entriesPerDay: options.entries, recordAccess: false, faults });
    const taskDirectory = unpackTask(findVsix(join(REPOSITORY, 'dist')), join(workDirectory, '_tasks'), 'ExportAuditLog');
    const yaml = demoPipeline(serviceConnectionName(sandbox.job.serviceConnections), options.inputs);
    say(`The pipeline:\n\n${yaml.replace(/^(?=.)/gm, '  ')}\nThe log of the agent:\n`);
    const result = await runStep({
      yaml, taskDirectory, workDirectory, job: sandbox.job, network: sandbox.network, debug: options.debug, cancelAfterMs: cancel.signal,
      ...(options.node === undefined ? {} : { node: resolve(options.node) }),
      onLine: (line) => say(formatLog(line, process.stdout.isTTY)),
    });
    report(result, resolve(options.out));
    if (faults.length > 0) say(`\nFaults that struck: ${countFired(sandbox.faults.fired)}.`);
    return result.result === 'Succeeded' || result.result === 'SucceededWithIssues';
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

function serviceConnectionName(connections: readonly { readonly name: string; readonly type: string; readonly scheme: string }[]): string {
  const connection = connections.find(({ type, scheme }) => type === 'workloadidentityuser' && scheme === 'WorkloadIdentityFederation');
  if (!connection) throw new Error('The stand-in has no service connection of the type Azure DevOps.');
  return connection.name;
}

/** Tells how the step ended and puts its artifacts where a user's browser would. */
function report(result: StepResult, out: string): void {
  const memory = result.peakRssBytes === undefined ? '' : `, peak memory ${formatBytes(result.peakRssBytes)}`;
  say(`\nResult: ${result.result} after ${(result.durationMs / 1000).toFixed(1)} s${memory}.`);
  for (const [name, value] of Object.entries(result.outputVariables)) say(`  auditLog.${name} = ${value}`);
  if (result.artifacts.length === 0) say('The run has no artifact.');
  for (const artifact of result.artifacts) {
    const target = join(out, artifact.name);
    rmSync(target, { recursive: true, force: true });
    cpSync(artifact.directory, target, { recursive: true });
    say(`\nThe artifact, as the user downloads it, in ${relative(process.cwd(), target) || target}:`);
    for (const line of listTree(target, '  ')) say(line);
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) say(HELP.trimEnd());
  else if (options.faults.includes('list')) say(FAULT_NAMES.join('\n'));
  else if (!(await demo(options))) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\nTry "npm run demo -- --help".\n`);
  process.exitCode = 2;
}
