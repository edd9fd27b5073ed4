import type {Fault} from '../faults/fault';

/** A request as it reached one of the services. */
export interface ServiceRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Clock of the stand-in, ms since 1970. */
  readonly now: number;
  /** The fault that was switched on for this request, if any. */
  readonly fault: Fault | undefined;
  /** Memory of that fault from one request to the next. */
  readonly faultMemory: Map<string, unknown>;
}

/** What a service answers. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Sent in chunks, its length not being told. */
  readonly chunked?: boolean;
  /** Called when nothing more of it will be sent. */
  readonly onSent?: () => void;
}

/** A request as tests see it afterwards. Nothing is hidden: tests look for secrets that went to the wrong host. */
export interface RecordedRequest {
  readonly method: string;
  /** With the real host name; for CONNECT `host:port`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Status of the answer; 0 while there is none, or when there never was one. */
  status: number;
  /** Clock of the stand-in, ms since 1970. */
  readonly at: number;
}

/** A JSON answer. */
export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {status, headers: {'content-type': 'application/json; charset=utf-8', ...headers}, body: Buffer.from(JSON.stringify(value))};
}

/** An answer of plain or marked-up text. */
export function textReply(status: number, contentType: string, text: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return {status, headers: {'content-type': contentType, ...headers}, body: Buffer.from(text)};
}
