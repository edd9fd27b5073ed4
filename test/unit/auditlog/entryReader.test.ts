import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePage } from '../../../tasks/common/auditlog/page';
import { fieldsOf, ticksAfter } from '../../support/auditEntries';

const name = fc.oneof(fc.constantFrom('Git', 'access', '', 'é\u2028"\\', 'x'.repeat(300)), fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom(null, 7, ['Git'], { area: 'Git' }));
const more = fc.record({ category: name, area: name, actionId: name, data: fc.jsonValue(), details: fc.string({ unit: 'grapheme' }) }, { requiredKeys: [] });
const entry = fc.tuple(fc.bigInt({ min: 0n, max: 863_999_999_999n }), fc.nat(), more).map(([after, event, fields]) => JSON.stringify(fieldsOf(ticksAfter(after), event, fields)));

const pageOf = (entries: readonly string[], between = ','): Buffer => Buffer.from(`{"decoratedAuditLogEntries":[${entries.join(between)}],"continuationToken":null,"hasMore":false}`);

describe('entries read in one quick pass', () => {
  it('are those that the careful way gives', () => {
    fc.assert(fc.property(fc.array(entry, { maxLength: 8 }), (texts) => {
      const quick = parsePage(pageOf(texts)).entries;
      // A blank inside of each sends it the careful way.
      const careful = parsePage(pageOf(texts.map((text) => `{ ${text.slice(1)}`))).entries;
      assert.deepEqual(quick.map(({ raw }) => raw.toString()), texts);
      const seen = (entries: typeof quick): unknown => entries.map((one) => [one.raw.toString(), one.id, one.ticks, one.original, one.names(), one.fields()]);
      assert.deepEqual(seen(quick), seen(careful));
    }), { numRuns: 300 });
  });

  it('name what JSON.parse would: the last of repeated members, escaped keys, no other kinds of value', () => {
    const text = JSON.stringify(fieldsOf(ticksAfter(1), 1));
    const names = (json: string): unknown => parsePage(pageOf([json])).entries[0]?.names();
    assert.deepEqual(names(text), { category: 'create', area: 'Project', action: 'Project.CreateCompleted' });
    assert.deepEqual(names(`${text.slice(0, -1)},"area":"G\\u0069t","\\u0063ategory":"access","actionId":5}`), { category: 'access', area: 'Git', action: undefined });
    assert.deepEqual(names(`${text.slice(0, -1)},"data":{"area":"Other"}}`), { category: 'create', area: 'Project', action: 'Project.CreateCompleted' });
  });

  it('leave a damaged one among them to be repaired alone', () => {
    const texts = [1, 2, 3].map((event) => JSON.stringify(fieldsOf(ticksAfter(10 - event), event, { details: 'C:/' })));
    const { entries } = parsePage(pageOf([texts[0]!, texts[1]!.replace('C:/', 'C:\\x'), texts[2]!]));
    assert.deepEqual(entries.map(({ original }) => original !== undefined), [false, true, false]);
    assert.deepEqual([entries[0]?.raw.toString(), entries[2]?.raw.toString()], [texts[0], texts[2]]);
    assert.equal(entries[1]?.fields()['details'], 'C:\\x');
  });
});
