import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, gunzipSync } from 'node:zlib';
import MarkdownIt from 'markdown-it';
import type { Frame, Page } from 'playwright-core';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import type { Manifest } from '../../tasks/common/evidence/manifest';
import { MOST_FIRST_SEEN } from '../../tasks/common/report/firstSeen';
import { NOTABLE_RULES } from '../../tasks/common/report/notableRules';
import { REPORT_ATTACHMENT } from '../../tasks/common/report/reportData';
import { removeWorkFolders, runPackaged, type PackagedRun } from '../support/packagedTask';
import { findProgram, PYTHON } from '../support/programs';
import { shownNumbers, type ShownNumbers } from './shownNumbers';
import { attachment, run } from './tabPage';
import { tabSuite } from './tabSuite';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday morning a week or two ago: nights and weekends have too few entries that come late. The first of January 1970 was a Thursday. */
const MONDAY = Math.floor((Date.now() - 10 * DAY) / (7 * DAY)) * 7 * DAY + 4 * DAY + 9 * HOUR;
const TIME_ZONE = 'Europe/Berlin';
/** Bars of a list at most. */
const MOST_BARS = 100;
const HEADINGS: Readonly<Record<string, string>> = { 'People': 'person', 'Service principals': 'servicePrincipal', 'Azure DevOps itself': 'service' };
/** Blocks of a bar in the summary by how many eighths of a letter they fill. */
const EIGHTHS = ' ▏▎▍▌▋▊▉█';
const LONGEST_BAR = 20;
const SUMMARY_TABLES: Readonly<Record<string, string>> = { 'Category': 'category', 'Area': 'area', 'Action': 'action', 'Actor': 'actor', 'IP address': 'ip', 'Authentication': 'mechanism', 'Project': 'project' };

type Values = readonly (readonly [name: string | null, entries: number, kind: string])[];

/** What the script says, which has seen the JSON Lines only. */
interface Counted {
  readonly entries: number;
  readonly own: number;
  readonly late: number;
  readonly overTime: { readonly categories: readonly string[]; readonly counts: readonly (readonly number[])[] };
  readonly hours: readonly number[];
  readonly lists: Readonly<Record<string, Values>>;
  readonly notable: Readonly<Record<string, readonly (readonly [actor: string, details: string])[]>>;
  readonly firstSeen: { readonly actors: number; readonly actions: readonly string[] };
  readonly chosen: { readonly action: string; readonly entries: number; readonly hours: readonly number[]; readonly lists: Readonly<Record<string, Values>> };
  readonly secrets: readonly string[];
}

interface Exported {
  readonly folder: string;
  readonly result: PackagedRun;
  readonly counted: Counted;
}

const sum = (values: Values): number => values.reduce((total, [, entries]) => total + entries, 0);
const number = (text: string | undefined): number => Number(text?.replaceAll(',', ''));
const many = (count: number): string => count.toLocaleString('en-US');

