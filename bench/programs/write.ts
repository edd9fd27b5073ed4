import { writeEntries } from '../../tasks/common/export/writeEntries';
import { openEntries, openHttp, readJob, tell } from './job';
import { openReport } from './report';

/* Reading and writing as the task does it, without signing in and manifest; the report on demand. */
const job = readJob();
const http = openHttp(job);
const report = job.reportPage === undefined ? undefined : openReport(job, job.reportPage);
const written = await writeEntries(openEntries(job, http), job.folder, { formats: job.formats, compressJson: job.isCompressed, csvDelimiter: ',' }, () => {}, report?.observe);
await report?.write(written);
const { requests, waitedMs } = http.statistics;
await http.close();
tell({ entries: written.tally.entries, requests, waitedMs });
