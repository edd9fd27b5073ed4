import { REPORT_ATTACHMENT } from '../tasks/common/report/reportData';
import { Problem } from './problem';
import type { RunReference } from './runContext';

/** A report attached to a run. Timeline and record are known from the list's addresses only. */
export interface Attachment {
  readonly name: string;
  readonly timelineId: string;
  readonly recordId: string;
}

/** A run as far as it decides which words stand where nothing is attached. */
export interface RunStatus {
  readonly isFinished: boolean;
  /** ms since 1970; undefined while it runs, or when the service did not say. */
  readonly finishedMs: number | undefined;
}

/** Bytes of an answer that are read at most. The task attaches at most a quarter of it. */
export const LARGEST_ATTACHMENT = 16 * 1024 * 1024;
const LARGEST_LIST = 4 * 1024 * 1024;
/** How long a request and its answer may take, in ms. */
export const REQUEST_TIME_OUT = 60_000;
/** Attachments of a run that are offered at most. */
const MOST_ATTACHMENTS = 1_000;

/** What stands behind `Attachments - List` and `Attachments - Get` (REST "Build", learn.microsoft.com/rest/api/azure/devops/build/attachments). */
const CONTENT_PATH = /\/_apis\/build\/builds\/(\d+)\/([0-9a-f-]{36})\/([0-9a-f-]{36})\/attachments\/([^/?#]+)\/([^/?#]+)(?:[?#]|$)/i;

/**
 * The few questions that the tab asks the Build API. Requests go to the organization's own address and nowhere else: of the addresses
 * in its answers only the ids are used, so that no answer decides where the token goes.
 */
export class BuildApi {
  readonly #collection: URL;
  readonly #token: () => Promise<string>;

  /**
   * @param collection address of the organization, see {@link collectionUrl}
   * @param token the access token of the signed-in user for this extension
   */
  constructor(collection: URL, token: () => Promise<string>) {
    this.#collection = collection;
    this.#token = token;
  }

  /** @throws Problem */
  async run(run: RunReference, signal: AbortSignal): Promise<RunStatus> {
    const answer = await this.#json(run, '', signal);
    if (!isObject(answer) || typeof answer['status'] !== 'string') throw new Problem('unexpectedAnswer');
    const finished = typeof answer['finishTime'] === 'string' ? Date.parse(answer['finishTime']) : Number.NaN;
    return { isFinished: answer['status'] === 'completed', finishedMs: Number.isNaN(finished) ? undefined : finished };
  }

  /** The reports attached to a run, in the service's order. @throws Problem */
  async list(run: RunReference, signal: AbortSignal): Promise<Attachment[]> {
    const answer = await this.#json(run, `/attachments/${REPORT_ATTACHMENT}`, signal);
    const value = isObject(answer) ? answer['value'] : undefined;
    if (!Array.isArray(value)) throw new Problem('unexpectedAnswer');
    return value.slice(0, MOST_ATTACHMENTS).flatMap((item) => readAttachment(item, run) ?? []);
  }

  /** The text of an attachment. @throws Problem `removed` when it is listed and yet not there */
  async content(run: RunReference, { name, timelineId, recordId }: Attachment, signal: AbortSignal): Promise<string> {
    const path = `/${timelineId}/${recordId}/attachments/${REPORT_ATTACHMENT}/${encodeURIComponent(name)}`;
    return this.#get(run, path, LARGEST_ATTACHMENT, signal, { 404: 'removed', 410: 'removed' });
  }

  async #json(run: RunReference, path: string, signal: AbortSignal): Promise<unknown> {
    const text = await this.#get(run, path, LARGEST_LIST, signal, {});
    try {
      return JSON.parse(text);
    } catch {
      throw new Problem('unexpectedAnswer');
    }
  }

  async #get(run: RunReference, path: string, limit: number, signal: AbortSignal, states: Readonly<Record<number, Problem['state']>>): Promise<string> {
    const url = new URL(`${encodeURIComponent(run.project)}/_apis/build/builds/${run.runId}${path}?api-version=7.1`, this.#collection);
    const limited = new AbortController();
    const abort = () => limited.abort();
    signal.addEventListener('abort', abort);
    const timer = window.setTimeout(abort, REQUEST_TIME_OUT);
    try {
      const token = await this.#token();
      limited.signal.throwIfAborted();
      const response = await fetch(url, {
        headers: { Authorization: `Bearer ${token}` }, credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer', cache: 'no-store', signal: limited.signal,
      });
      if (response.status !== 200) throw new Problem(states[response.status] ?? stateOfStatus(response.status));
      return await readText(response, limit);
    } catch (thrown) {
      if (thrown instanceof Problem) throw thrown;
      throw new Problem(limited.signal.aborted ? 'timedOut' : 'network');
    } finally {
      window.clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }
}

/**
 * The organization's address, if it is one: `https://dev.azure.com/NAME/` or `https://NAME.visualstudio.com/`.
 * @throws Problem when it is any other: the token goes to Azure DevOps only
 */
export function collectionUrl(text: unknown): URL {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  const isOwn = url?.protocol === 'https:' && url.port === '' && url.username === '' && (url.hostname === 'dev.azure.com' || /^[a-z0-9-]+\.visualstudio\.com$/.test(url.hostname));
  if (!url || !isOwn) throw new Problem('unexpectedAnswer');
  return new URL(url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`, url.origin);
}

function readAttachment(item: unknown, run: RunReference): Attachment | undefined {
  const links = isObject(item) ? item['_links'] : undefined;
  const self = isObject(links) ? links['self'] : undefined;
  const href = isObject(self) ? self['href'] : undefined;
  const name = isObject(item) ? item['name'] : undefined;
  if (typeof href !== 'string' || typeof name !== 'string' || name === '') return undefined;
  const [, id, timelineId, recordId, type = ''] = CONTENT_PATH.exec(href) ?? [];
  if (timelineId === undefined || recordId === undefined || id !== String(run.runId) || type.toLowerCase() !== REPORT_ATTACHMENT) return undefined;
  return { name, timelineId, recordId };
}

/** What a refusal means to the user. A 203 is the sign-in page in the place of an answer. */
function stateOfStatus(status: number): Problem['state'] {
  if (status === 203 || status === 401) return 'signInExpired';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'runNotFound';
  if (status === 429 || status >= 500) return 'unavailable';
  return 'unexpectedAnswer';
}

/** @throws Problem when the body is larger than the limit (bytes) or no UTF-8; what the connection throws */
async function readText(response: Response, limit: number): Promise<string> {
  if (Number(response.headers.get('content-length') ?? 0) > limit) throw new Problem('tooLarge');
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = response.body?.getReader();
  let text = '';
  let bytes = 0;
  for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
    bytes += piece.value.byteLength;
    if (bytes > limit) {
      void reader?.cancel();
      throw new Problem('tooLarge');
    }
    text += decode(decoder, piece.value);
  }
  return text + decode(decoder);
}

function decode(decoder: TextDecoder, piece?: Uint8Array): string {
  try {
    return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
  } catch {
    throw new Problem('unreadable');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
