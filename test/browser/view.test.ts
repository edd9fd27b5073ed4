import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { buildView, viewFile } from '../../scripts/view.mjs';
import { auditLogOf, ExportChain, HOUR, SET_START } from '../support/exportSet';
import { temporaryFolder } from '../support/temporaryFolder';
import { findChromium, startChromium } from './chromium';

const executable = findChromium('the page over many exports');

(executable === undefined ? describe.skip : describe)('the page over many exports', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let browser: Browser;
  before(async () => {
    await buildView();
    browser = await startChromium(executable ?? '');
  });
  after(() => browser.close());

  it('shows each entry once, names the gap, and asks nothing of a network', async () => {
    const chain = new ExportChain({ root: path.join(folder(), 'exports'), log: auditLogOf(3, SET_START, SET_START + 40 * 24 * HOUR, 3_000, 0.2) });
    for (let day = 1; day <= 40; day += 1) await chain.add(String(day), SET_START + day * 24 * HOUR);
    const separate = await chain.addSeparate('900', SET_START + 5 * 24 * HOUR, SET_START + 9 * 24 * HOUR);
    rmSync(chain.exports[20]!.path, { recursive: true });
    const shown = [...chain.exports.filter((_, index) => index !== 20), separate].flatMap(({ entries }) => entries.map(({ id }) => id));
    const file = path.join(folder(), 'report.html');
    assert.equal(spawnSync(process.execPath, [viewFile, path.join(folder(), 'exports'), '--output', file]).status, 0);

    const page = await browser.newPage();
    const [problems, requests]: [string[], string[]] = [[], []];
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) problems.push(message.text()); });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await page.locator('.audit-report[data-state="ready"]').waitFor();
    const count = new Set(shown).size;
    assert.ok(shown.length > count + 100);
    assert.equal(await page.locator('[role="status"]').first().textContent(), `${count.toLocaleString('en-US')} entries`);
    const text = await page.locator('body').innerText();
    for (const sentence of [
      '2026-09-01 00:00 to 2026-10-11 00:00 UTC · 40 exports', 'These exports do not cover all of 2026-09-01 00:00 to 2026-10-11 00:00 UTC: 1 interval is in none of them.',
      '2026-09-21 00:00', 'no export of it is among those shown here', `${shown.length - count} entries were in several exports and are shown once.`, 'Nothing was verified for this page',
    ]) assert.ok(text.includes(sentence), `${sentence}\n${text.slice(0, 1_500)}`);
    assert.deepEqual([problems, requests], [[], [pathToFileURL(file).href]]);
    await page.close();
  });
});
