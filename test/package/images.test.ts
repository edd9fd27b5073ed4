import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PNG } from 'pngjs';
import { repository } from '../support/taskManifest';

const MOST_BYTES = 200 * 1024;

/** Paths of the pictures of a document. */
function picturesOf(document: string): string[] {
  return [...readFileSync(path.join(repository, document), 'utf8').matchAll(/!\[([^\]]*)\]\(([^)]*)\)/g)].map(([, words, file]) => {
    assert.ok((words ?? '').length > 20, `${file ?? ''} is described for those who do not see it`);
    return file ?? '';
  });
}

describe('the pictures of the product', () => {
  const listed = (JSON.parse(readFileSync(path.join(repository, 'vss-extension.json'), 'utf8')) as { screenshots: { path: string }[] }).screenshots.map((screenshot) => screenshot.path);
  const ofOverview = picturesOf('overview.md');

  it('are shown on the marketplace page, in the run\'s tab and as a page, in both themes', () => {
    assert.ok(ofOverview.length >= 3);
    for (const picture of ['tab-light', 'tab-dark', 'report-light', 'report-dark']) assert.ok(listed.includes(`images/${picture}.png`), picture);
  });

  for (const file of new Set([...ofOverview, ...picturesOf('README.md'), ...listed])) {
    it(`are there, in the size in which the marketplace shows them: ${file}`, () => {
      assert.match(file, /^images\/[\w-]+\.png$/);
      assert.ok(existsSync(path.join(repository, file)), 'the file is there');
      const bytes = readFileSync(path.join(repository, file));
      const { width, height, data } = PNG.sync.read(bytes);
      assert.deepEqual([width, height], [1366, 768]);
      assert.ok(bytes.length < MOST_BYTES, `${bytes.length} bytes travel with every installation`);
      assert.ok(new Set(new Uint32Array(data.buffer, data.byteOffset, data.length / 4)).size > 50, 'it shows something');
    });
  }
});
