import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Identity } from './certificates';

export interface ProxyOptions {
  /** The loopback port that stands for a host; undefined: the proxy answers 502. */
  readonly portOf: (host: string) => number | undefined;
  /** `USER:PASSWORD` that it demands as Basic. */
  readonly credentials?: string;
  /** An answer to every CONNECT; `silent`: none, ever. */
  readonly always?: number | 'silent';
  /** Speaks TLS itself. */
  readonly identity?: Identity;
}

/** A real CONNECT proxy on loopback, as companies have one, which leads every host to a server of the test. */
export class ConnectProxy {
  static async start(options: ProxyOptions): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(options);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** Targets of the CONNECT requests, `HOST:PORT`. */
  readonly targets: string[] = [];
  readonly #server: Server;
  readonly #options: ProxyOptions;
  readonly #sockets = new Set<Socket>();

  private constructor(options: ProxyOptions) {
    this.#options = options;
    const { identity } = options;
    this.#server = identity ? createHttpsServer({ cert: identity.certificate, key: identity.key }) : createHttpServer();
    this.#server.on('connection', (socket: Socket) => { this.#keep(socket); });
    this.#server.on('connect', this.#tunnel);
  }

  get url(): string {
    return `${this.#options.identity ? 'https://localhost' : 'http://127.0.0.1'}:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  readonly #tunnel = (request: IncomingMessage, client: Socket, head: Buffer): void => {
    const { credentials, always, portOf } = this.#options;
    client.on('error', () => {});
    this.targets.push(request.url ?? '');
    if (always === 'silent') return;
    const isAdmitted = credentials === undefined || request.headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`;
    const port = portOf((request.url ?? '').replace(/:\d+$/, ''));
    const refusal = isAdmitted ? always ?? (port === undefined ? 502 : undefined) : 407;
    if (refusal !== undefined || port === undefined) {
      client.end(`HTTP/1.1 ${refusal ?? 502} Refused\r\nproxy-authenticate: Basic realm="proxy"\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const server = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      server.write(head);
      server.pipe(client).pipe(server);
    });
    this.#keep(server);
    server.on('error', () => client.destroy());
    client.on('close', () => server.destroy());
  };

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
  }
}
