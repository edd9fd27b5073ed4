import assert from 'node:assert/strict';
import type { ChainIdentity, RunStore } from '../../../tasks/common/evidence/chainHead';
import { readChain, type ChainReading } from '../../../tasks/common/evidence/chainReading';
import type { Chain, ChainRun, Manifest } from '../../../tasks/common/evidence/manifest';
import { DAY, dayInstant, makeManifest, sha256Of, START } from '../../support/manifests';

const IDENTITY: ChainIdentity = { organization: 'Fabrikam', pipelineId: '7', branch: 'refs/heads/main', artifactName: 'audit-log' };

interface FakeRun {
  readonly id: string;
  manifests: (Manifest | string)[];
  hasArtifact: boolean;
  isDeleted: boolean;
  held: 'yes' | 'no' | 'unknown';
}

/** A daily chain: run 101 covers day 0, run 102 day 1, … */
function daily(days: number): FakeRun[] {
  const runs: FakeRun[] = [];
  const ledger: ChainRun[] = [];
  let before: Manifest | undefined;
  for (let day = 0; day < days; day += 1) {
    const run = String(101 + day);
    ledger.push({ run, from: dayInstant(day), until: dayInstant(day + 1) });
    const predecessor: Chain['predecessor'] = before ? { run: before.run.id, folder: before.folder, manifestSha256: sha256Of(before), coveredUntil: before.window.covered.end } : null;
    before = makeManifest({ run, from: day, chain: { position: day + 1, predecessor, runs: [...ledger] } });
    runs.push({ id: run, manifests: [before], hasArtifact: true, isDeleted: false, held: 'yes' });
  }
  return runs;
}

class FakeStore implements RunStore {
  readonly asked: string[] = [];
  constructor(readonly runs: readonly FakeRun[]) {}

  async* list(): AsyncGenerator<{ id: string; queuedMs: number }> {
    for (const run of [...this.runs].reverse()) if (!run.isDeleted) yield await Promise.resolve({ id: run.id, queuedMs: 0 });
  }

  manifests(id: string): ReturnType<RunStore['manifests']> {
    this.asked.push(`manifests ${id}`);
    const run = this.runs.find((candidate) => candidate.id === id && !candidate.isDeleted);
    return Promise.resolve((run?.manifests ?? []).map((manifest) => (typeof manifest === 'string' ? { problem: manifest } : { manifest, sha256: sha256Of(manifest) })));
  }

  artifact(id: string, name: string): ReturnType<RunStore['artifact']> {
    this.asked.push(`artifact ${id}`);
    const run = this.runs.find((candidate) => candidate.id === id && !candidate.isDeleted);
    return Promise.resolve(run?.hasArtifact === true && name === 'audit-log' ? { name, type: 'Container', containerId: id } : undefined);
  }

  holds(where: { containerId: string | undefined }): Promise<'yes' | 'no' | 'unknown'> {
    return Promise.resolve(this.runs.find(({ id }) => id === where.containerId)?.held ?? 'unknown');
  }
}

function read(runs: readonly FakeRun[], { oldest = -50, now = 1000 } = {}): Promise<ChainReading> {
  return readChain(new FakeStore(runs), IDENTITY, START + now * DAY, START + oldest * DAY);
}

function at(runs: readonly FakeRun[], index: number): FakeRun {
  const run = runs.at(index);
  assert.ok(run);
  return run;
}

