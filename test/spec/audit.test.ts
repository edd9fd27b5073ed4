import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { parsePage } from '../../tasks/common/auditlog/page';
import { SandboxClient } from '../sandbox/client';
import { removeWorkFolders, runPackaged } from '../support/packagedTask';
import { hasSpecification, OpenApi, SPECIFICATION, textOf } from './openApi';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const EXAMPLE = path.join('audit', '7.2', 'httpExamples', 'auditLog', 'GET__AuditLog_QueryLog_by_date.json');
/** Requests of a run that none of the specification's documents describes. */
const UNDESCRIBED = [
  /^GET https:\/\/dev\.azure\.com\/fabrikam\/_apis\/connectionData$/i,
  /^GET https:\/\/dev\.azure\.com\/fabrikam\/_apis\/projects\/[0-9a-f-]{36}\?api-version=7\.1$/,
  /^POST https:\/\/dev\.azure\.com\/fabrikam\/[0-9a-f-]{36}\/_apis\/distributedtask\/hubs\/build\/plans\/[0-9a-f-]{36}\/jobs\/[0-9a-f-]{36}\/oidctoken\?/i,
  /^POST https:\/\/login\.microsoftonline\.com\/[0-9a-f-]{36}\/oauth2\/v2\.0\/token/,
  /^GET https:\/\/login\.microsoftonline\.com\//,
];
/**
 * In what the official example itself differs from the official definitions: a member without a value is null there and not left
 * out, and `data` holds any JSON value. Nothing else may differ.
 */
const DATA_OF_ANY_KIND = /\/data\/[^ ]* must be object/;

type Entry = Readonly<Record<string, unknown>>;

interface Page {
  readonly decoratedAuditLogEntries: readonly Entry[];
  readonly continuationToken?: string;
  readonly hasMore: boolean;
}

interface Example {
  readonly responses: { readonly 200: { readonly body: { readonly value: Page } } };
}

describe('the official specification', function () {
  this.timeout(60_000);
  if (!hasSpecification || process.env['TASK_NODE'] !== undefined) {
    it.skip(hasSpecification ? 'is compared on one Node only' : 'has no copy beside this repository: not compared');
    return;
  }
  after(removeWorkFolders);
  const audit = new OpenApi('audit');
  const documents = [audit, new OpenApi('build'), new OpenApi('security')];

  it('is written with a byte order mark', () => {
    for (const file of ['audit/7.2/audit.json', 'build/7.2/build.json', 'security/7.2/security.json']) {
      assert.equal(readFileSync(path.join(SPECIFICATION, file)).subarray(0, 3).toString('hex'), 'efbbbf', file);
    }
  });

  it('describes every request of a run, but for those that it does not describe at all', async () => {
    await using sandbox = await startSandbox({ clock: () => NOW, entriesPerDay: 3_000, switches: { pageCap: 700 } });
    const { result, maskedLog } = await runPackaged(sandbox, { window: 'last', duration: '24h' });
    assert.equal(result, 'Succeeded', maskedLog);
    const requests = sandbox.requests.filter(({ method }) => method !== 'CONNECT');
    const described = requests.filter(({ method, url }) => {
      const document = documents.find((candidate) => candidate.knows(new URL(url)));
      if (document === undefined) assert.ok(UNDESCRIBED.some((pattern) => pattern.test(`${method} ${url}`)), `${method} ${url}`);
      else assert.deepEqual(document.requestProblems(method, new URL(url)), [], `${method} ${url}`);
      return document !== undefined;
    });
    assert.ok(described.some(({ url }) => new URL(url).searchParams.has('continuationToken')), 'no request for a second page');
  });

  it('finds requests that do not conform', () => {
    const query = (more: string): string[] => audit.requestProblems('GET', new URL(`https://auditservice.dev.azure.com/fabrikam/_apis/audit/auditlog?api-version=7.1-preview.1${more}`));
    assert.deepEqual(query('&startTime=2026-11-20T00:00:00Z&batchSize=1000&skipAggregation=true'), []);
    for (const more of ['&startTime=2026-11-20', '&batchSize=many', '&batchSize=1.5', '&skipAggregation=yes', '&starttime=2026-11-20T00:00:00Z', '&top=1', '&batchSize=1&batchSize=2']) {
      assert.equal(query(more).length, 1, more);
    }
    assert.equal(audit.requestProblems('POST', new URL('https://auditservice.dev.azure.com/fabrikam/_apis/audit/auditlog')).length, 1);
    assert.ok(!audit.knows(new URL('https://auditservice.dev.azure.com/fabrikam/_apis/audit/logs')));
  });

  it('has an example that differs from its own definitions as noted here', () => {
    const { value } = (JSON.parse(textOf(EXAMPLE)) as Example).responses[200].body;
    assert.ok(audit.problemsOf('AuditLogQueryResult', value).some((problem) => problem.includes('/ipAddress must be string')));
    const problems = audit.problemsOf('AuditLogQueryResult', withoutNulls(value));
    assert.deepEqual(problems.filter((problem) => !DATA_OF_ANY_KIND.test(problem)), []);
    assert.notEqual(problems.length, 0);
  });

  it('has an example whose entries are read, inside "value" and bare', () => {
    const { body } = (JSON.parse(textOf(EXAMPLE)) as Example).responses[200];
    for (const answer of [body, body.value]) {
      const page = parsePage(Buffer.from(JSON.stringify(answer, undefined, 2)));
      assert.deepEqual(page.entries.map((entry) => entry.fields()), body.value.decoratedAuditLogEntries);
      assert.deepEqual(page.entries.map(({ ticks }) => ticks), ['0636873915021460838', '0636873912355034419']);
      assert.equal(page.hasMore, false);
    }
  });

  for (const aggregated of [false, true]) {
    it(`describes the stand-in's answers, ${aggregated ? 'aggregated' : 'entry by entry'}`, async () => {
      await using sandbox = await startSandbox({ clock: () => NOW, entriesPerDay: 3_000 });
      for (const page of await pagesOf(sandbox, aggregated)) {
        const problems = audit.problemsOf('AuditLogQueryResult', withoutNulls(page)).filter((problem) => !DATA_OF_ANY_KIND.test(problem));
        assert.deepEqual(problems, []);
      }
    });
  }

  it('finds answers that do not conform', () => {
    const entry = { id: '1', category: 'changes', scopeType: 'organisation', timestamp: 'yesterday', actorCUID: 'x', details: 1 };
    const problems = audit.problemsOf('AuditLogQueryResult', { decoratedAuditLogEntries: [entry], hasMore: 'no' });
    assert.equal(problems.length, 6, problems.join('\n'));
  });
});

function withoutNulls(page: Page): Page {
  const present = (entry: Entry): Entry => Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null));
  return { ...page, decoratedAuditLogEntries: page.decoratedAuditLogEntries.map(present) };
}

async function pagesOf(sandbox: Sandbox, aggregated: boolean): Promise<Page[]> {
  await using client = new SandboxClient(sandbox);
  const token = await client.token(sandbox.job);
  const pages: Page[] = [];
  for (let position = {}; pages.at(-1)?.hasMore !== false;) {
    const answer = await client.page(token, { startTime: '2026-11-18T00:00:00Z', endTime: '2026-11-20T12:00:00Z', batchSize: '1000', skipAggregation: String(!aggregated), ...position });
    assert.equal(answer.status, 200, answer.text);
    pages.push(JSON.parse(answer.text) as Page);
    position = { continuationToken: pages.at(-1)?.continuationToken ?? '' };
  }
  return pages;
}
