import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { LARGEST_ATTACHMENT, REQUEST_TIME_OUT } from '../../tab/attachments';
import { LOOK_AGAIN } from '../../tab/runTab';
import { STATES } from '../../tab/states';
import { MOST_SEEN_NAMES } from '../../tasks/common/evidence/manifest';
import { LARGEST_SUMMARY } from '../../tasks/common/report/boundedMarkdown';
import { EXPORT_LIMITS, MOST_ATTACHED, MOST_ON_PAGE, VIEW_LIMITS } from '../../tasks/common/report/rowLimits';
import { repository } from '../support/taskManifest';

describe('the documentation of the tab', () => {
  const documented = readFileSync(path.join(repository, 'docs', 'report.md'), 'utf8');

  for (const [name, { heading, words, canRetry, isFailure }] of Object.entries(STATES)) {
    it(`explains what it says (${name})`, () => {
      assert.ok(documented.includes(heading), heading);
      const sentences: readonly string[] = words;
      assert.ok(sentences.length > (isFailure && !canRetry ? 1 : 0), 'who cannot ask again needs another way');
    });
  }

  it('says how much there can be, as it is', () => {
    const [many, mib] = [(count: number): string => count.toLocaleString('en-US'), (bytes: number): number => bytes / 1024 ** 2];
    for (const sentence of [
      `the entries in the first ${mib(MOST_ON_PAGE)} MiB of \`audit-log.jsonl.gz\``, `the newest ${many(EXPORT_LIMITS.rows)}; their whole JSON until that takes ${mib(EXPORT_LIMITS.lineBytes)} MiB`,
      `the newest ${many(VIEW_LIMITS.rows)}; their whole JSON until that takes ${mib(VIEW_LIMITS.lineBytes)} MiB`, `as many of these as fit ${mib(MOST_ATTACHED) * 3 / 4} MiB`,
      `| Summary | ${LARGEST_SUMMARY / 1024} KiB;`, `It has more than ${mib(LARGEST_ATTACHMENT)} MB. The task attaches at most ${mib(MOST_ATTACHED)} MiB of rows`,
      `the tab looks again every ${LOOK_AGAIN / 1_000} seconds`, `more than ${many(MOST_SEEN_NAMES)} actors or actions`,
    ]) assert.ok(documented.includes(sentence), sentence);
    assert.equal(REQUEST_TIME_OUT, 60_000, 'a minute');
  });
});