tabSuite('the numbers that people see', (suite) => {
  let sandbox: Sandbox | undefined;
  const exported: Record<'full' | 'counts', Exported> = {} as typeof exported;

  before(async function () {
    const python = findProgram('the numbers that people see, recomputed', PYTHON);
    if (python === undefined) this.skip();
    let now = MONDAY;
    const continueFrom = new Date(now).toISOString();
    sandbox = await startSandbox({ entriesPerDay: 1_500, clock: () => now, lateness: { share: 0.3, longestMs: 2 * HOUR }, switches: { hostile: true, strayBackslash: true } });
    const before: string[] = [];
    for (const detail of ['before', 'full', 'counts'] as const) {
      now += detail === 'before' ? HOUR : DAY;
      const handle = sandbox.pipelines.startRun({ reason: 'Schedule' });
      const inputs = { window: 'sinceLastExport', continueFrom, retainDays: '0', timeZone: TIME_ZONE, ...detail === 'counts' && { reportDetail: 'counts' } };
      const result = await runPackaged({ job: handle.job, network: sandbox.network }, inputs);
      await handle.receive(result);
      handle.complete(result.result);
      assert.equal(result.result, 'Succeeded', result.maskedLog);
      const place = path.join(result.artifacts[0]?.directory ?? '', 'fabrikam');
      const folder = path.join(place, readdirSync(place)[0] ?? '');
      if (detail !== 'before') exported[detail] = { folder, result, counted: count(python, folder, before) };
      before.push(path.join(folder, 'audit-log.jsonl.gz'));
    }
  });
  after(async () => {
    await sandbox?.close();
    await removeWorkFolders();
  });

  const report = async ({ folder }: Exported): Promise<Page> => {
    const page = await suite().openPage();
    await page.goto(pathToFileURL(path.join(folder, 'report.html')).href);
    await page.locator('#report[data-state="ready"]').waitFor();
    return page;
  };
  const tab = async ({ result }: Exported): Promise<Frame> => {
    suite().devOps.runs = [run(result.attachments.filter(({ type }) => type === REPORT_ATTACHMENT).map(({ name, content }) => attachment(content, { name })))];
    const opened = await suite().open();
    await opened.report();
    return opened.frame;
  };
  /** Each row of each table as texts, and all text. */
  const summary = async ({ result }: Exported): Promise<{ tables: string[][][]; text: string; html: string }> => {
    const html = new MarkdownIt({ html: true }).render(String(result.summaries[0]?.content));
    const page = await suite().openPage();
    await page.setContent(html);
    const tables = await page.locator('table').evaluateAll((elements) => elements.map((table) => [...table.querySelectorAll('tr')].map((row) => [...row.cells].map((cell) => cell.textContent))));
    return { tables, text: await page.locator('body').innerText(), html };
  };

  it('are in report.html those of the JSON Lines, and follow a filter', async () => {
    const page = await report(exported.full);
    assertShown(await shownNumbers(page), exported.full.counted);
    await assertFiltered(page, exported.full.counted);
  });

  it('are in the tab those of the JSON Lines, and follow a filter', async () => {
    const frame = await tab(exported.full);
    assertShown(await shownNumbers(frame), exported.full.counted);
    await assertFiltered(frame, exported.full.counted);
  });

  it('are in the summary those of the JSON Lines', async () => {
    const { counted } = exported.full;
    const { tables, text } = await summary(exported.full);
    assertSaid(text, counted);
    assert.match(text, new RegExp(`No export before in this chain had seen ${many(counted.firstSeen.actors)} actors? .+ and ${many(counted.firstSeen.actions.length)} actions?`));
    const [notable, ...others] = tables;
    assert.deepEqual(notable?.slice(1).filter(([title]) => title !== '').map(([title, entries]) => [title, number(entries)]), findingsOf(counted));
    const shown = others.filter(([head]) => (head?.[0] ?? '') in SUMMARY_TABLES);
    assert.deepEqual(shown.map(([head]) => head?.[0]), Object.keys(SUMMARY_TABLES));
    for (const [head, ...rows] of shown) assertTable(rows, counted.lists[SUMMARY_TABLES[head?.[0] ?? ''] ?? ''] ?? []);
  });

  it('are with `counts` the same in all three, where they are', async () => {
    const { counted } = exported.counts;
    const shown = [await shownNumbers(await report(exported.counts)), await shownNumbers(await tab(exported.counts))];
    for (const numbers of shown) assertShown(numbers, counted, 'counts');
    const { tables, text } = await summary(exported.counts);
    assertSaid(text, counted);
    const names = (values: Values): number => values.filter(([name]) => name !== null).length;
    assert.ok(text.includes(`${many(names(counted.lists['actor'] ?? []))} actors from ${many(names(counted.lists['ip'] ?? []))} IP addresses.`), text);
    const counting = tables.filter(([head]) => (head?.[0] ?? '') in SUMMARY_TABLES);
    assert.deepEqual(counting.map(([head]) => head?.[0]), ['Category', 'Area', 'Action']);
    for (const [head, ...rows] of counting) assertTable(rows, counted.lists[SUMMARY_TABLES[head?.[0] ?? ''] ?? ''] ?? []);
  });

  it('come with `counts` without a name, an address or an entry, in none of the three', async () => {
    const remaining = async (of: Exported, secrets: readonly string[]): Promise<string[]> => {
      const { html, text } = await summary(of);
      const [page, frame] = [await report(of), await tab(of)];
      const files = [...of.result.summaries, ...of.result.attachments.filter(({ type }) => type === REPORT_ATTACHMENT)].map(({ content }) => String(content));
      const texts = [...files, ...['summary.md', 'report.html'].map((name) => readFileSync(path.join(of.folder, name), 'utf8')), html, text, await page.content(), await frame.content(), await page.locator('body').innerText(), await frame.locator('body').innerText()];
      const all = texts.flatMap((whole) => [whole, ...inflated(whole)]).join('\n');
      return secrets.filter((secret) => all.includes(secret) || all.includes(JSON.stringify(secret).slice(1, -1)));
    };
    const { secrets } = exported.counts.counted;
    for (const kind of [/^[\w.-]+@fabrikam\.example$/, /^[A-Z]\w+ [A-Z]\w+$/, /^[0-9a-f-]{36}$/, /^(\d+\.){3}\d+$/, /^\d{19};/]) assert.ok(secrets.some((secret) => kind.test(secret)), String(kind));
    assert.ok(secrets.length > 2_000, String(secrets.length));
    assert.deepEqual(await remaining(exported.counts, secrets), []);
    // The same search finds them where they are.
    const some = exported.full.counted.secrets.filter((_, at) => at % 20 === 0);
    assert.ok((await remaining(exported.full, some)).length > 0.95 * some.length);
  });
});

