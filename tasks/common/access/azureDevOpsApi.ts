import { azureDevOpsCredential } from '../http/credential';
import type { Http, HttpResponse } from '../http/http';
import { serviceCodeOf } from '../http/serviceCode';

/** An answer of Azure DevOps, reduced to what a check can use. */
export interface ApiAnswer {
  readonly status: number;
  /** Undefined when the answer is no JSON, such as a sign-in page. */
  readonly json: unknown;
  /** The service's own code, such as TF401444; undefined without one. */
  readonly serviceCode: string | undefined;
  readonly activityId: string | undefined;
}

export interface ApiParts {
  readonly http: Http;
  readonly organization: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

export type ApiHost = 'dev.azure.com' | 'vssps.dev.azure.com' | 'auditservice.dev.azure.com';

/** Reads from Azure DevOps with the caller's own token. */
export class AzureDevOpsApi {
  readonly #parts: ApiParts;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  /**
   * @param path below the organization, such as `_apis/connectionData`
   * @throws TaskError only for what {@link Http.send} throws: no answer of the service is an error here
   */
  async get(host: ApiHost, path: string, query: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    const suppressed = await this.#send(host, path, query, { 'x-tfs-fedauthredirect': 'Suppress' });
    // Under Conditional Access a good token can be refused on suppressed requests alone (microsoft/azure-devops-mcp#977).
    return suppressed.status === 401 ? this.#send(host, path, query, {}) : suppressed;
  }

  async #send(host: ApiHost, path: string, query: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>): Promise<ApiAnswer> {
    const { http, organization, token, signal } = this.#parts;
    const url = new URL(`https://${host}/${encodeURIComponent(organization)}/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const response = await http.send({ method: 'GET', url, headers, credential: azureDevOpsCredential(token), maximumBytes: 4 * 1024 * 1024, returnsExhausted: true, signal });
    return { status: response.status, json: jsonOf(response), serviceCode: serviceCodeOf(response.body), activityId: response.activityId };
  }
}

function jsonOf(response: HttpResponse): unknown {
  try {
    return JSON.parse(response.body.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}
