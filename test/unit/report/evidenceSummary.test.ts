import assert from 'node:assert/strict';
import { TallyFold } from '../../../tasks/common/auditlog/tally';
import type { Gap, Manifest } from '../../../tasks/common/evidence/manifest';
import { renderSeriesSummary, type SeriesFacts } from '../../../tasks/common/report/seriesSummary';
import { renderSummary, type SummaryEvidence, type SummaryFacts } from '../../../tasks/common/report/summary';
import { mergeReports } from '../../../tasks/common/report/mergeReports';
import { entryAt } from '../../support/auditEntries';
import { madeReport } from '../../support/madeReport';

const HASH = 'ab'.repeat(32);
const made = await madeReport([entryAt(2, 1), entryAt(1, 1, { actionId: 'AuditLog.AccessLog' }), entryAt(0, 1)], { facts: { written: { files: [], cuts: [], pages: 1, repaired: 1, views: undefined, tally: new TallyFold() } } });
const evidence = (more: Partial<Manifest> = {}): SummaryEvidence => ({ manifest: { ...made.manifest, ...more }, manifestSha256: HASH });

function summary(of: SummaryEvidence, more: Partial<SummaryFacts> = {}): string {
  return renderSummary({ ...of, report: made.report, ...more });
}

const gapsOf = (count: number): Gap[] => Array.from({ length: count }, (_, index) => ({ start: `2026-10-${String(index + 1).padStart(2, '0')}T00:00:00Z`, end: `2026-10-${String(index + 1).padStart(2, '0')}T01:00:00Z`, reason: 'deleted' }));

describe('summary of an export with its evidence', () => {
  it('says since when there is no gap, which entries are in no export, what came late, and the hash to keep', () => {
    const markdown = summary(evidence());
    assert.match(markdown, /^Covered without a gap from 2026-11-20T00:00:00Z to 2026-11-21T00:00:00Z, together with the exports before it\.$/m);
    assert.match(markdown, /^- 2026-11-19T23:30:00Z to 2026-11-20T00:00:00Z: Azure DevOps had deleted the entries before they were read$/m);
    assert.match(markdown, /^1 entry is late: it happened before this window .*, at least 40 minutes after it happened\.$/m);
    assert.ok(markdown.includes(`\`${HASH}\``));
    assert.doesNotMatch(markdown, /undefined|null|not proven|stands for itself|deletes this copy/);
  });

  it('of a healthy chain speaks of neither gaps nor late entries', () => {
    const { counts, coverage } = evidence().manifest;
    const markdown = summary(evidence({ counts: { ...counts, late: 0, greatestLatenessSeconds: null }, coverage: { ...coverage, gaps: [] } }));
    assert.doesNotMatch(markdown, /in no export|late:/);
  });

  it('names the newest gaps, and counts the others', () => {
    const { coverage } = evidence().manifest;
    const gaps = (count: number): string[] => summary(evidence({ coverage: { ...coverage, gaps: gapsOf(count) } })).split('\n').filter((line) => line.startsWith('- '));
    assert.equal(gaps(10).length, 10);
    const [newest, ...others] = gaps(25);
    assert.match(newest ?? '', /^- 2026-10-25T00:00:00Z to 2026-10-25T01:00:00Z: the export was deleted/);
    assert.equal(others.length, 10);
    assert.equal(others.at(-1), '- 15 older gaps, named in `manifest.json`');
    assert.equal(gaps(11).at(-1), '- 1 older gap, named in `manifest.json`');
  });

  it('outside a chain says what that means, and claims nothing of other times', () => {
    const markdown = summary(evidence({ chain: 'none' }));
    assert.match(markdown, /stands for itself \(`chain: none`\)/);
    assert.doesNotMatch(markdown, /without a gap/);
  });

  it('says that nothing is proven by an empty day, and whether auditing was on', () => {
    for (const [auditing, sentence] of [['on', /is on\./], ['off', /is off, so nothing is recorded/], ['unknown', /could not be seen/]] as const) {
      const markdown = summary(evidence({ empty: { proven: false, auditing } }));
      assert.match(markdown, /\*\*Empty, not proven\*\*/);
      assert.match(markdown, sentence);
    }
  });

  it('says when the copy is deleted, or that it could not be found out', () => {
    assert.match(summary(evidence(), { deletedAt: Date.UTC(2027, 11, 26, 13) / 1000 }), /deletes this copy with its run, on 2027-12-26 or soon after/);
    assert.match(summary(evidence(), { deletedAt: 'unknown' }), /could not be found out/);
  });

  it('of several late entries says so', () => {
    const { counts } = evidence().manifest;
    assert.match(summary(evidence({ counts: { ...counts, late: 2 } })), /2 entries are late: they happened .*, the latest of them at least 40 minutes/);
  });
});

