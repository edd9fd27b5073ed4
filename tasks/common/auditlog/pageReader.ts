import { TaskError } from '../errors/taskError';
import { azureDevOpsCredential } from '../http/credential';
import type { Http, HttpResponse } from '../http/http';
import type { AccessTokens } from '../identity/accessToken';
import { parsePage, type AuditLogPage } from './page';
import { PageMemory } from './pageMemory';
import { API_VERSIONS, BATCH_SIZES, pageUrl, type AuditLogQuery, type QueryTerms } from './query';
import { isOfOtherTenant, refusal, type Caller } from './refusal';

export interface PageReaderParts {
  readonly http: Pick<Http, 'send'>;
  readonly tokens: AccessTokens;
  readonly caller: Caller;
  /** Entries a page at most, where fewer than usual will do. */
  readonly batchSize?: number;
  /** A line for the log when the service makes the reader ask in another way. */
  readonly onNotice: (text: string) => void;
  /** Told of each page; default: this process's. */
  readonly memory?: Pick<PageMemory, 'pageRead'>;
}

/** Reads single pages of the audit log; signs in, and finds out in which terms the service answers. */
export class PageReader {
  readonly #parts: PageReaderParts;
  readonly #memory: Pick<PageMemory, 'pageRead'>;
  #terms: QueryTerms;
  #hasSucceeded = false;
  /** The most entries of a page that was not the last: more the service did not grant. */
  #granted: number | undefined;

  constructor(parts: PageReaderParts) {
    this.#parts = parts;
    this.#memory = parts.memory ?? new PageMemory();
    this.#terms = { apiVersion: API_VERSIONS[0], batchSize: parts.batchSize ?? BATCH_SIZES[0] };
  }

  /** The terms in which the service has answered: as many entries a page as it granted, where it was asked for more pages than one. */
  get terms(): QueryTerms {
    return { ...this.#terms, batchSize: this.#granted ?? this.#terms.batchSize };
  }

  /**
   * @throws TaskError for every answer that is not a page: AUDIT_ACCESS_DENIED, AUDIT_SIGN_IN_REFUSED, AUDIT_NOT_FOUND,
   *   AUDIT_REQUEST_REFUSED, AUDIT_ANSWER_UNREADABLE, SERVICE_FAILING, and what signing in and {@link Http.send} throw
   */
  async read(query: AuditLogQuery, continuationToken: string | undefined, signal: AbortSignal): Promise<AuditLogPage> {
    let hasRenewed = false;
    for (;;) {
      const token = await this.#parts.tokens.get(signal);
      const response = await this.#parts.http.send({
        method: 'GET',
        url: pageUrl(query, this.#terms, continuationToken),
        credential: azureDevOpsCredential(token),
        returnsExhausted: !this.#hasSucceeded && isOfOtherTenant(this.#parts.caller),
        isWhole: (body) => body.length > 0 && (!looksLikeJson(body) || endsLikeJson(body)),
        signal,
      });
      if (isPage(response)) {
        const page = pageOf(response);
        this.#memory.pageRead();
        this.#hasSucceeded = true;
        if (page.hasMore && page.entries.length > 0) this.#granted = Math.max(this.#granted ?? 0, page.entries.length);
        return page;
      }
      if (SIGN_IN_STATUSES.has(response.status) && this.#hasSucceeded && !hasRenewed) {
        hasRenewed = true;
        this.#parts.tokens.forget(token);
      } else if (!this.#changesTerms(response)) throw this.#refusalOf(response);
    }
  }

  /** Whether the refusal can be met by asking in other terms: another api-version, smaller pages. */
  #changesTerms(response: HttpResponse): boolean {
    if (response.status !== 400 || this.#hasSucceeded) return false;
    const isAboutVersion = /api[- ]?version|VssVersion|InvalidPreviewVersion/i.test(response.body.toString('utf8', 0, 16_384));
    if (isAboutVersion && this.#terms.apiVersion === API_VERSIONS[0]) {
      this.#terms = { ...this.#terms, apiVersion: API_VERSIONS[1] };
      this.#parts.onNotice(`The Audit service refuses api-version ${API_VERSIONS[0]}; asking with ${API_VERSIONS[1]}.`);
      return true;
    }
    if (!isAboutVersion && this.#terms.batchSize === BATCH_SIZES[0]) {
      this.#terms = { ...this.#terms, batchSize: BATCH_SIZES[1] };
      this.#parts.onNotice(`The Audit service refuses pages of ${BATCH_SIZES[0]} entries; asking for ${BATCH_SIZES[1]}.`);
      return true;
    }
    return false;
  }

  #refusalOf(response: HttpResponse): TaskError {
    if (response.status === 200 && (response.body.length === 0 || looksLikeJson(response.body))) {
      return new TaskError('AUDIT_ANSWER_UNREADABLE', 'An answer of the Audit service broke off, however often it was asked for; nothing is published.', {
        activityId: response.activityId,
        advice: ['Run the pipeline again. If it happens again, look for a proxy that cuts long answers.'],
      });
    }
    return refusal(response, this.#parts.caller);
  }
}

/** How Azure DevOps answers a token that has ended: a refusal, its sign-in page, or the way there. */
const SIGN_IN_STATUSES: ReadonlySet<number> = new Set([401, 203, 302]);

/** A sign-in page comes with 203, or even with 200; only whole JSON is data. */
function isPage(response: HttpResponse): boolean {
  return response.status === 200 && looksLikeJson(response.body) && endsLikeJson(response.body);
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const WHITE_SPACE: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n', 'ascii'));
const OPENING: ReadonlySet<number> = new Set(Buffer.from('{[', 'ascii'));
const CLOSING: ReadonlySet<number> = new Set(Buffer.from('}]', 'ascii'));

function looksLikeJson(body: Buffer): boolean {
  const text = body.subarray(0, 3).equals(BYTE_ORDER_MARK) ? body.subarray(3) : body;
  return OPENING.has(text.find((byte) => !WHITE_SPACE.has(byte)) ?? 0);
}

function endsLikeJson(body: Buffer): boolean {
  return CLOSING.has(body.findLast((byte) => !WHITE_SPACE.has(byte)) ?? 0);
}

/** The page in an answer; page and failure carry the answer's activity id. */
function pageOf({ body, activityId }: HttpResponse): AuditLogPage {
  try {
    return { ...parsePage(body), activityId };
  } catch (thrown) {
    if (!(thrown instanceof TaskError)) throw thrown;
    throw new TaskError(thrown.code, thrown.message, { advice: thrown.advice, cause: thrown.cause, activityId });
  }
}
