import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyEdits, JsonFault, JsonScanner } from '../../../tasks/common/auditlog/jsonScanner';
import { anyJsonText } from '../../support/jsonText';

/** The scanner's whole answer about a text: what it becomes, or undefined when it is no JSON. */
function compacted(text: string | Buffer): { text: string; hasRepairs: boolean } | undefined {
  const bytes = Buffer.from(text as string);
  const scanner = new JsonScanner(bytes);
  try {
    scanner.value();
    if (scanner.peek() !== -1) return undefined;
  } catch (fault) {
    assert.ok(fault instanceof JsonFault);
    return undefined;
  }
  return { text: applyEdits(bytes, 0, bytes.length, scanner.edits).toString('utf8'), hasRepairs: scanner.hasRepairs };
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('JSON scanner', function () {
  this.timeout(60_000);

  it('drops the white space between tokens and changes nothing else', () => {
    fc.assert(fc.property(anyJsonText(), ({ spaced, compact }) => {
      assert.deepEqual(compacted(spaced), { text: compact, hasRepairs: false });
    }), { numRuns: 150 });
  });

  it('keeps the value', () => {
    fc.assert(fc.property(anyJsonText(), ({ spaced }) => {
      assert.deepEqual(JSON.parse(compacted(spaced)?.text ?? ''), JSON.parse(spaced));
    }), { numRuns: 100 });
  });

  it('refuses exactly what JSON.parse refuses, outside of strings', () => {
    const simple = fc.jsonValue({ maxDepth: 4, stringUnit: fc.constantFrom('a', 'b', ' ', ',', '}') });
    const change = fc.tuple(fc.nat(), fc.constantFrom('cut', 'insert', 'replace'), fc.constantFrom(...Array.from('{}[],:"-+.eE0123456789 truefalsn')));
    fc.assert(fc.property(anyJsonText(simple, fc.constantFrom('', '', ' ')), fc.array(change, { maxLength: 3 }), ({ spaced }, changes) => {
      let text = spaced;
      for (const [place, kind, character] of changes) {
        const at = place % (text.length + 1);
        text = text.slice(0, at) + (kind === 'cut' ? '' : character) + text.slice(kind === 'insert' ? at : at + 1);
      }
      // A backslash or a line break inside a string is repaired instead of refused: that is told apart below.
      fc.pre(!/[\\\n\r\t]/.test(text));
      assert.equal(compacted(text) !== undefined, parses(text), text);
    }), { numRuns: 1_500 });
  });

  for (const text of ['', ' ', '{', '[', '"', '"a', '{"a"}', '{"a":}', '{a:1}', "{'a':1}", '[1,]', '{"a":1,}', '[1 2]', '01', '-', '1.', '.5', '1e', '+1', 'nul', 'NaN', 'True', 'tru e', '1 2', '{}{}', '[\u00a01]', '[1]\u0000', '/*a*/1']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parses(text), false);
      assert.equal(compacted(text), undefined);
    });
  }

  it('keeps numbers as they are written', () => {
    const text = '[12345678901234567890,1.0,-0,1E+2,0.10000000000000000001,1e400]';
    assert.equal(compacted(text)?.text, text);
  });

  it('walks into deep nesting and refuses nesting that is no data', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    assert.equal(compacted(nested(90))?.text, nested(90));
    for (const text of [nested(1_000), nested(1_000_000), '{"a":'.repeat(1_000_000), '['.repeat(1_000_000)]) assert.equal(compacted(text), undefined);
  });

  const repaired: [sent: string, becomes: string][] = [
    [String.raw`"C:\Windows"`, String.raw`"C:\\Windows"`],
    [String.raw`"\x\'\0"`, String.raw`"\\x\\'\\0"`],
    [String.raw`"\u"`, String.raw`"\\u"`],
    [String.raw`"\u12"`, String.raw`"\\u12"`],
    [String.raw`"\u12G4 \u00e9"`, String.raw`"\\u12G4 \u00e9"`],
    [String.raw`"\U0041"`, String.raw`"\\U0041"`],
    ['"a\u0000b\u001fc"', String.raw`"a\u0000b\u001fc"`],
    ['"a\r\nb\tc"', String.raw`"a\u000d\u000ab\u0009c"`],
    ['{"a\nb" : 1}', String.raw`{"a\u000ab":1}`],
    ['"\\\n"', String.raw`"\\\u000a"`],
  ];
  for (const [sent, becomes] of repaired) {
    it(`repairs ${JSON.stringify(sent)} minimally`, () => {
      assert.equal(parses(sent), false);
      assert.deepEqual(compacted(sent), { text: becomes, hasRepairs: true });
      assert.equal(parses(becomes), true);
    });
  }

  it('makes any text between quotes valid, unless it ends the string itself', () => {
    const pieces = fc.constantFrom('\\', 'u', '0', 'a', 'F', 'n', 'x', '\n', '\u0007', '\u007f', 'é', '😀', ' ', '/');
    fc.assert(fc.property(fc.array(pieces, { maxLength: 20 }), (content) => {
      const sent = `{"k":"${content.join('')}.","next":[true]}`;
      const result = compacted(sent);
      assert.ok(result);
      assert.doesNotMatch(result.text, /\n/);
      assert.deepEqual((JSON.parse(result.text) as { next: unknown }).next, [true]);
      assert.equal(result.hasRepairs, !parses(sent));
      if (parses(sent)) assert.equal(result.text, sent);
    }), { numRuns: 3_000 });
  });
});
