import {gzipSync} from 'node:zlib';
import {jsonReply, textReply, type Reply, type ServiceRequest} from '../network/exchange';
import {signInPage, signInRedirect} from '../network/signIn';
import {retryAfterHeaders} from './retryAfter';

/** A command that an agent would execute if a task printed it. */
const COMMAND = '##vso[task.setvariable variable=pwned]x';
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The answer that a fault puts in the place of the service's, if it does. */
export function replacedReply(request: ServiceRequest): Reply | undefined {
  const {fault} = request;
  switch (fault?.kind) {
    case 'status': {
      const headers = {...retryAfterHeaders(fault.retryAfter, request.now), ...fault.headers};
      if (fault.body !== undefined) return textReply(fault.status, fault.contentType ?? 'text/plain', fault.body, headers);
      return jsonReply(fault.status, errorBody(fault.status), headers);
    }
    case 'signInPage': return signInPage();
    case 'signInRedirect': return signInRedirect(request);
    case 'htmlPage': return textReply(200, 'text/html; charset=utf-8', '<!DOCTYPE html><html><head><title>Proxy notice</title></head><body>Your request was inspected.</body></html>');
    case 'otherShape': return textReply(200, 'application/json; charset=utf-8', fault.json ?? '{"count":0,"value":[]}');
    case 'hostileError': {
      const message = `TF400813: ${COMMAND}\r\n${COMMAND}\n##[error]${COMMAND} %0D%0A${COMMAND} <script>alert(1)</script> ${'x'.repeat(5_000)}`;
      const body = {$id: '1', innerException: null, message, typeName: COMMAND, typeKey: COMMAND, errorCode: 0, eventId: 3000};
      return jsonReply(fault.status ?? 403, body, hostileHeaders());
    }
    default: return undefined;
  }
}

/** The service's answer after a fault has spoiled its headers or bytes. */
export function spoiledReply(request: ServiceRequest, reply: Reply): Reply {
  const {fault} = request;
  switch (fault?.kind) {
    case 'slowDown': return withHeaders(reply, {...retryAfterHeaders(fault.retryAfter, request.now), 'x-ratelimit-remaining': '0', 'x-ratelimit-delay': '1.5'});
    case 'hostileHeaders': return withHeaders(reply, hostileHeaders());
    case 'gzip': return {...withHeaders(reply, {'content-encoding': 'gzip'}), body: gzipSync(reply.body)};
    case 'corruptGzip': return {...withHeaders(reply, {'content-encoding': 'gzip'}), body: corrupt(gzipSync(reply.body))};
    case 'byteOrderMark': return withByteOrderMark(reply);
    case 'wrapper': return {...reply, body: Buffer.concat([Buffer.from('{"value":'), reply.body, Buffer.from('}')])};
    case 'invalidUtf8': return {...reply, body: insertAfterDetails(reply.body)};
    default: return reply;
  }
}

/** The same answer with a UTF-8 byte order mark. */
export function withByteOrderMark(reply: Reply): Reply {
  return {...reply, body: Buffer.concat([BYTE_ORDER_MARK, reply.body])};
}

function withHeaders(reply: Reply, headers: Readonly<Record<string, string>>): Reply {
  return {...reply, headers: {...reply.headers, ...headers}};
}

function hostileHeaders(): Record<string, string> {
  return {
    'activityid': COMMAND, 'x-vss-e2eid': `x ${COMMAND}`, 'x-tfs-serviceerror': COMMAND, 'x-ratelimit-resource': COMMAND, 'server': COMMAND,
    'www-authenticate': `Bearer authorization_uri=https://login.microsoftonline.com/${COMMAND}`,
  };
}

function errorBody(status: number): Record<string, unknown> {
  if (status === 429) {
    return errorEnvelope('TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource CPU in namespace User.', 'RequestBlockedException');
  }
  if (status === 401) return errorEnvelope("TF400813: The user 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa' is not authorized to access this resource.", 'UnauthorizedRequestException');
  return errorEnvelope(`The stand-in was told to answer ${String(status)}.`, 'VssServiceException');
}

/** The envelope of Azure DevOps errors. */
function errorEnvelope(message: string, typeKey: string): Record<string, unknown> {
  return {$id: '1', innerException: null, message, typeName: `Microsoft.VisualStudio.Services.Common.${typeKey}, Microsoft.VisualStudio.Services.Common`, typeKey, errorCode: 0, eventId: 3000};
}

function corrupt(compressed: Buffer): Buffer {
  const damaged = Buffer.from(compressed);
  damaged.fill(0xa5, Math.floor(damaged.length / 2));
  return damaged;
}

function insertAfterDetails(body: Buffer): Buffer {
  const marker = Buffer.from('"details":"');
  const at = body.indexOf(marker);
  if (at < 0) return body;
  const end = at + marker.length;
  return Buffer.concat([body.subarray(0, end), Buffer.from([0xff]), body.subarray(end)]);
}