function count(python: string, folder: string, before: readonly string[]): Counted {
  const { window: { covered }, identity, run: { pipeline } } = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const facts = {
    start: Date.parse(covered.start) / 1_000, end: Date.parse(covered.end) / 1_000, timeZone: TIME_ZONE, before,
    clientId: identity.clientId, connectionId: identity.serviceConnectionId, pipelineId: pipeline.id,
  };
  const script = path.resolve('test/acceptance/shownNumbers.py');
  return JSON.parse(execFileSync(python, ['-B', script, path.join(folder, 'audit-log.jsonl.gz'), JSON.stringify(facts)], { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 })) as Counted;
}

function findingsOf({ notable }: Counted): (readonly [title: string, entries: number])[] {
  return NOTABLE_RULES.flatMap(({ id, title }) => (notable[id] === undefined ? [] : [[title, notable[id].length] as const]));
}

function assertShown(shown: ShownNumbers, counted: Counted, detail: 'full' | 'counts' = 'full'): void {
  const { firstSeen, notable } = counted;
  const findings = Object.values(notable).flat().length;
  assert.ok(counted.own > 1 && counted.late > 1 && findings > 1 && (detail === 'counts' || (firstSeen.actors > 1 && firstSeen.actions.length > 1)), JSON.stringify(counted).slice(0, 100));
  assert.deepEqual(shown.tiles, { 'Entries': many(counted.entries), 'Notable': many(findings), 'First seen': many(firstSeen.actors + firstSeen.actions.length), 'Late': many(counted.late), 'Gaps': '0' });
  assert.ok(shown.statements.includes(`${many(counted.late)} entries happened before the window and appeared late.`), shown.statements.join('\n'));
  assert.ok(shown.statements.includes(`${many(counted.own)} entries are this export’s own reading of the log; no chart or list counts them.`), shown.statements.join('\n'));
  const named = (dimension: string): number => (counted.lists[dimension] ?? []).filter(([name]) => name !== null).length;
  if (detail === 'counts') assert.ok(shown.statements.some((statement) => statement.includes(` ${many(named('actor'))} actors acted, from ${many(named('ip'))} IP addresses: `)), shown.statements.join('\n'));
  assert.equal(shown.status, detail === 'full' ? `${many(counted.entries - counted.own)} entries` : undefined);
  assert.deepEqual(shown.series.map(({ label, count: total, bars }) => [label, number(total), bars]), counted.overTime.categories.map((label, at) => [label, counted.overTime.counts[at]?.reduce((all, entries) => all + entries, 0), counted.overTime.counts[at]]));
  assert.deepEqual(shown.table.head, counted.overTime.categories);
  const slots = (counted.overTime.counts[0] ?? []).map((_, slot) => counted.overTime.counts.map((counts) => counts[slot] ?? 0));
  assert.deepEqual(shown.table.rows, slots.map((counts) => [counts.reduce((all, entries) => all + entries, 0), ...counts]).filter(([all = 0]) => all > 0));
  assert.deepEqual(shown.hours, counted.hours);
  assert.deepEqual(Object.keys(shown.lists).sort(), detail === 'full' ? ['action', 'actor', 'area', 'ip', 'mechanism', 'project'] : ['action', 'area', 'mechanism', 'project']);
  assertLists(shown.lists, counted.lists);
  assert.deepEqual(shown.findings.map(({ title, count: entries }) => [title, number(entries)]), findingsOf(counted));
  const found = NOTABLE_RULES.flatMap(({ id }) => notable[id] ?? []).map(([actor, details]) => `${actor}: ${details}`);
  if (detail === 'full' && shown.findings.every(({ others }) => others === '')) assert.deepEqual(shown.findings.flatMap(({ entries }) => entries), found);
  assert.deepEqual(shown.firstSeen.headings, ([['actor', firstSeen.actors], ['action', firstSeen.actions.length]] as const).flatMap(([word, found]) => (found === 0 ? [] : [`${many(found)} ${word}${found === 1 ? '' : 's'}`])));
  assert.deepEqual(shown.firstSeen.tags.slice(detail === 'full' ? Math.min(MOST_FIRST_SEEN, firstSeen.actors) : 0), firstSeen.actions.slice(0, MOST_FIRST_SEEN));
}

