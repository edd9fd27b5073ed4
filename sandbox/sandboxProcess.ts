import {spawn, type ChildProcessByStdio} from 'node:child_process';
import {once} from 'node:events';
import {createRequire} from 'node:module';
import {createInterface} from 'node:readline';
import type {Readable, Writable} from 'node:stream';
import {fileURLToPath, pathToFileURL} from 'node:url';
import type {JobContext, SandboxNetwork} from './jobContext';
import {remotePipelines, type RemotePipelines} from './pipelines/remotePipelines';
import type {ProcessOptions, ReadyLine} from './processMessages';
import type {RateLimitRecord} from './rateLimit/rateLimit';
import type {FaultRule, RecordedRequest, Switches, TruthEntry} from './sandbox';

/** A stand-in in a process of its own; what is a property of a stand-in in this process must be asked for. */
export interface SandboxProcess extends AsyncDisposable {
  readonly network: SandboxNetwork;
  readonly job: JobContext;
  readonly servicePort: number;
  readonly vaultKeys: ReadyLine['vaultKeys'];
  readonly pipelines: RemotePipelines;
  readonly pid: number;
  requests(): Promise<readonly RecordedRequest[]>;
  tokens(): Promise<readonly string[]>;
  truth(window: {start: number; end: number}, at?: number): AsyncIterable<TruthEntry>;
  readonly faults: {set(rules: readonly FaultRule[]): Promise<void>; fired(): Promise<readonly string[]>};
  /** How callers kept to the rate limit; null where there is none. */
  rateLimit(): Promise<RateLimitRecord | null>;
  setSwitches(switches: Partial<Switches>): Promise<void>;
  /** Sets the clock, which then stands still; ms since 1970. */
  setNow(now: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a stand-in in a process of its own. It ends with this process at the latest, because it serves only while its stdin is open.
 *
 * @throws Error when the process ends before it serves
 */
export async function startSandboxProcess(options: ProcessOptions = {}): Promise<SandboxProcess> {
  const script = fileURLToPath(new URL('./serve.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href, script, '--json-options', JSON.stringify(options)], {stdio: ['pipe', 'pipe', 'inherit']});
  const ready = await readyLine(child);
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  };
  const get = async (path: string): Promise<unknown> => (await fetch(new URL(path, ready.controlUrl))).json();
  const put = async (path: string, value: unknown): Promise<void> => {
    await (await fetch(new URL(path, ready.controlUrl), {method: 'PUT', body: JSON.stringify(value)})).text();
  };
  const pipelines = remotePipelines(async (call) => {
    const response = await fetch(new URL('pipelines', ready.controlUrl), {method: 'PUT', body: JSON.stringify(call)});
    const {answer, problem} = (await response.json()) as {answer?: unknown; problem?: string};
    if (problem !== undefined) throw new Error(problem);
    return answer;
  });
  return {
    network: ready.network, job: ready.job, servicePort: ready.servicePort, vaultKeys: ready.vaultKeys, pipelines, pid: child.pid ?? 0,
    requests: async () => (await get('requests')) as RecordedRequest[],
    tokens: async () => (await get('tokens')) as string[],
    truth: (window, at) => readTruth(new URL(`truth?start=${String(window.start)}&end=${String(window.end)}${at === undefined ? '' : `&at=${String(at)}`}`, ready.controlUrl)),
    faults: {set: (rules) => put('faults', rules), fired: async () => (await get('fired')) as string[]},
    rateLimit: async () => (await get('rateLimit')) as RateLimitRecord | null,
    setSwitches: (switches) => put('switches', switches),
    setNow: (now) => put('now', now),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readyLine(child: ChildProcessByStdio<Writable, Readable, null>): Promise<ReadyLine> {
  for await (const line of createInterface({input: child.stdout})) return JSON.parse(line) as ReadyLine;
  throw new Error('The stand-in ended before it served.');
}

async function* readTruth(url: URL): AsyncGenerator<TruthEntry> {
  const {body} = await fetch(url);
  if (body === null) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, {stream: true})).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as TruthEntry;
  }
}
