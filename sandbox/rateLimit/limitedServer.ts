import {createHash} from 'node:crypto';
import {setTimeout as pause} from 'node:timers/promises';
import {decodeJwt} from 'jose';
import type {Reply, ServiceRequest} from '../network/exchange';
import {refusal} from '../network/signIn';
import type {RateLimit, Verdict} from './rateLimit';

const LIMITED_HOST = 'auditservice.dev.azure.com';
/** A request on a connection that has carried no warning may have begun this long before it arrived, ms. */
const LONGEST_WAY_MS = 1000;

/** Stands before the audit service and holds its callers to a limit. Time is the machine's: a limit on a clock that stands still would never lift. */
export class LimitedServer {
  /** Connections on which a warning went out: what comes on them later has begun after it. */
  private readonly warned = new WeakSet();

  constructor(private readonly limit: RateLimit) {}

  /**
   * Lets a request pass to the service, late perhaps, or answers it with 429.
   * @param connection the connection it came on
   */
  async answer(request: ServiceRequest, connection: object, serve: () => Promise<Reply>): Promise<{reply: Reply; sent: () => void}> {
    if (request.url.hostname !== LIMITED_HOST) return {reply: await serve(), sent: () => undefined};
    const now = Date.now();
    const verdict = this.limit.judge(identityOf(request), {now, startedAt: this.warned.has(connection) ? now : now - LONGEST_WAY_MS, shownNow: request.now});
    const sent = (): void => { this.sent(verdict, connection); };
    if (verdict.isBlocked) return {reply: blocked(verdict), sent};
    const reply = await serve();
    if (verdict.delayMs > 0) await pause(verdict.delayMs);
    return {reply: {...reply, headers: {...reply.headers, ...verdict.headers}}, sent};
  }

  private sent(verdict: Verdict, connection: object): void {
    if (!('x-ratelimit-limit' in verdict.headers)) return;
    this.warned.add(connection);
    this.limit.delivered(verdict, Date.now());
  }
}

function blocked({headers}: Verdict): Reply {
  const message = 'TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource Audit in namespace User.';
  return refusal(429, message, 'RequestBlockedException', headers);
}

/** Whose request it is, whether the token is good or not: a renewed token is the same caller. */
function identityOf(request: ServiceRequest): string {
  const token = (request.headers['authorization'] ?? '').replace(/^Bearer /i, '');
  try {
    const {oid, nameid} = decodeJwt(token);
    return String(oid ?? nameid);
  } catch {
    return createHash('sha256').update(token).digest('hex');
  }
}
