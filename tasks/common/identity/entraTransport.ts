import { createHttpHeaders, type HttpClient, type PipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import { assertionCredential } from '../http/credential';
import type { Http } from '../http/http';

/** What the one way out sets itself. */
const OUR_OWN_HEADERS = new Set(['accept-encoding', 'content-length', 'user-agent']);

/**
 * Lets @azure/identity send through our one way out: its own transport ignores a custom certificate authority
 * behind a proxy, and has no time-out.
 */
export class EntraTransport implements HttpClient {
  /** Why the last request got no answer; the library would replace it by a text of its own. */
  failure: unknown;
  /** Status of the last answer. */
  status: number | undefined;
  readonly #http: Http;
  readonly #signal: AbortSignal;

  constructor(http: Http, signal: AbortSignal) {
    this.#http = http;
    this.#signal = signal;
  }

  async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    try {
      return await this.#send(request);
    } catch (thrown) {
      this.failure = thrown;
      throw thrown;
    }
  }

  async #send(request: PipelineRequest): Promise<PipelineResponse> {
    const headers = Object.fromEntries(Object.entries(request.headers.toJSON()).filter(([name]) => !OUR_OWN_HEADERS.has(name.toLowerCase())));
    const response = await this.#http.send({
      method: request.method === 'POST' ? 'POST' : 'GET',
      url: new URL(request.url),
      headers,
      ...(request.body !== undefined && request.body !== null && { body: asText(request.body) }),
      credential: assertionCredential(),
      maximumBytes: 1024 * 1024,
      signal: this.#signal,
    });
    this.status = response.status;
    return {
      request,
      status: response.status,
      headers: createHttpHeaders({ 'content-type': response.header('content-type') ?? 'application/json' }),
      // The library's JSON.parse refuses a byte order mark.
      bodyAsText: response.body.toString('utf8').replace(/^\ufeff/, ''),
    };
  }
}

function asText(body: NonNullable<PipelineRequest['body']>): string {
  if (typeof body === 'string') return body;
  throw new TypeError('A sign-in request is form-encoded text.');
}
