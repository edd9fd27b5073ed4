import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Identity } from './certificates';

/** What a server has seen of one request. */
export interface SeenRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (response: ServerResponse, request: SeenRequest, number: number) => void;

/** A real https server on loopback. What it answers can be changed at any time. */
export class TlsServer {
  static async start(identity: Identity, answer: Answer, options: ServerOptions = {}): Promise<TlsServer> {
    const server = new TlsServer(identity, answer, options);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  answer: Answer;
  readonly requests: SeenRequest[] = [];
  /** Sockets that are open now. */
  readonly sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(identity: Identity, answer: Answer, options: ServerOptions) {
    this.answer = answer;
    this.#server = createServer({ cert: identity.certificate, key: identity.key, ...options }, this.#listen);
    this.#server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket)).on('error', () => {});
    });
    this.#server.on('tlsClientError', () => {});
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path = '/'): URL {
    return new URL(`https://localhost:${this.port}${path}`);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  readonly #listen: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece)).on('error', () => {}).on('end', () => {
      const seen = {
        method: request.method ?? '', host: request.headers.host ?? '', path: request.url ?? '',
        headers: request.headers, body: Buffer.concat(pieces).toString('utf8'),
      };
      this.requests.push(seen);
      this.answer(response, seen, this.requests.length);
    });
  };
}

/** Answers with JSON and the given status. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** Answers in turn, the last one for ever. */
export function inTurn(...answers: [Answer, ...Answer[]]): Answer {
  let next = 0;
  return (response, request, number) => {
    const answer = answers[Math.min(next, answers.length - 1)] as Answer;
    next += 1;
    answer(response, request, number);
  };
}
