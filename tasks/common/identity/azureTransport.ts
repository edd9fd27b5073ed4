import { createHttpHeaders, type HttpClient, type PipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import { setLogLevel } from '@azure/logger';
import type { Credential } from '../http/credential';
import type { Http, HttpResponse } from '../http/http';

/** What the one way out sets itself; a token goes along only as a credential, which is bound to its hosts. */
const OUR_OWN_HEADERS = new Set(['accept-encoding', 'authorization', 'content-length', 'user-agent']);
/** What the libraries read of an answer's headers. */
const PASSED_ON = ['content-type', 'www-authenticate'];

/**
 * Lets Azure's libraries send through our one way out: their own transport ignores a custom certificate authority
 * behind a proxy, and has no time-out.
 */
export class AzureTransport implements HttpClient {
  /** Why the last request got no answer; the library would replace it by a text of its own. */
  failure: unknown;
  /** Status of the last answer. */
  status: number | undefined;
  /** What the service calls the last request. */
  activityId: string | undefined;
  readonly #http: Http;
  readonly #credentialOf: (token: string | undefined) => Credential;
  readonly #signal: AbortSignal;

  /** @param credentialOf binds a request to its hosts; gets the bearer token that the library gave the request, if any */
  constructor(http: Http, credentialOf: (token: string | undefined) => Credential, signal: AbortSignal) {
    // AZURE_LOG_LEVEL, TYPESPEC_RUNTIME_LOG_LEVEL or DEBUG would make the libraries print what strangers send: this silences all three.
    setLogLevel();
    this.#http = http;
    this.#credentialOf = credentialOf;
    this.#signal = signal;
  }

  async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    this.failure = undefined;
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
      credential: this.#credentialOf(/^Bearer (\S+)$/.exec(request.headers.get('authorization') ?? '')?.[1]),
      maximumBytes: 1024 * 1024,
      signal: this.#signal,
    });
    this.status = response.status;
    this.activityId = response.activityId;
    return {
      request,
      status: response.status,
      headers: createHttpHeaders({ 'content-type': 'application/json', ...passedOn(response) }),
      // The library's JSON.parse refuses a byte order mark.
      bodyAsText: response.body.toString('utf8').replace(/^\ufeff/, ''),
    };
  }
}

function passedOn(response: HttpResponse): Record<string, string> {
  return Object.fromEntries(PASSED_ON.flatMap((name) => {
    const value = response.header(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

function asText(body: NonNullable<PipelineRequest['body']>): string {
  if (typeof body === 'string') return body;
  throw new TypeError('The requests of these libraries are text.');
}
