import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pageUrl, type AuditLogQuery } from '../../../tasks/common/auditlog/query';
import { NOVEMBER_20_SECONDS } from '../../support/auditEntries';

const query: AuditLogQuery = { organization: 'fabrikam', window: { startSeconds: NOVEMBER_20_SECONDS, endSeconds: NOVEMBER_20_SECONDS + 86_400 }, skipAggregation: true };
const terms = { apiVersion: '7.1-preview.1', batchSize: 1000 };

describe('query of the audit log', () => {
  it('asks for the window and a second on both sides', () => {
    assert.equal(pageUrl(query, terms, undefined).href,
      'https://auditservice.dev.azure.com/fabrikam/_apis/audit/auditlog?startTime=2026-11-19T23%3A59%3A59Z&endTime=2026-11-21T00%3A00%3A01Z&batchSize=1000&skipAggregation=true&api-version=7.1-preview.1');
  });

  it('sends the bounds along with every token, and its special characters encoded', () => {
    assert.equal(pageUrl({ ...query, skipAggregation: false }, { apiVersion: '7.2-preview.1', batchSize: 200 }, '25;0+1/2=&#% é').href,
      'https://auditservice.dev.azure.com/fabrikam/_apis/audit/auditlog?startTime=2026-11-19T23%3A59%3A59Z&endTime=2026-11-21T00%3A00%3A01Z&batchSize=200&skipAggregation=false&continuationToken=25%3B0%2B1%2F2%3D%26%23%25+%C3%A9&api-version=7.2-preview.1');
  });

  it('brings any token to the service unchanged, and goes to no other host', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', minLength: 1 }), (token, organization) => {
      const url = new URL(pageUrl({ ...query, organization }, terms, token).href);
      assert.equal(url.origin, 'https://auditservice.dev.azure.com');
      assert.equal(url.searchParams.get('continuationToken'), token);
      assert.deepEqual([...url.searchParams.keys()], ['startTime', 'endTime', 'batchSize', 'skipAggregation', 'continuationToken', 'api-version']);
    }));
  });
});
