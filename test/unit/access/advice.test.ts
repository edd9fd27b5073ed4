import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { adviceInShort, renderAdvice, shellJson, shellWord, type Advice } from '../../../tasks/common/access/advice';

const ADVICE: Advice = { setting: 'policy "Log Audit Events"', id: 'Policy.LogAuditEvents', from: 'Off', to: 'On', who: 'an administrator', where: 'Organization settings > Policies', command: 'az x' };

describe('advice', () => {
  it('names the setting, its id, both values, the way, the command and who can do it', () => {
    const lines = renderAdvice(ADVICE).join('\n');
    for (const part of Object.values(ADVICE) as string[]) assert.ok(lines.includes(part), part);
    const { command: _command, ...byHand } = ADVICE;
    assert.ok(!renderAdvice(byHand).join('\n').includes('or run'));
    assert.equal(adviceInShort(ADVICE), 'policy "Log Audit Events": Off -> On. Organization settings > Policies');
  });

  it('quotes words so that a shell reads exactly them', function () {
    if (process.platform === 'win32') this.skip();
    const texts = ["it's", '$(id)', '`id`', '"', '\\', 'a b', '*', '?', '!', '~', '#x', ';', '&', '|', '<', 'ä', "'", "''"];
    fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom(...texts), fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/[\0\r\n]/.test(text))), { minLength: 1, maxLength: 5 }), (words) => {
      const read = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${words.map(shellWord).join(' ')}`], { encoding: 'utf8' });
      assert.deepEqual(read.split('\n').slice(0, -1), words);
    }), { numRuns: 40 });
  });

  it('writes JSON that means the same and does not hold what the agent masks', () => {
    const subject = 'sc://fabrikam/Fiber/audit-log';
    const issuer = 'https://login.microsoftonline.com/de627bb9-afc1-4f63-9b33-a4893ff73c25/v2.0';
    const written = shellJson({ issuer, subject, other: "it's" });
    assert.ok(!written.includes(subject) && !written.includes(issuer));
    const text = execFileSync('/bin/sh', ['-c', `printf '%s' ${written}`], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(text), { issuer, subject, other: "it's" });
  });
});
