/**
 * What making the data of a report costs: microseconds of CPU for each entry, all threads together, without the scan that every export makes. The
 * counts alone (detail `counts`), then with rows: every row, and with the cap of an export.
 *
 *   npx tsx bench/report-data.ts [ENTRIES …]
 */
import { ReportCollector } from '../tasks/common/report/reportCollector';
import type { ReportData, ReportDetail } from '../tasks/common/report/reportData';
import { EXPORT_LIMITS, type RowLimits } from '../tasks/common/report/rowLimits';
import { sandboxEntries } from '../test/support/sandboxEntries';

const covered = { startSeconds: Date.UTC(2026, 7, 22) / 1000, endSeconds: Date.UTC(2026, 10, 20) / 1000 };
const own = { clientId: null, objectId: null, serviceConnectionId: null, pipelineId: null };
const AT_ONCE = 100;

const amounts = process.argv.slice(2).map(Number);
console.log('| entries | what | CPU µs an entry | data MB |\n| ---: | --- | ---: | ---: |');
for (const amount of amounts.length > 0 ? amounts : [100_000, 1_000_000]) {
  await measure(amount, 'counts alone', 'counts', EXPORT_LIMITS);
  await measure(amount, 'every row, no whole lines', 'full', { rows: Infinity, lineBytes: 0 });
  await measure(amount, 'as an export', 'full', EXPORT_LIMITS);
}

async function measure(amount: number, what: string, detail: ReportDetail, limits: RowLimits): Promise<void> {
  const collector = new ReportCollector({ detail, timeZone: 'Europe/Berlin', covered, own, limits, known: { actors: new Set(), actions: new Set() } });
  let spent = 0;
  const measured = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    const before = process.cpuUsage();
    const value = await work();
    const { user, system } = process.cpuUsage(before);
    spent += user + system;
    return value;
  };
  for (const batch of batches(amount)) await measured(() => collector.add(batch));
  const data = await measured(() => collector.finish(facts()));
  console.log(`| ${amount} | ${what} | ${(spent / amount).toFixed(1)} | ${(JSON.stringify(data).length / 1e6).toFixed(1)} |`);
}

function* batches(amount: number): Generator<ReturnType<typeof nextBatch>> {
  const entries = sandboxEntries(amount, covered);
  for (let batch = nextBatch(entries); batch.length > 0; batch = nextBatch(entries)) yield batch;
}

function nextBatch(entries: ReturnType<typeof sandboxEntries>): NonNullable<ReturnType<typeof entries.next>['value']>[] {
  const batch = [];
  for (let entry = entries.next(); !entry.done; entry = entries.next()) {
    entry.value.places();
    batch.push(entry.value);
    if (batch.length === AT_ONCE) break;
  }
  return batch;
}

function facts(): Parameters<ReportCollector['finish']>[0] {
  const window = { start: '2026-08-22T00:00:00Z', end: '2026-11-20T00:00:00Z' };
  return {
    productVersion: '0', organization: 'fabrikam', run: null, artifactName: null, exports: [], window: { ...window, unsettledFrom: null }, filter: null,
    coverage: { isChain: false, from: window.start, until: window.end, gaps: [] as ReportData['coverage']['gaps'] }, repaired: 0, filtered: 0,
  };
}
