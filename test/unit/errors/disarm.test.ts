import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { disarm, disarmLine } from '../../../tasks/common/errors/disarm';
import { asTaskError, TaskError } from '../../../tasks/common/errors/taskError';

/** What the agent does: it splits output into lines and takes the first `##vso[` or `##[` anywhere in one. */
function commandsTheAgentSees(output: string): string[] {
  return output.split(/\r\n|\r|\n/).filter((line) => {
    const lower = line.toLowerCase();
    return lower.includes('##vso[') || lower.includes('##[');
  });
}

/** What stays when somebody copies text through a tool that drops all that cannot be seen. */
const withoutInvisible = (text: string): string => text.replace(/[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu, '');

const PIECES = [
  '#', '##', '[', ']', 'vso', 'VSO', 'vSo', '##vso[', '##VSO[task.complete result=Failed;]', '##[error]', ' ', '\t', '\r', '\n', '\r\n',
  '\u0000', '\u001b[31m', '\u007f', '\u0085', '\u009b', '\u2028', '\u2029', '\u200b', '\u200e', '\u202e', '\u2060', '\u2066', '\ufeff', '\u00ad', '\u061c', '\u034f', '\u180e', '\u3164', '\ufe0f', '\u{e0020}', 's', 'v', 'o', 'x', '😀', 'ſ', '\ud800',
];
const hostileText = fc.array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) }), { maxLength: 30 }).map((pieces) => pieces.join(''));

describe('disarmed text', () => {
  it('holds nothing that the agent executes or formats, whatever the text', () => {
    fc.assert(fc.property(hostileText, (text) => {
      for (const result of [disarm(text), disarm(text, 20), disarmLine(text)]) {
        assert.deepEqual(commandsTheAgentSees(result), []);
        assert.deepEqual(commandsTheAgentSees(withoutInvisible(result)), []);
      }
    }), { numRuns: 1_500 });
  });

  it('is one line without control or direction characters', () => {
    fc.assert(fc.property(hostileText, (text) => {
      assert.doesNotMatch(disarmLine(text), /[\p{Cc}\u2028\u2029\p{Bidi_Control}]/u);
    }), { numRuns: 1_500 });
  });

  it('does not change when it is disarmed again', () => {
    fc.assert(fc.property(hostileText, fc.integer({ min: 1, max: 60 }), (text, length) => {
      assert.equal(disarmLine(disarmLine(text)), disarmLine(text));
      assert.equal(disarm(disarm(text, length), length), disarm(text, length));
    }), { numRuns: 1_500, examples: [['##vsoVSO', 6]] });
  });

  it('keeps within its length, and cuts no character in half', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.integer({ min: 1, max: 60 }), (text, length) => {
      const result = disarm(text, length);
      assert.ok(result.length <= length);
      assert.doesNotMatch(result, /\p{Surrogate}/u);
    }), { numRuns: 1_500 });
    assert.equal(disarm('ab😀cd', 4), 'ab…');
  });

  it('is the text itself where nothing is wrong with it', () => {
    const harmless = 'Norman Paulk changed #12 [draft] in fabrikam/fiber, 100 % – ünïcode 😀';
    assert.equal(disarm(harmless), harmless);
  });

  const attacks: [text: string, expected: string][] = [
    ['##vso[task.setvariable variable=a]b', '**vso[task.setvariable variable=a]b'],
    ['name ##VsO[task.complete]', 'name **VsO[task.complete]'],
    ['##[section]x', '**[section]x'],
    ['#\u200b#vso[x]', '**vso[x]'],
    ['##\u202evso[x]', '**vso[x]'],
    ['####vso[[x]', '##**vso[[x]'],
    ['##\nvso[x]', '** vso[x]'],
    ['one\r\n##vso[x]\r\ntwo', 'one **vso[x] two'],
    ['\u001b[2J', ' [2J'],
  ];
  for (const [text, expected] of attacks) {
    it(`of ${JSON.stringify(text)} is ${JSON.stringify(expected)}`, () => {
      assert.equal(disarm(text), expected);
    });
  }
});

describe('an error of another kind', () => {
  it('becomes one without its text, which can hold secrets', () => {
    const thrown = Object.assign(new TypeError('Bearer eyJ0eXAi'), { code: 'ERR_INVALID_ARG_TYPE' });
    const failure = asTaskError(thrown);
    assert.equal(failure.code, 'UNEXPECTED');
    assert.match(failure.message, /TypeError, ERR_INVALID_ARG_TYPE/);
    assert.doesNotMatch(failure.message + failure.advice.join(' '), /eyJ0eXAi/);
  });

  for (const thrown of ['text', undefined, null, 7, { message: 'text' }]) {
    it(`is known even when ${inspect(thrown)} is thrown`, () => {
      assert.equal(asTaskError(thrown).code, 'UNEXPECTED');
      assert.doesNotMatch(asTaskError(thrown).message, /text/);
    });
  }

  it('stays what it is when it has a sentence already', () => {
    const failure = new TaskError('CANCELED', 'The run was canceled.');
    assert.equal(asTaskError(failure), failure);
  });
});
