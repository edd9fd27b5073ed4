import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { planChain, type ChainState } from '../../../tasks/common/evidence/chainPlan';
import type { ChainHead } from '../../../tasks/common/evidence/chainHead';
import type { Chain, Manifest } from '../../../tasks/common/evidence/manifest';
import { sha256Of } from '../../../tasks/common/auditlog/sha256';
import { findingLine } from '../../../tasks/common/evidence/verify/table';
import { verifyExports, type Verification, type VerifyOptions } from '../../../tasks/common/evidence/verify/verifyExports';
import { formatInstant } from '../../../tasks/common/window/instant';
import { auditLogOf, diceOf, ExportChain, HOUR, newKey, SET_START, type SetExport } from '../../support/exportSet';
import { temporaryFolder } from '../../support/temporaryFolder';

const at = (hours: number): number => SET_START + hours * HOUR;
const instant = (hours: number): string => formatInstant(at(hours));

async function verify(root: string, options: Partial<VerifyOptions> = {}): Promise<Verification> {
  const verification = await verifyExports({ root, requested: { from: undefined, to: undefined }, pinned: [], kept: [], ...options });
  assert.ok(verification);
  return verification;
}

/** No finding makes it invalid. @returns the notes */
function assertValid(verification: Verification): string[] {
  const lines = verification.findings.map(findingLine);
  assert.equal(verification.result, 'valid', lines.join('\n'));
  assert.ok(verification.chains.every(({ result }) => result === 'valid'));
  assert.equal(verification.totals.validExports, verification.totals.exports);
  assert.equal(verification.totals.validFiles, verification.totals.files);
  return lines;
}

function headOf(made: SetExport): ChainHead {
  return { run: made.manifest.run.id, sha256: made.sha256, manifest: made.manifest as Manifest & { chain: Chain } };
}

const NOTHING_READ = { head: undefined, runs: [], lost: [], isShortened: false, notes: [] };

/** The state in which a chain is continued after an export, as the next run plans it. */
function stateAfter(chain: ExportChain, made: SetExport, oldest: number): ChainState {
  const head = headOf(made);
  return planChain(chain.state.identity, { ...NOTHING_READ, head, runs: head.manifest.chain.runs }, undefined, undefined, oldest).state;
}

/** More of them, to look for a false alarm for longer: `SEEDS=300 npx mocha test/unit/evidence/verifyExports.test.ts`. */
const SEEDS = Number(process.env['SEEDS'] ?? 12);

