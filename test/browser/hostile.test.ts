import assert from 'node:assert/strict';
import { AuditLogEntry } from '../../tasks/common/auditlog/entry';
import type { ReportData } from '../../tasks/common/report/reportData';
import { entryAt } from '../support/auditEntries';
import { sampleReport } from '../support/reportData';
import { reportSuite } from './reportPage';

/** Sets a mark on the page if any of it is ever run or parsed as HTML. */
const PAYLOADS = [
  '</script><script>globalThis.struck = 1</script><img src=x onerror="globalThis.struck=1">',
  '<svg onload="globalThis.struck=1"><style>*{display:none}</style>',
  '"><iframe srcdoc="<script>parent.struck=1</script>"></iframe>',
  '<!--<script>globalThis.struck=1</script>',
  'javascript:globalThis.struck=1',
  '{{constructor.constructor("globalThis.struck=1")()}}',
];
const FIELDS = ['actorDisplayName', 'actorUPN', 'actorUserId', 'actionId', 'area', 'category', 'projectName', 'ipAddress', 'authenticationMechanism', 'details', 'correlationId', 'scopeDisplayName'];

function hostileEntries(): AuditLogEntry[] {
  return PAYLOADS.map((payload, place) => {
    const entry = entryAt(-1 - place, place, Object.fromEntries(FIELDS.map((field) => [field, `${payload} ${field}`])));
    const id = `${entry.id} ${payload}`;
    return new AuditLogEntry(Buffer.from(JSON.stringify({ ...entry.fields(), id })), id, entry.ticks);
  });
}

async function hostileReport(): Promise<ReportData> {
  const [payload = ''] = PAYLOADS;
  const entries = [...hostileEntries(), entryAt(-100, 100, { actionId: 'Git.RepositoryDestroyed', actorDisplayName: payload, details: payload, projectName: payload })];
  const at = '2026-11-20T00:00:00Z';
  return sampleReport(0, {
    entries,
    facts: {
      organization: payload, artifactName: payload, productVersion: payload, filter: { include: [payload], exclude: [payload] },
      run: { id: payload, number: payload, attempt: 2, stage: payload, job: payload, pipeline: payload, project: payload },
      exports: [{ folder: payload, start: at, end: at, entries: 1 }],
    },
  });
}

reportSuite('hostile text in report.html', (open) => {
  for (const withoutPolicy of [false, true]) {
    it(`stays text in every field, ${withoutPolicy ? 'without' : 'with'} the policy`, async () => {
      const page = await open(await hostileReport(), { withoutPolicy });
      const rows = page.locator('.grid-body .grid-row:not([hidden])');
      assert.equal(await rows.count(), PAYLOADS.length + 1);
      for (let row = 0; row < PAYLOADS.length; row += 1) {
        await rows.nth(row).click();
        await page.locator('.panel pre').waitFor();
        assert.ok((await page.locator('.panel').innerText()).includes(PAYLOADS[row] ?? '-'), PAYLOADS[row]);
        await page.keyboard.press('Escape');
      }
      for (const list of ['.list-actor', '.list-action', '.list-area', '.list-ip', '.list-project', '.list-mechanism']) {
        await page.locator(`${list} button.bar-row`).first().click();
        await page.locator('.chip').first().click();
      }
      await page.locator('.search').fill(PAYLOADS[0] ?? '');
      await page.emulateMedia({ media: 'print' });
      const found = await page.evaluate(() => ({
        struck: (globalThis as { struck?: number }).struck, images: document.querySelectorAll('#report :is(img, iframe, script, style, svg[onload])').length,
      }));
      assert.deepEqual(found, { struck: undefined, images: 0 });
    });
  }

  it('would be noticed', async () => {
    const page = await open(await hostileReport(), { withoutPolicy: true });
    await page.evaluate((payload) => { document.body.insertAdjacentHTML('beforeend', payload); }, '<img src="data:," onerror="globalThis.struck = 1">');
    await page.waitForFunction(() => (globalThis as { struck?: number }).struck === 1);
  });

  it('has no way into the page: it holds no innerHTML, no eval, and no address', async () => {
    const { reportPageHtml } = await import('../../scripts/page.mjs');
    const html = await reportPageHtml();
    assert.doesNotMatch(html, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/);
    assert.doesNotMatch(html.replaceAll('http://www.w3.org/2000/svg', ''), /https?:\/\//);
    assert.match(html, /content="default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; img-src data:; /);
    assert.equal(html, await reportPageHtml(), 'The same sources give the same bytes');
  });
});
