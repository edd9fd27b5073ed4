import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';

export interface StepProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onText: (stream: 'stdout' | 'stderr', text: string) => void;
  readonly onStart?: ((pid: number) => void) | undefined;
  /** Aborted when the job is cancelled or the step's time is up. */
  readonly cancel: AbortSignal;
  /** Factor on the agent's waits; 1 is the real agent. */
  readonly graceScale: number;
}

export interface StepProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly durationMs: number;
  /** Greatest resident memory that was seen, in bytes; Linux only. */
  readonly peakRssBytes: number | undefined;
}

/** What the agent does to a process that it cancels: signal, wait in ms, next signal (ProcessInvoker.cs). */
const CANCEL_STEPS: readonly (readonly [signal: NodeJS.Signals, waitMs: number])[] = [['SIGINT', 7_500], ['SIGTERM', 2_500], ['SIGKILL', 5_000]];
/** How long the agent waits for the output streams after the process has exited. */
const STREAMS_WAIT_MS = 5_000;
const MEMORY_POLL_MS = 50;
/** Signals that end the stand-in without the event `exit`. */
const TERMINATIONS = ['SIGTERM', 'SIGHUP'] as const;

/**
 * Runs the process of a step to its end. Whatever happens, neither it nor a child of it outlives the call.
 * On Windows a signal ends the process at once: node cannot send Ctrl+C to one process.
 * @throws Error when the process cannot be started
 */
export async function runStepProcess(options: StepProcessOptions): Promise<StepProcessEnd> {
  const started = performance.now();
  const child = start(options);
  const memory = watchMemory(child);
  const killAll = () => killGroup(child);
  const onTermination = (signal: NodeJS.Signals) => {
    // Somebody who listens as well decides what happens next; otherwise the default has to.
    if (process.listenerCount(signal) > 0) return;
    killAll();
    process.kill(process.pid, signal);
  };
  process.once('exit', killAll);
  for (const signal of TERMINATIONS) process.once(signal, onTermination);
  try {
    const closed = once(child, 'close');
    closed.catch(() => undefined);
    const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const [exitCode, signal] = await withCancellation(child, exited, options);
    const durationMs = performance.now() - started;
    await Promise.race([closed, sleep(STREAMS_WAIT_MS * options.graceScale, undefined, { ref: false })]);
    return { exitCode, signal, durationMs, peakRssBytes: memory.stop() };
  } finally {
    memory.stop();
    process.off('exit', killAll);
    for (const signal of TERMINATIONS) process.off(signal, onTermination);
    killAll();
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

/** Exit code as .NET reports it: a process that a signal ended has 128 + the signal's number. */
export function reportedExitCode(end: Pick<StepProcessEnd, 'exitCode' | 'signal'>): number {
  return end.exitCode ?? 128 + (end.signal ? constants.signals[end.signal] : 0);
}

function start(options: StepProcessOptions): ChildProcess {
  const child = spawn(options.command, [...options.args], {
    cwd: options.workingDirectory,
    env: { ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own group, so that a Ctrl+C at the terminal reaches the stand-in alone and the group can be ended as a whole.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8');
    child[name].on('data', (bytes: Buffer) => options.onText(name, decoder.write(bytes)));
  }
  if (child.pid !== undefined) options.onStart?.(child.pid);
  return child;
}

async function withCancellation<End>(child: ChildProcess, exited: Promise<End>, { cancel, graceScale }: StepProcessOptions): Promise<End> {
  const canceled = new Promise<'canceled'>((resolve) => {
    if (cancel.aborted) resolve('canceled');
    else cancel.addEventListener('abort', () => resolve('canceled'), { once: true });
  });
  if ((await Promise.race([exited, canceled])) !== 'canceled') return exited;
  for (const [signal, waitMs] of CANCEL_STEPS) {
    child.kill(signal);
    const outcome = await Promise.race([exited, sleep(waitMs * graceScale, 'still running' as const, { ref: false })]);
    if (outcome !== 'still running') break;
  }
  return exited;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group has ended already.
  }
}

/** Reads the kernel's high-water mark while the process lives; it only grows, so the last reading is the peak so far. */
function watchMemory(child: ChildProcess): { stop(): number | undefined } {
  const status = `/proc/${child.pid}/status`;
  let peak: number | undefined;
  const read = () => {
    try {
      const [, kilobytes] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(status, 'utf8')) ?? [];
      if (kilobytes) peak = Math.max(peak ?? 0, Number(kilobytes) * 1024);
    } catch {
      // The process has just ended.
    }
  };
  const timer = existsSync(status) ? setInterval(read, MEMORY_POLL_MS).unref() : undefined;
  return { stop: () => (clearInterval(timer), peak) };
}
