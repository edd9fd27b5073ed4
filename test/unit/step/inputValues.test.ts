import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseArtifactName, parseBoolean, parseChoice, parseChoices, parseOrganization } from '../../../tasks/common/step/inputValues';
import type { Parsed } from '../../../tasks/common/window/parsed';

const valueOf = <T>(result: Parsed<T>): T => (result.ok ? result.value : assert.fail(result.problem));
const problemOf = (result: Parsed<unknown>): string => (result.ok ? assert.fail(`accepted as ${String(result.value)}`) : result.problem);
const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyzABCXYZ0123456789');

describe('choices', () => {
  it('are found in any case, and given in the case of the list', () => {
    assert.equal(valueOf(parseChoice('PREVIOUS', ['last', 'previous'])), 'previous');
    assert.deepEqual(valueOf(parseChoices(' CSV ,\r\njsonl,,csv\n', ['jsonl', 'csv', 'json'])), ['csv', 'jsonl']);
  });

  for (const text of ['lasting', 'las', 'last,previous', '', ' ', 'constructor']) {
    it(`"${text}" is refused with all that is allowed`, () => {
      assert.match(problemOf(parseChoice(text, ['last', 'previous'])), /is not allowed\. Allowed: last, previous\. Example: last\./);
    });
  }

  it('that are unknown are all named', () => {
    assert.match(problemOf(parseChoices('xml,csv,pdf', ['jsonl', 'csv'])), /"xml", "pdf" is not allowed\. Allowed, separated by commas: jsonl, csv\. Example: jsonl,csv\./);
    for (const nothing of ['', ' , ,\n']) assert.match(problemOf(parseChoices(nothing, ['jsonl', 'csv'])), /nothing is chosen/);
  });

  it('of true and false have a default', () => {
    assert.deepEqual([parseBoolean(undefined, true), parseBoolean('False', true), parseBoolean('TRUE', false)].map(valueOf), [true, false, true]);
    for (const text of ['yes', '1', 'on', 'truefalse']) assert.match(problemOf(parseBoolean(text, false)), /Allowed: true, false\. Example: false/);
  });
});

describe('an organization', () => {
  const name = fc.tuple(fc.constantFrom(...LETTERS), fc.array(fc.constantFrom(...LETTERS, '-'), { maxLength: 48 }), fc.constantFrom(...LETTERS))
    .map(([first, middle, last]) => `${first}${middle.join('')}${last}`);

  it('is read from its name and its addresses alike', () => {
    fc.assert(fc.property(name, (organization) => {
      assert.equal(valueOf(parseOrganization(organization, undefined)), organization);
      for (const address of [`https://dev.azure.com/${organization}`, `https://dev.azure.com/${organization}/`, `HTTPS://DEV.AZURE.COM:443/${organization}`]) {
        assert.equal(valueOf(parseOrganization(address, 'https://dev.azure.com/another/')), organization);
        assert.equal(valueOf(parseOrganization(undefined, address)), organization);
      }
      for (const end of ['', '/']) {
        assert.equal(valueOf(parseOrganization(`https://${organization}.visualstudio.com${end}`, undefined)).toLowerCase(), organization.toLowerCase());
      }
    }));
  });

  it('that is accepted is always a plain name', () => {
    const addresses = fc.oneof(fc.string({ unit: 'grapheme' }), fc.webUrl(), fc.string({ unit: 'grapheme' }).map((text) => `https://dev.azure.com/${text}`), fc.string({ unit: 'grapheme' }).map((text) => `https://${text}.visualstudio.com`));
    fc.assert(fc.property(addresses, (text) => {
      const result = parseOrganization(text, undefined);
      if (result.ok) assert.match(result.value, /^[A-Za-z0-9][A-Za-z0-9-]{0,49}$/);
    }), { numRuns: 1000 });
  });

  const refused = [
    'https://dev.azure.com/', 'https://dev.azure.com/fabrikam/Project', 'https://dev.azure.com/fabrikam/_git/x', 'http://dev.azure.com/fabrikam', 'https://dev.azure.com:8443/fabrikam',
    'https://user@dev.azure.com/fabrikam', 'https://:pw@dev.azure.com/fabrikam', 'https://dev.azure.com/fabrikam?x=1', 'https://dev.azure.com/fabrikam#x', 'https://dev.azure.com.evil.example/fabrikam',
    'https://dev.azure.com./fabrikam', 'https://evil.example/fabrikam', 'https://fabrikam.visualstudio.com/DefaultCollection', 'https://fabrikam.visualstudio.com/Project', 'https://a.b.visualstudio.com',
    'https://visualstudio.com', 'https://fabrikam.visualstudio.com.evil.example', 'dev.azure.com/fabrikam', 'fabrikam.visualstudio.com', 'vssps.dev.azure.com', '-fabrikam', 'fabrikam-', 'fab rikam', 'fab_rikam',
    'fabrik\u00e4m', 'a'.repeat(51), 'https://dev.azure.com/fab%20rikam', 'https://dev.azure.com/..', '..', '.', '/', '\\\\server', '##vso[x]', 'fabrikam\r\nx',
  ];
  for (const text of refused) {
    it(`is not ${JSON.stringify(text).slice(0, 80)}`, () => {
      const problem = problemOf(parseOrganization(text, 'https://dev.azure.com/fabrikam/'));
      assert.match(problem, /Allowed: its name, https:\/\/dev\.azure\.com\/NAME or https:\/\/NAME\.visualstudio\.com.*Example: fabrikam\./);
      assert.doesNotMatch(problem, /[\r\n]/);
    });
  }

  it('that nobody names is asked for', () => {
    assert.match(problemOf(parseOrganization(undefined, undefined)), /is empty, .*Example: fabrikam/);
  });
});

describe('an artifact name', () => {
  const forbidden = Array.from('\\/:*?"<>|;]\u0000\u0001\t\r\n\u001f\u007f');

  it('may hold anything but what Azure Pipelines and file systems refuse', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (text) => {
      const isBad = forbidden.some((character) => text.includes(character)) || text.endsWith('.') || text.length > 100;
      assert.equal(parseArtifactName(text).ok, !isBad);
    }), { numRuns: 1000 });
  });

  for (const character of forbidden) {
    it(`may not hold ${JSON.stringify(character)}`, () => {
      assert.match(problemOf(parseArtifactName(`audit${character}log`)), /Not allowed: .*Example: audit-log\./);
    });
  }

  for (const text of ['.', '..', 'audit.', 'a'.repeat(101)]) {
    it(`is not ${text.slice(0, 20)}`, () => { problemOf(parseArtifactName(text)); });
  }

  for (const text of ['audit-log', 'Audit log 2026', 'a'.repeat(100), '.hidden', 'ä😀', '100%', '[x']) {
    it(`may be ${text.slice(0, 20)}`, () => { assert.equal(valueOf(parseArtifactName(text)), text); });
  }
});
