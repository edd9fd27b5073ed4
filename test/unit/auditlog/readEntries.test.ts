import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareEntries, type AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import type { AuditLogPage } from '../../../tasks/common/auditlog/page';
import type { AuditLogQuery } from '../../../tasks/common/auditlog/query';
import { readEntries, type EntryBatch } from '../../../tasks/common/auditlog/readEntries';
import { TaskError } from '../../../tasks/common/errors/taskError';
import { entryAt, NOVEMBER_20_SECONDS, ticksAfter } from '../../support/auditEntries';
import { isTaskError } from '../../support/taskErrors';

const SECOND = 10_000_000;
const query: AuditLogQuery = { organization: 'fabrikam', window: { startSeconds: NOVEMBER_20_SECONDS + 10, endSeconds: NOVEMBER_20_SECONDS + 20 }, skipAggregation: true };
const never = new AbortController().signal;

/** A service that holds these pages and counts on getting back the token it sent. */
function reads(pages: readonly AuditLogPage[]): { reader: Parameters<typeof readEntries>[0]; asked: (string | undefined)[] } {
  const asked: (string | undefined)[] = [];
  return {
    asked,
    reader: {
      read: (_query, token) => {
        asked.push(token);
        const page = pages[asked.length - 1];
        assert.ok(page, 'asked for a page after the last one');
        return Promise.resolve(page);
      },
    },
  };
}

async function all(reader: Parameters<typeof readEntries>[0]): Promise<EntryBatch[]> {
  const batches: EntryBatch[] = [];
  for await (const batch of readEntries(reader, query, never)) batches.push(batch);
  return batches;
}

const inPages = (entries: readonly AuditLogEntry[], size: number): AuditLogPage[] => {
  const count = Math.max(1, Math.ceil(entries.length / size));
  return Array.from({ length: count }, (_, index) => ({ entries: entries.slice(index * size, (index + 1) * size), continuationToken: `after ${index}`, hasMore: index < count - 1 }));
};

describe('entries of a window', () => {
  it('are those from its start on and before its end, to a tick', async () => {
    const [first, last] = [entryAt(10 * SECOND, 1), entryAt(20 * SECOND - 1, 1)];
    const sent = [entryAt(21 * SECOND, 1), entryAt(20 * SECOND, 1), last, entryAt(15 * SECOND, 1), first, entryAt(10 * SECOND - 1, 1), entryAt(9 * SECOND, 1)];
    const batches = await all(reads(inPages(sent, 3)).reader);
    assert.deepEqual(batches.flatMap(({ entries }) => entries), [last, entryAt(15 * SECOND, 1), first]);
  });

  it('are the same whether the service counts its bounds in or not, and however it cuts pages', async () => {
    await fc.assert(fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 85, max: 215 }), { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), fc.boolean(), fc.boolean(),
      async (tenths, size, hasStart, hasEnd) => {
        const held = tenths.map((after) => entryAt(after * (SECOND / 10), after)).sort(compareEntries);
        const [start, end] = [ticksAfter(9 * SECOND), ticksAfter(21 * SECOND)];
        const sent = held.filter(({ ticks }) => (ticks > start || (hasStart && ticks === start)) && (ticks < end || (hasEnd && ticks === end)));
        const batches = await all(reads(inPages(sent, size)).reader);
        const expected = held.filter(({ ticks }) => ticks >= ticksAfter(10 * SECOND) && ticks < ticksAfter(20 * SECOND));
        assert.deepEqual(batches.flatMap(({ entries }) => entries), expected);
      },
    ), { numRuns: 300 });
  });

  it('come with how many pages were read and how far back', async () => {
    const sent = [entryAt(19 * SECOND, 1), entryAt(18 * SECOND, 1), entryAt(17 * SECOND, 1)];
    const { reader, asked } = reads(inPages(sent, 2));
    const batches = await all(reader);
    assert.deepEqual(batches.map(({ pages, reached }) => [pages, reached]), [[1, ticksAfter(18 * SECOND)], [2, ticksAfter(17 * SECOND)], [2, ticksAfter(17 * SECOND)]]);
    assert.deepEqual(asked, [undefined, 'after 0']);
  });

  it('are none in a quiet window', async () => {
    const batches = await all(reads([{ entries: [], continuationToken: undefined, hasMore: false }]).reader);
    assert.deepEqual(batches.map(({ entries, pages, reached }) => [entries.length, pages, reached]), [[0, 1, undefined], [0, 1, undefined]]);
  });

  it('are read on after a page that holds none of them', async () => {
    const entry = entryAt(15 * SECOND, 1);
    const pages = [{ entries: [entryAt(21 * SECOND, 1)], continuationToken: 'a', hasMore: true }, { entries: [], continuationToken: 'b', hasMore: true }, { entries: [entry], continuationToken: 'c', hasMore: false }];
    assert.deepEqual((await all(reads(pages).reader)).flatMap(({ entries }) => entries), [entry]);
  });

  it('end in a sentence when the service sends one page again and again', async () => {
    const page = { entries: [entryAt(15 * SECOND, 1)], continuationToken: 'same', hasMore: true };
    await assert.rejects(all(reads([page, page, page]).reader), isTaskError('AUDIT_PAGING_BROKEN'));
  });

  it('end in what reading a page throws', async () => {
    const failure = new TaskError('AUDIT_ACCESS_DENIED', 'Not allowed.', { advice: ['Allow it.'] });
    await assert.rejects(all({ read: () => Promise.reject(failure) }), failure);
  });
});
