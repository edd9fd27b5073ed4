import { PageReader } from '../../tasks/common/auditlog/pageReader';
import { readSlices } from '../../tasks/common/auditlog/readSlices';
import { writeEntries } from '../../tasks/common/export/writeEntries';
import { openHttp, readJob, tell } from './job';
import { openReport } from './report';

/* Reading and writing as the task does it, without signing in and manifest; the report on demand. */
const job = readJob();
const http = openHttp(job);
const tokens = { get: () => Promise.resolve(job.token), forget: () => {} };
const caller = { organization: job.organization, clientId: 'bench', tenantId: 'bench', organizationTenantId: undefined };
const reader = new PageReader({ http, tokens, caller, batchSize: job.batchSize, onNotice: () => {} });
const query = { organization: job.organization, window: { startSeconds: job.start, endSeconds: job.end }, skipAggregation: true };
const entries = readSlices(reader, query, { concurrency: job.concurrency, folder: job.folder }, new AbortController().signal);
const report = job.reportPage === undefined ? undefined : openReport(job, job.reportPage);
const written = await writeEntries(entries, job.folder, { formats: job.formats, compressJson: job.isCompressed, csvDelimiter: ',' }, () => {}, report?.observe);
await report?.write(written);
const { requests, waitedMs } = http.statistics;
await http.close();
tell({ entries: written.tally.entries, requests, waitedMs });
