import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fetch, ProxyAgent } from 'undici';
import { readJob, tell } from './job';

/* The loop that people write: fetch, collect, stringify. Node's own `fetch` is this one; it is imported for the sake of the proxy. */
interface Page { decoratedAuditLogEntries: unknown[]; continuationToken: string; hasMore: boolean }

const job = readJob();
const dispatcher = new ProxyAgent({ uri: job.proxyUrl, requestTls: { ca: readFileSync(job.caFile) } });
const entries: unknown[] = [];
let requests = 0;
let token = '';
for (;;) {
  const bounds = `startTime=${new Date(job.start * 1000).toISOString()}&endTime=${new Date(job.end * 1000).toISOString()}&batchSize=${job.batchSize}&skipAggregation=true&api-version=7.1-preview.1`;
  const response = await fetch(`https://auditservice.dev.azure.com/${job.organization}/_apis/audit/auditlog?${bounds}${token === '' ? '' : `&continuationToken=${encodeURIComponent(token)}`}`, { headers: { authorization: `Bearer ${job.token}` }, dispatcher });
  const page = await response.json() as Page;
  requests += 1;
  entries.push(...page.decoratedAuditLogEntries);
  if (!page.hasMore) break;
  token = page.continuationToken;
}
writeFileSync(path.join(job.folder, 'audit-log.json'), JSON.stringify(entries));
await dispatcher.close();
tell({ entries: entries.length, requests, waitedMs: 0 });
