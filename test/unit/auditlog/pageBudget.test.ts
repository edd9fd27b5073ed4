import assert from 'node:assert/strict';
import { AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { PageBudget } from '../../../tasks/common/auditlog/pageBudget';

const MEBIBYTE = 1024 * 1024;

/** A budget that has seen a page of so many entries of so many bytes. */
function seen(concurrency: number, entries: number, bytes: number, hasMore = true): PageBudget {
  const budget = new PageBudget(concurrency, 24 * MEBIBYTE);
  const entry = new AuditLogEntry(Buffer.alloc(bytes), 'id', '0'.repeat(19));
  budget.note({ entries: Array.from({ length: entries }, () => entry), continuationToken: 'next', hasMore });
  return budget;
}

describe('page budget', () => {
  it('asks for large pages until it is known what an entry takes, and while they are affordable', () => {
    const budgets = [new PageBudget(16), seen(16, 1000, 1300)];
    assert.deepEqual(budgets.map(({ batchSize, mostInFlight }) => [batchSize, mostInFlight]), [[1000, 16], [1000, 16]]);
  });

  it('asks for smaller pages before it asks for fewer at once', () => {
    const { batchSize, mostInFlight } = seen(8, 200, 6 * 1024);
    assert.deepEqual([batchSize, mostInFlight], [512, 8]);
  });

  it('asks for fewer pages at once when the smallest, or those that the service sends, are too large together', () => {
    assert.deepEqual([seen(16, 200, 40 * 1024).batchSize, seen(16, 200, 40 * 1024).mostInFlight], [200, 3]);
    assert.equal(seen(16, 1000, 4 * 1024).mostInFlight, 6);
    assert.equal(seen(16, 1000, MEBIBYTE).mostInFlight, 1);
  });

  it('takes for a full page the largest that was not the last', () => {
    assert.equal(new PageBudget(4).pageEntries, 1000);
    assert.equal(seen(4, 12, 10, false).pageEntries, 1000);
    assert.equal(seen(4, 200, 10).pageEntries, 200);
    assert.equal(seen(4, 0, 10).pageEntries, 1000);
  });
});
