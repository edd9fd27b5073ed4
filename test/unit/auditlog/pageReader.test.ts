import assert from 'node:assert/strict';
import { PageReader } from '../../../tasks/common/auditlog/pageReader';
import type { AuditLogQuery } from '../../../tasks/common/auditlog/query';
import type { HttpRequest, HttpResponse } from '../../../tasks/common/http/http';
import { answerOf, fieldsOf, NOVEMBER_20_SECONDS, ticksAfter } from '../../support/auditEntries';
import { isTaskError, shownTo } from '../../support/taskErrors';
import { ACTIVITY_ID, response } from './answers';

const TENANT = '11111111-aaaa-4aaa-8aaa-111111111111';
const query: AuditLogQuery = { organization: 'fabrikam', window: { startSeconds: NOVEMBER_20_SECONDS, endSeconds: NOVEMBER_20_SECONDS + 60 }, skipAggregation: true };
const never = new AbortController().signal;
const PAGE = answerOf([fieldsOf(ticksAfter(1), 1)], { hasMore: true, continuationToken: 'next' });
const VERSION_REFUSED = '{"$id":"1","message":"The requested version \\"7.1\\" of the resource is under preview. The api-version must be supplied","typeKey":"VssVersionNotSpecifiedException"}';

/** A reader whose service answers with these, one after the other; a token is as good as its number. */
function readerOf(...answers: readonly HttpResponse[]) {
  return readerIn(TENANT, ...answers);
}

function readerIn(organizationTenantId: string | undefined, ...answers: readonly HttpResponse[]) {
  const requests: HttpRequest[] = [];
  const notices: string[] = [];
  const forgotten: string[] = [];
  let tokenNumber = 1;
  const memory = { pages: 0, pageRead: () => { memory.pages += 1; } };
  const reader = new PageReader({
    http: {
      send: (request) => {
        requests.push(request);
        const answer = answers[requests.length - 1];
        assert.ok(answer, `unexpected request ${request.url.href}`);
        return Promise.resolve(answer);
      },
    },
    tokens: {
      get: () => Promise.resolve(`token-${tokenNumber}`),
      forget: (token) => {
        forgotten.push(token);
        tokenNumber += 1;
      },
    },
    caller: { organization: 'fabrikam', clientId: 'client', tenantId: TENANT, organizationTenantId },
    onNotice: (text) => { notices.push(text); },
    memory,
  });
  return { reader, requests, notices, forgotten, memory };
}

const asked = ({ url }: HttpRequest): [string | null, string | null] => [url.searchParams.get('api-version'), url.searchParams.get('batchSize')];

