import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { startSandbox, type SandboxOptions, type TruthEntry } from '../../sandbox/sandbox';
import { newWorkFolder, removeWorkFolders, runPackaged } from '../support/packagedTask';
import { findProgram, LIBREOFFICE, PYTHON } from '../support/programs';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const WINDOW = { start: Date.parse('2026-11-18T00:00:00Z'), end: Date.parse('2026-11-19T00:00:00Z') };
const INPUTS = { window: 'between', startTime: '2026-11-18T00:00:00Z', endTime: '2026-11-19T00:00:00Z' };
const HOSTILE: SandboxOptions = {
  clock: () => NOW, recordAccess: false, totalEntries: { count: 400, start: WINDOW.start, end: WINDOW.end }, switches: { hostile: 'every' },
};
const DELIMITERS = [['comma', ','], ['semicolon', ';'], ['tab', '\t']] as const;
const TRUTH_PROGRAM = fileURLToPath(new URL('./csv_truth.py', import.meta.url));
/** What LibreOffice takes into a cell at least. */
const LONGEST_CELL = 32_000;

const run = promisify(execFile);

interface GroundTruth {
  readonly entries: readonly TruthEntry[];
  /** Folder of the export as the user downloads it. */
  readonly folder: string;
}

describe('an export of an organization full of hostile texts', function () {
  this.timeout(180_000);
  if (process.env['TASK_NODE'] !== undefined) {
    it.skip('is compared on this Node only');
    return;
  }
  after(removeWorkFolders);

  it('holds every kind of text that breaks readers', async () => {
    await using sandbox = await startSandbox(HOSTILE);
    const texts = (await collect(sandbox.truth(WINDOW))).flatMap(({ json }) => textsOf(JSON.parse(json)));
    const kinds = [/^=/, /^\+/, /^-/, /^@/, /^\t/, /^\r?\n=/, /"/, /\r\n/, /[^\r]\n/, /\r[^\n]/, /\0/, /\x1b/, /\u{1f469}/u, /^##vso\[/, /[,;\t]/, /.{32768}/s, /\u2028/, /^\ufeff/, /^ .* $/];
    for (const kind of kinds) assert.ok(texts.some((text) => kind.test(text)), `no text like ${String(kind)}`);
  });

  for (const whitespace of [false, true]) {
    it(`is byte for byte what the service holds, sent ${whitespace ? 'with' : 'without'} white space between tokens`, async () => {
      const { entries, folder } = await exportWith({ ...HOSTILE, switches: { hostile: 'every', whitespace } }, { formats: 'jsonl,json' });
      if (whitespace) assert.ok(entries.every(({ json }) => json !== compact(json)));
      const lines = gunzipSync(await readFile(path.join(folder, 'audit-log.jsonl.gz'))).toString('utf8');
      assertSameLines(lines, entries.map(({ json }) => `${compact(json)}\n`).join(''));
      const array: unknown = JSON.parse(gunzipSync(await readFile(path.join(folder, 'audit-log.json.gz'))).toString('utf8'));
      assert.deepEqual(array, entries.map(({ json }) => JSON.parse(json) as unknown));
    });
  }

  for (const [name, delimiter] of DELIMITERS) {
    describe(`as CSV with the delimiter ${name}`, () => {
      let truth: GroundTruth;
      let csv: string;
      let truthFile: string;
      before(async () => {
        truth = await exportWith(HOSTILE, { formats: 'csv', csvDelimiter: name });
        csv = path.join(truth.folder, 'audit-log.csv');
        truthFile = path.join(await newWorkFolder(), 'truth.jsonl');
        await writeFile(truthFile, truth.entries.map(({ json }) => `${json}\n`).join(''));
      });

      it('is read by Python as the README describes', async function () {
        const python = findProgram('Python\'s csv module', PYTHON) ?? this.skip();
        await compareInPython(python, [truthFile, csv, delimiter]);
      });

      it('is read by DuckDB as by Python', async function () {
        const python = findProgram('The expected cells', PYTHON) ?? this.skip();
        const { stdout } = await run(python, [TRUTH_PROGRAM, 'cells', truthFile], { maxBuffer: 2 ** 30 });
        const expected = stdout.trimEnd().split(/\r?\n/).map((line) => JSON.parse(line) as string[]);
        const rows = await readWithDuckDb(csv, delimiter);
        assert.equal(rows.length, expected.length);
        rows.forEach((row, index) => { assert.deepEqual(row, expected[index], `row ${String(index)}`); });
      });

      it('is read by LibreOffice, cells as text, as the README describes', async function () {
        const office = findProgram('LibreOffice', LIBREOFFICE) ?? this.skip();
        const python = findProgram('Python\'s csv module', PYTHON) ?? this.skip();
        const asText = Array.from({ length: 26 }, (_, column) => `${String(column + 1)}/2`).join('/');
        const again = await throughLibreOffice(office, csv, `${String(delimiter.charCodeAt(0))},34,76,1,${asText}`, 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false');
        await compareInPython(python, [truthFile, again, ',', String(LONGEST_CELL)]);
      });

      it('gives LibreOffice no formula when it is opened as it comes', async function () {
        const office = findProgram('LibreOffice', LIBREOFFICE) ?? this.skip();
        const sheet = await readFile(await throughLibreOffice(office, csv, `${String(delimiter.charCodeAt(0))},34,76,1`, 'fods'), 'utf8');
        assert.ok(sheet.includes('HYPERLINK'), 'the sheet does not hold the text in question');
        assert.deepEqual(sheet.match(/table:formula=.{0,200}/g) ?? [], []);
      });
    });
  }
});

async function exportWith(options: SandboxOptions, inputs: Readonly<Record<string, string>>): Promise<GroundTruth> {
  await using sandbox = await startSandbox(options);
  const { result, maskedLog, artifacts } = await runPackaged(sandbox, { ...INPUTS, ...inputs });
  assert.equal(result, 'Succeeded', maskedLog);
  const place = path.join(artifacts[0]?.directory ?? '', 'fabrikam');
  const [name = ''] = await readdir(place);
  return { entries: await collect(sandbox.truth(WINDOW)), folder: path.join(place, name) };
}

/** The same tokens without the white space between them. */
function compact(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/gs, (_, text?: string) => text ?? '');
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...textsOf(member)]);
}

