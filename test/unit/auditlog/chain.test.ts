import assert from 'node:assert/strict';
import { Chain } from '../../../tasks/common/auditlog/chain';
import type { AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { entryAt, NOVEMBER_20_SECONDS } from '../../support/auditEntries';

const never = new AbortController().signal;
const at = (seconds: number): AuditLogEntry => entryAt(seconds * 10_000_000, seconds);

/** Reads 100 seconds, of which the lower 50 are cut off after the first page. @returns seconds of what is handed out, and how many pages were read */
async function readCut(pages: readonly (readonly number[])[], tokenOf: (page: readonly number[]) => string): Promise<[number[], number]> {
  let read = 0;
  const chain = new Chain({
    read: () => {
      const page = pages[read] ?? [];
      read += 1;
      return Promise.resolve({ entries: page.map(at), continuationToken: tokenOf(page), hasMore: read < pages.length });
    },
  }, { organization: 'fabrikam', window: { startSeconds: NOVEMBER_20_SECONDS, endSeconds: NOVEMBER_20_SECONDS + 100 }, skipAggregation: true });
  const entries: AuditLogEntry[] = [];
  while (!chain.isRead) {
    entries.push(...(await chain.read(never)).certain);
    if (read === 1) chain.cutAt(NOVEMBER_20_SECONDS + 50);
  }
  entries.push(...chain.rest());
  return [entries.map(({ ticks }) => Number(ticks.slice(0, 12)) - Number(at(0).ticks.slice(0, 12))), read];
}

const lastId = (page: readonly number[]): string => at(page.at(-1) ?? 0).id;

describe('a chain of which the lower part is cut off', () => {
  it('ends with the page whose token names an entry beyond the cut', async () => {
    assert.deepEqual(await readCut([[90, 80], [70, 60], [55, 45], [40, 30], [20, 10]], lastId), [[90, 80, 70, 60, 55], 3]);
  });

  it('goes on for a page where the token is only a text, since pages may have changed places', async () => {
    const asText = (page: readonly number[]): string => `after ${page.join()}`;
    assert.deepEqual(await readCut([[90, 80], [70, 60], [55, 45, 44], [40, 30, 29], [20, 10], [5, 1]], asText), [[90, 80, 70, 60, 55], 4]);
    assert.deepEqual(await readCut([[90, 80], [70, 60], [40, 30, 29], [55, 45, 44], [20, 10, 9], [5, 1]], asText), [[90, 80, 70, 60, 55], 4]);
  });

  it('does not believe the token of a page that is out of order', async () => {
    assert.deepEqual(await readCut([[90, 80], [60, 85, 40], [55, 30], [20, 10], [5, 1]], lastId), [[90, 85, 80, 60, 55], 4]);
    assert.deepEqual(await readCut([[90, 80], [85, 60, 40], [55, 30], [20, 10], [5, 1]], lastId), [[90, 85, 80, 60, 55], 4]);
  });
});
