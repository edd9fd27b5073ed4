import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CollectedReport } from '../../../tasks/common/report/reportData';
import { DATA_MARKER, writeReportData, writeReportPage } from '../../../tasks/common/report/writeReport';
import { entryAt } from '../../support/auditEntries';
import { madeReport } from '../../support/madeReport';
import { reportIn } from '../../support/reportFile';
import { isTaskError } from '../../support/taskErrors';
import { temporaryFolder } from '../../support/temporaryFolder';

const HOSTILE = '</script><!-- <script>alert(1)</script> ]]> \u2028 \\u003c \ud800 $& $1 é 😀 "quoted"';
const hostile = (rows: number) => Array.from({ length: rows }, (_, index) => entryAt(rows - index, 1, { actorDisplayName: HOSTILE, details: HOSTILE, category: HOSTILE, projectName: `${HOSTILE}${index % 7}` }));

describe('written report', () => {
  const folder = temporaryFolder();
  const inside = (name: string): string => path.join(folder(), name);
  const read = (name: string): string => readFileSync(inside(name), 'utf8');

  for (const [what, rows, detail] of [['without entries', 0, 'full'], ['of hostile entries', 30, 'full'], ['of several chunks', 4_500, 'full'], ['of counts alone', 30, 'counts']] as const) {
    it(`${what} is in page and file what it is, and nothing in it ends its element`, async () => {
      const { report } = await madeReport(hostile(rows), { detail, artifactName: HOSTILE });
      await writeReportPage(inside('report.html'), report, `<head>\n${DATA_MARKER}</head><body>after $& é</body>`);
      const written = await writeReportData(inside('report.json'), report);
      const [, before, json, after] = /^(.*?)<script type="application\/json" id="report-data">([^<]*)<\/script>([^]*)$/s.exec(read('report.html')) ?? [];
      assert.deepEqual([before, after?.replace(/(\n<script type="text\/plain" class="report-rows">[^<]*<\/script>)*\n/, '')], ['<head>\n', '</head><body>after $& é</body>']);
      assert.deepEqual(JSON.parse(json ?? ''), { ...report, rows: report.rows && { ...report.rows, chunks: report.rows.chunks.slice(0, 1) } });
      assert.deepEqual(reportIn(inside('report.html')), report);
      assert.deepEqual(JSON.parse(read('report.json')), report);
      assert.equal(report.rows?.chunks.length ?? -1, detail === 'counts' ? -1 : Math.ceil(rows / 2_000));
      assert.deepEqual(written, { bytes: statSync(inside('report.json')).size, sha256: createHash('sha256').update(readFileSync(inside('report.json'))).digest('hex') });
    });
  }

  it('is the same, byte for byte, as JSON of the whole', async () => {
    const { report } = await madeReport(hostile(10));
    await writeReportData(inside('report.json'), report);
    assert.equal(read('report.json'), JSON.stringify(report satisfies CollectedReport));
  });

  it('goes into no page that has not exactly one place for it', async () => {
    const { report } = await madeReport([]);
    for (const template of ['<html></html>', `${DATA_MARKER}${DATA_MARKER}`]) await assert.rejects(writeReportPage(inside('report.html'), report, template), RangeError);
  });

  it('replaces no file, and says where it could not be written', async () => {
    const { report } = await madeReport([]);
    writeFileSync(inside('there'), 'x');
    await assert.rejects(writeReportPage(inside('there'), report, DATA_MARKER), isTaskError('OUTPUT_NOT_WRITABLE'));
    assert.equal(read('there'), 'x');
    await assert.rejects(writeReportData(inside('none/report.json'), report), isTaskError('OUTPUT_NOT_WRITABLE'));
  });
});
