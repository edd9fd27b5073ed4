import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DOCUMENTED_FIELDS } from '../../../tasks/common/auditlog/documentedFields';
import { mergeReports } from '../../../tasks/common/report/mergeReports';
import { ReportCollector } from '../../../tasks/common/report/reportCollector';
import type { ReportData, ReportDetail } from '../../../tasks/common/report/reportData';
import { toCounts } from '../../../tasks/common/report/toCounts';
import { entryAt, NOVEMBER_20_SECONDS } from '../../support/auditEntries';
import { reportFacts } from '../../support/reportFacts';

const covered = { startSeconds: NOVEMBER_20_SECONDS, endSeconds: NOVEMBER_20_SECONDS + 86_400 };
const own = { clientId: null, objectId: null, serviceConnectionId: null, pipelineId: null };
/** What the detail `counts` may name; everything else tells of people or of single entries. */
const SHOWN = ['actionId', 'area', 'category', 'projectName', 'authenticationMechanism'];
const NOTABLE = ['Git.RepositoryDestroyed', 'Token.PatPublicDiscoveryEvent', 'Extension.Installed'];

async function collect(detail: ReportDetail, entries: readonly Readonly<Record<string, unknown>>[]): Promise<ReportData> {
  const collector = new ReportCollector({ detail, timeZone: 'UTC', covered, own, known: { actors: new Set(), actions: new Set() } });
  await collector.add(entries.map((fields, number) => entryAt(5_000 - number, number, fields)));
  return collector.finish(reportFacts(covered, { filter: { include: ['actor: ada@fabrikam.example'], exclude: ['ip: 203.0.113.0/24'] } }));
}

/** Fields of an entry, each with a text of its own that is found wherever it leaks. */
const hostile = fc.tuple(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.constantFrom(...NOTABLE, 'Project.CreateCompleted'), fc.integer({ min: 0, max: 9_999 }));

describe('report detail', () => {
  it('counts has no people, addresses and entries anywhere', async () => {
    await fc.assert(fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 60 }), async (texts) => {
      const marked = texts.map(([text, actionId], number) => {
        const hidden = DOCUMENTED_FIELDS.filter((field) => !SHOWN.includes(field) && field !== 'id' && field !== 'timestamp');
        return { ...Object.fromEntries(hidden.map((field) => [field, `secret${field}${number}${text}`])), data: { leak: `secretdata${number}${text}` }, actionId };
      });
      const full = await collect('full', marked);
      assert.match(JSON.stringify(full), /secretactorDisplayName/, 'the detail full names them');
      for (const data of [await collect('counts', marked), toCounts(full), mergeReports([toCounts(full), full])]) {
        const json = JSON.stringify(data);
        assert.doesNotMatch(json, /secret|ada@|203\.0\.113/);
        for (let number = 0; number < marked.length; number += 1) assert.ok(!json.includes(entryAt(5_000 - number, number).id));
        assert.deepEqual([data.detail, data.rows, data.firstSeen?.actors], ['counts', null, undefined]);
        assert.ok(data.notable.every(({ shown }) => shown.length === 0));
      }
    }), { numRuns: 30 });
  });

  it('counts still counts people and addresses', async () => {
    const data = await collect('counts', [{ actorUserId: 'one', ipAddress: '192.0.2.1', actionId: 'Extension.Installed' }, { actorUserId: 'two', ipAddress: '192.0.2.1' }, {}]);
    assert.deepEqual([data.dimensions.actor, data.dimensions.ip], [{ values: [], others: { names: 2, entries: 3 } }, { values: [], others: { names: 1, entries: 3 } }]);
    assert.deepEqual([data.firstSeen?.actorCount, data.notable, data.filter], [2, [{ rule: 'extensionInstalled', entries: 1, shown: [] }], { include: [], exclude: [] }]);
  });

  it('is the same made at once or afterwards', async () => {
    const entries = Array.from({ length: 300 }, (_, number) => ({ actorUserId: String(number), ipAddress: `192.0.2.${number % 250}`, actionId: NOTABLE[number % 4] ?? null }));
    assert.deepEqual(await collect('counts', entries), toCounts(await collect('full', entries)));
  });
});
