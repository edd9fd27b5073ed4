import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { STATES } from '../../tab/states';
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
});
