/** How an answer names the wait it asks for: whole seconds, an HTTP date that many seconds ahead, raw text, or not at all. */
export type RetryAfter = {readonly seconds: number} | {readonly dateInSeconds: number} | {readonly raw: string};

/** Something that goes wrong before a request exists: at the proxy. Matched by host only, against CONNECT requests. */
export type ConnectFault =
  | {readonly kind: 'proxyAuthentication'}
  /** The proxy cannot reach the host and answers 502. */
  | {readonly kind: 'connectRefused'}
  | {readonly kind: 'connectReset'}
  /** The proxy never answers. */
  | {readonly kind: 'connectHang'}
  /** The tunnel stands, but nobody speaks TLS at its end. */
  | {readonly kind: 'tlsHang'};

/** An answer instead of the real one; the service does not see the request. */
export type ReplyFault =
  | {readonly kind: 'status'; readonly status: number; readonly retryAfter?: RetryAfter; readonly headers?: Readonly<Record<string, string>>; readonly body?: string; readonly contentType?: string}
  | {readonly kind: 'signInPage'}
  | {readonly kind: 'signInRedirect'}
  /** 200 with an HTML page. */
  | {readonly kind: 'htmlPage'}
  /** 200 with JSON of another kind. */
  | {readonly kind: 'otherShape'; readonly json?: string}
  /** 200 with the beginning of a page that never ends; `bytes` in all, 200 MB unless told. */
  | {readonly kind: 'oversizeBody'; readonly bytes?: number}
  /** An error whose message and headers attack the agent's log. */
  | {readonly kind: 'hostileError'; readonly status?: number};

/** The real answer, badly delivered. */
export type DeliveryFault =
  /** The real answer with `Retry-After` and the rate limit headers. */
  | {readonly kind: 'slowDown'; readonly retryAfter: RetryAfter}
  | {readonly kind: 'hostileHeaders'}
  /** Fewer bytes than Content-Length says, then the end of the connection. */
  | {readonly kind: 'truncatedBody'}
  /** Chunked encoding without its last chunk. */
  | {readonly kind: 'truncatedChunks'}
  /** `chunkBytes` (default 100) every `everyMs` (default 50). */
  | {readonly kind: 'slowBody'; readonly chunkBytes?: number; readonly everyMs?: number}
  | {readonly kind: 'resetBeforeHeaders'}
  | {readonly kind: 'resetInBody'}
  | {readonly kind: 'hangBeforeHeaders'}
  | {readonly kind: 'hangInBody'}
  /** Compressed whether the caller accepts it or not. */
  | {readonly kind: 'gzip'}
  | {readonly kind: 'corruptGzip'}
  | {readonly kind: 'byteOrderMark'}
  | {readonly kind: 'wrapper'}
  /** A stray 0xFF inside the first entry's `details`. */
  | {readonly kind: 'invalidUtf8'};

/** A page of the audit log that breaks the rules. */
export type PageFault =
  /** The page carries the token it was asked with. */
  | {readonly kind: 'repeatedToken'}
  /** From the fourth page on the tokens of the first three come again. */
  | {readonly kind: 'tokenCycle'}
  /** `hasMore` without a token: key left out, `null` or empty. */
  | {readonly kind: 'missingToken'} | {readonly kind: 'nullToken'} | {readonly kind: 'emptyToken'}
  /** No entries, a fresh token, and `hasMore`; the entries follow on the next page that this fault leaves alone. */
  | {readonly kind: 'emptyPage'}
  /** The last `count` entries of the page before come again (default 3). */
  | {readonly kind: 'repeatedEntries'; readonly count?: number}
  /** The page's first entry comes again at its end. */
  | {readonly kind: 'duplicateWithinPage'}
  /** An entry arrives while the page is read: with a time still ahead of the reader, or one that was passed already. */
  | {readonly kind: 'lateEntry'; readonly where: 'ahead' | 'behind'}
  | {readonly kind: 'clampedPage'; readonly size: number}
  /** Neighbours have changed places. */
  | {readonly kind: 'outOfOrder'}
  /** This page and the next have changed places. */
  | {readonly kind: 'swappedPages'}
  /** A stray backslash, or a raw control character, in the first entry's `details`. */
  | {readonly kind: 'invalidEscape'} | {readonly kind: 'rawControlCharacter'};

export type Fault = ConnectFault | ReplyFault | DeliveryFault | PageFault;

/** Which requests go wrong, and how. The first rule that matches a request decides. */
export interface FaultRule {
  readonly match: {
    readonly host?: string;
    /** Part of path and query, case-insensitive. */
    readonly path?: string;
    readonly method?: string;
    /** Only the n-th of the matching requests, counted from 1. */
    readonly nth?: number;
    /** Every n-th of them; 1 (and none of the three) means all. */
    readonly every?: number;
    /** All from the n-th on. */
    readonly from?: number;
  };
  readonly fault: Fault;
  /** At most so often. */
  readonly times?: number;
}

const CONNECT_KINDS: ReadonlySet<string> = new Set<ConnectFault['kind']>(['proxyAuthentication', 'connectRefused', 'connectReset', 'connectHang', 'tlsHang']);

/** Whether a fault strikes at the proxy rather than in an answer. */
export function isConnectFault(fault: Fault): fault is ConnectFault {
  return CONNECT_KINDS.has(fault.kind);
}
