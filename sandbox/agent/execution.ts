import type { PreparedStep, StepOptions } from './agent';
import type { CommandProcessor } from './commandProcessor';
import { LineSplitter } from './commands';
import { reportedExitCode, runStepProcess, type StepProcessEnd } from './process';
import type { StepRecord } from './stepRecord';
import type { PipelineStep } from './yaml';

/** Why the process ended: by itself, with the job, or because the step's own time was up. */
type Ending = 'normal' | 'canceled' | 'timedOut';

/** Runs the handler's process and executes the commands that it prints. */
export async function executeHandler(prepared: PreparedStep, options: StepOptions, record: StepRecord, processor: CommandProcessor): Promise<{ end: StepProcessEnd; rawOutput: string; ending: Ending }> {
  const plain = { command: options.node ?? process.execPath, args: [prepared.target] };
  const { command, args } = options.wrap?.(plain.command, plain.args) ?? plain;
  record.debug(`Using node path: ${plain.command}`);
  const raw: string[] = [];
  let processed = Promise.resolve();
  const take = (line: string) => { processed = processed.then(() => processor.processLine(line)); };
  const splitters = { stdout: new LineSplitter(take), stderr: new LineSplitter(take) };
  const cancellation = startCancellation(options, prepared.step);
  try {
    const end = await runStepProcess({
      command, args, environment: prepared.environment, cancel: cancellation.signal, graceScale: options.graceScale ?? 1, onStart: options.onStart,
      workingDirectory: prepared.variables.get('System.DefaultWorkingDirectory') ?? options.workDirectory,
      onText: (stream, text) => { raw.push(text); splitters[stream].push(text); },
    });
    splitters.stdout.end();
    splitters.stderr.end();
    await processed;
    const ending = cancellation.ending();
    judgeEnding(record, end, ending, plain);
    return { end, rawOutput: raw.join(''), ending };
  } finally {
    cancellation.stop();
  }
}

/** How the end of the process decides the result, whatever the task said before (StepsRunner.cs, NodeHandler.cs). */
function judgeEnding(record: StepRecord, end: StepProcessEnd, ending: Ending, { command, args }: { command: string; args: readonly string[] }): void {
  const exitCode = reportedExitCode(end);
  if (ending === 'canceled') {
    record.error('The operation was canceled.');
    record.result = 'Canceled';
  } else if (ending === 'timedOut') {
    record.error('The task has timed out.');
    record.result = 'Failed';
  } else if (exitCode !== 0) {
    if (exitCode === 137) record.error('The agent worker exited with code 137, which means it ran out of memory. Make sure the agent (container) host has sufficient memory configured.');
    record.error(`Exit code ${exitCode} returned from process: file name '${command}', arguments '"${args.join(' ')}"'.`);
    record.result = 'Failed';
  }
}

/** One signal for both reasons to end the step early: the job is cancelled, or the step's own time is up. */
function startCancellation({ cancelAfterMs }: StepOptions, step: PipelineStep): { signal: AbortSignal; ending(): Ending; stop(): void } {
  const controller = new AbortController();
  let ending: Ending = 'normal';
  const end = (reason: Ending) => { if (!controller.signal.aborted) { ending = reason; controller.abort(); } };
  const cancel = () => end('canceled');
  const timers = [
    typeof cancelAfterMs === 'number' ? setTimeout(cancel, cancelAfterMs) : undefined,
    step.timeoutInMinutes > 0 ? setTimeout(() => end('timedOut'), step.timeoutInMinutes * 60_000) : undefined,
  ];
  if (cancelAfterMs instanceof AbortSignal) {
    if (cancelAfterMs.aborted) cancel();
    else cancelAfterMs.addEventListener('abort', cancel, { once: true });
  }
  return { signal: controller.signal, ending: () => ending, stop: () => timers.forEach((timer) => clearTimeout(timer)) };
}
