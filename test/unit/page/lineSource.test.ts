import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { rowSource, type RowProgress } from '../../../page/rows/rowSource';
import { type RowTexts } from '../../../page/rows/rowTexts';
import { RowStore } from '../../../page/rows/rowStore';
import { DIMENSIONS, type EvidenceCut, type EvidenceRows, type ReportData } from '../../../tasks/common/report/reportData';
import { entryAt } from '../../support/auditEntries';
import { evidenceReport, NOBODY } from '../../support/evidenceReport';
import { REPORT_WINDOW, sampleReport } from '../../support/reportData';
import { sandboxEntries } from '../../support/sandboxEntries';

interface Loaded {
  readonly store: RowStore;
  readonly progress: RowProgress;
  readonly line: (row: number) => Promise<string | undefined>;
}

async function load(data: ReportData, following: RowTexts = []): Promise<Loaded> {
  const source = rowSource(data, following)!;
  const store = new RowStore(source.capacity);
  let progress = source.progress;
  await source.load(store, new AbortController().signal, (next) => (progress = next));
  return { store, progress, line: (row) => source.line(store.placeOf(row).chunk, store.placeOf(row).offset) };
}

function rowAt(store: RowStore, row: number): unknown {
  return [store.ms[row], store.flags[row], store.id(row), store.correlation.valueAt(row), store.details.valueAt(row), ...DIMENSIONS.map((dimension) => store.facets[dimension].valueAt(row))];
}

function rowsOf(store: RowStore): unknown[] {
  return Array.from({ length: store.count }, (_, row) => rowAt(store, row));
}

describe('rows of the evidence', () => {
  for (const hostileShare of [0, 0.5]) {
    it(`are those that the collector makes of the same entries, hostile ones: ${hostileShare * 100} %`, async () => {
      const entries = [...sandboxEntries(400, REPORT_WINDOW, hostileShare)];
      const fromLines = await load(await evidenceReport(400, { entries }));
      const fromChunks = await load(await sampleReport(400, { entries }));
      assert.deepEqual(rowsOf(fromLines.store), rowsOf(fromChunks.store));
      assert.deepEqual(fromLines.progress, { isDone: true, unreadable: 0, leftOut: 0, expected: 400 });
      for (const row of [0, 1, 177, 399]) assert.equal(await fromLines.line(row), entries[row]!.raw.toString());
    });
  }

  it('know our own reading and what came late', async () => {
    const clientId = '0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d';
    const second = 10_000_000;
    const entries = [entryAt(90 * second, 1, { actionId: 'AuditLog.AccessLog', actorClientId: clientId }), entryAt(80 * second, 2, { actionId: 'AuditLog.AccessLog' })];
    const data = await evidenceReport(2, { entries, own: { ...NOBODY, clientId } });
    const { timestamp } = entries[1]!.fields() as { timestamp: string };
    const start = new Date(Math.ceil((Date.parse(timestamp) + 1) / 1000) * 1000).toISOString().replace('.000', '');
    const { store } = await load({ ...data, window: { ...data.window, start } });
    assert.deepEqual([0, 1].map((row) => [store.isOwn(row), store.isLate(row)]), [[true, false], [false, true]]);
  });

  it('are shown beside lines that are no entries, and those are counted', async () => {
    const [first, second] = [...sandboxEntries(2, REPORT_WINDOW)].map(({ raw }) => raw.toString()) as [string, string];
    const odd = JSON.stringify({ id: '1;a', timestamp: '2026-11-01T00:00:00Z', category: 7, area: null, actionId: ['x'], ipAddress: {}, projectName: true, details: 4, correlationId: [], actorUPN: {}, actorCUID: 3, actorDisplayName: null, authenticationMechanism: 5, __proto__: { id: 'x' } });
    const wrong = ['', '{', 'null', '[]', '7', '"text"', '{}', '{"id":1,"timestamp":"2026-11-01T00:00:00Z"}', '{"id":"1;b"}', '{"id":"1;c","timestamp":"yesterday"}', '\ufffd{'];
    const data = await evidenceReport(0, { content: [first, ...wrong, odd, second].join('\n') });
    const { store, progress, line } = await load({ ...data, counts: { ...data.counts, entries: 3 + wrong.length } });
    assert.deepEqual([store.count, progress.unreadable, progress.leftOut], [3, wrong.length, 0]);
    assert.deepEqual([store.id(1), store.text('category', 1), store.details.valueAt(1), store.actor(1).name], ['1;a', '', '', '']);
    assert.deepEqual(await Promise.all([line(0), line(1), line(2)]), [first, odd, second]);
  });

  it('of a file that is cut are all whole lines, and it is said before how many there will be', async () => {
    const entries = [...sandboxEntries(2_000, REPORT_WINDOW, 0.05)];
    for (const most of [0, 9, 40_000, 300_001]) {
      const data = await evidenceReport(0, { entries, most });
      const { cut } = data.rows as EvidenceRows;
      const { store, progress, line } = await load(data);
      assert.deepEqual([store.count, store.ids.values], [cut?.entries, entries.slice(0, cut?.entries).map(({ id }) => id)]);
      assert.deepEqual(rowSource(data)?.progress, { isDone: false, unreadable: 0, leftOut: 2_000 - store.count, expected: store.count });
      assert.deepEqual(progress, { isDone: true, unreadable: 0, leftOut: 2_000 - store.count, expected: store.count });
      if (store.count > 0) assert.equal(await line(store.count - 1), entries[store.count - 1]!.raw.toString());
    }
  });

  it('of a file that is cut end with the last that was told, and wait for nothing after it', async () => {
    const entries = [...sandboxEntries(300, REPORT_WINDOW)];
    const data = await evidenceReport(0, { entries, most: 20_000 });
    const { gzip, ...rows } = data.rows as EvidenceRows;
    async function* endless(): AsyncGenerator<string> {
      yield gzip;
      await new Promise(() => {});
    }
    const { store, progress } = await load({ ...data, rows: { ...rows, gzip: '' } }, endless());
    assert.deepEqual([store.count, progress.isDone, progress.unreadable], [rows.cut?.entries, true, 0]);
  });

  it('of which fewer are there than was said are shown, and the others are missed', async () => {
    const data = await evidenceReport(300, { most: 20_000 });
    const { cut, ...rows } = data.rows as EvidenceRows;
    const whole = cut as EvidenceCut;
    const { store, progress } = await load({ ...data, rows: { ...rows, cut: { entries: whole.entries + 2, bytes: whole.bytes + 9_000 } } });
    assert.deepEqual([store.count, progress], [whole.entries, { isDone: true, unreadable: 2, leftOut: 300 - whole.entries - 2, expected: whole.entries }]);
  });

  it('end quietly where the text is no gzip, no base64, breaks off, or holds nothing but line feeds', async () => {
    const data = await evidenceReport(50);
    const { gzip } = data.rows as { gzip: string };
    const half = gzip.slice(0, Math.floor(gzip.length / 8) * 4);
    for (const text of ['', '!!!', 'AAAA', half, `${half}AAAA${half}`, gzipSync('\n'.repeat(300_000)).toString('base64')]) {
      const { store, progress } = await load({ ...data, rows: { form: 'lines', own: NOBODY, cut: null, gzip: text } });
      assert.deepEqual([progress.isDone, progress.leftOut], [true, 0]);
      assert.ok(progress.unreadable + store.count >= 50, `${text.slice(0, 20)} ${JSON.stringify(progress)}`);
    }
  });
});