describe('where a chain goes on', () => {
  it('finds nothing without runs', async () => {
    assert.deepEqual(await read([]), { head: undefined, runs: [], lost: [], isShortened: false, notes: [] });
  });

  it('goes on from the last run', async () => {
    const { head, runs, lost, isShortened, notes } = await read(daily(5));
    assert.equal(head?.run, '105');
    assert.equal(head.sha256, sha256Of(head.manifest));
    assert.deepEqual([runs.length, lost.length, isShortened, notes.length], [5, 0, false, 0]);
  });

  it('does not count a run whose artifact was never uploaded, and says so', async () => {
    const runs = daily(5);
    at(runs, -1).hasArtifact = false;
    const { head, notes } = await read(runs);
    assert.equal(head?.run, '104');
    assert.match(notes.join(), /Run 105 has a manifest, but no artifact "audit-log".+exported again/);
  });

  it('does not count a run whose artifact holds another export only', async () => {
    const runs = daily(5);
    at(runs, -1).held = 'no';
    const { head, notes } = await read(runs);
    assert.equal(head?.run, '104');
    assert.match(notes.join(), /artifact "audit-log" of run 105 does not hold the export/);
  });

  it('passes over runs without a manifest, and exports that belong to no chain or another', async () => {
    const runs = daily(2);
    const foreign = [
      makeManifest({ run: '201', from: 1, chain: 'none' }),
      makeManifest({ run: '201', from: 1, chain: { pipelineId: '8' } }),
      makeManifest({ run: '201', from: 1, chain: { branch: 'refs/heads/other' } }),
      makeManifest({ run: '201', from: 1, chain: { artifactName: 'other' } }),
      makeManifest({ run: '201', from: 1, change: (manifest) => ({ ...manifest, organization: { name: 'contoso', id: null } }) }),
    ];
    runs.push({ id: '201', manifests: foreign, hasArtifact: true, isDeleted: false, held: 'yes' }, { id: '202', manifests: [], hasArtifact: true, isDeleted: false, held: 'yes' });
    const { head, notes } = await read(runs);
    assert.equal(head?.run, '102');
    assert.deepEqual(notes, []);
  });

  for (const [what, manifest, why] of [
    ['claims the future', makeManifest({ run: '103', from: 2, until: 2000 }), /run 103 does not count: it claims to cover an instant that has not come/],
    ['was copied from another run', makeManifest({ run: '999', from: 2 }), /run 103 does not count: it belongs to another run/],
    ['cannot be read', 'it is not JSON', /run 103 does not count: it is not JSON/],
  ] as const) {
    it(`does not believe a manifest that ${what}`, async () => {
      const runs = daily(2);
      runs.push({ id: '103', manifests: [manifest], hasArtifact: true, isDeleted: false, held: 'yes' });
      const { head, notes } = await read(runs);
      assert.equal(head?.run, '102');
      assert.match(notes.join('\n'), why);
    });
  }

  it('of two runs at once takes the one that covers more', async () => {
    const runs = daily(3);
    runs.push({ ...at(runs, -1), id: '104', manifests: [makeManifest({ run: '104', from: 2, until: 2.9, chain: { position: 3, runs: [{ run: '104', from: dayInstant(2), until: dayInstant(2.9) }] } })] });
    assert.equal((await read(runs)).head?.run, '103');
  });

  /** Run 102 with two attempts, of which the second ends a day and a half later and was asked for from `start` on. */
  const withTwoAttempts = (start: number, held: FakeRun['held']): FakeRun[] => {
    const runs = daily(2);
    const chain = { position: 2, runs: [{ run: '102', from: dayInstant(1), until: dayInstant(2.5) }] };
    const asked = (manifest: Manifest, attempt: number, from: number): Manifest => ({ ...manifest, run: { ...manifest.run, attempt }, window: { ...manifest.window, requested: { start: dayInstant(from), end: manifest.window.covered.end } } });
    const [first] = at(runs, -1).manifests as Manifest[];
    assert.ok(first);
    at(runs, -1).manifests = [asked(first, 1, 1), asked(makeManifest({ run: '102', from: start, until: 2.5, chain }), 2, start)];
    at(runs, -1).held = held;
    return runs;
  };

  it('of two attempts of a run takes the one that covers more, when the artifact is seen to hold it', async () => {
    assert.equal((await read(withTwoAttempts(1, 'yes'))).head?.manifest.window.covered.end, dayInstant(2.5));
  });

  it('of two attempts takes the later one unseen only when it began where the earlier one had begun: it did not find that one\'s artifact', async () => {
    assert.equal((await read(withTwoAttempts(1, 'unknown'))).head?.manifest.window.covered.end, dayInstant(2.5));
    assert.equal((await read(withTwoAttempts(2, 'unknown'))).head?.manifest.window.covered.end, dayInstant(2));
    assert.equal((await read(withTwoAttempts(0, 'unknown'))).head?.manifest.window.covered.end, dayInstant(2));
  });

  it('goes back to a hole that the service can still fill', async () => {
    const runs = daily(10);
    at(runs, 4).isDeleted = true;
    const { head, notes, lost, runs: left } = await read(runs);
    assert.equal(head?.run, '104');
    assert.deepEqual(left.map(({ run }) => run), ['101', '102', '103', '104']);
    assert.deepEqual(lost, []);
    assert.match(notes.join(), /Run 105 or its artifact was deleted: .+ from 2026-09-05T00:00:00Z on, is exported again/);
  });

  it('finds an artifact that was deleted while its run stayed', async () => {
    const runs = daily(6);
    at(runs, 3).hasArtifact = false;
    assert.equal((await read(runs)).head?.run, '103');
  });

  it('goes back further when the run before the hole has lost its manifest', async () => {
    const runs = daily(10);
    at(runs, 5).isDeleted = true;
    at(runs, 4).manifests = [];
    assert.equal((await read(runs)).head?.run, '104');
  });

  it('names a hole that nobody can fill, and goes on from the end', async () => {
    const runs = daily(10);
    at(runs, 4).isDeleted = true;
    const { head, lost } = await read(runs, { oldest: 6 });
    assert.equal(head?.run, '110');
    assert.deepEqual(lost, [{ run: '105', from: dayInstant(4), until: dayInstant(5) }]);
  });

  it('takes runs that vanished from the beginning for the end of their retention, not for a hole', async () => {
    const runs = daily(10);
    for (const run of runs.slice(0, 3)) run.isDeleted = true;
    const { head, lost, isShortened, runs: left, notes } = await read(runs);
    assert.equal(head?.run, '110');
    assert.deepEqual([lost.length, isShortened, left[0]?.run], [0, true, '104']);
    assert.match(notes.join(), /copies of the time before 2026-09-04T00:00:00Z are gone with their runs \(3 runs\)/);
  });

  it('looks for every artifact once in two weeks, for few at a time, and at once for all after a long pause', async () => {
    const runs = daily(80);
    at(runs, 10).hasArtifact = false;
    const headsAt = async (days: readonly number[]): Promise<(string | undefined)[]> => {
      const heads: (string | undefined)[] = [];
      for (const day of days) {
        const last = at(runs, -1);
        last.manifests = last.manifests.map((manifest) => (typeof manifest === 'string' ? manifest : { ...manifest, retrieval: { ...manifest.retrieval, agentClock: dayInstant(5_000), serviceClock: dayInstant(day) } }));
        const store = new FakeStore(runs);
        heads.push((await readChain(store, IDENTITY, START + (day + 1) * DAY, START - 50 * DAY)).head?.run);
        assert.ok(store.asked.filter((request) => request.startsWith('artifact')).length <= 25);
      }
      return heads;
    };
    const found = (await headsAt(Array.from({ length: 14 }, (_, index) => 80 + index))).filter((head) => head === '110').length;
    assert.ok(found === 1 || found === 2, String(found));
    assert.equal((await readChain(new FakeStore(runs), IDENTITY, START + 200 * DAY, START - 50 * DAY)).head?.run, '110');
  });

  it('does not take runs for deleted that only an older export still names', async () => {
    const runs = daily(10);
    const last = at(runs, -1);
    last.manifests = [makeManifest({ run: last.id, from: 9, chain: { position: 10, predecessor: { run: '109', folder: 'fabrikam/x', manifestSha256: '0'.repeat(64), coveredUntil: dayInstant(9) }, runs: runs.slice(3).map(({ id }, index) => ({ run: id, from: dayInstant(index + 3), until: dayInstant(index + 4) })) } })];
    at(runs, 6).isDeleted = true;
    const { head, runs: left, isShortened, notes } = await read(runs);
    assert.equal(head?.run, '106');
    assert.deepEqual([left.map(({ run }) => run), isShortened, notes.length], [['104', '105', '106'], false, 1]);
  });

  it('misses a deleted run of a long chain at once, whichever artifacts have their turn', async () => {
    for (const index of [5, 20, 40, 60]) {
      const runs = daily(80);
      at(runs, index).isDeleted = true;
      assert.equal((await read(runs, { now: 80 })).head?.run, String(100 + index));
    }
  });

  describe('whose oldest named run is gone', () => {
    /** Ten days, of which the last manifest names only those from the fifth on; that one was deleted. */
    function forgetful(): FakeRun[] {
      const runs = daily(10);
      const last = at(runs, -1);
      last.manifests = [makeManifest({ run: last.id, from: 9, chain: { position: 10, origin: { start: dayInstant(0), continueFrom: null }, predecessor: { run: '109', folder: 'fabrikam/x', manifestSha256: '0'.repeat(64), coveredUntil: dayInstant(9) }, runs: runs.slice(4).map(({ id }, index) => ({ run: id, from: dayInstant(index + 4), until: dayInstant(index + 5) })) } })];
      at(runs, 4).isDeleted = true;
      return runs;
    }

    it('has a hole where older exports are there: named once nobody can fill it', async () => {
      const { head, lost, isShortened, runs } = await read(forgetful(), { oldest: 6 });
      assert.deepEqual([head?.run, isShortened, runs[0]?.run], ['110', false, '106']);
      assert.deepEqual(lost, [{ run: '105', from: dayInstant(4), until: dayInstant(5) }]);
    });

    it('goes back to the older export while the service can fill it', async () => {
      const { head, lost, isShortened } = await read(forgetful());
      assert.deepEqual([head?.run, lost, isShortened], ['104', [], false]);
    });

    it('has come to the end of its retention where no older export is there', async () => {
      const runs = forgetful();
      for (const run of runs.slice(0, 4)) run.isDeleted = true;
      const { head, lost, isShortened } = await read(runs, { oldest: 6 });
      assert.deepEqual([head?.run, lost, isShortened], ['110', [], true]);
    });
  });
});
