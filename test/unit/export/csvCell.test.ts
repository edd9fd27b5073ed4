import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { csvCell } from '../../../tasks/common/export/csvCell';

const cells: [value: unknown, cell: string][] = [
  [undefined, ''], [null, ''], ['', ''], ['text', 'text'], [0, '0'], [false, 'false'], [12.5, '12.5'],
  [{ a: [1, null, 'x"y'] }, '{"a":[1,null,"x\\"y"]}'], [[], '[]'], [{}, '{}'],
  ['=1+1', '\'=1+1'], ['+1', '\'+1'], ['-1', '\'-1'], ['@SUM(A1)', '\'@SUM(A1)'], ['\t=1', '\'\t=1'], ['\tx', '\'\tx'],
  [' =1', '\' =1'], ['\u00a0\u3000=1', '\'\u00a0\u3000=1'], ['\n=1', '\'\n=1'], ['\r=1', '\'\n=1'], ['\ufeff=1', '\'\ufeff=1'],
  ['＝1', '\'＝1'], ['＋1', '\'＋1'], ['－1', '\'－1'], ['＠x', '\'＠x'], [-5, '\'-5'],
  ['a=1', 'a=1'], ['\'=1', '\'=1'], ['1-2', '1-2'], ['a\r\nb\rc\nd', 'a\nb\nc\nd'],
  ['a\u0000b\u001bc\u007fd\u0008', 'a␀b␛c␡d␈'], ['\u0000=1', '␀=1'], ['a\tb', 'a\tb'], ['é😀\u2028', 'é😀\u2028'],
  ['##vso[task.complete]', '##vso[task.complete]'],
];

describe('CSV cell', () => {
  for (const [value, cell] of cells) {
    it(`of ${inspect(value)} is ${JSON.stringify(cell)}`, () => {
      assert.equal(csvCell(value), cell);
    });
  }

  it('begins no formula and holds no control character but tab and line feed, whatever the value', () => {
    const pieces = fc.constantFrom('=', '+', '-', '@', '＝', ' ', '\t', '\n', '\r', '\u0000', '\u000b', '\u007f', '\u00a0', '\ufeff', 'x', '1');
    fc.assert(fc.property(fc.oneof(fc.array(pieces, { maxLength: 8 }).map((text) => text.join('')), fc.jsonValue()), (value) => {
      const cell = csvCell(value);
      assert.doesNotMatch(cell, /[\u0000-\u0008\u000b-\u001f\u007f]/);
      assert.doesNotMatch(cell.trimStart(), /^[=+\-@＝＋－＠]/);
      assert.ok(!cell.startsWith('\t'));
    }), { numRuns: 2_000 });
  });
});
