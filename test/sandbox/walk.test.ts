import assert from 'node:assert/strict';
import {startSandbox, type SandboxOptions, type TruthEntry} from '../../sandbox/sandbox';
import {SandboxClient} from './client';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const WINDOW = {start: Date.parse('2026-11-18T00:00:00Z'), end: Date.parse('2026-11-19T00:00:00Z')};

const MORNING = {start: Date.parse('2026-11-18T08:00:00Z'), end: Date.parse('2026-11-18T10:00:00Z')};

describe('the stand-in\'s audit log', () => {
  it('gives a naive walk exactly the ground truth, whatever the page size', async () => {
    for (const [batchSize, window, least] of [[7, MORNING, 200], [200, WINDOW, 1000], [1000, WINDOW, 1000]] as const) {
      const {walked, truth} = await walkAndTruth({switches: {endBound: 'exclusive'}}, batchSize, window);
      assert.ok(truth.length > least, `only ${String(truth.length)} entries`);
      assert.deepEqual(walked.map(({id}) => id), truth.map(({id}) => id));
    }
  });

  it('walks every entry once in the other order inside a tick, with pages that cut ticks', async () => {
    const {walked, truth} = await walkAndTruth({switches: {orderInsideTick: 'reversed', endBound: 'exclusive'}}, 3, MORNING);
    const ids = walked.map(({id}) => id);
    assert.notDeepEqual(ids, truth.map(({id}) => id));
    assert.deepEqual(ids.toSorted(), truth.map(({id}) => id).toSorted());
  });

  it('serves exactly as many entries as asked for', async () => {
    const {walked, truth} = await walkAndTruth({switches: {endBound: 'exclusive'}, totalEntries: {count: 12_345, ...WINDOW}}, 1000);
    assert.equal(truth.length, 12_345);
    assert.deepEqual(walked.map(({id}) => id), truth.map(({id}) => id));
    assert.equal(Date.parse(truth.at(-1)?.timestamp ?? ''), WINDOW.start);
  });

  it('writes pages where others were sent from, which nobody sees', async () => {
    await using sandbox = await startSandbox({clock: () => NOW, keepsEntries: true, recordAccess: false, switches: {endBound: 'exclusive'}, totalEntries: {count: 3_000, ...WINDOW}});
    await using client = new SandboxClient(sandbox);
    const token = await client.token(sandbox.job);
    const truth = (await collect(sandbox.truth(WINDOW))).map(({json}) => JSON.parse(json) as unknown);
    const walks = await Promise.all([200, 1000, 300, 700, 450].map((batchSize) => client.walk(token, WINDOW, batchSize)));
    for (const walked of walks) assert.deepEqual(walked, truth);
  });

  it('is the same for the same seed, in any order of asking, and another for another seed', async () => {
    const [first, again, other] = [await truthOf({seed: 5}), await truthOf({seed: 5}), await truthOf({seed: 6})];
    assert.deepEqual(first, again);
    assert.notDeepEqual(first.map(({id}) => id), other.map(({id}) => id));
    await using sandbox = await startSandbox({seed: 5, clock: () => NOW});
    const noon = (WINDOW.start + WINDOW.end) / 2;
    const late = await collect(sandbox.truth({start: noon, end: WINDOW.end}));
    const early = await collect(sandbox.truth({start: WINDOW.start, end: noon}));
    assert.deepEqual([...late, ...early], first);
  });

  it('holds entries on bounds, groups in one tick, both timestamp forms and 0 to 7 fraction digits', async () => {
    const truth = await truthOf({entriesPerDay: 20_000});
    const digits = new Set(truth.map(({timestamp}) => (/\.(\d+)/.exec(timestamp)?.[1] ?? '').length));
    assert.deepEqual([...digits].sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.ok(truth.some(({timestamp}) => timestamp.endsWith('Z')) && truth.some(({timestamp}) => timestamp.endsWith('+00:00')));
    assert.ok(truth.some(({ticks}, index) => ticks === truth[index + 1]?.ticks));
    assert.ok(truth.some(({ticks}) => BigInt(ticks) % 36_000_000_000n === 0n));
    assert.equal(new Set(truth.map(({json}) => /"actionId":"([^"]+)"/.exec(json)?.[1])).size, 243);
  });

  it('writes ids whose inverted ticks are those of the timestamp, and JSON that can be read', async () => {
    for (const {id, ticks, json} of await truthOf({switches: {hostile: 'every', whitespace: true}})) {
      assert.equal(3_155_378_975_999_999_999n - BigInt(id.slice(0, 19)), BigInt(ticks));
      assert.equal((JSON.parse(json) as {id: string}).id, id);
    }
  });

  it('hides late arrivals until they arrive', async () => {
    const edge = {start: NOW - 3_600_000, end: NOW + 1};
    const now = await truthOf({entriesPerDay: 50_000}, edge);
    const later = await truthOf({entriesPerDay: 50_000}, edge, NOW + 30 * 60_000);
    assert.ok(later.length > now.length);
    await using sandbox = await startSandbox({entriesPerDay: 50_000, clock: () => NOW, switches: {recordsConnections: false}});
    await using client = new SandboxClient(sandbox);
    const walked = await client.walk(await client.token(sandbox.job), {start: edge.start, end: NOW + 3_600_000}, 1000);
    assert.deepEqual(walked.map(({id}) => id), now.map(({id}) => id));
  });
});

describe('the stand-in\'s bounds', () => {
  const at = (time: string): object => ({id: idAt(time), timestamp: time});
  const entries = ['2026-11-18T00:00:00Z', '2026-11-18T00:00:00.0000001Z', '2026-11-18T00:00:00.9Z', '2026-11-18T12:00:00Z', '2026-11-18T23:59:59.9999999Z', '2026-11-19T00:00:00Z', '2026-11-19T00:00:00.0004Z', '2026-11-19T00:00:00.5Z'].map(at);
  const cases: [string, NonNullable<SandboxOptions['switches']>, number][] = [
    ['inclusive to 100 ns', {}, 6],
    ['exclusive end', {endBound: 'exclusive'}, 5],
    ['exclusive start', {startBound: 'exclusive'}, 5],
    ['both exclusive', {startBound: 'exclusive', endBound: 'exclusive'}, 4],
    ['inclusive to the ms', {boundPrecision: 'millisecond'}, 7],
    ['inclusive to the second', {boundPrecision: 'second'}, 8],
    ['exclusive to the second', {boundPrecision: 'second', startBound: 'exclusive', endBound: 'exclusive'}, 2],
  ];
  for (const [name, switches, expected] of cases) {
    it(name, async () => {
      const {walked, truth} = await walkAndTruth({entries, switches}, 2);
      assert.equal(walked.length, expected);
      assert.equal(truth.length, 5);
    });
  }
});

function idAt(time: string): string {
  const [, seconds = '', fraction = ''] = /^(.{19})(?:\.(\d+))?Z$/.exec(time) ?? [];
  const ticks = BigInt(Date.parse(`${seconds}Z`)) * 10_000n + BigInt(fraction.padEnd(7, '0')) + 621_355_968_000_000_000n;
  return `${String(3_155_378_975_999_999_999n - ticks)};00000064-0000-8888-8000-000000000000;86fbe369-3f5d-4f52-9ab0-3be7db271948`;
}

async function walkAndTruth(options: SandboxOptions, batchSize: number, window = WINDOW): Promise<{walked: {id: string}[]; truth: TruthEntry[]}> {
  await using sandbox = await startSandbox({clock: () => NOW, ...options});
  await using client = new SandboxClient(sandbox);
  const walked = await client.walk(await client.token(sandbox.job), window, batchSize);
  return {walked, truth: await collect(sandbox.truth(window))};
}

async function truthOf(options: SandboxOptions, window = WINDOW, now = NOW): Promise<TruthEntry[]> {
  await using sandbox = await startSandbox({...options, clock: () => now});
  return await collect(sandbox.truth(window));
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
