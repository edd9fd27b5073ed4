import {readFileSync} from 'node:fs';
import {ProxyAgent, request} from 'undici';
import type {JobContext, SandboxNetwork, ServiceConnection} from '../../sandbox/jobContext';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** A page of the audit log. */
export interface Page {
  readonly decoratedAuditLogEntries: {id: string; timestamp: string; details: string}[];
  readonly continuationToken?: string | null;
  readonly hasMore: boolean;
}

/** A naive caller of the stand-in: it goes through the proxy, trusts the corporate root, and knows no retries. */
export class SandboxClient implements AsyncDisposable {
  private readonly dispatcher: ProxyAgent;

  constructor(sandbox: {readonly network: SandboxNetwork}, credentials?: string) {
    this.dispatcher = new ProxyAgent({
      uri: sandbox.network.proxyUrl, requestTls: {ca: readFileSync(sandbox.network.caFile)}, headersTimeout: 1_000, bodyTimeout: 1_000, connectTimeout: 1_000,
      ...(credentials === undefined ? {} : {token: `Basic ${Buffer.from(credentials).toString('base64')}`}),
    });
  }

  async send(method: 'GET' | 'POST' | 'DELETE', url: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
    // A copy, because undici's ProxyAgent writes the host into the headers it is given.
    const response = await request(url, {method, headers: {...headers}, dispatcher: this.dispatcher, signal: AbortSignal.timeout(3_000), ...(body === undefined ? {} : {body})});
    return {status: response.statusCode, headers: response.headers, text: await response.body.text()};
  }

  /** Asks Azure Pipelines for an assertion. */
  async assertion(job: JobContext, connection: ServiceConnection): Promise<string> {
    const url = `${job.variables['System.OidcRequestUri'] ?? ''}?api-version=7.1&serviceConnectionId=${connection.id}`;
    const answer = await this.send('POST', url, {authorization: `Bearer ${job.jobToken}`});
    return (JSON.parse(answer.text) as {oidcToken: string}).oidcToken;
  }

  /** Exchanges an assertion. */
  exchange(connection: ServiceConnection, assertion: string, changes: Record<string, string> = {}): Promise<Answer> {
    const form = new URLSearchParams({
      client_id: connection.parameters['serviceprincipalid'] ?? '', scope: '499b84ac-1321-427f-aa17-267ca6975798/.default', grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: assertion, ...changes,
    });
    const url = `https://login.microsoftonline.com/${connection.parameters['tenantid'] ?? ''}/oauth2/v2.0/token`;
    return this.send('POST', url, {'content-type': 'application/x-www-form-urlencoded'}, form.toString());
  }

  /** Signs in through a service connection. */
  async token(job: JobContext, name = 'audit-log'): Promise<string> {
    const connection = connectionNamed(job, name);
    const answer = await this.exchange(connection, await this.assertion(job, connection));
    return (JSON.parse(answer.text) as {access_token: string}).access_token;
  }

  /** One page of the audit log. */
  page(token: string, parameters: Record<string, string>): Promise<Answer> {
    const query = new URLSearchParams({'api-version': '7.1-preview.1', skipAggregation: 'true', ...parameters});
    return this.send('GET', `https://auditservice.dev.azure.com/fabrikam/_apis/audit/auditlog?${query.toString()}`, {authorization: `Bearer ${token}`});
  }

  /** The same as bytes. */
  async bytes(token: string, parameters: Record<string, string>): Promise<{status: number; bytes: Buffer}> {
    const query = new URLSearchParams({'api-version': '7.1-preview.1', skipAggregation: 'true', ...parameters});
    const url = `https://auditservice.dev.azure.com/fabrikam/_apis/audit/auditlog?${query.toString()}`;
    const response = await request(url, {headers: {authorization: `Bearer ${token}`}, dispatcher: this.dispatcher});
    return {status: response.statusCode, bytes: Buffer.from(await response.body.arrayBuffer())};
  }

  /** Whatever is there, as bytes. */
  async download(url: string, token: string): Promise<{status: number; headers: Answer['headers']; bytes: Buffer}> {
    const response = await request(url, {headers: {authorization: `Bearer ${token}`}, dispatcher: this.dispatcher});
    return {status: response.statusCode, headers: response.headers, bytes: Buffer.from(await response.body.arrayBuffer())};
  }

  /** Follows the continuation tokens to the end, believing everything. */
  async walk(token: string, window: {start: number; end: number}, batchSize = 200): Promise<Page['decoratedAuditLogEntries']> {
    const bounds = {startTime: new Date(window.start).toISOString(), endTime: new Date(window.end).toISOString(), batchSize: String(batchSize)};
    const entries: Page['decoratedAuditLogEntries'] = [];
    let position: Record<string, string> = {};
    for (;;) {
      const page = JSON.parse((await this.page(token, {...bounds, ...position})).text) as Page;
      entries.push(...page.decoratedAuditLogEntries);
      if (!page.hasMore) return entries;
      position = {continuationToken: page.continuationToken ?? ''};
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispatcher.destroy();
  }
}

/** A service connection of the job. */
export function connectionNamed(job: JobContext, name: string): ServiceConnection {
  const found = job.serviceConnections.find((connection) => connection.name === name);
  if (found === undefined) throw new Error(`No service connection is called ${name}.`);
  return found;
}
