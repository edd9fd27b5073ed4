import { PageReader } from '../../tasks/common/auditlog/pageReader';
import type { EntryBatch } from '../../tasks/common/auditlog/readEntries';
import { readSlices } from '../../tasks/common/auditlog/readSlices';
import { createDispatchers } from '../../tasks/common/http/dispatchers';
import { Http } from '../../tasks/common/http/http';
import { DEFAULT_TIMEOUTS } from '../../tasks/common/http/settings';
import { systemRandom } from '../../tasks/common/time/random';
import { systemSleep } from '../../tasks/common/time/sleep';

/** What a program that is measured is to do; it comes in the environment variable BENCH_JOB. */
export interface Job {
  readonly proxyUrl: string;
  readonly caFile: string;
  readonly token: string;
  readonly organization: string;
  /** Seconds since 1970, UTC. */
  readonly start: number;
  readonly end: number;
  readonly batchSize: number;
  readonly concurrency: number;
  readonly formats: readonly ('jsonl' | 'csv' | 'json')[];
  readonly isCompressed: boolean;
  /** File of the empty report page; undefined where no report is made. */
  readonly reportPage?: string;
  /** Where files go. */
  readonly folder: string;
}

/** What it did, as one line of JSON. */
export interface Done {
  readonly entries: number;
  readonly requests: number;
  readonly waitedMs: number;
}

export function readJob(): Job {
  return JSON.parse(process.env['BENCH_JOB'] ?? '') as Job;
}

/** The product's way out. */
export function openHttp({ proxyUrl, caFile }: Job): Http {
  const settings = { userAgent: 'AuditLogExport bench', proxy: { url: proxyUrl, bypass: [] }, caFile, timeouts: DEFAULT_TIMEOUTS };
  return new Http({ settings, dispatchers: createDispatchers(settings, {}), clock: Date.now, sleep: systemSleep, random: systemRandom, onWait: () => {} });
}

/** All entries of the window, read as the task reads them. */
export function openEntries({ token, organization, start, end, batchSize, concurrency, folder }: Job, http: Http): AsyncIterable<EntryBatch> {
  const tokens = { get: () => Promise.resolve(token), forget: () => {} };
  const caller = { organization, clientId: 'bench', tenantId: 'bench', organizationTenantId: undefined };
  const reader = new PageReader({ http, tokens, caller, batchSize, onNotice: () => {} });
  const query = { organization, window: { startSeconds: start, endSeconds: end }, skipAggregation: true };
  return readSlices(reader, query, { concurrency, folder }, new AbortController().signal);
}

export function tell(done: Done): void {
  process.stdout.write(`${JSON.stringify(done)}\n`);
}
