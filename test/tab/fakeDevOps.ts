import type { ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { Authority } from '../support/certificates';
import { repository } from '../support/taskManifest';
import { TlsServer, type SeenRequest } from '../support/tlsServer';
import type { HostScenario } from './scenario';

export const DEV_AZURE = 'https://dev.azure.com';
export const OLD_ADDRESS = 'https://fabrikam.visualstudio.com';
/** Where the marketplace's static content comes from: an origin of its own for each publisher. */
export const CONTENT_ORIGIN = 'https://audit-log-export.gallerycdn.vsassets.io';
const CONTENT_PATH = '/extensions/audit-log-export/azure-devops-audit-log-export/1.0.0/assetbyname/';
export const TAB_URL = `${CONTENT_ORIGIN}${CONTENT_PATH}tab/tab.html`;

export const PROJECT = { id: '0f0a7c3e-6a51-4d0a-8a5f-5f1f9a3f7b10', name: 'Fabrikam Audit' };
export const TOKEN = 'eyJhbGciOiJub25lIn0.token-of-the-signed-in-user';

/** An attachment as the service keeps it. */
export interface StoredAttachment {
  readonly type: string;
  readonly name: string;
  readonly timelineId: string;
  readonly recordId: string;
  readonly content: string | Buffer;
  /** Stands in the list's addresses. */
  readonly address: string;
}

export interface StoredRun {
  readonly id: number;
  status: 'inProgress' | 'completed';
  finishTime?: string;
  attachments: StoredAttachment[];
}

export type RestAnswer = (response: ServerResponse, request: SeenRequest) => unknown;

/** One loopback server for all the hosts that a run page talks to: the page, the extension's static files, and the Build API with its CORS rules. */
export class FakeDevOps {
  static async start(tabFolder = path.join(repository, 'dist', 'unzipped', 'tab')): Promise<FakeDevOps> {
    const authority = await Authority.make('Fake DevOps');
    const identity = await authority.issue(['dev.azure.com', '*.visualstudio.com', '*.gallerycdn.vsassets.io']);
    authority.remove();
    const hostScript = await build({ entryPoints: [path.join(repository, 'test/tab/hostPage.ts')], bundle: true, write: false, format: 'iife', logLevel: 'silent' });
    const devOps = new FakeDevOps(tabFolder, hostScript.outputFiles[0]?.text ?? '');
    devOps.#server = await TlsServer.start(identity, (response, request) => devOps.#answer(response, request));
    return devOps;
  }

  scenario: HostScenario | undefined;
  runs: StoredRun[] = [];
  /** Takes the place of the Build API's own answer where it returns one. */
  override: (request: SeenRequest, what: 'run' | 'list' | 'content') => RestAnswer | undefined = () => undefined;
  /** Requests that nothing answers; a test has failed when there is one. */
  unexpected: string[] = [];
  /** Requests to the Build API, without the preflights. */
  rest: SeenRequest[] = [];
  readonly #tabFolder: string;
  readonly #hostScript: string;
  #server: TlsServer | undefined;

  private constructor(tabFolder: string, hostScript: string) {
    this.#tabFolder = tabFolder;
    this.#hostScript = hostScript;
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  reset(): void {
    this.runs = [];
    this.unexpected = [];
    this.rest = [];
    this.override = () => undefined;
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  #answer(response: ServerResponse, request: SeenRequest): void {
    const { pathname } = new URL(request.path, `https://${request.host}`);
    if (pathname.includes('/_apis/')) this.#answerRest(response, request, pathname);
    else if (request.host === new URL(CONTENT_ORIGIN).host && pathname.startsWith(`${CONTENT_PATH}tab/`)) this.#answerFile(response, path.posix.basename(pathname));
    else if (pathname.endsWith('/_build/results')) this.#answerPage(response);
    else if (pathname === '/host.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(this.#hostScript);
    else this.#refuse(response, request);
  }

  #refuse(response: ServerResponse, request: SeenRequest): void {
    this.unexpected.push(`${request.method} ${request.host}${request.path}`);
    response.writeHead(404).end();
  }

  #answerPage(response: ServerResponse): void {
    const scenario = JSON.stringify(this.scenario).replaceAll('<', '\\u003c');
    const style = 'body { margin: 0 } iframe { border: 0; width: 100vw; height: 100vh; display: block }';
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'set-cookie': 'UserAuthentication=secret; Secure; SameSite=None; Path=/' })
      .end(`<!doctype html><html lang="en"><head><title>Run</title><link rel="icon" href="data:,"><style>${style}</style></head><body><script type="application/json" id="scenario">${scenario}</script><script src="/host.js"></script></body></html>`);
  }

  #answerFile(response: ServerResponse, name: string): void {
    const type = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }[path.extname(name)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(readFileSync(path.join(this.#tabFolder, name)));
  }

  #answerRest(response: ServerResponse, request: SeenRequest, pathname: string): void {
    const { origin } = request.headers;
    // Browsers send `null` for a sandboxed frame.
    if (origin !== CONTENT_ORIGIN && origin !== 'null') { this.#refuse(response, request); return; }
    response.setHeader('access-control-allow-origin', origin).setHeader('vary', 'Origin');
    if (request.method === 'OPTIONS') {
      const asked = request.headers['access-control-request-headers'] ?? '';
      if (asked !== 'authorization') { this.#refuse(response, request); return; }
      response.writeHead(204, { 'access-control-allow-headers': 'authorization', 'access-control-allow-methods': 'OPTIONS,GET', 'access-control-max-age': '3600' }).end();
      return;
    }
    this.rest.push(request);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) { reply(response, 401, {}); return; }
    this.#answerBuild(response, request, decodeURIComponent(pathname));
  }

  #answerBuild(response: ServerResponse, request: SeenRequest, pathname: string): void {
    const place = /^(?:\/fabrikam)?\/([^/]+)\/_apis\/build\/builds\/(\d+)(\/.*)?$/i.exec(pathname);
    const version = new URL(request.path, DEV_AZURE).searchParams.get('api-version');
    const run = this.runs.find(({ id }) => String(id) === place?.[2]);
    const [listed, content] = [/^\/attachments\/([^/]+)$/.exec(place?.[3] ?? ''), /^\/([^/]+)\/([^/]+)\/attachments\/([^/]+)\/(.+)$/.exec(place?.[3] ?? '')];
    if (place?.[1] !== PROJECT.id || version !== '7.1') { this.#refuse(response, request); return; }
    const what = content ? 'content' : listed ? 'list' : 'run';
    const override = this.override(request, what);
    if (override) return void override(response, request);
    if (!run) { reply(response, 404, { message: 'TF1: The run is not there.' }); return; }
    if (listed) { reply(response, 200, listOf(run, listed[1] ?? '')); return; }
    if (!content) { reply(response, 200, { id: run.id, status: run.status, ...run.finishTime && { finishTime: run.finishTime } }); return; }
    const [, timelineId, recordId, type, name] = content;
    const found = run.attachments.find((stored) => stored.timelineId === timelineId && stored.recordId === recordId && stored.type === type && stored.name === name);
    if (!found) { reply(response, 404, { message: 'TF2: The attachment is not there.' }); return; }
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(found.content);
  }
}

/** `Attachments - List`: addresses under the organization's address, by id of the project. */
function listOf(run: StoredRun, type: string): object {
  const value = run.attachments.filter((stored) => stored.type === type).map(({ name, timelineId, recordId, address }) => ({
    _links: { self: { href: `${address}/${PROJECT.id}/_apis/build/builds/${run.id}/${timelineId}/${recordId}/attachments/${encodeURIComponent(type)}/${encodeURIComponent(name)}` } }, name,
  }));
  return { count: value.length, value };
}

export function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
}
