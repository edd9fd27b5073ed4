import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ChainHead } from '../../../tasks/common/evidence/chainHead';
import { advance, chainOf, planChain, type ContinueFrom } from '../../../tasks/common/evidence/chainPlan';
import type { ChainReading } from '../../../tasks/common/evidence/chainReading';
import type { Chain, Manifest } from '../../../tasks/common/evidence/manifest';
import { manifestBytes, readManifest } from '../../../tasks/common/evidence/manifestText';
import { dayLongWindows } from '../../../tasks/common/window/backlog';
import { DAY, dayInstant, makeManifest, sha256Of, START } from '../../support/manifests';

const IDENTITY = { organization: 'fabrikam', pipelineId: '7', branch: 'refs/heads/main', artifactName: 'audit-log' };

function headOf(manifest: Manifest): ChainHead {
  assert.ok(manifest.chain !== 'none');
  return { run: manifest.run.id, sha256: sha256Of(manifest), manifest: { ...manifest, chain: manifest.chain } };
}

function readingOf(head: ChainHead | undefined, changes: Partial<ChainReading> = {}): ChainReading {
  return { head, runs: head?.manifest.chain.runs ?? [], lost: [], isShortened: false, notes: [], ...changes };
}

const OLDEST = START - 50 * DAY;
const HEAD = headOf(makeManifest({ run: '104', from: 3, chain: { position: 4, predecessor: { run: '103', folder: 'fabrikam/x', manifestSha256: '1'.repeat(64), coveredUntil: dayInstant(3) } } }));

