import { createHash, randomBytes } from 'node:crypto';
import { Authority } from './certificates';
import { ConnectProxy } from './connectProxy';
import { openTestHttp, type TestHttp, type TestHttpOptions } from './testHttp';
import { json, TlsServer, type Answer, type SeenRequest } from './tlsServer';

export const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
export const CLIENT = '1b4e28ba-2fa1-41d2-883f-0016d3cca427';
export const CONNECTION = '0d2c1f5e-8d0b-4c63-9d4d-6a2f7f5c9e22';
export const PROJECT = '5b5f2a6e-0b1c-4e53-8df0-1c2a3b4c5d6e';
export const JOB_TOKEN = 'job.token-that_nobody.may-see';
export const ISSUER = `https://login.microsoftonline.com/${TENANT}/v2.0`;
export const SUBJECT = '/eid1/c/pub/t/abc/a/def/sc/org-id/connection-id';
export const OIDC_URI = `https://dev.azure.com/fabrikam/${PROJECT}/_apis/distributedtask/hubs/build/plans/plan-id/jobs/job-id/oidctoken`;

const HOSTS = ['dev.azure.com', 'login.microsoftonline.com'];

/** Something that looks like a JSON Web Token; nobody here checks its signature. */
export function webToken(claims: Record<string, unknown>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ ...claims, jti: randomBytes(6).toString('hex') })}.${createHash('sha256').update('x').digest('base64url')}`;
}

/**
 * Azure Pipelines and Entra on loopback, reached by their real names through a proxy, as simple as the tests of single
 * rooms need them. Every answer can be replaced.
 */
export class FakeCloud {
  static async start(): Promise<FakeCloud> {
    const authority = await Authority.make('Corporate');
    const server = await TlsServer.start(await authority.issue(HOSTS), () => {});
    const proxy = await ConnectProxy.start({ portOf: (host) => (HOSTS.includes(host) ? server.port : undefined) });
    return new FakeCloud(authority, server, proxy);
  }

  /** Tokens that were handed out, oldest first. */
  readonly assertions: string[] = [];
  readonly accessTokens: string[] = [];
  /** Called when a request has arrived, before it is answered. */
  onRequest: (request: SeenRequest) => void = () => {};
  readonly authority: Authority;
  readonly #server: TlsServer;
  readonly #proxy: ConnectProxy;
  readonly #replaced = new Map<string, Answer>();
  /** Lifetime of access tokens, s. */
  lifetimeSeconds = 3600;

  private constructor(authority: Authority, server: TlsServer, proxy: ConnectProxy) {
    this.authority = authority;
    this.#server = server;
    this.#proxy = proxy;
    server.answer = (response, request, number) => {
      this.onRequest(request);
      (this.#replaced.get(nameOf(request)) ?? this.#usual(request))(response, request, number);
    };
  }

  get requests(): readonly SeenRequest[] {
    return this.#server.requests;
  }

  count(name: 'oidc' | 'token' | 'project'): number {
    return this.requests.filter((request) => nameOf(request) === name).length;
  }

  replace(name: 'oidc' | 'token' | 'project' | 'other', answer: Answer): void {
    this.#replaced.set(name, answer);
  }

  open(options: TestHttpOptions = {}): TestHttp {
    return openTestHttp({ caFile: this.authority.file, proxy: { url: this.#proxy.url, bypass: [] }, ...options });
  }

  /** Back to the usual answers, nothing remembered. */
  reset(): void {
    this.#replaced.clear();
    this.#server.requests.length = 0;
    this.assertions.length = 0;
    this.accessTokens.length = 0;
    this.onRequest = () => {};
    this.lifetimeSeconds = 3600;
  }

  async close(): Promise<void> {
    await this.#proxy.close();
    await this.#server.close();
    this.authority.remove();
  }

  #usual(request: SeenRequest): Answer {
    if (nameOf(request) === 'oidc') {
      const assertion = webToken({ iss: ISSUER, sub: SUBJECT, aud: 'api://AzureADTokenExchange' });
      this.assertions.push(assertion);
      return json({ oidcToken: assertion });
    }
    if (nameOf(request) === 'token') {
      const token = webToken({ aud: '499b84ac-1321-427f-aa17-267ca6975798', tid: TENANT });
      this.accessTokens.push(token);
      return json({ token_type: 'Bearer', expires_in: this.lifetimeSeconds, access_token: token });
    }
    return nameOf(request) === 'project' ? json({ id: PROJECT, visibility: 'private' }) : json({}, 404);
  }
}

function nameOf({ host, path }: SeenRequest): string {
  if (host === 'login.microsoftonline.com' && path.startsWith(`/${TENANT}/oauth2/v2.0/token`)) return 'token';
  if (path.includes('/oidctoken')) return 'oidc';
  return path.includes('/_apis/projects/') ? 'project' : 'other';
}