/** Compares line by line, so that a failure shows one line and not all of them. */
function assertSameLines(actual: string, expected: string): void {
  const [actualLines, expectedLines] = [actual.split('\n'), expected.split('\n')];
  assert.equal(actualLines.length, expectedLines.length);
  actualLines.forEach((line, index) => { assert.equal(line, expectedLines[index]); });
}

async function compareInPython(python: string, parameters: readonly string[]): Promise<void> {
  const { code = 0, stdout } = await run(python, ['-X', 'utf8', TRUTH_PROGRAM, 'compare', ...parameters]).catch((failure: unknown) => failure as { code: number; stdout: string }) as { code?: number; stdout: string };
  assert.equal(code, 0, stdout);
}

/** Cells are asked for as hexadecimal UTF-8, because the Node package drops a byte order mark at the beginning of a text. */
async function readWithDuckDb(csv: string, delimiter: string): Promise<string[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll('SELECT hex(COLUMNS(*)) FROM read_csv($file, delim = $delimiter, header = true, all_varchar = true)', { file: csv, delimiter });
    assert.equal(reader.columnNames().length, 26);
    return reader.getRows().map((row) => row.map((value) => (value === null ? '' : Buffer.from(value as string, 'hex').toString('utf8'))));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Lets LibreOffice read a CSV (with the tokens of its text filter) and write it again; gives the new file's path. */
async function throughLibreOffice(office: string, csv: string, tokens: string, format: string): Promise<string> {
  const folder = await newWorkFolder();
  const target = path.join(folder, 'read');
  await mkdir(target);
  await run(office, [
    '--headless', `-env:UserInstallation=${pathToFileURL(path.join(folder, 'profile')).href}`,
    `--infilter=Text - txt - csv (StarCalc):${tokens}`, '--convert-to', format, '--outdir', target, csv,
  ], { timeout: 170_000 });
  const [name = ''] = await readdir(target);
  return path.join(target, name);
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
