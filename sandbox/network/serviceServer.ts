import {createServer, type Server} from 'node:https';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import {text} from 'node:stream/consumers';
import {setTimeout as pause} from 'node:timers/promises';
import {gzipSync} from 'node:zlib';
import {randomUUID} from 'node:crypto';
import {replacedReply, spoiledReply, withByteOrderMark} from '../faults/replyFaults';
import type {RuleBook} from '../faults/ruleBook';
import type {Switches} from '../switches';
import {LimitedServer} from '../rateLimit/limitedServer';
import type {RateLimit} from '../rateLimit/rateLimit';
import type {ServerCertificate} from './certificates';
import {deliver} from './delivery';
import {textReply, type RecordedRequest, type Reply, type ServiceRequest} from './exchange';

/** What the TLS server needs. */
export interface ServiceServerOptions {
  readonly certificate: ServerCertificate;
  readonly rules: RuleBook;
  readonly switches: Readonly<Switches>;
  readonly clock: () => number;
  readonly record: (request: RecordedRequest) => void;
  /** Undefined: nobody is limited. */
  readonly rateLimit: RateLimit | undefined;
  /** Answers for every host name. */
  readonly route: (request: ServiceRequest) => Promise<Reply>;
}

/** The TLS server behind all host names. It takes connections from the proxy, and on a loopback port of its own. */
export class ServiceServer {
  private readonly server: Server;
  private readonly sockets = new Map<string, Socket>();
  private readonly limited: LimitedServer | undefined;

  constructor(private readonly options: ServiceServerOptions) {
    this.limited = options.rateLimit && new LimitedServer(options.rateLimit);
    const {certificate, key} = options.certificate;
    this.server = createServer({cert: certificate, key, keepAliveTimeout: 60_000}, (request, response) => {
      this.handle(request, response).catch((error: unknown) => { response.destroy(error as Error); });
    });
    this.server.on('connection', (socket: Socket) => { this.keep(socket); });
    this.server.on('tlsClientError', () => undefined);
  }

  /** Begins to listen; resolves to the port on 127.0.0.1. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  /** Takes over a connection that the proxy opened. */
  adopt(socket: Socket): void {
    this.server.emit('connection', socket);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.values()) socket.destroy();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => { resolve(); }));
  }

  private keep(socket: Socket): void {
    const peer = peerOf(socket);
    this.sockets.set(peer, socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.sockets.delete(peer));
  }

  private async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const {clock, rules, record, switches} = this.options;
    response.on('error', () => undefined);
    const url = new URL(incoming.url ?? '/', `https://${incoming.headers.host ?? 'localhost'}`);
    const method = incoming.method ?? 'GET';
    const headers = joinHeaders(incoming);
    const body = await text(incoming);
    const at = clock();
    const recorded = {method, url: url.href, headers, body, status: 0, at};
    record(recorded);
    const struck = rules.strike('request', {host: url.hostname, method, path: url.pathname + url.search});
    const request: ServiceRequest = {method, url, headers, body, now: at, fault: struck?.fault, faultMemory: struck?.memory ?? new Map<string, unknown>()};
    if (switches.latencyMs > 0) await pause(switches.latencyMs);
    const serve = async (): Promise<Reply> => replacedReply(request) ?? spoiledReply(request, await this.answer(request));
    const {reply: served, sent} = await (this.limited?.answer(request, incoming.socket, serve) ?? serve().then((plain) => ({reply: plain, sent: () => undefined})));
    const reply = this.dress(request, served);
    if (request.fault?.kind !== 'resetBeforeHeaders' && request.fault?.kind !== 'hangBeforeHeaders') recorded.status = reply.status;
    response.once('close', () => { served.onSent?.(); });
    const socket = this.sockets.get(peerOf(incoming.socket));
    await deliver(response, reply, request.fault, {reset: () => { reset(socket); }});
    sent();
  }

  private async answer(request: ServiceRequest): Promise<Reply> {
    try {
      return await this.options.route(request);
    } catch (error) {
      return textReply(500, 'text/plain', `The stand-in itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }

  /** Adds what every answer of Azure DevOps carries. */
  private dress(request: ServiceRequest, reply: Reply): Reply {
    const {switches} = this.options;
    const always = {
      'date': new Date(request.now + switches.dateSkewMs).toUTCString(), 'cache-control': 'no-cache', 'activityid': randomUUID(),
      'x-vss-e2eid': request.headers['x-vss-e2eid'] ?? randomUUID(), 'x-tfs-processid': randomUUID(), 'x-tfs-session': randomUUID(),
    };
    let dressed: Reply = {...reply, headers: {...always, ...reply.headers}};
    const isJson = /json/i.test(reply.headers['content-type'] ?? '');
    const wantsMark = switches.byteOrderMark === 'always' || (switches.byteOrderMark === 'errors' && reply.status >= 400);
    if (isJson && wantsMark) dressed = withByteOrderMark(dressed);
    const acceptsGzip = /\bgzip\b/i.test(request.headers['accept-encoding'] ?? '');
    if (!switches.gzip || !acceptsGzip || 'content-encoding' in dressed.headers) return dressed;
    return {...dressed, headers: {...dressed.headers, 'content-encoding': 'gzip', 'vary': 'Accept-Encoding'}, body: gzipSync(dressed.body, {level: 1})};
  }
}

function joinHeaders(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress ?? ''}:${String(socket.remotePort)}:${String(socket.localPort)}`;
}

/** Ends a connection with a TCP reset where the platform lets us, else abruptly. */
function reset(socket: Socket | undefined): void {
  try {
    socket?.resetAndDestroy();
  } catch {
    socket?.destroy();
  }
}