describe('summary of a run with several exports', () => {
  const day = (number: number, more: Partial<Manifest> = {}): SummaryEvidence => {
    const { manifest } = evidence(more);
    const [start, end] = [`2026-11-${String(number).padStart(2, '0')}T00:00:00Z`, `2026-11-${String(number + 1).padStart(2, '0')}T00:00:00Z`];
    return { manifest: { ...manifest, folder: `fabrikam/day${number}`, window: { ...manifest.window, covered: { start, end } } }, manifestSha256: String(number).padStart(64, '0') };
  };
  const together = mergeReports([made.report, made.report, made.report]);
  const render = (more: Partial<SeriesFacts> = {}): string => renderSeriesSummary({ exports: [day(18), day(19), day(20)], report: together, deletedAt: undefined, remaining: undefined, ...more });

  it('says what they cover together, and lists each with its hash', () => {
    const markdown = render();
    assert.match(markdown, /^\*\*Fabrikam\*\*: 9 audit log entries from 2026-11-18T00:00:00Z to 2026-11-21T00:00:00Z \(end not included\), in 3 exports\.$/m);
    assert.match(markdown, /^3 entries are late/m);
    assert.match(markdown, /^3 entries came as invalid JSON/m);
    for (const number of [18, 19, 20]) assert.ok(markdown.includes(`| fabrikam/day${number} | 3 | 1 | \`${String(number).padStart(64, '0')}\` |`));
    assert.match(markdown, /\| Project\.CreateCompleted \| 6 \| █{20} \|\n\| AuditLog\.AccessLog \| 3 \| █{10} \|/);
    assert.doesNotMatch(markdown, /Not finished|undefined|null/);
  });

  it('says what remains when time was up', () => {
    assert.match(render({ remaining: { startSeconds: Date.UTC(2026, 10, 21) / 1000, endSeconds: Date.UTC(2026, 10, 23) / 1000 } }), /\*\*Not finished\*\*: 2026-11-21T00:00:00Z to 2026-11-23T00:00:00Z remains/);
  });

  it('counts the empty ones, and tells the coverage of the last', () => {
    const markdown = render({ exports: [day(18, { empty: { proven: false, auditing: 'unknown' } }), day(19), day(20, { empty: { proven: false, auditing: 'on' } })] });
    assert.equal([...markdown.matchAll(/not proven/g)].length, 1);
    assert.match(markdown, /is on\. It holds for 2 of 3 exports\./);
    const { coverage } = evidence().manifest;
    assert.match(render({ exports: [day(18), day(19, { coverage: { ...coverage, from: '2026-11-01T00:00:00Z' } })] }), /without a gap from 2026-11-01T00:00:00Z/);
  });

  it('stays short: a year of days is counted, and the newest are listed', () => {
    const markdown = render({ exports: Array.from({ length: 365 }, (_, index) => (index === 364 ? day(20) : day(10 + (index % 10)))) });
    assert.match(markdown, /\*265 older\*/);
    assert.match(markdown, /fabrikam\/day20/);
    assert.ok(markdown.length < 32 * 1024, String(markdown.length));
  });

  it('says when nothing was published', () => {
    assert.match(render({ report: { ...together, artifactName: null } }), /the task published none/);
  });
});
