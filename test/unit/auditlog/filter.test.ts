import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ViewFilter } from '../../../tasks/common/auditlog/filter';
import { FILTER_KEYS, MOST_RULES, parseFilterRules, type FilterRule } from '../../../tasks/common/auditlog/filterRules';
import { namePattern } from '../../../tasks/common/auditlog/namePattern';
import { entryAt } from '../../support/auditEntries';

const GRACE = { actorDisplayName: 'Grace Fischer', actorUPN: 'grace.fischer@fabrikam.com', actorUserId: '0B1C2D3E-4F50-6A6B-8C7D-9E0F1A2B3C4D', actorCUID: '0b1c2d3e-4f50-7a6b-8c7d-9e0f1a2b3c4d', actorClientId: '00000000-0000-0000-0000-000000000000' };
const PUSH = entryAt(5, 1, { ...GRACE, area: 'Git', category: 'modify', actionId: 'Git.RefUpdatePoliciesBypassed', projectName: 'Fiber', projectId: '7f3c', ipAddress: '203.0.113.7' });
const SERVICE = entryAt(4, 2, { area: 'Pipelines', category: 'execute', actionId: 'Pipelines.RunStarted', actorDisplayName: 'Azure DevOps Service', actorUPN: null, projectName: 'Payments', ipAddress: null });
const READING = entryAt(3, 3, { area: 'Auditing', category: 'access', actionId: 'AuditLog.AccessLog', actorDisplayName: 'audit-export', actorClientId: 'aaaa-bbbb', ipAddress: '2001:DB8::17' });
const ALL = [PUSH, SERVICE, READING];

function rules(text: string): readonly FilterRule[] {
  const read = parseFilterRules(text);
  assert.deepEqual(read.problems, []);
  return read.rules ?? [];
}

/** The actions of the entries that are shown. */
function shown(include: string, exclude = ''): unknown[] {
  const filter = new ViewFilter(rules(include), rules(exclude));
  return ALL.filter((entry) => filter.passes(entry)).map((entry) => entry.fields()['area']);
}

const problemsOf = (text: string): readonly string[] => parseFilterRules(text).problems;

describe('a filter for the views', () => {
  const cases: readonly (readonly [about: string, include: string, exclude: string, areas: readonly string[]])[] = [
    ['without rules shows everything', '', '', ['Git', 'Pipelines', 'Auditing']],
    ['shows any of the values of a line', 'area: Git, Auditing', '', ['Git', 'Auditing']],
    ['shows any of the lines of one key', 'area: git\nAREA : auditing', '', ['Git', 'Auditing']],
    ['asks lines of different keys all to fit', 'area: Git, Pipelines\ncategory: execute', '', ['Pipelines']],
    ['leaves out what any line of exclude fits', '', 'category: access\nactor: Grace Fischer', ['Pipelines']],
    ['lets exclude win', 'area: Git, Pipelines', 'action: Git.*', ['Pipelines']],
    ['takes * for any characters', 'action: *.*Bypassed, Audit*Log', '', ['Git', 'Auditing']],
    ['does not take a part for the whole', 'action: Git', '', []],
    ['knows an actor by name, whatever the case', 'actor: grace fischer', '', ['Git']],
    ['knows an actor by UPN', 'actor: *@FABRIKAM.com', '', ['Git']],
    ['knows an actor by any id', 'actor: 0b1c2d3e-4f50-6a6b-8c7d-9e0f1a2b3c4d, AAAA-bbbb', '', ['Git', 'Auditing']],
    ['knows a project by name and id', 'project: 7F3C, payments', '', ['Git', 'Pipelines']],
    ['knows addresses and ranges of both families', 'ip: 203.0.113.0/25, 2001:db8::/32', '', ['Git', 'Auditing']],
    ['knows a single address', 'ip: 203.0.113.7', '', ['Git']],
    ['leaves out no entry without an address for its address', '', 'ip: 0.0.0.0/0, ::/0', ['Pipelines']],
    ['passes over empty lines and remarks', '\n# people\r\n\n  area: Git  \n', '', ['Git']],
  ];
  for (const [about, include, exclude, areas] of cases) {
    it(about, () => { assert.deepEqual(shown(include, exclude), areas); });
  }

  it('takes an IPv4 address in its IPv6 form for the same', () => {
    const filter = new ViewFilter(rules('ip: 203.0.113.0/24'), []);
    assert.ok(filter.passes(entryAt(1, 1, { ipAddress: '::ffff:203.0.113.9' })));
    assert.ok(!filter.passes(entryAt(1, 1, { ipAddress: '203.0.114.9' })));
    assert.ok(!filter.passes(entryAt(1, 1, { ipAddress: 'fe80::1%eth0' })));
    assert.ok(!filter.passes(entryAt(1, 1, { ipAddress: 'not an address' })));
  });

  it('reads values with commas and blanks in double quotes', () => {
    const filter = new ViewFilter(rules('actor: "Fischer, Grace", Bob ,"x"'), []);
    for (const [name, isShown] of [['Fischer, Grace', true], ['bob', true], ['X', true], ['Fischer', false]] as const) {
      assert.equal(filter.passes(entryAt(1, 1, { actorDisplayName: name })), isShown, name);
    }
  });

  it('takes both ways of writing a letter for one', () => {
    assert.ok(new ViewFilter(rules(`actor: ${'Zoë'.normalize('NFD')}*`), []).passes(entryAt(1, 1, { actorDisplayName: 'ZOË Weiß'.normalize('NFC') })));
  });

  it('never fits a value that is no text', () => {
    for (const area of [undefined, null, 7, {}, ['Git']]) assert.ok(!new ViewFilter(rules('area: *'), []).passes(entryAt(1, 1, { area })));
  });

  it('is recorded in one form', () => {
    const text = new ViewFilter(rules('AREA:Git ,Pipelines\nactor:"Fischer, Grace"'), rules('ip:203.0.113.0/24')).text;
    assert.deepEqual(text, { include: ['area: Git, Pipelines', 'actor: "Fischer, Grace"'], exclude: ['ip: 203.0.113.0/24'] });
    assert.deepEqual(new ViewFilter(rules(text.include.join('\n')), []).text.include, text.include);
  });
});

