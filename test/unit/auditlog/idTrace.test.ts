import assert from 'node:assert/strict';
import fc from 'fast-check';
import { IdTrace } from '../../../tasks/common/auditlog/idTrace';

const ID = '6d1f0d6a-3f62-4b6e-9f5e-abcdef012345';
const formsOf = (...forms: readonly string[]): fc.Arbitrary<string[]> => fc.array(fc.constantFrom(...forms), { minLength: 36, maxLength: 36 });

describe('trace of an id', () => {
  it('is in all JSON that holds the id, in whatever case, and with whatever letters escaped', () => {
    fc.assert(fc.property(fc.uuid(), fc.oneof(formsOf('lower', 'upper'), formsOf('lower', 'upper', 'escaped')), fc.string(), fc.string(), (id, forms, before, after) => {
      const written = Array.from(id, (letter, index) => {
        const form = forms[index];
        return form === 'lower' ? letter : form === 'upper' ? letter.toUpperCase() : `\\u00${letter.charCodeAt(0).toString(16)}`;
      }).join('');
      const json = `{"data":${JSON.stringify(before).slice(0, -1)}${written}${JSON.stringify(after).slice(1)}}`;
      assert.ok((JSON.parse(json) as { data: string }).data.toLowerCase().includes(id));
      assert.ok(new IdTrace(['00000000-0000-0000-0000-000000000000', id]).mayBeIn(Buffer.from(json)));
    }));
  });

  it('is not in JSON that holds other ids only, so that nearly nothing is parsed', () => {
    const trace = new IdTrace([ID]);
    const others = Array.from({ length: 200 }, (_, index) => `6d1f0d6a-3f62-4b6e-9f5e-abcdef${String(index).padStart(6, '9')}`);
    assert.deepEqual(others.filter((id) => trace.mayBeIn(Buffer.from(`{"id":"${id}"}`))), []);
  });

  it('of no id is nowhere', () => {
    assert.equal(new IdTrace([]).mayBeIn(Buffer.from(`{"id":"\\u0036${ID}"}`)), false);
  });
});
