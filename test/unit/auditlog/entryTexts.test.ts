import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FIELD_NUMBER } from '../../../tasks/common/auditlog/documentedFields';
import { namesAt, textAt } from '../../../tasks/common/auditlog/entryTexts';
import { placesIn } from '../../../tasks/common/auditlog/fieldPlaces';

const TEXT_FIELDS = [
  'actionId', 'area', 'category', 'actorCUID', 'actorUserId', 'actorClientId', 'actorUPN', 'actorDisplayName', 'authenticationMechanism', 'ipAddress', 'projectId', 'projectName',
] as const;
const anyValue = fc.oneof({ weight: 3, arbitrary: fc.string({ unit: 'binary' }) }, { weight: 1, arbitrary: fc.jsonValue() });
const anyFields = fc.dictionary(fc.oneof({ weight: 4, arbitrary: fc.constantFrom<string>(...TEXT_FIELDS) }, { weight: 1, arbitrary: fc.string() }), anyValue);

type Texts = Readonly<Record<(typeof TEXT_FIELDS)[number], string | undefined>>;

/** By the names of the fields; those that have a way of their own read that way. */
function textsOf(raw: Buffer): Texts {
  const places = placesIn(raw);
  const { action, ...names } = namesAt(raw, places);
  return { ...Object.fromEntries(TEXT_FIELDS.map((name) => [name, textAt(raw, places, FIELD_NUMBER[name])])) as Texts, ...names, actionId: action };
}

describe('the fields of an entry that are text', () => {
  it('are what JSON.parse finds there', () => {
    fc.assert(fc.property(anyFields, (fields) => {
      const raw = Buffer.from(JSON.stringify(fields));
      const parsed = JSON.parse(raw.toString()) as Record<string, unknown>;
      const expected = TEXT_FIELDS.map((name) => (Object.hasOwn(parsed, name) && typeof parsed[name] === 'string' ? parsed[name] : undefined));
      const texts = textsOf(raw);
      assert.deepEqual(TEXT_FIELDS.map((name) => texts[name]), expected);
    }));
  });

  it('are found under escaped names, and of two of one name the last counts', () => {
    const { area, actorUPN } = textsOf(Buffer.from('{"area":"Git","\\u0061rea":"Pip\\u0065lines","actorUPN":"a","actorUPN":null}'));
    assert.deepEqual([area, actorUPN], ['Pipelines', undefined]);
  });

  it('are the same text for the same name, however many other names come in between', () => {
    for (let number = 0; number < 20_000; number += 1) {
      assert.equal(textsOf(Buffer.from(`{"projectName":"Project ${number}"}`)).projectName, `Project ${number}`);
    }
    assert.equal(textsOf(Buffer.from('{"projectName":"Project 1"}')).projectName, 'Project 1');
  });
});
