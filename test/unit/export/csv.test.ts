import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { DOCUMENTED_FIELDS } from '../../../tasks/common/auditlog/documentedFields';
import { AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { parsePage } from '../../../tasks/common/auditlog/page';
import { CSV_COLUMNS, csvWriter, type CsvDelimiter } from '../../../tasks/common/export/csv';
import { csvCell } from '../../../tasks/common/export/csvCell';
import { entryAt } from '../../support/auditEntries';
import { parseStrictCsv } from '../../support/strictCsv';
import { temporaryFolder } from '../../support/temporaryFolder';

const DELIMITERS: readonly CsvDelimiter[] = [',', ';', '\t'];
const HOSTILE = [
  '', 'plain', '"', '""', 'a"b', ',', ';', '\t', 'a,b;c\td', '\n', '\r', '\r\n', 'a\r\nb', '"\r\n"', '\\', '\\"', "'", '=1+1', '+1', '-1', '@a', ' =1', '\t=1', '＝1', '\u00a0@a',
  '\u0000', 'a\u0000b', '\u001b[0m', '\u007f', '\u0085', '\u2028', '\ufeff', '\ufeff=1', 'é', '😀', '\ud83d', '##vso[task.complete result=Failed;]x', '##[error]', '</td>', 'x'.repeat(40_000), '0012', '1e5', ' x ',
];
const hostile = fc.array(fc.constantFrom(...HOSTILE), { maxLength: 4 }).map((pieces) => pieces.join(''));
const value = fc.oneof({ weight: 3, arbitrary: hostile }, { weight: 1, arbitrary: fc.constantFrom(null, true, 0, -7, 1.5, 9_007_199_254_740_991) }, {
  weight: 1,
  arbitrary: fc.record({ Token: hostile, updates: fc.array(hostile, { maxLength: 2 }), Count: fc.nat(), More: fc.constant({ deep: [null, false, {}] }) }),
});
const anyFields = fc.dictionary(fc.constantFrom(...DOCUMENTED_FIELDS.filter((name) => name !== 'id' && name !== 'timestamp'), 'newField', 'another, "field"'), value, { maxKeys: 12 });
const anyEntries = fc.array(anyFields, { maxLength: 12 }).map((all) => all.map((fields, index) => entryAt(1_234_567_890 - index * 10_000, index, fields)));

async function written(folder: string, delimiter: CsvDelimiter, batches: readonly (readonly AuditLogEntry[])[], rowsPerFile?: number) {
  const writer = await csvWriter(folder, delimiter, rowsPerFile);
  for (const batch of batches) await writer.write(batch);
  return writer.finish();
}

function rowsOf(file: string, delimiter: CsvDelimiter): string[][] {
  const text = readFileSync(file, 'utf8');
  assert.ok(text.startsWith('\ufeffid'), 'a byte order mark, then the header');
  const [header, ...rows] = parseStrictCsv(text.slice(1), delimiter);
  assert.deepEqual(header, [...CSV_COLUMNS]);
  return rows;
}

/** Half a surrogate pair has no UTF-8: the replacement character stands for it. */
const inUtf8 = (text: string): string => Buffer.from(text).toString();

function extraFieldsOf(entry: AuditLogEntry): string {
  const known: readonly string[] = DOCUMENTED_FIELDS;
  const extra = Object.entries(entry.fields()).filter(([name]) => !known.includes(name));
  return extra.length === 0 ? '' : JSON.stringify(Object.fromEntries(extra)).replaceAll('\u007f', '␡');
}

describe('CSV', () => {
  const folder = temporaryFolder();

  it('holds every field of every entry in its column, for any text and any delimiter', async () => {
    let run = 0;
    await fc.assert(fc.asyncProperty(anyEntries, fc.constantFrom(...DELIMITERS), async (entries, delimiter) => {
      const own = path.join(folder(), String(run += 1));
      mkdirSync(own);
      await written(own, delimiter, [entries]);
      const rows = rowsOf(path.join(own, 'audit-log.csv'), delimiter);
      assert.deepEqual(rows.map((row) => row.slice(0, DOCUMENTED_FIELDS.length)), entries.map((entry) => DOCUMENTED_FIELDS.map((name) => inUtf8(csvCell(entry.fields()[name])))));
      assert.deepEqual(rows.map((row) => row.at(-1)), entries.map((entry) => inUtf8(extraFieldsOf(entry))));
    }), { numRuns: 40 });
  }).timeout(60_000);

  for (const delimiter of DELIMITERS) {
    it(`with ${JSON.stringify(delimiter)} is read by Python as the entries say, after the documented disarming`, async function () {
      if (spawnSync('python3', ['--version']).status !== 0) this.skip();
      this.timeout(60_000);
      const each = HOSTILE.map((text, index) => entryAt(100_000_000 - index * 100, index, { details: text, data: { text, list: [text] }, [`new ${text}`]: text, actorUPN: index % 2 === 0 ? null : text }));
      const random = fc.sample(anyEntries, { numRuns: 20, seed: 7 }).flat();
      const entries = [...each, ...random];
      await written(folder(), delimiter, [entries]);
      writeFileSync(path.join(folder(), 'entries.jsonl'), entries.map(({ raw }) => `${raw.toString()}\n`).join(''));
      const script = path.join(import.meta.dirname, 'csv_equals_entries.py');
      const said = execFileSync('python3', [script, path.join(folder(), 'audit-log.csv'), path.join(folder(), 'entries.jsonl'), delimiter], { encoding: 'utf8' });
      assert.equal(said.trim(), `${entries.length} entries equal`);
    });
  }

  it('of an empty window is the header alone', async () => {
    const [file] = await written(folder(), ',', [[], []]);
    assert.equal(readFileSync(path.join(folder(), 'audit-log.csv'), 'utf8'), `\ufeff${CSV_COLUMNS.join(',')}\r\n`);
    assert.equal(file?.entries, 0);
  });

  it('never written to at all is the header alone', async () => {
    await written(folder(), ',', []);
    assert.equal(readFileSync(path.join(folder(), 'audit-log.csv'), 'utf8'), `\ufeff${CSV_COLUMNS.join(',')}\r\n`);
  });

  const rotations: [batches: number[], rows: number[]][] = [[[4, 4, 2], [3, 3, 3, 1]], [[6], [3, 3]], [[3], [3]], [[3, 0, 1], [3, 1]], [[1, 1, 1, 1], [3, 1]], [[10], [3, 3, 3, 1]]];
  for (const [sizes, rows] of rotations) {
    it(`begins a new file every three rows when asked to: ${sizes.join('+')} entries`, async () => {
      let number = 0;
      const batches = sizes.map((size) => Array.from({ length: size }, () => entryAt(1_000 - (number += 1), number)));
      const files = await written(folder(), ';', batches, 3);
      assert.deepEqual(files.map(({ name, entries }) => [name, entries]), rows.map((count, index) => [index === 0 ? 'audit-log.csv' : `audit-log.${index + 1}.csv`, count]));
      assert.deepEqual(readdirSync(folder()).sort(), files.map(({ name }) => name).sort());
      const all = files.flatMap(({ name }) => rowsOf(path.join(folder(), name), ';'));
      assert.deepEqual(all.map(([id]) => id), batches.flat().map(({ id }) => id));
    });
  }

  it('shows the instant to a millisecond, in UTC, as spreadsheets read it', async () => {
    await written(folder(), ',', [[entryAt((14 * 3600 + 5 * 60 + 2) * 10_000_000 + 1_460_838, 1)]]);
    const [row] = rowsOf(path.join(folder(), 'audit-log.csv'), ',');
    assert.equal(row?.[CSV_COLUMNS.indexOf('timestampUtc')], '2026-11-20 14:05:02.146');
    assert.equal(row[CSV_COLUMNS.indexOf('timestamp')], '2026-11-20T14:05:02.1460838+00:00');
  });

  for (const [timestamp, shown] of [
    ['2026-11-20T14:05:02Z', '2026-11-20 14:05:02.000'], ['2026-11-20T14:05:02+00:00', '2026-11-20 14:05:02.000'], ['2026-11-20T14:05:02.1Z', '2026-11-20 14:05:02.100'],
    ['2026-11-20T14:05:02.14+00:00', '2026-11-20 14:05:02.140'], ['2026-11-20T14:05:02.1469999Z', '2026-11-20 14:05:02.146'], ['2026-11-20T16:05:02.5+02:00', '2026-11-20 14:05:02.500'],
  ] as const) {
    it(`shows ${timestamp} with three digits of its second`, async () => {
      const { entries } = parsePage(Buffer.from(JSON.stringify({ decoratedAuditLogEntries: [{ id: 'one', timestamp }], continuationToken: '', hasMore: false })));
      await written(folder(), ',', [entries]);
      assert.equal(rowsOf(path.join(folder(), 'audit-log.csv'), ',')[0]?.[CSV_COLUMNS.indexOf('timestampUtc')], shown);
    });
  }

  it('shows objects and fields that are not documented as the service sent them, with letters instead of their escapes', async () => {
    const sent = '{"id":"2516071682484423536;a","timestamp":"2026-11-19T23:55:51.5576463Z","data":{"\\u0061":1.0,"a":12345678901234567890,"b":"\\/\\\\u0041"},"2":"two","1":{"x":[]},"area":-1e3}';
    const entry = new AuditLogEntry(Buffer.from(sent), '2516071682484423536;a', '0638992005515576463');
    await written(folder(), ',', [[entry]]);
    const [row] = rowsOf(path.join(folder(), 'audit-log.csv'), ',');
    const cellOf = (name: (typeof CSV_COLUMNS)[number]): string | undefined => row?.[CSV_COLUMNS.indexOf(name)];
    assert.equal(cellOf('data'), '{"a":1.0,"a":12345678901234567890,"b":"/\\\\u0041"}');
    assert.equal(cellOf('extraFields'), '{"2":"two","1":{"x":[]}}');
    assert.equal(cellOf('area'), "'-1e3");
    assert.equal(cellOf('timestampUtc'), '2026-11-19 23:55:51.557');
  });

  it('puts quotation marks only where a cell needs them, whatever stands behind it in the entry', async () => {
    const sent = '{"id":"2516071682484423536;a","timestamp":"2026-11-19T23:55:51.5Z","area":"Git","actionId":"a,b","data":[],"details":"say \\"x\\"","category":"C:\\\\x"}';
    await written(folder(), ',', [[new AuditLogEntry(Buffer.from(sent), '2516071682484423536;a', '0638992005515000000')]]);
    const [, row] = readFileSync(path.join(folder(), 'audit-log.csv'), 'utf8').split('\r\n');
    const cells = new Map([['id', '2516071682484423536;a'], ['timestamp', '2026-11-19T23:55:51.5Z'], ['area', 'Git'], ['actionId', '"a,b"'], ['data', '[]'], ['details', '"say ""x"""'], ['category', 'C:\\x'], ['timestampUtc', '2026-11-19 23:55:51.500']]);
    assert.equal(row, CSV_COLUMNS.map((name) => cells.get(name) ?? '').join(','));
  });

  it('takes entries that are nested as deeply as those that an export reads', async () => {
    const data = `${'['.repeat(100)}${']'.repeat(100)}`;
    const body = `{"decoratedAuditLogEntries":[{"id":"2516071682484423536;a","timestamp": "2026-11-19T23:55:51.5576463Z","data":${data}}],"continuationToken":"","hasMore":false}`;
    await written(folder(), ',', [parsePage(Buffer.from(body)).entries]);
    const [row] = rowsOf(path.join(folder(), 'audit-log.csv'), ',');
    assert.equal(row?.[CSV_COLUMNS.indexOf('data')], data);
  });
});
