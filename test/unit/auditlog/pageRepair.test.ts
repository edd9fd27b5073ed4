import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePage } from '../../../tasks/common/auditlog/page';
import type { AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { fieldsOf, ticksAfter } from '../../support/auditEntries';
import { isTaskError } from '../../support/taskErrors';

const HEALTHY = JSON.stringify(fieldsOf(ticksAfter(9), 9));
const beginning = JSON.stringify(fieldsOf(ticksAfter(1), 1)).slice(0, -1);

/** The entry with these bytes among two healthy ones, after checking that those are untouched. */
function readAmongHealthy(sent: Buffer): AuditLogEntry {
  const body = Buffer.concat([Buffer.from(`{"decoratedAuditLogEntries":[${HEALTHY}, `), sent, Buffer.from(` ,${HEALTHY}],"continuationToken":"t","hasMore":true}`)]);
  const page = parsePage(body);
  assert.deepEqual([page.entries.length, page.continuationToken, page.hasMore], [3, 't', true]);
  const [before, entry, after] = page.entries;
  for (const healthy of [before, after]) {
    assert.equal(healthy?.raw.toString(), HEALTHY);
    assert.equal(healthy.original, undefined);
  }
  assert.ok(entry);
  return entry;
}

describe('entry with invalid JSON', () => {
  const repairs: [what: string, member: string | Buffer, becomes: string][] = [
    ['a stray backslash', String.raw`"path":"C:\Windows"`, String.raw`"path":"C:\\Windows"`],
    ['a backslash before the quote that ends the last field', String.raw`"path":"C:\"`, String.raw`"path":"C:\\"`],
    ['a backslash before the quote that ends a field', String.raw`"path":"C:\","more":1`, String.raw`"path":"C:\\","more":1`],
    ['such backslashes in several fields', String.raw`"path":"C:\","b":"D:\" , "c":["E:\","F:\" ],"d":{"e":"G:\"}`, String.raw`"path":"C:\\","b":"D:\\","c":["E:\\","F:\\"],"d":{"e":"G:\\"}`],
    ['such a backslash in a key', String.raw`"a\":1`, String.raw`"a\\":1`],
    ['such a backslash beside quotes that are escaped rightly', String.raw`"a":"say \"yes\", and \"no\"","path":"C:\","b":"\"x\"","c":"\\"`, String.raw`"a":"say \"yes\", and \"no\"","path":"C:\\","b":"\"x\"","c":"\\"`],
    ['three backslashes before the quote', String.raw`"path":"C:\\\","b":1`, String.raw`"path":"C:\\\\","b":1`],
    ['a lone \\u', String.raw`"a":"\u","b":"\u00zz"`, String.raw`"a":"\\u","b":"\\u00zz"`],
    ['raw control characters', '"a":"1\u00002\n3\r4\t5\u001f"', String.raw`"a":"1\u00002\u000a3\u000d4\u00095\u001f"`],
    ['white space beside a stray backslash', ' "a" :\r\n "\\d" ', String.raw`"a":"\\d"`],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0x61, 0x22, 0x3a, 0x22, 0xc3, 0x28, 0xff, 0x22]), '"a":"\ufffd(\ufffd"'],
    ['half a character in UTF-8', Buffer.from([0x22, 0x61, 0x22, 0x3a, 0x22, 0xed, 0xa0, 0x80, 0x22]), '"a":"\ufffd\ufffd\ufffd"'],
  ];
  for (const [what, member, becomes] of repairs) {
    it(`is repaired where it holds ${what}, and its bytes are kept`, () => {
      const sent = Buffer.concat([Buffer.from(`${beginning},`), Buffer.from(member as string), Buffer.from('}')]);
      const entry = readAmongHealthy(sent);
      assert.equal(entry.raw.toString('utf8'), `${beginning},${becomes}}`);
      assert.deepEqual(entry.original, sent);
      assert.equal(entry.ticks, ticksAfter(1));
      assert.doesNotThrow(() => entry.fields());
    });
  }

  it('is no entry whose escapes are valid, lone surrogates included', () => {
    const sent = `${beginning},"a":"\\ud800 \\\\ \\" \\/ \\u0000","b":"é😀\u007f\u2028"}`;
    const entry = readAmongHealthy(Buffer.from(sent));
    assert.equal(entry.raw.toString('utf8'), sent);
    assert.equal(entry.original, undefined);
  });

  it('gets every stray backslash before a quote right, wherever other quotes stand', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '"', ',', '}', ']', ':', '\\', '\n') });
    const value = fc.record({ text, hasStray: fc.boolean() });
    fc.assert(fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), (values) => {
      const members = values.map(({ text: content, hasStray }, index) => `"f${index}":${JSON.stringify(content).slice(0, -1)}${hasStray ? 'C:\\' : ''}"`);
      const sent = Buffer.from(`${beginning},${members.join(',')}}`);
      const entry = readAmongHealthy(sent);
      values.forEach(({ text: content, hasStray }, index) => { assert.equal(entry.fields()[`f${index}`], hasStray ? `${content}C:\\` : content); });
      assert.deepEqual(entry.original, values.some(({ hasStray }) => hasStray) ? sent : undefined);
    }), { numRuns: 1_000 });
  });

  it('is marked exactly when JSON.parse refuses it or its bytes are no UTF-8, and what it becomes is valid and one line', () => {
    const bytes = fc.array(fc.constantFrom(0x5c, 0x75, 0x30, 0x61, 0x0a, 0x01, 0x20, 0xc3, 0xa9, 0xff, 0x2f), { maxLength: 12 });
    const decoder = new TextDecoder('utf-8', { fatal: true });
    fc.assert(fc.property(bytes, (content) => {
      const sent = Buffer.concat([Buffer.from(`${beginning},"a":"`), Buffer.from(content), Buffer.from('."}')]);
      const isHealthy = (() => {
        try {
          JSON.parse(decoder.decode(sent));
          return true;
        } catch {
          return false;
        }
      })();
      const entry = readAmongHealthy(sent);
      assert.equal(entry.original === undefined, isHealthy);
      if (isHealthy) assert.deepEqual(entry.raw, sent);
      else assert.deepEqual(entry.original, sent);
      assert.doesNotThrow(() => decoder.decode(entry.raw));
      assert.ok(!entry.raw.includes(0x0a));
      assert.equal(entry.fields()['id'], entry.id);
    }), { numRuns: 1_000 });
  });

  it('keeps its bytes though the page they came in is overwritten', () => {
    const body = Buffer.from(`{"decoratedAuditLogEntries":[${beginning},"a":"\\d"}]}`);
    const [entry] = parsePage(body).entries;
    body.fill(0x20);
    assert.equal(entry?.original?.toString(), `${beginning},"a":"\\d"}`);
  });

  it('is refused where it is broken outside of strings', () => {
    for (const member of ['"a":', '"a":x', '"a" 1', 'a:1', '"a":1,', '"a":[1,]', '"a":NaN']) {
      assert.throws(() => readAmongHealthy(Buffer.from(`${beginning},${member}}`)), isTaskError('AUDIT_ANSWER_UNREADABLE'), member);
    }
  });
});
