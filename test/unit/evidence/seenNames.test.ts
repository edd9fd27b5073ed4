import assert from 'node:assert/strict';
import { MOST_SEEN_NAMES } from '../../../tasks/common/evidence/manifest';
import { seenWith } from '../../../tasks/common/evidence/seenNames';

const names = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => (from + index).toString(16).padStart(16, '0'));

describe('names that a chain has seen', () => {
  it('are those of the exports before and its own, sorted and each once', () => {
    assert.deepEqual(seenWith({ actors: names(2, 5), actions: [] }, { actors: names(3, 4), actions: names(1) }), { actors: names(3, 4), actions: names(1) });
  });

  it('of an export that follows none are its own', () => {
    assert.deepEqual(seenWith(undefined, { actors: names(2), actions: [] }), { actors: names(2), actions: [] });
  });

  it('are known up to the most that a manifest may hold, and none beyond', () => {
    const before = { actors: names(MOST_SEEN_NAMES - 1), actions: names(MOST_SEEN_NAMES) };
    const { actors, actions } = seenWith(before, { actors: names(1, MOST_SEEN_NAMES), actions: names(1, MOST_SEEN_NAMES) });
    assert.equal(actors?.length, MOST_SEEN_NAMES);
    assert.equal(actions, null);
  });

  it('stay unknown once there were too many, in one export or in those before', () => {
    assert.deepEqual(seenWith({ actors: null, actions: [] }, { actors: names(1), actions: undefined }), { actors: null, actions: null });
  });
});
