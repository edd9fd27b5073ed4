import {createServer, type IncomingMessage, type Server} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import type {RuleBook} from '../faults/ruleBook';
import type {RecordedRequest} from './exchange';

/** What the corporate proxy needs. */
export interface ProxyServerOptions {
  readonly rules: RuleBook;
  readonly clock: () => number;
  readonly record: (request: RecordedRequest) => void;
  readonly credentials: {readonly username: string; readonly password: string} | undefined;
  /** Takes over the connection to a host that the stand-in answers for. */
  readonly adopt: (socket: Socket) => void;
}

const KNOWN_HOSTS = /^(auditservice\.dev\.azure\.com|dev\.azure\.com|vssps\.dev\.azure\.com|login\.microsoftonline\.com|[\w-]+(\.vssps|\.artifacts)?\.visualstudio\.com|[\w-]+\.vault\.azure\.net)$/i;

/** An HTTP proxy that knows CONNECT only, and leads every known host name to the stand-in. */
export class ProxyServer {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly options: ProxyServerOptions) {
    this.server = createServer((_request, response) => { response.writeHead(405).end('Only CONNECT.'); });
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.sockets.delete(socket));
    });
    this.server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => { this.connect(request, socket, head); });
  }

  /** Begins to listen; resolves to the proxy's URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => { resolve(); }));
  }

  private connect(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const target = request.url ?? '';
    const host = target.replace(/:\d+$/, '');
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const recorded = {method: 'CONNECT', url: target, headers, body: '', status: 0, at: this.options.clock()};
    this.options.record(recorded);
    const fault = this.options.rules.strike('connect', {host, method: 'CONNECT', path: ''})?.fault;
    const respond = (status: number, line: string, more = ''): void => {
      recorded.status = status;
      socket.end(`HTTP/1.1 ${String(status)} ${line}\r\n${more}Content-Length: 0\r\nConnection: close\r\n\r\n`);
    };
    if (fault?.kind === 'connectReset') { socket.resetAndDestroy(); return; }
    if (fault?.kind === 'connectHang') return;
    if (fault?.kind === 'proxyAuthentication' || !this.isAllowed(request)) {
      respond(407, 'Proxy Authentication Required', 'Proxy-Authenticate: Basic realm="Fabrikam proxy"\r\n');
      return;
    }
    if (fault?.kind === 'connectRefused' || !KNOWN_HOSTS.test(host) || !target.endsWith(':443')) { respond(502, 'Bad Gateway'); return; }
    recorded.status = 200;
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (fault?.kind === 'tlsHang') { socket.resume(); return; }
    if (head.length > 0) socket.unshift(head);
    this.options.adopt(socket);
  }

  private isAllowed(request: IncomingMessage): boolean {
    const {credentials} = this.options;
    if (credentials === undefined) return true;
    const expected = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
    return request.headers['proxy-authorization'] === `Basic ${expected}`;
  }
}
