import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePage } from '../../../tasks/common/auditlog/page';
import { DOCUMENTED_FIELDS } from '../../../tasks/common/auditlog/documentedFields';
import { ticksOfId } from '../../../tasks/common/time/ticks';
import { answerOf, fieldsOf, idOf, ticksAfter, timestampOf } from '../../support/auditEntries';
import { anyJsonText } from '../../support/jsonText';
import { isTaskError } from '../../support/taskErrors';
import { documentedExample } from './documentedExample';

const unreadable = isTaskError('AUDIT_ANSWER_UNREADABLE');
const one = fieldsOf(ticksAfter(1), 1);

describe('page of the audit log', () => {
  for (const isWrapped of [false, true]) {
    it(`is read from the documented example, ${isWrapped ? 'wrapped' : 'bare'}, field by field`, () => {
      const page = parsePage(Buffer.from(JSON.stringify(isWrapped ? { value: documentedExample } : documentedExample, undefined, 2)));
      assert.equal(page.hasMore, false);
      assert.equal(page.continuationToken, documentedExample.continuationToken);
      assert.deepEqual(page.entries.map((entry) => entry.fields()), documentedExample.decoratedAuditLogEntries);
      assert.deepEqual(page.entries.map((entry) => entry.raw.toString()), documentedExample.decoratedAuditLogEntries.map((entry) => JSON.stringify(entry)));
      assert.deepEqual(page.entries.map(({ id, ticks }) => ticks === ticksOfId(id)), [true, true]);
      assert.deepEqual(page.entries.map(({ original }) => original), [undefined, undefined]);
      const known: ReadonlySet<string> = new Set(DOCUMENTED_FIELDS);
      for (const entry of page.entries) assert.deepEqual(Object.keys(entry.fields()).filter((name) => !known.has(name)), []);
    });
  }

  it('keeps every entry byte for byte but for white space, whatever its fields and their order', () => {
    const fields = fc.tuple(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }), { maxKeys: 6 }), fc.nat(1_000_000), fc.boolean())
      .map(([more, after, isFirst]) => (isFirst ? { ...fieldsOf(ticksAfter(after), 1), ...withoutOwn(more) } : { ...withoutOwn(more), ...fieldsOf(ticksAfter(after), 1) }));
    const answer = fc.array(anyJsonText(fields), { maxLength: 5 });
    fc.assert(fc.property(answer, fc.constantFrom('', ' ', '\r\n  '), (texts, space) => {
      const body = `${space}{${space}"hasMore":true,"decoratedAuditLogEntries"${space}:${space}[${texts.map(({ spaced }) => spaced).join(`${space},`)}${space}],"more":[{}]${space}}${space}`;
      const page = parsePage(Buffer.from(body));
      assert.deepEqual(page.entries.map(({ raw }) => raw.toString('utf8')), texts.map(({ compact }) => compact));
      assert.deepEqual(page.entries.map(({ original }) => original), texts.map(() => undefined));
      assert.equal(page.hasMore, true);
    }), { numRuns: 150 });
  });

  it('may begin with a byte order mark', () => {
    assert.equal(parsePage(Buffer.concat([Buffer.from('\ufeff'), answerOf([one])])).entries.length, 1);
  });

  it('may say what follows before, between or after the entries', () => {
    const members: [string, string][] = [['decoratedAuditLogEntries', JSON.stringify([one])], ['hasMore', 'true'], ['continuationToken', '"t;+é\\u0041"'], ['count', '1']];
    const turns = members.map((_, turn) => [...members.slice(turn), ...members.slice(0, turn)]);
    for (const turn of turns) {
      const page = parsePage(Buffer.from(`{${turn.map(([name, value]) => `"${name}":${value}`).join(',')}}`));
      assert.deepEqual([page.entries.length, page.hasMore, page.continuationToken], [1, true, 't;+éA']);
    }
  });

  const tokens: [more: object, token: string | undefined, hasMore: boolean][] = [
    [{ continuationToken: 'next', hasMore: true }, 'next', true],
    [{ continuationToken: null, hasMore: true }, undefined, true],
    [{ continuationToken: '', hasMore: true }, undefined, true],
    [{ continuationToken: undefined, hasMore: true }, undefined, true],
    [{ continuationToken: { nested: 'next' }, hasMore: true }, undefined, true],
    [{ continuationToken: 'last', hasMore: false }, 'last', false],
    [{ continuationToken: null, hasMore: null }, undefined, false],
    [{ continuationToken: undefined, hasMore: undefined }, undefined, false],
  ];
  for (const [more, token, hasMore] of tokens) {
    it(`with ${JSON.stringify(more)} ${hasMore ? 'goes on' : 'is the last'}`, () => {
      const page = parsePage(answerOf([one], more as Record<string, unknown>));
      assert.deepEqual([page.continuationToken, page.hasMore], [token, hasMore]);
    });
  }

  for (const hasMore of ['true', 'yes', 1, 0, {}, [], null, undefined]) {
    it(`that answers ${hasMore === undefined ? 'nothing' : JSON.stringify(hasMore)} to whether more entries follow is refused, because taking it for "no" could lose entries`, () => {
      assert.throws(() => parsePage(answerOf([one], { hasMore, continuationToken: 'next' })), unreadable);
    });
  }

  it('with a key twice counts the last one, as JSON.parse does', () => {
    const page = parsePage(Buffer.from(`{"hasMore":false,"continuationToken":"a","decoratedAuditLogEntries":[],"hasMore":true,"continuationToken":"b","decoratedAuditLogEntries":[${JSON.stringify(one)}]}`));
    assert.deepEqual([page.entries.length, page.hasMore, page.continuationToken], [1, true, 'b']);
    const [ticks, id] = [ticksAfter(5), idOf(ticksAfter(5), 9)];
    const twice = `{"id":"first","timestamp":"2020-01-01T00:00:00Z","id":"${id}","timestamp":"${timestampOf(ticks)}"}`;
    const [entry] = parsePage(Buffer.from(`{"decoratedAuditLogEntries":[${twice}]}`)).entries;
    assert.deepEqual([entry?.id, entry?.ticks, entry?.raw.toString(), entry?.fields()['id']], [id, ticks, twice, id]);
  });

  it('knows its keys though their characters are escaped', () => {
    const page = parsePage(Buffer.from('{"decoratedAuditLogEntries\\u":[],"decoratedAuditLogEntri\\u0065s":[],"hasM\\u006fre":true,"continuationT\\u006fken":"t"}'));
    assert.deepEqual([page.hasMore, page.continuationToken], [true, 't']);
  });

  it('may hold no entries', () => {
    for (const entries of ['[]', '[ \n ]', 'null']) assert.deepEqual(parsePage(Buffer.from(`{"decoratedAuditLogEntries":${entries}}`)).entries, []);
  });

  it('reads id and timestamp only from the entry itself, not from what is inside its fields', () => {
    const inner = { id: 'inner', timestamp: '2001-01-01T00:00:00Z' };
    const [entry] = parsePage(answerOf([{ data: inner, ...one, zzz: [inner] }])).entries;
    assert.deepEqual([entry?.id, entry?.ticks], [one['id'], ticksAfter(1)]);
  });

  const timestamps: [text: string, fraction: string][] = [...Array(8).keys()].flatMap((digits): [string, string][] => {
    const fraction = '1460838'.slice(0, digits);
    return ['Z', '+00:00', '-00:00'].map((zone): [string, string] => [`2026-11-20T14:05:02${digits === 0 ? '' : `.${fraction}`}${zone}`, fraction.padEnd(7, '0')]);
  });
  for (const [timestamp, fraction] of timestamps) {
    it(`knows the instant ${timestamp}`, () => {
      const [entry] = parsePage(answerOf([{ id: 'x', timestamp }])).entries;
      assert.equal(entry?.ticks, ticksAfter((14 * 3600 + 5 * 60 + 2) * 10_000_000 + Number(fraction)));
    });
  }

  it('knows an instant whose characters are escaped', () => {
    const [entry] = parsePage(Buffer.from('{"decoratedAuditLogEntries":[{"id":"\\u0061;b","timestamp":"2026-11-20T00:00:00\\u002b00:00"}]}')).entries;
    assert.deepEqual([entry?.id, entry?.ticks], ['a;b', ticksAfter(0)]);
  });

  const refused: [what: string, body: string | Buffer][] = [
    ['nothing', ''],
    ['another thing', '{"message":"hello"}'],
    ['a list', JSON.stringify([one])],
    ['an entry that is null', '{"decoratedAuditLogEntries":[null]}'],
    ['an entry that is a list', '{"decoratedAuditLogEntries":[[]]}'],
    ['entries that are an object', '{"decoratedAuditLogEntries":{}}'],
    ['entries that are text', '{"decoratedAuditLogEntries":"[]"}'],
    ['an entry without an id', answerOf([{ ...one, id: undefined }])],
    ['an entry with an empty id', answerOf([{ ...one, id: '' }])],
    ['an entry whose id is a number', answerOf([{ ...one, id: 7 }])],
    ['an entry without a timestamp', answerOf([{ ...one, timestamp: undefined }])],
    ['an entry whose timestamp is null', answerOf([{ ...one, timestamp: null }])],
    ['an entry whose timestamp is no time', answerOf([{ ...one, timestamp: 'yesterday' }])],
    ['an entry whose timestamp has no offset', answerOf([{ ...one, timestamp: '2026-11-20T00:00:00' }])],
    ['an entry of a day that does not exist', answerOf([{ ...one, timestamp: '2026-02-30T00:00:00Z' }])],
    ['something after its end', `${answerOf([one]).toString()}{}`],
    ['a body that broke off', answerOf([one]).subarray(0, 60)],
    ['a wrapper around nothing', '{"value":{}}'],
    ['entries nested deeper than data', `{"decoratedAuditLogEntries":[{"id":"x","timestamp":"2026-11-20T00:00:00Z","data":${'['.repeat(300_000)}${']'.repeat(300_000)}}]}`],
    ['wrappers nested deeper than data', `${'{"value":'.repeat(300_000)}{"decoratedAuditLogEntries":[]}${'}'.repeat(300_000)}`],
    ['unknown things nested deeper than data', `{"x":${'{"y":'.repeat(300_000)}1${'}'.repeat(300_000)},"decoratedAuditLogEntries":[]}`],
  ];
  for (const [what, body] of refused) {
    it(`is refused with a sentence when it holds ${what}`, () => {
      assert.throws(() => parsePage(Buffer.from(body as string)), unreadable);
    });
  }

  it('never quotes the answer in what it refuses', () => {
    for (const body of ['{"decoratedAuditLogEntries":[{"secret-word":1}]}', '{"secret-word":', '{"decoratedAuditLogEntries":[{"id":"secret-word","timestamp":"secret-word"}]}']) {
      assert.throws(() => parsePage(Buffer.from(body)), (thrown: Error) => !thrown.message.includes('secret-word'));
    }
  });
});

function withoutOwn(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !['id', 'timestamp'].includes(name)));
}