/** Labels, counts and the lengths of bars, the most frequent first. */
function assertLists(shown: ShownNumbers['lists'], counted: Readonly<Record<string, Values>>): void {
  for (const [dimension, parts] of Object.entries(shown)) {
    const values = counted[dimension] ?? [];
    const most = values[0]?.[1] ?? 0;
    for (const { heading, values: bars } of parts) {
      const wanted = values.filter(([, , kind]) => heading === '' || kind === HEADINGS[heading]).slice(0, MOST_BARS);
      assert.deepEqual(bars.map(({ label, count: entries, width }) => [label, number(entries), Math.round(width)]), wanted.map(([name, entries]) => [name ?? '(none)', entries, Math.round(100 * entries / most)]), dimension);
    }
    assert.equal(parts.reduce((all, part) => all + part.values.length, 0), dimension === 'actor' ? values.filter(([, , kind], at) => values.slice(0, at).filter(([, , other]) => other === kind).length < MOST_BARS).length : Math.min(MOST_BARS, values.length), dimension);
  }
}

/** What the page counts itself, from its rows. */
async function assertFiltered(page: Page | Frame, { chosen, entries, own }: Counted): Promise<void> {
  await page.locator('.list-action button.bar-row').filter({ has: page.getByText(chosen.action, { exact: true }) }).click();
  const status = page.locator('[role="status"]').filter({ hasText: ' of ' });
  await status.waitFor();
  assert.equal(await status.innerText(), `${many(chosen.entries)} of ${many(entries)} entries`);
  assert.ok(chosen.entries > 10 && chosen.entries < entries - own);
  // Charts are drawn a moment later than the rows.
  await page.locator('.list-area .bar-row').nth((chosen.lists['area'] ?? []).length).waitFor({ state: 'detached' });
  const shown = await shownNumbers(page);
  assert.deepEqual(shown.hours, chosen.hours);
  const { action, ...others } = shown.lists;
  assert.ok(action !== undefined);
  const inOrder = (values: readonly (readonly [string, number])[]): readonly (readonly [string, number])[] => [...values].sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1));
  for (const [dimension, parts] of Object.entries(others)) {
    const bars = parts.flatMap(({ values }) => values.map(({ label, count: total }) => [label, number(total)] as const));
    assert.deepEqual(inOrder(bars), inOrder((chosen.lists[dimension] ?? []).map(([name, total]) => [name ?? '(none)', total])), dimension);
  }
}

/** What the summary's sentences say. */
function assertSaid(text: string, { entries, own, late }: Counted): void {
  for (const sentence of [`fabrikam: ${many(entries)} audit log entries from `, `${many(late)} entries are late: `, `Our own reading of the log left ${many(own)} of these entries`]) assert.ok(text.includes(sentence), `${sentence}\n${text}`);
}

/** The ten most frequent, with their bars, and all others together. Hostile names are not shown as they are: of these the letters must be right. */
function assertTable(rows: readonly (readonly string[])[], values: Values): void {
  const [top, others] = [values.slice(0, 10), values.slice(10)];
  assert.deepEqual(rows.map((row) => number(row[1])), [...top.map(([, entries]) => entries), ...others.length > 0 ? [sum(others)] : []]);
  if (others.length > 0) assert.equal(rows.at(-1)?.[0], `${many(others.length)} more`);
  const letters = (text: string): string => text.replace(/\W+/g, '');
  for (const [at, [name, entries]] of top.entries()) {
    const [label = '', , bar = ''] = rows[at] ?? [];
    const [shown, whole] = [letters(label), letters(name ?? '(none)')];
    assert.ok(whole.startsWith(shown) || shown.startsWith(whole), `${label}: ${String(name)}`);
    const eighths = bar.split('').reduce((length, block) => length + EIGHTHS.indexOf(block), 0);
    assert.ok(eighths > 0 && Math.abs(eighths / 8 - LONGEST_BAR * entries / (top[0]?.[1] ?? 1)) < 1 / 8, `${label} ${bar}`);
  }
}

/** What is packed inside a text: gzip as base64, in one piece or in several that follow each other. */
function inflated(text: string): string[] {
  const files: Buffer[][] = [];
  for (const [piece] of text.matchAll(/[A-Za-z0-9+/]{100,}={0,2}/g)) {
    if (piece.startsWith('H4sI')) files.push([]);
    files.at(-1)?.push(Buffer.from(piece, 'base64'));
  }
  // What a cap has cut has no end.
  return files.map((pieces) => gunzipSync(Buffer.concat(pieces), { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8'));
}
