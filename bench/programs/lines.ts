import { jsonLinesWriter } from '../../tasks/common/export/jsonLines';
import { openEntries, openHttp, readJob, tell } from './job';

/* The evidence alone: JSON Lines and their SHA-256, without counts, views and repairs. */
const job = readJob();
const http = openHttp(job);
const writer = await jsonLinesWriter(job.folder, false);
for await (const { entries } of openEntries(job, http)) await writer.write(entries);
const files = await writer.finish();
const { requests, waitedMs } = http.statistics;
await http.close();
tell({ entries: files[0]?.entries ?? 0, requests, waitedMs });
