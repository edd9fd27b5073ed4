import assert from 'node:assert/strict';
import type { InputName, OutputName } from '../../../tasks/ExportAuditLog/contract';
import type { FinishedExport } from '../../../tasks/ExportAuditLog/exportWindow';
import type { ExportRequest } from '../../../tasks/ExportAuditLog/inputs';
import type { ExportPlan } from '../../../tasks/ExportAuditLog/planExports';
import { tellCoverage } from '../../../tasks/ExportAuditLog/tellCoverage';
import type { Manifest } from '../../../tasks/common/evidence/manifest';
import { FakeAgent } from '../../support/fakeAgent';
import { DAY, dayInstant, makeManifest, START } from '../../support/manifests';

const HOUR = 3_600;
const PREDECESSOR = { run: '99', folder: 'fabrikam/x', manifestSha256: '0'.repeat(64), coveredUntil: dayInstant(0) };

interface Scene {
  readonly change?: (manifest: Manifest) => Manifest;
  /** Days since the end of the window. */
  readonly age?: number;
  readonly oldestLateSeconds?: number;
  /** Days after START up to which was to be exported. */
  readonly requestedUntil?: number;
}

function told({ change = (manifest) => manifest, age = 0, oldestLateSeconds, requestedUntil = 1 }: Scene = {}): { lines: string[]; warnings: string[] } {
  const agent = new FakeAgent<InputName, OutputName>();
  const manifest = makeManifest({ chain: { position: 2, predecessor: PREDECESSOR }, change });
  const request = { window: { kind: 'sinceLastExport', continueFrom: undefined, overlapMs: 2 * HOUR * 1000, failsOnGap: true } } as unknown as ExportRequest;
  const plan = { requested: { startSeconds: START, endSeconds: START + requestedUntil * DAY } } as unknown as ExportPlan;
  tellCoverage(agent, request, plan, [{ manifest, oldestLateSeconds } as unknown as FinishedExport], (START + (1 + age) * DAY) * 1000);
  return { lines: agent.lines(), warnings: agent.lines('warning') };
}

function withOverlap(manifest: Manifest): Manifest {
  return { ...manifest, window: { ...manifest.window, overlapFrom: dayInstant(-2 / 24) } };
}

describe('what the log says of coverage', () => {
  it('since when there is no gap, and how long there is time for the rest', () => {
    assert.deepEqual(told({ change: withOverlap, age: 0.02 }).lines, [
      'Covered without a gap: 2026-09-01T00:00:00Z to 2026-09-02T00:00:00Z.',
      'Azure DevOps deletes the oldest entry that is not exported yet in 89 days, on 2026-12-01.',
    ]);
  });

  it('every known gap, the last ten by their bounds', () => {
    const gaps = Array.from({ length: 12 }, (_, index) => ({ start: dayInstant(index - 30), end: dayInstant(index - 29.5), reason: 'expired' as const }));
    const { lines, warnings } = told({ change: (manifest) => withOverlap({ ...manifest, coverage: { ...manifest.coverage, gaps } }) });
    assert.equal(lines.filter((line) => /^ {2}Known gap: .+ \(Azure DevOps had deleted the entries before they were read\)\.$/.test(line)).length, 10);
    assert.match(lines.join('\n'), /2 more known gaps are in the manifest/);
    assert.deepEqual(warnings, []);
  });

  for (const [age, days, urgency] of [[59.5, '30 days', /more often/], [75.5, '14 days', /more often/], [82.5, '7 days', /Run this pipeline now/], [88.5, '1 day', /Run this pipeline now/]] as const) {
    it(`a warning when ${days} are left`, () => {
      const { warnings } = told({ change: withOverlap, age });
      assert.match(warnings.join(), new RegExp(`not exported yet in ${days}, on`));
      assert.match(warnings.join(), urgency);
    });
  }

  it('no warning when 31 days are left', () => {
    assert.deepEqual(told({ change: withOverlap, age: 58.5 }).warnings, []);
  });

  it('what remains of a backlog', () => {
    assert.match(told({ change: withOverlap, requestedUntil: 4 }).warnings.join(), /Not exported yet: 2026-09-02T00:00:00Z to 2026-09-05T00:00:00Z \(3 days\)\. The next run goes on there/);
  });

  it('late entries, with a warning once they are older than half the overlap', () => {
    const late = (manifest: Manifest): Manifest => withOverlap({ ...manifest, counts: { ...manifest.counts, entries: 3, late: 2, greatestLatenessSeconds: HOUR } });
    const young = told({ change: late, oldestLateSeconds: START - HOUR });
    assert.match(young.lines.join('\n'), /^2 entries had appeared after the export before; they are in this one\.$/m);
    assert.deepEqual(young.warnings, []);
    assert.match(told({ change: late, oldestLateSeconds: START - HOUR - 1 }).warnings.join(), /appeared so late.+older half of the overlap.+requery: true/);
  });

  it('an overlap that had to shrink', () => {
    assert.match(told().lines.join('\n'), /The overlap begins only at 2026-09-01T00:00:00Z/);
    assert.doesNotMatch(told({ change: withOverlap }).lines.join('\n'), /overlap begins/);
  });

  for (const [auditing, says] of [['on', /Auditing is switched on\./], ['off', /Auditing is switched off: Organization settings/], ['unknown', /could not be seen/]] as const) {
    it(`an empty day, not proven (auditing ${auditing})`, () => {
      const { warnings } = told({ change: (manifest) => withOverlap({ ...manifest, empty: { proven: false, auditing } }) });
      assert.match(warnings.join(), /Not one entry from .+: empty, not proven\./);
      assert.match(warnings.join(), says);
    });
  }

  for (const [name, what] of [['accessLog', 'AuditLog.AccessLog'], ['serviceConnection', 'Library.ServiceConnectionExecuted']] as const) {
    it(`that the previous run's ${what} is missing, only where the chain had shown it before`, () => {
      const witness = (everFound: boolean) => (manifest: Manifest): Manifest => withOverlap({ ...manifest, witness: { accessLog: 'unknown', serviceConnection: 'unknown', [name]: 'absent', everFound: { accessLog: false, serviceConnection: false, [name]: everFound } } });
      assert.match(told({ change: witness(true) }).warnings.join(), new RegExp(`does not show the previous run's own .+${what.replace('.', '\\.')}`));
      assert.deepEqual(told({ change: witness(false) }).warnings, []);
    });
  }

  it('nothing of an export outside a chain', () => {
    assert.deepEqual(told({ change: (manifest) => ({ ...manifest, chain: 'none' }) }).lines, []);
  });
});
