import assert from 'node:assert/strict';
import { simulateYear } from './simulateYear';

describe('a simulated year', function () {
  this.timeout(900_000);
  this.slow(200_000);

  it('leaves every entry in the chain, once, or a gap that is named', async () => {
    const { lost, duplicates, foreign, problems, entries, runs, failedRuns, deleted, gaps, late } = await simulateYear(5);
    assert.deepEqual({ lost: lost.slice(0, 10), duplicates: duplicates.slice(0, 10), foreign: foreign.slice(0, 10), problems }, { lost: [], duplicates: [], foreign: [], problems: [] });
    assert.ok(runs > 500 && failedRuns > 50 && entries > 4_000 && deleted > 3 && gaps.length > 0 && late > 0, JSON.stringify({ runs, failedRuns, entries, deleted, gaps: gaps.length, late }));
  });
});
