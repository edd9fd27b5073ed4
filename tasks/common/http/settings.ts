/** How requests leave this machine, as plain values: this room knows no agent. */
export interface HttpSettings {
  /** Sent as `User-Agent`. */
  readonly userAgent: string;
  /** A proxy that wins over `HTTPS_PROXY`; `bypass` holds regular expressions that are tried on whole URLs, without case. */
  readonly proxy?: { readonly url: string; readonly username?: string | undefined; readonly password?: string | undefined; readonly bypass: readonly string[] };
  /** PEM file with certificate authorities that are trusted beside the public ones. */
  readonly caFile?: string;
  readonly clientCertificate?: { readonly certificateFile: string; readonly keyFile: string; readonly passphrase?: string | undefined };
  readonly timeouts: Timeouts;
}

/** All in ms. */
export interface Timeouts {
  /** Until TCP, proxy tunnel and TLS stand. */
  readonly connect: number;
  /** From the request sent to the answer's headers. The service may delay a throttled request by 30 s. */
  readonly headers: number;
  /** Between two pieces of the answer's body. */
  readonly body: number;
  /** The request as a whole, connect to last byte. */
  readonly whole: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { connect: 15_000, headers: 60_000, body: 30_000, whole: 180_000 };
