import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { inFolder } from '../../bench/measured';
import { startService, WINDOW, type Service } from '../../bench/service';
import { PageReader } from '../../tasks/common/auditlog/pageReader';
import { readSlices } from '../../tasks/common/auditlog/readSlices';
import { writeEntries, type ExportFormat } from '../../tasks/common/export/writeEntries';
import { createDispatchers } from '../../tasks/common/http/dispatchers';
import { Http } from '../../tasks/common/http/http';
import { systemSleep } from '../../tasks/common/time/sleep';
import { systemRandom } from '../../tasks/common/time/random';
import { randomFaults } from './faults';
import { leftBehind, tracesNow, type Traces } from './traces';

/*
 * Exports one after the other in one process, with faults at 5 % of the requests: each must be exact, nothing may stay open, and
 * memory must not grow. `npm run soak -- [--minutes 20] [--seed 1]`. Not part of `npm test`.
 */

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' } } });
const COUNT = 20_000;
const FAULTY_SHARE = 0.05;
/** The first exports fill caches and have code compiled. */
const WARM_UP = 15;
const CLOSING_MS = 10_000;
const MOST_GROWTH_BYTES = 20_000_000;
const FORMATS: readonly ExportFormat['formats'][] = [['jsonl'], ['jsonl', 'csv'], ['jsonl', 'csv', 'json']];

interface Made {
  readonly concurrency: number;
  readonly requests: number;
  readonly retries: number;
}

let state = Number(values.seed) || 1;

/** Numerical Recipes' linear congruential generator: the same seed, the same faults. */
function fraction(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

async function soak(): Promise<void> {
  const endsAt = Date.now() + Number(values.minutes) * 60_000;
  await using service = await startService(COUNT, { keepsEntries: false, switches: { pageCap: 200 } });
  const truth = await digestOfTruth(service);
  const collect = collector();
  const memory: number[] = [];
  let [exports, requests, retries] = [0, 0, 0];
  let before = tracesNow();
  for (let told = 0; Date.now() < endsAt; exports += 1) {
    await service.azure.faults.set(randomFaults(1_000, FAULTY_SHARE, fraction));
    const made = await inFolder((folder) => exportOnce(service, folder, truth));
    requests += made.requests;
    retries += made.retries;
    if (exports <= WARM_UP) before = tracesNow();
    else await assertNothingLeft(before);
    collect();
    memory.push(process.memoryUsage.rss());
    if (Date.now() - told < 60_000) continue;
    told = Date.now();
    say(`${exports + 1} exports, ${requests} requests, ${retries} of them again, ${Math.round((memory.at(-1) ?? 0) / 1e6)} MB`);
  }
  const [first, last] = [median(memory.slice(WARM_UP, WARM_UP + 10)), median(memory.slice(-10))];
  say(`${exports} exports of ${COUNT} entries, all exact; ${requests} requests, ${retries} of them again; nothing left open; memory ${Math.round(first / 1e6)} MB, at the end ${Math.round(last / 1e6)} MB.`);
  if (exports > 2 * WARM_UP && last - first > MOST_GROWTH_BYTES) throw new Error('Memory grows.');
}

async function exportOnce({ azure, token }: Service, parent: string, truth: string): Promise<Made> {
  const folder = path.join(parent, 'export');
  await mkdir(folder);
  const concurrency = 1 + Math.floor(fraction() * 8);
  const format: ExportFormat = { formats: FORMATS[Math.floor(fraction() * FORMATS.length)] ?? ['jsonl'], compressJson: fraction() < 0.5, csvDelimiter: ',' };
  const settings = { userAgent: 'AuditLogExport soak', proxy: { url: azure.network.proxyUrl, bypass: [] }, caFile: azure.network.caFile, timeouts: { connect: 5_000, headers: 3_000, body: 3_000, whole: 60_000 } };
  const http = new Http({ settings, dispatchers: createDispatchers(settings, {}), clock: Date.now, sleep: systemSleep, random: systemRandom, onWait: () => {} });
  try {
    const caller = { organization: 'fabrikam', clientId: 'soak', tenantId: 'soak', organizationTenantId: undefined };
    const reader = new PageReader({ http, tokens: { get: () => Promise.resolve(token), forget: () => {} }, caller, onNotice: () => {} });
    const query = { organization: 'fabrikam', window: { startSeconds: WINDOW.start / 1000, endSeconds: WINDOW.end / 1000 }, skipAggregation: true };
    const { files } = await writeEntries(readSlices(reader, query, { concurrency, folder: parent }, new AbortController().signal), folder, format, () => {});
    const lines = files.find((file) => file.format === 'jsonl');
    if (lines?.contentSha256 !== truth) throw new Error(`The export is not exact: ${lines?.entries ?? 0} entries, ${concurrency} in flight.`);
    return { concurrency, requests: http.statistics.requests, retries: http.statistics.retries };
  } finally {
    await http.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function digestOfTruth({ azure }: Service): Promise<string> {
  const hash = createHash('sha256');
  for await (const { json } of azure.truth(WINDOW)) hash.update(`${json}\n`);
  return hash.digest('hex');
}

/** Sockets close a moment after they are told to, and that to the control of the stand-in some seconds after it was used. */
async function assertNothingLeft(before: Traces): Promise<void> {
  const until = Date.now() + CLOSING_MS;
  for (let left = leftBehind(before, tracesNow()); left.length > 0; left = leftBehind(before, tracesNow())) {
    if (Date.now() > until) throw new Error(`An export left behind: ${left.join('; ')}.`);
    await pause(100);
  }
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? 0;
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${line}\n`);
}

await soak();
