import {rowOf, type AuditPage, type PageRow} from '../audit/page';
import {strayBackslash} from '../organization/spoiling';
import {instantOfInverted, type Instant} from '../organization/instant';
import type {Fault} from './fault';

/** What a page fault may do besides changing the page. */
export interface PageTools {
  /** The token that the caller sent. */
  readonly askedToken: string | undefined;
  /** The last rows of the page that gave this token. */
  readonly previousRows: readonly PageRow[];
  /** A fresh token for a page; the page is served once it is asked for. */
  promise(page: AuditPage): string;
  /** The page that follows a page. */
  following(page: AuditPage): AuditPage;
  /** The first rows of a page, as the service would have cut it. */
  cut(page: AuditPage, size: number): AuditPage;
  /** Adds a late entry to the log. */
  arrive(at: Instant): void;
}

/** The page after a fault has spoiled it; the page itself for faults that concern something else. */
export function spoiledPage(fault: Fault | undefined, memory: Map<string, unknown>, page: AuditPage, tools: PageTools): AuditPage {
  const {rows} = page;
  switch (fault?.kind) {
    case 'repeatedToken': return {...page, continuationToken: tools.askedToken ?? page.continuationToken, hasMore: true};
    case 'tokenCycle': return cycled(page, memory);
    case 'missingToken': return {...page, continuationToken: undefined, hasMore: true};
    case 'nullToken': return {...page, continuationToken: null, hasMore: true};
    case 'emptyToken': return {...page, continuationToken: '', hasMore: true};
    case 'emptyPage': return {rows: [], continuationToken: tools.promise(page), hasMore: true};
    case 'repeatedEntries': return {...page, rows: [...tools.previousRows.slice(-(fault.count ?? 3)), ...rows]};
    case 'duplicateWithinPage': return {...page, rows: [...rows, ...rows.slice(0, 1)]};
    case 'lateEntry': return arriveAround(page, fault.where, tools);
    case 'clampedPage': return tools.cut(page, fault.size);
    case 'outOfOrder': return {...page, rows: withSwappedNeighbours(rows)};
    case 'swappedPages': return swapped(page, tools);
    case 'invalidEscape': return {...page, rows: rows.map((row, index) => (index === 0 ? rewritten(row, strayBackslash) : row))};
    case 'rawControlCharacter': return {...page, rows: rows.map((row, index) => (index === 0 ? rewritten(row, rawControlCharacter) : row))};
    default: return page;
  }
}

function cycled(page: AuditPage, memory: Map<string, unknown>): AuditPage {
  const tokens = (memory.get('tokens') ?? []) as AuditPage['continuationToken'][];
  const count = (memory.get('count') ?? 0) as number;
  memory.set('count', count + 1);
  if (count < 3) {
    memory.set('tokens', [...tokens, page.continuationToken]);
    return page;
  }
  return {...page, continuationToken: tokens[count % 3], hasMore: true};
}

function arriveAround(page: AuditPage, where: 'ahead' | 'behind', tools: PageTools): AuditPage {
  const neighbour = where === 'ahead' ? page.rows.at(-1) : page.rows[0];
  if (neighbour !== undefined) {
    const {ms, subTicks} = instantOfInverted(neighbour.id.slice(0, 19));
    tools.arrive(where === 'ahead' ? oneTickBefore(ms, subTicks) : oneTickAfter(ms, subTicks));
  }
  return page;
}

function oneTickBefore(ms: number, subTicks: number): Instant {
  return subTicks > 0 ? {ms, subTicks: subTicks - 1} : {ms: ms - 1, subTicks: 9999};
}

function oneTickAfter(ms: number, subTicks: number): Instant {
  return subTicks < 9999 ? {ms, subTicks: subTicks + 1} : {ms: ms + 1, subTicks: 0};
}

function withSwappedNeighbours(rows: readonly PageRow[]): PageRow[] {
  return rows.map((row, index) => rows[index % 2 === 0 ? index + 1 : index - 1] ?? row);
}

function swapped(page: AuditPage, tools: PageTools): AuditPage {
  if (!page.hasMore) return page;
  const next = tools.following(page);
  return {rows: next.rows, continuationToken: tools.promise({...next, rows: page.rows}), hasMore: true};
}

function rewritten(row: PageRow, rewrite: (json: string) => string): PageRow {
  return rowOf(row.id, rewrite(row.block.toString('utf8', row.from, row.to)));
}

function rawControlCharacter(json: string): string {
  return json.replace(/("details"\s*:\s*")/, (found) => `${found}\u0001 and a raw\ttab `);
}
