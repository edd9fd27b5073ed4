import type { JobContext } from '../jobContext';

/** Authorization parameters that the agent does not take for secrets; all others it masks (MaskingUtil.cs of azure-pipelines-agent). */
const PUBLIC_PARAMETERS = new Set(
  [
    'Role', 'Scope', 'TenantId', 'IssuedAt', 'ExpiresAt', 'Audience', 'AuthenticationType', 'AuthorizationType', 'AccessTokenType',
    'AccessTokenFetchingMethod', 'UseWindowsSecurity', 'Unsecured', 'OAuthAccessTokenIsSupplied', 'CompleteCallbackPayload', 'AcceptUntrustedCertificates',
  ].map((name) => name.toLowerCase()),
);

/** Credentials in a URL are masked whether or not they were ever named. */
const URL_CREDENTIALS = /(?<=\/\/[^:/?#\n]+:)[^@/?#\n]+(?=@)/g;

/** The agent's secret masker: a secret is hidden from the moment it is known, lines written before stay as they are. */
export class Masks {
  readonly #secrets = new Set<string>();
  readonly #forms = new Set<string>();

  /** Registers a secret with the encodings that the agent hides too: JSON string, URI data, doubled backslashes. */
  add(secret: string): void {
    if (secret === '') return;
    this.#secrets.add(secret);
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), uriData(secret), secret.replaceAll('\\', '\\\\')]) this.#forms.add(form);
  }

  /** Registers a secret of the job itself, which the agent hides trimmed, escaped for commands and in base64 as well (Worker.cs). */
  addVariable(secret: string): void {
    if (secret.trim() === '') return;
    const base64 = Buffer.from(secret, 'utf8').toString('base64');
    for (const form of [secret, secret.trim(), secret.replaceAll('%', '%AZP25').replaceAll('\r', '%0D').replaceAll('\n', '%0A'), base64]) this.add(form);
  }

  /** Registers what the job brings along: its token and the secret parameters of every service connection. */
  addJob(job: JobContext): void {
    this.add(job.jobToken);
    for (const connection of job.serviceConnections) {
      for (const [name, value] of Object.entries(connection.parameters)) if (!PUBLIC_PARAMETERS.has(name.toLowerCase())) this.add(value);
    }
  }

  get secrets(): string[] {
    return [...this.#secrets];
  }

  apply(text: string): string {
    const spans: [start: number, end: number][] = [];
    for (const form of this.#forms) {
      for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + 1)) spans.push([start, start + form.length]);
    }
    for (const match of text.matchAll(URL_CREDENTIALS)) spans.push([match.index, match.index + match[0].length]);
    return replaceSpans(text, spans);
  }
}

function replaceSpans(text: string, spans: [start: number, end: number][]): string {
  let masked = '';
  let done = 0;
  for (const [start, end] of spans.sort((one, other) => one[0] - other[0])) {
    if (start >= done) masked += `${text.slice(done, start)}***`;
    done = Math.max(done, end);
  }
  return masked + text.slice(done);
}

function uriData(secret: string): string {
  // Unpaired surrogates cannot be encoded; the plain form is hidden anyway.
  return /\p{Surrogate}/u.test(secret) ? secret : encodeURIComponent(secret);
}