describe('page reader', () => {
  it('asks with the token for Azure DevOps, and gives back the page', async () => {
    const { reader, requests, notices } = readerOf(response(200, PAGE), response(200, PAGE));
    const page = await reader.read(query, undefined, never);
    assert.deepEqual([page.entries.length, page.continuationToken, page.hasMore], [1, 'next', true]);
    await reader.read(query, 'next', never);
    assert.deepEqual(requests.map(({ url }) => url.searchParams.get('continuationToken')), [null, 'next']);
    assert.deepEqual(requests.map(({ method, credential }) => [method, credential?.authorization]), [['GET', 'Bearer token-1'], ['GET', 'Bearer token-1']]);
    assert.deepEqual(notices, []);
  });

  it('lets http wait for an exhausted rate limit, unless another tenant is the likelier reason for a first 429', async () => {
    const first = async (organizationTenantId: string | undefined): Promise<(boolean | undefined)[]> => {
      const { reader, requests } = readerIn(organizationTenantId, response(200, PAGE), response(200, PAGE));
      await reader.read(query, undefined, never);
      await reader.read(query, 'next', never);
      return requests.map(({ returnsExhausted }) => returnsExhausted);
    };
    assert.deepEqual(await first(TENANT), [false, false]);
    assert.deepEqual(await first(undefined), [false, false]);
    assert.deepEqual(await first('22222222-bbbb-4bbb-8bbb-222222222222'), [true, false]);
  });

  it('tells http what a whole answer is, so that one that broke off is asked for again', async () => {
    const { reader, requests } = readerOf(response(200, PAGE));
    await reader.read(query, undefined, never);
    const isWhole = requests[0]?.isWhole;
    assert.ok(isWhole);
    for (const [body, expected] of [[PAGE, true], [Buffer.from(`\ufeff\r\n${PAGE.toString()}\n `), true], [PAGE.subarray(0, -1), false], [PAGE.subarray(0, 40), false], [Buffer.from('<html>'), true], [Buffer.alloc(0), false]] as const) {
      assert.equal(isWhole(body), expected, body.toString());
    }
  });

  it('turns to the later api-version when the first is refused, says so once, and stays with it', async () => {
    const { reader, requests, notices } = readerOf(response(400, VERSION_REFUSED), response(200, PAGE), response(200, PAGE));
    await reader.read(query, undefined, never);
    await reader.read(query, 'next', never);
    assert.deepEqual(requests.map(asked), [['7.1-preview.1', '1000'], ['7.2-preview.1', '1000'], ['7.2-preview.1', '1000']]);
    assert.equal(reader.terms.apiVersion, '7.2-preview.1');
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? '', /7\.1-preview\.1.*7\.2-preview\.1/);
  });

  it('tells how many entries a page the service grants, once a page was not the last', async () => {
    const last = answerOf([fieldsOf(ticksAfter(3), 3)]);
    const two = answerOf([fieldsOf(ticksAfter(2), 2), fieldsOf(ticksAfter(1), 1)], { hasMore: true, continuationToken: 'next' });
    const { reader } = readerOf(response(200, last), response(200, answerOf([], { hasMore: true, continuationToken: 'a' })), response(200, two), response(200, PAGE));
    const granted: number[] = [reader.terms.batchSize];
    for (let page = 0; page < 4; page += 1) {
      await reader.read(query, undefined, never);
      granted.push(reader.terms.batchSize);
    }
    assert.deepEqual(granted, [1000, 1000, 1000, 2, 2]);
  });

  it('has memory looked after with every page, and with nothing else', async () => {
    const { reader, memory } = readerOf(response(400, VERSION_REFUSED), response(200, PAGE), response(200, PAGE));
    await reader.read(query, undefined, never);
    assert.equal(memory.pages, 1);
    await reader.read(query, 'next', never);
    assert.equal(memory.pages, 2);
  });

  it('asks for fewer entries a page where the query wants fewer', async () => {
    const { reader, requests } = readerOf(response(200, PAGE), response(200, PAGE));
    await reader.read({ ...query, batchSize: 300 }, undefined, never);
    await reader.read({ ...query, batchSize: 3000 }, undefined, never);
    assert.deepEqual(requests.map((request) => asked(request)[1]), ['300', '1000']);
  });

  it('turns to smaller pages when large ones are refused', async () => {
    const { reader, requests, notices } = readerOf(response(400, '{"message":"batchSize"}'), response(200, PAGE));
    await reader.read(query, undefined, never);
    assert.deepEqual(requests.map(asked), [['7.1-preview.1', '1000'], ['7.1-preview.1', '200']]);
    assert.equal(notices.length, 1);
  });

  it('turns each way once, then the refusal is final', async () => {
    const { reader, requests } = readerOf(...Array.from({ length: 3 }, (_, index) => response(400, index === 1 ? '{"message":"batchSize"}' : VERSION_REFUSED)));
    await assert.rejects(reader.read(query, undefined, never), isTaskError('AUDIT_REQUEST_REFUSED'));
    assert.deepEqual(requests.map(asked), [['7.1-preview.1', '1000'], ['7.2-preview.1', '1000'], ['7.2-preview.1', '200']]);
  });

  it('does not change the terms in the middle of an export', async () => {
    const { reader } = readerOf(response(200, PAGE), response(400, VERSION_REFUSED));
    await reader.read(query, undefined, never);
    await assert.rejects(reader.read(query, 'next', never), isTaskError('AUDIT_REQUEST_REFUSED'));
  });

  for (const status of [401, 203, 302]) it(`renews the token once after a success when the answer is ${status}`, async () => {
    const { reader, requests, forgotten } = readerOf(response(200, PAGE), response(status), response(200, PAGE));
    await reader.read(query, undefined, never);
    await reader.read(query, 'next', never);
    assert.deepEqual(forgotten, ['token-1']);
    assert.deepEqual(requests.map(({ credential }) => credential?.authorization), ['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
    assert.deepEqual(requests.slice(1).map(({ url }) => url.searchParams.get('continuationToken')), ['next', 'next']);
  });

  it('takes a second 401 in a row for final', async () => {
    const { reader, forgotten } = readerOf(response(200, PAGE), response(401), response(401));
    await reader.read(query, undefined, never);
    await assert.rejects(reader.read(query, 'next', never), isTaskError('AUDIT_SIGN_IN_REFUSED'));
    assert.equal(forgotten.length, 1);
  });

  it('takes a 401 before any success for final', async () => {
    const { reader, forgotten } = readerOf(response(401));
    await assert.rejects(reader.read(query, undefined, never), isTaskError('AUDIT_SIGN_IN_REFUSED'));
    assert.deepEqual(forgotten, []);
  });

  for (const status of [403, 404]) {
    it(`takes a ${status} for final, also after a success`, async () => {
      const { reader } = readerOf(response(200, PAGE), response(status));
      await reader.read(query, undefined, never);
      await assert.rejects(reader.read(query, 'next', never), isTaskError(status === 403 ? 'AUDIT_ACCESS_DENIED' : 'AUDIT_NOT_FOUND'));
    });
  }

  it('takes 200 with nothing for an answer that broke off', async () => {
    await assert.rejects(readerOf(response(200)).reader.read(query, undefined, never), isTaskError('AUDIT_ANSWER_UNREADABLE'));
  });

  const signInPages: [what: string, answer: HttpResponse][] = [
    ['203 with a page', response(203, '<html>secret-word</html>')],
    ['203 with JSON', response(203, PAGE)],
    ['302', response(302, '', { location: 'https://login.microsoftonline.com/secret-word' })],
    ['200 with HTML', response(200, '\r\n<!DOCTYPE html><body>secret-word</body>')],
  ];
  for (const [what, answer] of signInPages) {
    it(`takes ${what} for a sign-in that failed, never for data`, async () => {
      await assert.rejects(readerOf(answer).reader.read(query, undefined, never), (thrown) => {
        assert.doesNotMatch(shownTo(thrown), /secret-word/);
        return isTaskError('AUDIT_SIGN_IN_REFUSED')(thrown);
      });
    });
  }

  const brokenAnswers: [what: string, body: string | Buffer][] = [
    ['that broke off', '{"decoratedAuditLogEntries":[{"id":"secret-word"'],
    ['that is other JSON', '{"message":"secret-word"}'],
    ['that is a list', '["secret-word"]'],
    ['that is no JSON inside', '{"decoratedAuditLogEntries":[{"id":secret-word}]}'],
  ];
  for (const [what, body] of brokenAnswers) {
    it(`refuses an answer ${what} with a sentence that quotes nothing of it and names the activity`, async () => {
      await assert.rejects(readerOf(response(200, body)).reader.read(query, undefined, never), (thrown) => {
        assert.doesNotMatch(shownTo(thrown), /secret-word/);
        assert.match(shownTo(thrown), new RegExp(ACTIVITY_ID));
        return isTaskError('AUDIT_ANSWER_UNREADABLE')(thrown);
      });
    });
  }

  it('reads an answer that begins with a byte order mark and ends with much white space', async () => {
    const page = await readerOf(response(200, `\ufeff${' '.repeat(100)}${PAGE.toString()}${'\r\n'.repeat(100)}`)).reader.read(query, undefined, never);
    assert.equal(page.entries.length, 1);
  });

  it('hands on what sending throws', async () => {
    const reason = new Error('canceled');
    const reader = new PageReader({
      http: { send: () => Promise.reject(reason) },
      tokens: { get: () => Promise.resolve('token'), forget: () => { assert.fail(); } },
      caller: { organization: 'fabrikam', clientId: 'client', tenantId: TENANT, organizationTenantId: undefined },
      onNotice: () => { assert.fail(); },
    });
    await assert.rejects(reader.read(query, undefined, never), reason);
  });
});
