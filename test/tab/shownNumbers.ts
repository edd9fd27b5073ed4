import type { Frame, Page } from 'playwright-core';

/** A value in a list of bars: its label, what is said of it, and the length of its bar, per cent. */
export interface ShownValue {
  readonly label: string;
  readonly count: string;
  readonly width: number;
}

/** What stands on a report's page, as far as it is a number or belongs to one. */
export interface ShownNumbers {
  readonly tiles: Readonly<Record<string, string>>;
  readonly statements: readonly string[];
  /** How many entries are listed; undefined where there is no list. */
  readonly status: string | undefined;
  /** Of the chart over time, by category. */
  readonly series: readonly { readonly label: string; readonly count: string; readonly bars: readonly number[] }[];
  /** The same as a table: all entries of a time, then those of each category. Times without any are not in it. */
  readonly table: { readonly head: readonly string[]; readonly rows: readonly (readonly number[])[] };
  /** Entries of the hours of the week, Monday first. */
  readonly hours: readonly number[];
  /** By the class of their card, then by heading. */
  readonly lists: Readonly<Record<string, readonly { readonly heading: string; readonly values: readonly ShownValue[] }[]>>;
  readonly findings: readonly { readonly title: string; readonly count: string; readonly entries: readonly string[]; readonly others: string }[];
  readonly firstSeen: { readonly headings: readonly string[]; readonly tags: readonly string[] };
}

/** `M3.08 10v-4h.84v4z`: a bar of four entries in the fourth slot. */
const BAR = /M([\d.]+) [\d.]+v-(\d+)h/g;

/** Reads a report as it stands on the page, after everything that can be made longer has been. */
export async function shownNumbers(page: Page | Frame): Promise<ShownNumbers> {
  for (const more of [page.locator('button.more', { hasText: /^Show [\d,]+ more$/ }), page.locator('button.more', { hasText: /^and [\d,]+ more$/ })]) {
    while (await more.count() > 0) await more.first().click();
  }
  const [names, counts] = [await page.locator('.tile dt').allTextContents(), await page.locator('.tile dd').allTextContents()];
  const status = page.locator('[role="status"]');
  return {
    tiles: Object.fromEntries(names.map((name, number) => [name, counts[number] ?? ''])),
    statements: await page.locator('.statements p').allTextContents(),
    status: await status.count() > 0 ? await status.innerText() : undefined,
    series: await series(page),
    table: await table(page),
    hours: await page.locator('.heat').evaluateAll((cells) => cells.map((cell) => Number(/, ([\d,]+) entr(?:y|ies)$/.exec(cell.getAttribute('title') ?? '')?.[1]?.replaceAll(',', '')))),
    lists: await lists(page),
    findings: await page.locator('.finding').evaluateAll((found) => found.map((finding) => ({
      title: finding.querySelector('.finding-title')?.textContent ?? '', count: finding.querySelector('.badge')?.textContent ?? '',
      entries: [...finding.querySelectorAll('.link')].map((link) => `${link.querySelector('bdi')?.textContent ?? ''}: ${link.querySelector('.what')?.firstChild?.textContent ?? ''}`),
      others: finding.querySelector('.others')?.textContent ?? '',
    }))),
    firstSeen: { headings: await page.locator('.first-seen h3').allTextContents(), tags: await page.locator('.first-seen .tag').allTextContents() },
  };
}

async function series(page: Page | Frame): Promise<ShownNumbers['series']> {
  const legend = await page.locator('.legend-entry').evaluateAll((entries) => entries.map((entry) => ({ label: entry.querySelector('bdi')?.textContent ?? '', count: entry.querySelector('.legend-count')?.textContent ?? '' })));
  const paths = await page.locator('.bars path').evaluateAll((elements) => elements.map((path) => path.getAttribute('d') ?? ''));
  const slots = Number((await page.locator('.bars').getAttribute('viewBox'))?.split(' ')[2]);
  return legend.map((entry, number) => {
    const bars = new Array<number>(slots).fill(0);
    for (const [, slot, count] of (paths[number] ?? '').matchAll(BAR)) bars[Math.floor(Number(slot))] = Number(count);
    return { ...entry, bars };
  });
}

/** Opens it with the keyboard, as those do who need it, and closes it again. */
async function table(page: Page | Frame): Promise<ShownNumbers['table']> {
  const summary = page.locator('.chart-table summary');
  await summary.press('Enter');
  await page.locator('.chart-table table').waitFor();
  const rows = await page.locator('.chart-table tr').evaluateAll((elements) => elements.map((row) => [...row.children].map((cell) => cell.textContent)));
  await summary.press('Enter');
  const [head = [], ...body] = rows;
  return { head: head.slice(2), rows: body.map(([, ...counts]) => counts.map((count) => Number(count.replaceAll(',', '')))) };
}

async function lists(page: Page | Frame): Promise<ShownNumbers['lists']> {
  const cards = await page.locator('[class*="list-"]:has(> .bar-list)').evaluateAll((elements) => elements.map((card) => ({
    name: [...card.classList].find((name) => name.startsWith('list-'))?.slice('list-'.length) ?? '',
    parts: [...card.querySelectorAll('ul')].map((list) => ({
      heading: list.previousElementSibling?.tagName === 'H3' ? list.previousElementSibling.textContent : '',
      values: [...list.querySelectorAll('.bar-row')].map((row) => ({
        label: row.querySelector('.bar-name')?.textContent ?? '', count: row.querySelector('.bar-count')?.textContent ?? '', width: parseFloat(row.querySelector('rect')?.getAttribute('width') ?? ''),
      })),
    })),
  })));
  return Object.fromEntries(cards.map(({ name, parts }) => [name, parts]));
}
