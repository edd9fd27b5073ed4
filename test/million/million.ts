import assert from 'node:assert/strict';
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { startSandboxProcess, type SandboxProcess } from '../../sandbox/sandboxProcess';
import { removeWorkFolders, runPackaged, type PackagedRun } from '../support/packagedTask';

/*
 * One export of a million entries in every format, and a smaller one to show that memory does not grow with the number.
 * The stand-in runs in a process of its own. Not part of `npm test`: `npm run test:million`.
 */

const NOW = Date.parse('2026-11-20T12:00:00Z');
const WINDOW = { start: Date.parse('2026-10-01T00:00:00Z'), end: Date.parse('2026-11-15T00:00:00Z') };
const INPUTS = { window: 'between', startTime: '2026-10-01T00:00:00Z', endTime: '2026-11-15T00:00:00Z', formats: 'jsonl,csv,json', maxDuration: '6h' };
const MOST_BYTES = 200_000_000;
/** One more than fits into one CSV. */
const ENTRIES = 1_000_001;
const ROWS_PER_CSV = 1_000_000;

/** What is compared of a million entries: how many, and a SHA-256 over them in their order. */
interface Digest {
  readonly entries: number;
  readonly sha256: string;
}

describe('an export in every format', function () {
  this.timeout(3_600_000);
  after(removeWorkFolders);

  for (const count of [100_000, ENTRIES]) {
    it(`of ${count.toLocaleString('en')} entries is complete, at less than 200 MB`, async () => {
      await using azure = await startSandboxProcess({ now: NOW, recordAccess: false, totalEntries: { count, ...WINDOW } });
      const run = await runPackaged(azure, INPUTS, { environment: { NO_COLOR: '1' } });
      assert.equal(run.result, 'Succeeded', run.maskedLog);
      const megabytes = Math.round((run.peakRssBytes ?? 0) / 1e6);
      print(`${count.toLocaleString('en')} entries: ${Math.round(count / (run.durationMs / 1000)).toLocaleString('en')} a second, at most ${String(megabytes)} MB`);
      if (run.peakRssBytes === undefined) print('SKIPPED: this system does not tell how much memory a process used.');
      else assert.ok(run.peakRssBytes < MOST_BYTES, `${String(megabytes)} MB`);
      assert.equal(run.outputVariables['entryCount'], String(count));
      await assertComplete(azure, run, count);
    });
  }
});

async function assertComplete(azure: SandboxProcess, run: PackagedRun, count: number): Promise<void> {
  const folder = await exportFolder(run);
  const truth = await digestOfTruth(azure);
  assert.equal(truth.bodies.entries, count);
  assert.deepEqual(await digestOfLines(path.join(folder, 'audit-log.jsonl.gz'), (line) => line), truth.bodies);
  assert.deepEqual(await digestOfLines(path.join(folder, 'audit-log.json.gz'), elementOfLine), truth.bodies);
  const csvFiles = (await readdir(folder)).filter((name) => name.endsWith('.csv'));
  assert.equal(csvFiles.length, Math.ceil(count / ROWS_PER_CSV));
  assert.deepEqual(await digestOfCsv(folder, csvFiles.sort((left, right) => left.length - right.length || (left < right ? -1 : 1)), count), truth.ids);
}

async function exportFolder({ artifacts }: PackagedRun): Promise<string> {
  const place = path.join(artifacts[0]?.directory ?? '', 'fabrikam');
  const [name = ''] = await readdir(place);
  return path.join(place, name);
}

/** Also makes sure that the ids themselves ascend strictly, that is: no entry stands twice. */
async function digestOfTruth(azure: SandboxProcess): Promise<{ ids: Digest; bodies: Digest }> {
  const [ids, bodies] = [createHash('sha256'), createHash('sha256')];
  let entries = 0;
  let previous = '';
  for await (const { id, json } of azure.truth(WINDOW)) {
    assert.ok(id > previous, `${id} does not come after ${previous}`);
    previous = id;
    entries += 1;
    add(ids, id);
    add(bodies, json);
  }
  return { ids: { entries, sha256: ids.digest('hex') }, bodies: { entries, sha256: bodies.digest('hex') } };
}

/** @param entryOf the entry in a line, or undefined for a line that holds none */
async function digestOfLines(file: string, entryOf: (line: string) => string | undefined): Promise<Digest> {
  const hash = createHash('sha256');
  let entries = 0;
  for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: 0 })) {
    const entry = entryOf(line);
    if (entry === undefined) continue;
    entries += 1;
    add(hash, entry);
  }
  return { entries, sha256: hash.digest('hex') };
}

/** The array is written an entry a line; its brackets have lines of their own. */
function elementOfLine(line: string): string | undefined {
  if (line === '[' || line === ']') return undefined;
  return line.endsWith(',') ? line.slice(0, -1) : line;
}

async function digestOfCsv(folder: string, names: readonly string[], count: number): Promise<Digest> {
  const hash = createHash('sha256');
  let entries = 0;
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const [index, name] of names.entries()) {
    let rows = 0;
    const result = await connection.stream('SELECT id FROM read_csv($file, delim = \',\', header = true, all_varchar = true)', { file: path.join(folder, name) });
    for await (const some of result.yieldRows()) {
      rows += some.length;
      for (const [id] of some) add(hash, String(id));
    }
    assert.equal(rows, index < names.length - 1 ? ROWS_PER_CSV : count - index * ROWS_PER_CSV, name);
    entries += rows;
  }
  connection.closeSync();
  instance.closeSync();
  return { entries, sha256: hash.digest('hex') };
}

function add(hash: Hash, text: string): void {
  hash.update(text).update('\n');
}

function print(line: string): void {
  process.stdout.write(`      ${line}\n`);
}
