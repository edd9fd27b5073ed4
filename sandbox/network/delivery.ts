import type {ServerResponse} from 'node:http';
import {setTimeout as pause} from 'node:timers/promises';
import type {Fault} from '../faults/fault';
import type {Reply} from './exchange';

/** What delivery may do to the connection under a response. */
export interface Wire {
  /** Ends the connection with a TCP reset. */
  reset(): void;
}

const OVERSIZE_BYTES = 200 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** Sends an answer, as badly as the fault demands. Resolves when nothing more will be sent. */
export async function deliver(response: ServerResponse, reply: Reply, fault: Fault | undefined, wire: Wire): Promise<void> {
  const half = Math.floor(reply.body.length / 2);
  switch (fault?.kind) {
    case 'resetBeforeHeaders': wire.reset(); return;
    case 'hangBeforeHeaders': return;
    case 'truncatedBody':
      begin(response, reply);
      await write(response, reply.body.subarray(0, half));
      response.socket?.end();
      return;
    case 'truncatedChunks':
      response.writeHead(reply.status, reply.headers);
      await write(response, reply.body.subarray(0, half));
      response.socket?.end();
      return;
    case 'resetInBody':
      begin(response, reply);
      await write(response, reply.body.subarray(0, half));
      await pause(20);
      wire.reset();
      return;
    case 'hangInBody':
      begin(response, reply);
      await write(response, reply.body.subarray(0, half));
      return;
    case 'slowBody':
      begin(response, reply);
      await drip(response, reply.body, fault.chunkBytes ?? 100, fault.everyMs ?? 50);
      return;
    case 'oversizeBody':
      await sendOversize(response, fault.bytes ?? OVERSIZE_BYTES);
      return;
    default:
      begin(response, reply);
      if (reply.chunked) await writeChunks(response, reply.body);
      response.end(reply.chunked ? undefined : reply.body);
  }
}

function begin(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, reply.chunked ? reply.headers : {...reply.headers, 'content-length': String(reply.body.length)});
  response.flushHeaders();
}

async function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  if (response.destroyed || bytes.length === 0) return;
  await new Promise<void>((resolve) => { response.write(bytes, () => { resolve(); }); });
}

async function writeChunks(response: ServerResponse, body: Buffer): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at += CHUNK_BYTES) await write(response, body.subarray(at, at + CHUNK_BYTES));
}

async function drip(response: ServerResponse, body: Buffer, chunkBytes: number, everyMs: number): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at += chunkBytes) {
    await write(response, body.subarray(at, at + chunkBytes));
    await pause(everyMs);
  }
  response.end();
}

/** One entry whose `details` do not end before the limit does. */
async function sendOversize(response: ServerResponse, bytes: number): Promise<void> {
  const head = Buffer.from('{"decoratedAuditLogEntries":[{"id":"0","details":"');
  const chunk = Buffer.alloc(CHUNK_BYTES, 'x');
  response.writeHead(200, {'content-type': 'application/json; charset=utf-8'});
  response.write(head);
  for (let sent = head.length; sent < bytes && !response.destroyed; sent += chunk.length) {
    await write(response, chunk);
  }
  response.end('"}],"continuationToken":null,"hasMore":false}');
}