describe('the rules of a filter', () => {
  const wrong: readonly (readonly [line: string, says: RegExp])[] = [
    ['Git', /has no colon.*area: Git, Pipelines/],
    ['aera: Git', /"aera" is not allowed.*area, category, action, actor, project, ip/],
    [': Git', /"" is not allowed/],
    ['area:', /empty value/],
    ['area: Git,,Pipelines', /empty value/],
    ['area: Git,', /empty value/],
    ['area: ""', /empty value/],
    ['actor: "Fischer', /double quote/],
    ['actor: Gr"ace', /double quote/],
    ['actor: "Grace" Fischer', /double quote/],
    ['ip: 203.0.113.0/33', /"203\.0\.113\.0\/33" is no IP address/],
    ['ip: 2001:db8::/129, 10.*', /"2001:db8::\/129", "10\.\*" are no IP addresses/],
    ['ip: 203.0.113', /no IP address/],
    ['ip: fe80::1%eth0', /no IP address/],
    [`area: ${'x'.repeat(1_000)}`, /longer than 1000/],
  ];
  for (const [line, says] of wrong) {
    it(`say what is wrong with ${line.slice(0, 40)}`, () => {
      const problems = problemsOf(`area: Git\n\n${line}`);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', /^Line 3: /);
      assert.match(problems[0] ?? '', says);
      assert.equal((problems[0] ?? '').includes('\n'), false);
    });
  }

  it('say all of it at once', () => {
    assert.deepEqual(problemsOf('x: 1\narea: Git\ny\nip: z').map((problem) => problem.slice(0, 8)), ['Line 1: ', 'Line 3: ', 'Line 4: ']);
  });

  it('are not without number', () => {
    assert.match(problemsOf('area: Git\n'.repeat(MOST_RULES + 1)).join(' '), /101 rules; at most 100/);
    assert.deepEqual(problemsOf('area: Git\n'.repeat(MOST_RULES)), []);
  });

  it('are read back from the form in which they are recorded, whatever the values', () => {
    const value = fc.string({ maxLength: 20 }).filter((text) => !/["\r\n]/.test(text) && text.trim() !== '');
    fc.assert(fc.property(fc.constantFrom(...FILTER_KEYS.filter((key) => key !== 'ip')), fc.array(value, { minLength: 1, maxLength: 5 }), (key, values) => {
      const line = `${key}: ${values.map((text) => `"${text}"`).join(',')}`;
      const [rule] = rules(line);
      assert.equal(rules(rule?.text ?? '')[0]?.text, rule?.text);
      for (const text of values) assert.ok(rule?.fits(text), text);
    }));
  });
});

describe('a pattern for names', () => {
  it('answers as a regular expression would', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'A', '.', 'ß'), { maxLength: 8 }).map((letters) => letters.join(''));
    const pattern = fc.array(fc.constantFrom('a', 'b', '*', '.', 'ß'), { maxLength: 6 }).map((letters) => letters.join(''));
    fc.assert(fc.property(pattern, text, (given, name) => {
      const expression = new RegExp(`^${given.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 'i');
      assert.equal(namePattern(given)(name), expression.test(name));
    }), { numRuns: 5_000 });
  });

  it('stays quick for patterns that make regular expressions explode', () => {
    const fits = namePattern(`${'*a'.repeat(400)}b`);
    assert.equal(fits('a'.repeat(100_000)), false);
  });
});
