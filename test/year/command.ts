import { parseArgs } from 'node:util';
import { simulateYear, type YearReport } from './simulateYear';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '20' }, from: { type: 'string', default: '1' }, log: { type: 'boolean', default: false } } });
const first = Number(values.from);
const COLUMNS = ['seed', 'runs', 'failed', 'deleted', 'exports', 'entries', 'late', 'gaps', 'lost unnamed', 'duplicates', 'foreign', 'problems', 'requests', 'seconds'];

/** Prints a row for each simulated year. */
function row(cells: readonly (string | number)[]): void {
  process.stdout.write(`${cells.map((cell, index) => String(cell).padStart(COLUMNS[index]?.length ?? 0)).join('  ')}\n`);
}

function isGood({ lost, duplicates, foreign, problems }: YearReport): boolean {
  return lost.length + duplicates.length + foreign.length + problems.length === 0;
}

row(COLUMNS);
for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
  const report = await simulateYear(seed, values.log ? (line) => { process.stderr.write(`${line}\n`); } : undefined);
  const { runs, failedRuns, deleted, exports, entries, late, gaps, lost, duplicates, foreign, problems, requests, seconds } = report;
  row([seed, runs, failedRuns, deleted, exports, entries, late, gaps.length, lost.length, duplicates.length, foreign.length, problems.length, requests, seconds]);
  if (isGood(report)) continue;
  process.exitCode = 1;
  for (const [what, list] of Object.entries({ lost, duplicates, foreign, problems })) for (const line of list.slice(0, 5)) process.stdout.write(`  ${what}: ${line}\n`);
}