describe('the plan of a chain', () => {
  it('begins with everything the service still has', () => {
    const { state, newlyLost } = planChain(IDENTITY, readingOf(undefined), undefined, undefined, OLDEST);
    assert.deepEqual([state.from, state.coveredFrom, state.position, state.predecessor, newlyLost.length], [OLDEST, OLDEST, 1, null, 0]);
    assert.deepEqual(state.origin, { start: dayInstant(-50), continueFrom: null });
  });

  it('goes on where the last export ended, with what it knew', () => {
    const { state, newlyLost } = planChain(IDENTITY, readingOf(HEAD), undefined, undefined, OLDEST);
    assert.equal(state.from, START + 4 * DAY);
    assert.equal(state.knownFrom, START + 4 * DAY);
    assert.deepEqual(state.predecessor, { run: '104', folder: HEAD.manifest.folder, manifestSha256: HEAD.sha256, coveredUntil: dayInstant(4) });
    assert.deepEqual([state.position, newlyLost.length, state.gaps.length, state.coveredFrom], [5, 0, 0, START]);
  });

  it('names what the service deleted in the meantime, once', () => {
    const { state, newlyLost } = planChain(IDENTITY, readingOf(HEAD), undefined, undefined, START + 10 * DAY);
    assert.deepEqual(newlyLost, [{ start: dayInstant(4), end: dayInstant(10), reason: 'expired' }]);
    assert.deepEqual(state.gaps, newlyLost);
    assert.deepEqual([state.from, state.coveredFrom, state.knownFrom], [START + 10 * DAY, START + 10 * DAY, undefined]);
    const next = makeManifest({ run: '105', from: 10, chain: { position: 5, predecessor: state.predecessor }, change: (manifest) => ({ ...manifest, coverage: { from: dayInstant(10), until: dayInstant(11), gaps: [...state.gaps] } }) });
    const later = planChain(IDENTITY, readingOf(headOf(next)), undefined, undefined, START + 10 * DAY);
    assert.deepEqual([later.newlyLost, later.state.gaps], [[], state.gaps]);
  });

  it('names copies that are gone for good', () => {
    const { state, newlyLost } = planChain(IDENTITY, readingOf(HEAD, { lost: [{ run: '102', from: dayInstant(1), until: dayInstant(2) }] }), undefined, undefined, START + 3 * DAY);
    assert.deepEqual(newlyLost, [{ start: dayInstant(1), end: dayInstant(2), reason: 'deleted' }]);
    assert.equal(state.coveredFrom, START + 2 * DAY);
  });

  it('says since when there are copies once the oldest have ended', () => {
    const { state, newlyLost } = planChain(IDENTITY, readingOf(HEAD, { isShortened: true, runs: [{ run: '103', from: dayInstant(2), until: dayInstant(3) }] }), undefined, undefined, OLDEST);
    assert.deepEqual([state.coveredFrom, newlyLost.length], [START + 2 * DAY, 0]);
  });

  it('names with a lost export the time of which it may have held late entries, back to the chain\'s beginning', () => {
    const lost = [{ run: '101', from: dayInstant(0.05), until: dayInstant(1) }, { run: '102', from: dayInstant(1), until: dayInstant(2) }];
    const { newlyLost } = planChain(IDENTITY, readingOf(HEAD, { lost }), undefined, undefined, START + 10 * DAY, DAY / 10);
    assert.deepEqual(newlyLost.map(({ start, end, reason }) => [start, end, reason]), [
      [dayInstant(0), dayInstant(1), 'deleted'], [dayInstant(0.9), dayInstant(2), 'deleted'], [dayInstant(3.9), dayInstant(10), 'expired'],
    ]);
  });

  it('restarts a chain where continueFrom says, visibly, and only once', () => {
    const continueFrom: ContinueFrom = { kind: 'instant', seconds: START + 6 * DAY };
    const { state, newlyLost } = planChain(IDENTITY, readingOf(HEAD), continueFrom, undefined, OLDEST);
    assert.deepEqual([state.from, state.position, state.predecessor, state.restartedAfter?.run], [START + 6 * DAY, 1, null, '104']);
    assert.deepEqual([state.gaps, newlyLost], [[{ start: dayInstant(4), end: dayInstant(6), reason: 'continueFrom' }], []]);
    const chain = chainOf(state, { startSeconds: START + 6 * DAY, endSeconds: START + 7 * DAY }, '105', { knownFrom: START + 7 * DAY, blocks: [] });
    assert.deepEqual(chain.gap, { start: dayInstant(4), end: dayInstant(6) });
    const begun = headOf(makeManifest({ run: '105', from: 6, chain }));
    const again = planChain(IDENTITY, readingOf(begun), continueFrom, undefined, OLDEST).state;
    assert.deepEqual([again.position, again.predecessor?.run, again.restartedAfter], [2, '105', null]);
  });

  it('takes over the chain of another pipeline, and only once', () => {
    const continueFrom: ContinueFrom = { kind: 'pipeline', id: '42' };
    const { state } = planChain(IDENTITY, readingOf(undefined), continueFrom, HEAD, OLDEST);
    assert.deepEqual([state.from, state.position, state.predecessor?.run, state.origin, state.runs], [START + 4 * DAY, 5, '104', { start: HEAD.manifest.chain.origin.start, continueFrom: '42' }, []]);
    const own = headOf(makeManifest({ run: '201', from: 4, chain: chainOf(state, { startSeconds: START + 4 * DAY, endSeconds: START + 5 * DAY }, '201', { knownFrom: START + 5 * DAY, blocks: [] }) }));
    assert.equal(planChain(IDENTITY, readingOf(own), continueFrom, HEAD, OLDEST).state.predecessor?.run, '201');
  });

  it('makes one run of the ledger out of a series of exports, and forgets runs after 120 days', () => {
    let { state } = planChain(IDENTITY, readingOf(undefined), undefined, undefined, START);
    for (let day = 0; day < 123; day += 1) {
      const covered = { startSeconds: START + day * DAY, endSeconds: START + (day + 1) * DAY };
      const run = day < 2 ? '1' : String(day);
      const chain: Chain = chainOf(state, covered, run, { knownFrom: covered.endSeconds, blocks: [] });
      const manifest = { ...makeManifest({ run, from: day, chain }), chain };
      assert.equal(readManifest(manifestBytes(manifest)).problem, undefined);
      state = advance(state, manifest, sha256Of(manifest));
      if (day === 1) assert.deepEqual(state.runs, [{ run: '1', from: dayInstant(0), until: dayInstant(2) }]);
    }
    assert.deepEqual([state.position, state.runs[0]?.run, state.runs.length], [124, '3', 120]);
  });
});

describe('a backlog', () => {
  it('is a series of windows of about a day that follow each other', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 90 * DAY }), fc.integer({ min: 1, max: 95 * DAY }), (offset, length) => {
      const whole = { startSeconds: START + offset, endSeconds: START + offset + length };
      const windows = dayLongWindows(whole);
      assert.equal(windows[0]?.startSeconds, whole.startSeconds);
      assert.equal(windows.at(-1)?.endSeconds, whole.endSeconds);
      for (const [index, window] of windows.entries()) {
        const lasts = window.endSeconds - window.startSeconds;
        assert.ok(lasts > 0 && lasts <= 1.5 * DAY && (lasts >= DAY / 4 || windows.length === 1), String(lasts));
        if (index > 0) assert.equal(window.startSeconds, windows[index - 1]?.endSeconds);
        if (index < windows.length - 1) assert.equal(window.endSeconds % DAY, 0);
      }
    }));
  });

  it('leaves a day whole that comes late', () => {
    assert.equal(dayLongWindows({ startSeconds: START - 1800, endSeconds: START + 30 * 3600 }).length, 1);
  });
});
