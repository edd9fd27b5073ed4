import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { compareEntries } from '../../tasks/common/auditlog/entry';
import { ReportCollector } from '../../tasks/common/report/reportCollector';
import { DIMENSIONS, type CollectedReport, type RowColumns } from '../../tasks/common/report/reportData';
import { entryAt, NOVEMBER_20_SECONDS } from '../support/auditEntries';
import { findProgram, PYTHON } from '../support/programs';
import { reportFacts } from '../support/reportFacts';
import { sandboxEntries } from '../support/sandboxEntries';
import { temporaryFolder } from '../support/temporaryFolder';

const SECOND = 10_000_000;
const HOUR_SECONDS = 3_600;
const clientId = '0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d';
const connectionId = 'c0ffee00-1234-4abc-8def-0123456789ab';
const owned = [
  entryAt(90 * SECOND, 1, { actionId: 'AuditLog.AccessLog', actorClientId: clientId }),
  entryAt(80 * SECOND, 2, { actionId: 'Library.ServiceConnectionExecuted', data: { ConnectionId: connectionId, DefinitionId: 7 } }),
  entryAt(70 * SECOND, 3, { actionId: 'Library.ServiceConnectionExecuted', data: { ConnectionId: connectionId, DefinitionId: 8 } }),
];

/** What the report says, in the script's form. */
function numbersOf({ counts: { entries, late, own }, overTime, weekdayHours, dimensions, notable, rows }: CollectedReport): unknown {
  const columns = rows!.chunks.map((chunk) => JSON.parse(gunzipSync(Buffer.from(chunk.columns, 'base64')).toString()) as RowColumns);
  return {
    counts: { entries, late, own }, overTime, weekdayHours,
    dimensions: Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, { values: dimensions[dimension].values.map((value) => [value.name, value.entries]), others: dimensions[dimension].others }])),
    notable: Object.fromEntries(notable.map(({ rule, entries: found, shown }) => [rule, { entries: found, shown: shown.map(({ id }) => id) }])),
    ids: columns.flatMap(({ id }) => id),
  };
}

describe('the numbers of a report', () => {
  const folder = temporaryFolder();
  let python: string;
  before(function () {
    const found = findProgram('the numbers of a report, recomputed', PYTHON);
    if (found === undefined) this.skip();
    python = found;
  });

  for (const [what, timeZone, days, hostileShare] of [['a day', 'UTC', 1, 0], ['a hostile day', 'UTC', 1, 0.5], ['sixty days with clocks set back', 'Europe/Berlin', 60, 0.1]] as const) {
    it(`of ${what} are those that a script of its own counts in the JSON Lines`, async () => {
      const covered = { startSeconds: NOVEMBER_20_SECONDS - (days - 1) * 24 * HOUR_SECONDS, endSeconds: NOVEMBER_20_SECONDS + 24 * HOUR_SECONDS };
      const read = { ...covered, startSeconds: covered.startSeconds - HOUR_SECONDS };
      const entries = [...sandboxEntries(3_000, read, hostileShare), ...owned].sort(compareEntries);
      const collector = new ReportCollector({ detail: 'full', timeZone, covered, own: { clientId, objectId: null, serviceConnectionId: connectionId, pipelineId: '7' } });
      await collector.add(entries);
      const data = await collector.finish(reportFacts(covered));

      const file = path.join(folder(), 'audit-log.jsonl.gz');
      writeFileSync(file, gzipSync(entries.map(({ raw }) => `${raw.toString()}\n`).join('')));
      const facts = { start: covered.startSeconds, end: covered.endSeconds, timeZone, clientId, connectionId, pipelineId: '7' };
      const said = execFileSync(python, [path.join(import.meta.dirname, 'reportNumbers.py'), file, JSON.stringify(facts)], { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 });
      assert.deepEqual(numbersOf(data), JSON.parse(said));
      assert.deepEqual([data.counts.own, data.counts.late > 0, data.notable.length > 3], [2, true, true]);
    });
  }
});