describe('verifying exports that nobody touched', function () {
  this.timeout(30_000 + SEEDS * 5_000);
  const folder = temporaryFolder();

  it('raises no alarm, whatever the log and the schedule were', async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const dice = diceOf(seed);
      const root = path.join(folder(), String(seed));
      const hours = 20 + Math.floor(dice() * 80);
      const log = auditLogOf(seed, SET_START, at(hours), Math.floor(dice() * 600), dice() * 0.6);
      const formats = ([['jsonl'], ['json'], ['json', 'csv'], ['jsonl', 'csv', 'json']] as const)[Math.floor(dice() * 4)]!;
      const chain = new ExportChain({ root, log, format: { formats, compressJson: dice() < 0.7 }, ...(dice() < 0.2 && { key: newKey('ES256') }) });
      const schedule = hours > 50 ? 24 : [1, 3, 24][Math.floor(dice() * 3)]!;
      for (let end = schedule, run = 1; end < hours; end += schedule, run += dice() < 0.3 ? 0 : 1) await chain.add(String(run), at(end), { settled: dice() < 0.1 ? HOUR * 2 : HOUR / 2 });
      if (chain.exports.length === 0) continue;
      const verification = await verify(root);
      const notes = assertValid(verification).filter((line) => !line.includes('signed by an unpinned key'));
      assert.deepEqual(notes, [], `seed ${seed}`);
      assert.equal(verification.chains.length, 1);
      const ids = new Set(chain.exports.flatMap(({ entries }) => entries.map(({ id }) => id)));
      assert.equal(verification.chains[0]?.population.entries, ids.size, `seed ${seed}`);
      assert.equal(verification.totals.entries, ids.size);
    }
  });

  it('counts an export that lies there twice once', async () => {
    const log = auditLogOf(3, SET_START, at(48), 300);
    const chain = new ExportChain({ root: path.join(folder(), 'once'), log });
    await chain.add('1', at(24));
    await chain.add('2', at(48));
    cpSync(path.join(folder(), 'once', 'run 2'), path.join(folder(), 'again', 'run 2'), { recursive: true });
    const verification = await verify(folder());
    assertValid(verification);
    assert.deepEqual([verification.totals.exports, verification.chains[0]?.exports, verification.chains[0]?.population.entries], [2, 2, chain.exports.reduce((sum, { entries }) => sum + entries.length, 0)]);
  });

  it('lists what a second run at the same time made as a side branch', async () => {
    const log = auditLogOf(4, SET_START, at(96), 500, 0.4);
    const chain = new ExportChain({ root: folder(), log });
    await chain.add('1', at(24));
    const fork = chain.state;
    await chain.add('2', at(48));
    const other = new ExportChain({ root: folder(), log }, fork);
    await other.add('3', at(47));
    await chain.add('4', at(72));
    const verification = await verify(folder());
    assert.deepEqual(assertValid(verification), []);
    assert.deepEqual(verification.chains[0]?.sideBranches.map(({ exports, covered }) => [exports, covered]), [[1, { start: instant(24), end: instant(47) }]]);
    assert.equal(verification.chains[0].exports, 3);
  });

  it('stands when a deleted run was exported again', async () => {
    const log = auditLogOf(5, SET_START, at(150), 500, 0.4);
    const chain = new ExportChain({ root: folder(), log });
    const first = await chain.add('1', at(24));
    const deleted = await chain.add('2', at(48));
    await chain.add('3', at(72));
    const again = new ExportChain({ root: folder(), log }, stateAfter(chain, first, at(0)));
    for (const end of [48, 72, 96]) await again.add('4', at(end), { settled: 80 * HOUR });
    rmSync(deleted.path, { recursive: true });
    const verification = await verify(folder(), { requested: { from: instant(0), to: instant(96) } });
    assert.match(assertValid(verification).join('\n'), /^note: not found: .*run2-1: .*only the side branch of .*run3-1 follows it\.$/);
    assert.equal(verification.chains[0]?.exports, 4);
  });

  it('follows a declared restart, with a gap or an overlap, and counts what was exported twice once', async () => {
    for (const restart of [60, 48, 40]) {
      const root = path.join(folder(), String(restart));
      const log = auditLogOf(6, SET_START, at(100), 500, 0.2);
      const chain = new ExportChain({ root, log });
      await chain.add('1', at(24));
      const last = await chain.add('2', at(48));
      const { state } = planChain(chain.state.identity, { ...NOTHING_READ, head: headOf(last) }, { kind: 'instant', seconds: at(restart) }, undefined, at(0));
      const restarted = new ExportChain({ root, log }, state);
      await restarted.add('3', at(84));
      await restarted.add('4', at(96));
      const verification = await verify(root);
      const notes = assertValid(verification);
      const [verified] = verification.chains;
      assert.deepEqual(verified?.restarts.map(({ after, at: began, kind }) => [after, began, kind]), [[instant(48), instant(restart), restart > 48 ? 'gap' : restart < 48 ? 'overlap' : 'seamless']]);
      assert.deepEqual(notes, restart > 48 ? [`note: not found: No export of fabrikam, pipeline 12 covers ${instant(48)} to ${instant(60)}: the chain was restarted behind it (continueFrom).`] : []);
      const ids = new Set([...chain.exports, ...restarted.exports].flatMap(({ entries }) => entries.map(({ id }) => id)));
      assert.equal(verified.population.entries, ids.size);
    }
  });

  it('follows a chain into that of another pipeline', async () => {
    const log = auditLogOf(7, SET_START, at(100), 500, 0.3);
    const chain = new ExportChain({ root: folder(), log, pipelineId: '12' });
    await chain.add('1', at(24));
    const last = await chain.add('2', at(48));
    const identity = { ...chain.state.identity, pipelineId: '13' };
    const { state } = planChain(identity, NOTHING_READ, { kind: 'pipeline', id: '12' }, headOf(last), at(0));
    const taken = new ExportChain({ root: folder(), log }, state);
    await taken.add('3', at(72));
    await taken.add('4', at(96));
    const verification = await verify(folder(), { requested: { from: instant(0), to: instant(96) } });
    assert.deepEqual(assertValid(verification), []);
    assert.deepEqual(verification.chains.map(({ pipelineId, exports }) => [pipelineId, exports]), [['13', 4]]);
  });

  it('takes a gap that the chain names for known, unless its time is asked for', async () => {
    const log = auditLogOf(8, SET_START, at(100), 500);
    const chain = new ExportChain({ root: folder(), log });
    const first = await chain.add('1', at(24));
    const state = stateAfter(chain, first, at(30));
    const later = new ExportChain({ root: folder(), log }, state);
    await later.add('2', at(54));
    await later.add('3', at(78));
    const verification = await verify(folder());
    assert.deepEqual(assertValid(verification), [`note: not found: No export of fabrikam, pipeline 12 covers ${instant(24)} to ${instant(30)}: Azure DevOps had deleted the entries before they were read.`]);
    assert.equal((await verify(folder(), { requested: { from: instant(0), to: undefined } })).result, 'invalid');
    assert.equal((await verify(folder(), { requested: { from: instant(30), to: instant(78) } })).result, 'valid');
  });

  it('says that entries could not be checked where there are only tables', async () => {
    const chain = new ExportChain({ root: folder(), log: auditLogOf(9, SET_START, at(24), 50), format: { formats: ['csv'] } });
    await chain.add('1', at(24));
    assert.match(assertValid(await verify(folder())).join('\n'), /^note: not found: .*only files made for reading/);
  });

  it('lists exports outside a chain for themselves', async () => {
    const chain = new ExportChain({ root: folder(), log: auditLogOf(10, SET_START, at(24), 80) });
    await chain.addSeparate('1', at(0), at(12));
    await chain.addSeparate('2', at(6), at(24));
    const verification = await verify(folder());
    assert.deepEqual(assertValid(verification), []);
    assert.deepEqual([verification.chains.length, verification.separate.length], [0, 2]);
  });

  it('knows an organization covered by one chain after another', async () => {
    const log = auditLogOf(11, SET_START, at(48), 200);
    await new ExportChain({ root: folder(), log, pipelineId: '12' }).add('1', at(24));
    await new ExportChain({ root: folder(), log, pipelineId: '13', start: at(24) }).add('2', at(48));
    const requested = { from: instant(0), to: instant(48) };
    assert.match(assertValid(await verify(folder(), { requested })).join('\n'), /another chain of the organization does/);
    assert.equal((await verify(folder(), { requested: { ...requested, to: instant(49) } })).result, 'invalid');
  });

  it('draws the same sample from the same seed: the lowest hashes of seed and id', async () => {
    const chain = new ExportChain({ root: folder(), log: auditLogOf(12, SET_START, at(48), 400, 0.3) });
    await chain.add('1', at(24));
    await chain.add('2', at(48));
    const ids = chain.exports.flatMap(({ entries }) => entries.map(({ id }) => id)).filter((id) => chain.exports.some(({ entries }) => entries.some((entry) => entry.id === id)));
    const expected = ids.map((id) => ({ id, hash: sha256Of(`2026${id}`).toString('hex') })).sort((left, right) => (left.hash < right.hash ? -1 : 1)).slice(0, 25);
    const { sample } = await verify(folder(), { sample: { count: 25, seed: '2026' } });
    assert.deepEqual(sample?.entries.map(({ id, sha256 }) => ({ id, hash: sha256 })), expected);
    for (const { id, folder: place, line } of sample.entries) {
      const made = chain.exports.find(({ path: where }) => where.endsWith(place ?? '-'));
      assert.equal(made?.entries[(line ?? 0) - 1]?.id, id);
    }
  });

  it('passes over what an export never finished, and says so', async () => {
    const chain = new ExportChain({ root: folder(), log: auditLogOf(13, SET_START, at(24), 50) });
    const made = await chain.add('1', at(24));
    const partial = path.join(path.dirname(made.path), '.partial-1-x');
    mkdirSync(partial);
    writeFileSync(path.join(partial, 'audit-log.jsonl.gz'), 'half');
    assert.match(assertValid(await verify(folder())).join('\n'), /never finished/);
  });

  it('passes over a manifest.json of other programs, and not over one that is left of an export', async () => {
    const root = path.join(folder(), 'others');
    const chain = new ExportChain({ root, log: auditLogOf(3, SET_START, at(24), 20) });
    await chain.add('1', at(24));
    for (const [name, text] of [['web', '{"name":"Shop","icons":[]}'], ['broken', '{']] as const) {
      mkdirSync(path.join(root, name));
      writeFileSync(path.join(root, name, 'manifest.json'), text);
    }
    assertValid(await verify(root));
    const left = path.join(root, '20260101T000000Z_20260102T000000Z.run1-1');
    mkdirSync(left);
    writeFileSync(path.join(left, 'manifest.json'), '{');
    assert.equal((await verify(root)).result, 'invalid');
  });

  it('finds nothing where nothing is', async () => {
    assert.equal(await verifyExports({ root: folder(), requested: { from: undefined, to: undefined }, pinned: [], kept: [] }), undefined);
  });

  it('verifies the folder of an export itself', async () => {
    const chain = new ExportChain({ root: folder(), log: auditLogOf(14, SET_START, at(24), 50) });
    const made = await chain.add('1', at(24));
    assertValid(await verify(made.path));
    assertValid(await verify(path.dirname(made.path)));
  });
});
