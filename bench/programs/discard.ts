import { pageUrl } from '../../tasks/common/auditlog/query';
import { azureDevOpsCredential } from '../../tasks/common/http/credential';
import { openHttp, readJob, tell } from './job';

/*
 * The limit that everything is held against: the same pages through the same client, one after the other, and all that is
 * looked at is how to go on. Its entries are not counted, because that would take time. With several requests at once, each
 * has an equal part of the window, which is the best plan for entries that are evenly spread.
 */
const job = readJob();
const http = openHttp(job);
let requests = 0;

async function discard(startSeconds: number, endSeconds: number): Promise<void> {
  const query = { organization: job.organization, window: { startSeconds, endSeconds }, skipAggregation: true };
  let token: string | undefined;
  do {
    const url = pageUrl(query, { apiVersion: '7.1-preview.1', batchSize: job.batchSize }, token);
    const { status, body } = await http.send({ method: 'GET', url, credential: azureDevOpsCredential(job.token), signal: new AbortController().signal });
    if (status !== 200) throw new Error(`Status ${status}`);
    requests += 1;
    const [, next, hasMore] = /"continuationToken":"([^"]*)","hasMore":(true|false)\}$/.exec(body.toString('latin1', body.length - 300)) ?? [];
    token = hasMore === 'true' ? next : undefined;
  } while (token !== undefined);
}

const bound = (part: number): number => Math.round(job.start + (job.end - job.start) * part / job.concurrency);
await Promise.all(Array.from({ length: job.concurrency }, (_, part) => discard(bound(part), bound(part + 1))));
await http.close();
tell({ entries: 0, requests, waitedMs: 0 });
