import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {Readable} from 'node:stream';
import {json} from 'node:stream/consumers';
import {pipeline} from 'node:stream/promises';
import {answerCall, type PipelineCall} from './pipelines/remotePipelines';
import type {FaultRule, Sandbox, Switches} from './sandbox';

/** Opens a loopback HTTP server through which another process watches and steers a stand-in. */
export async function openControl(sandbox: Sandbox, setNow: (now: number) => void): Promise<{url: string; server: Server}> {
  const server = createServer((request, response) => {
    answer(sandbox, setNow, request, response).catch((error: unknown) => { response.destroy(error as Error); });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {server, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`};
}

async function answer(sandbox: Sandbox, setNow: (now: number) => void, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  switch (`${request.method ?? ''} ${url.pathname}`) {
    case 'GET /requests': respond(response, sandbox.requests); return;
    case 'GET /tokens': respond(response, sandbox.tokens); return;
    case 'GET /fired': respond(response, sandbox.faults.fired); return;
    case 'GET /rateLimit': respond(response, sandbox.rateLimit?.record ?? null); return;
    case 'GET /truth': await pipeline(Readable.from(truthLines(sandbox, url.searchParams)), response); return;
    case 'PUT /faults': sandbox.faults.set((await json(request)) as FaultRule[]); respond(response, null); return;
    case 'PUT /switches': Object.assign(sandbox.switches, (await json(request)) as Partial<Switches>); respond(response, null); return;
    case 'PUT /pipelines': await respondToCall(sandbox, (await json(request)) as PipelineCall, response); return;
    case 'PUT /now': setNow((await json(request)) as number); respond(response, null); return;
    default: response.writeHead(404).end();
  }
}

async function respondToCall(sandbox: Sandbox, asked: PipelineCall, response: ServerResponse): Promise<void> {
  try {
    respond(response, {answer: (await answerCall(sandbox.pipelines, asked)) ?? null});
  } catch (error) {
    respond(response, {problem: (error as Error).message});
  }
}

async function* truthLines(sandbox: Sandbox, parameters: URLSearchParams): AsyncGenerator<string> {
  const at = parameters.get('at');
  const window = {start: Number(parameters.get('start')), end: Number(parameters.get('end'))};
  for await (const entry of sandbox.truth(window, at === null ? undefined : Number(at))) yield `${JSON.stringify(entry)}\n`;
}

function respond(response: ServerResponse, value: unknown): void {
  response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(value));
}
