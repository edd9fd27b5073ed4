import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import sinon from 'sinon';
import { AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { ViewFilter } from '../../../tasks/common/auditlog/filter';
import { parseFilterRules } from '../../../tasks/common/auditlog/filterRules';
import type { EntryBatch } from '../../../tasks/common/auditlog/readEntries';
import { writeEntries, type ExportFormat, type WrittenExport } from '../../../tasks/common/export/writeEntries';
import { OutputFile } from '../../../tasks/common/files/outputFile';
import { entryAt } from '../../support/auditEntries';
import { isTaskError } from '../../support/taskErrors';
import { temporaryFolder } from '../../support/temporaryFolder';

const EVERY_FORMAT: ExportFormat = { formats: ['jsonl', 'csv', 'json'], compressJson: true, csvDelimiter: ',' };
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const entries = (count: number, size = 0): AuditLogEntry[] => Array.from({ length: count }, (_, index) => entryAt(1_000_000 - index, index, { details: `é\u2028 ${index} ${'x'.repeat(size)}` }));

async function* inBatches(all: readonly AuditLogEntry[], size: number, failure?: Error): AsyncGenerator<EntryBatch> {
  let pages = 0;
  for (let from = 0; from < all.length; from += size) {
    pages += 1;
    yield await Promise.resolve({ entries: all.slice(from, from + size), pages, reached: undefined });
  }
  if (failure) throw failure;
  yield { entries: [], pages, reached: undefined };
}

const write = (batches: AsyncIterable<EntryBatch>, folder: string, format = EVERY_FORMAT): Promise<WrittenExport> => writeEntries(batches, folder, format, () => {});

function content(folder: string, name: string): Buffer {
  const bytes = readFileSync(path.join(folder, name));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

describe('writing entries', () => {
  const folder = temporaryFolder();
  afterEach(() => { sinon.restore(); });

  it('gives JSON Lines that are the entries\' bytes, a JSON array of them, and descriptions that fit', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 70 }), fc.constantFrom(0, 3_000), fc.boolean(), async (count, batch, size, compressJson) => {
      const own = path.join(folder(), `${count}-${batch}-${size}-${String(compressJson)}`);
      mkdirSync(own, { recursive: true });
      if (readdirSync(own).length > 0) return;
      const all = entries(count, size);
      const { files, tally, repaired, cuts } = await write(inBatches(all, batch), own, { ...EVERY_FORMAT, compressJson });
      const suffix = compressJson ? '.gz' : '';
      assert.deepEqual(files.map(({ name, format, entries: held }) => [name, format, held]), [[`audit-log.jsonl${suffix}`, 'jsonl', count], ['audit-log.csv', 'csv', count], [`audit-log.json${suffix}`, 'json', count]]);
      assert.ok(content(own, `audit-log.jsonl${suffix}`).equals(Buffer.concat(all.flatMap(({ raw }) => [raw, Buffer.from('\n')]))));
      assert.deepEqual(JSON.parse(content(own, `audit-log.json${suffix}`).toString()), all.map((entry) => entry.fields()));
      for (const file of files) {
        const bytes = readFileSync(path.join(own, file.name));
        assert.deepEqual([file.bytes, file.sha256, file.contentSha256], [bytes.length, sha256(bytes), sha256(content(own, file.name))]);
      }
      assert.deepEqual([tally.entries, repaired, compressJson ? [] : cuts], [count, 0, []]);
    }), { numRuns: 40 });
  }).timeout(60_000);

  it('says of compressed JSON Lines where they can be cut, and which lines are whole before', async () => {
    const pieceBytes = 256 * 1024;
    // The first line ends where the first piece does.
    const exact = pieceBytes - `${entryAt(1_000_000, 0, { details: '' }).raw.toString()}\n`.length;
    const long = [exact, pieceBytes, 3 * pieceBytes];
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 4_000 }) }, { weight: 1, arbitrary: fc.constantFrom(...long) }), { maxLength: 200 }), fc.integer({ min: 1, max: 70 }), fc.boolean(), async (sizes, batch, isRandom) => {
      const own = path.join(folder(), randomBytes(8).toString('hex'));
      mkdirSync(own);
      const all = sizes.map((size, index) => entryAt(1_000_000 - index, index, { details: isRandom ? randomBytes(size).toString('base64').slice(0, size) : 'x'.repeat(size) }));
      const { cuts } = await write(inBatches(all, batch), own, { ...EVERY_FORMAT, formats: ['jsonl'] });
      const [file, lines] = [readFileSync(path.join(own, 'audit-log.jsonl.gz')), all.map(({ raw }) => `${raw.toString()}\n`)];
      const whole = lines.join('');
      assert.equal(cuts.length, Math.floor(Buffer.byteLength(whole) / pieceBytes) - (Buffer.byteLength(whole) % pieceBytes === 0 && whole !== '' ? 1 : 0));
      for (const [piece, cut] of cuts.entries()) {
        const content = gunzipSync(file.subarray(0, cut.fileBytes), { finishFlush: constants.Z_SYNC_FLUSH });
        assert.deepEqual([content.length, content.toString().slice(0, 1_000)], [(piece + 1) * pieceBytes, whole.slice(0, 1_000)]);
        const held = lines.slice(0, cut.entries).join('');
        assert.equal(cut.bytes, Buffer.byteLength(held));
        assert.ok(content.subarray(0, cut.bytes).equals(Buffer.from(held)));
        assert.equal(content.indexOf('\n', cut.bytes), -1);
      }
    }), { numRuns: 30, examples: [[[exact, 10], 5, false]] });
  }).timeout(60_000);

  for (const compressJson of [false, true]) {
    it(`of an empty window gives files that are valid and empty${compressJson ? ', compressed' : ''}`, async () => {
      const { files } = await write(inBatches([], 1), folder(), { ...EVERY_FORMAT, compressJson });
      const [jsonl, csv, json] = files.map(({ name }) => content(folder(), name).toString());
      assert.equal(jsonl, '');
      assert.equal(csv?.split('\r\n').length, 2);
      assert.equal(json, '[]\n');
      assert.deepEqual(readdirSync(folder()).sort(), files.map(({ name }) => name).sort());
    });
  }

  it('gives the same bytes on every run, and the same content however the pages were cut', async () => {
    const all = entries(2_000, 200);
    const runs = await Promise.all([['a', 300], ['b', 300], ['c', 7]].map(async ([name, batch]) => {
      const own = path.join(folder(), name as string);
      mkdirSync(own);
      return (await write(inBatches(all, batch as number), own)).files;
    }));
    assert.deepEqual(runs[0], runs[1]);
    assert.deepEqual(runs[2]?.map(({ contentSha256 }) => contentSha256), runs[0]?.map(({ contentSha256 }) => contentSha256));
  });

  it('ends a file only once all of it has come through the compression', async () => {
    const all = Array.from({ length: 300 }, (_, index) => entryAt(1_000_000 - index, index, { details: randomBytes(1_500).toString('base64') }));
    // A slow disk: the last output is still on its way when the last entry has been taken.
    const write30msLater = sinon.stub(OutputFile.prototype, 'write');
    write30msLater.callsFake(async function (this: OutputFile, piece) {
      await new Promise((resolve) => { setTimeout(resolve, 30); });
      await write30msLater.wrappedMethod.call(this, piece);
    });
    const { files } = await write(inBatches(all, 300), folder(), { ...EVERY_FORMAT, formats: ['jsonl', 'json'] });
    for (const file of files) assert.deepEqual([file.contentSha256, file.bytes], [sha256(content(folder(), file.name)), statSync(path.join(folder(), file.name)).size]);
    assert.equal(content(folder(), 'audit-log.jsonl.gz').toString().split('\n').length, 301);
  });

  it('writes only the formats asked for, each once', async () => {
    const { files } = await write(inBatches(entries(2), 1), folder(), { ...EVERY_FORMAT, formats: ['json', 'json'] });
    assert.deepEqual(files.map(({ name }) => name), ['audit-log.json.gz']);
  });

  it('keeps the original bytes of repaired entries beside the files, with id and hash', async () => {
    const original = Buffer.from([0x7b, 0xff, 0x5c, 0x0a, 0x7d]);
    const [before, between, after] = entries(3);
    const repaired = new AuditLogEntry(between!.raw, between!.id, between!.ticks, original);
    const written = await write(inBatches([before!, repaired, after!], 2), folder());
    assert.equal(written.repaired, 1);
    assert.deepEqual(written.files.at(-1)?.name, 'anomalies.jsonl');
    assert.equal(written.files.at(-1)?.entries, 1);
    const lines = content(folder(), 'anomalies.jsonl').toString().split('\n');
    assert.equal(lines.length, 2);
    assert.deepEqual(JSON.parse(lines[0]!), { id: between!.id, sha256: sha256(original), original: original.toString('base64') });
    assert.ok(content(folder(), 'audit-log.jsonl.gz').includes(between!.raw));
  });

  it('leaves out of the views what a filter keeps out, and nothing of the evidence', async () => {
    const all = Array.from({ length: 250 }, (_, index) => entryAt(1_000_000 - index, index, { area: index % 3 === 0 ? 'Git' : 'Project' }));
    const filter = new ViewFilter(parseFilterRules('area: Git').rules ?? [], []);
    const observed = { shown: 0, leftOut: 0 };
    const written = await writeEntries(inBatches(all, 120), folder(), { ...EVERY_FORMAT, filter }, () => {}, ({ shown, leftOut }) => {
      assert.ok(shown.every((entry) => entry.fields()['area'] === 'Git') && leftOut.every((entry) => entry.fields()['area'] === 'Project'));
      observed.shown += shown.length;
      observed.leftOut += leftOut.length;
    });
    assert.deepEqual(written.views, { include: ['area: Git'], exclude: [], leftOut: 166 });
    assert.deepEqual(observed, { shown: 84, leftOut: 166 });
    assert.deepEqual([written.tally.entries, written.tally.byArea.get('Project')], [250, 166]);
    assert.deepEqual(written.files.map(({ format, entries: held }) => [format, held]), [['jsonl', 250], ['csv', 84], ['json', 250]]);
    assert.equal(content(folder(), 'audit-log.jsonl.gz').toString().split('\n').length, 251);
    assert.equal(content(folder(), 'audit-log.csv').toString().split('\r\n').length, 86);
  });

  it('tells after every batch what is written', async () => {
    const told: [number, number][] = [];
    const { pages } = await writeEntries(inBatches(entries(5), 2), folder(), EVERY_FORMAT, (batch, tally) => { told.push([batch.pages, tally.entries]); });
    assert.deepEqual(told, [[1, 2], [2, 4], [3, 5], [3, 5]]);
    assert.equal(pages, 3);
  });

  it('ends with what reading throws, and leaves no file open', async () => {
    const failure = new Error('reading failed');
    await assert.rejects(write(inBatches(entries(500, 2_000), 100, failure), folder()), failure);
    assert.deepEqual(openFilesIn(folder()), []);
  });

  it('refuses to write over a file, and leaves none open', async () => {
    writeFileSync(path.join(folder(), 'audit-log.csv'), 'mine');
    await assert.rejects(write(inBatches(entries(1), 1), folder()), isTaskError('OUTPUT_NOT_WRITABLE', /EEXIST/));
    assert.equal(content(folder(), 'audit-log.csv').toString(), 'mine');
    assert.deepEqual(openFilesIn(folder()), []);
  });

  it('says so when the folder is not there', async () => {
    await assert.rejects(write(inBatches([], 1), path.join(folder(), 'missing')), isTaskError('OUTPUT_NOT_WRITABLE'));
  });
});

/** What this process holds open in a folder; nothing is known where the system does not tell. */
function openFilesIn(folder: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`);
      return target.startsWith(folder) ? [target] : [];
    } catch {
      return [];
    }
  });
}
