import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { Observations } from '../../../tasks/common/access/observations';
import { leastPrivilegeCheck, projectScopedUserCheck } from '../../../tasks/common/access/checks/membership';
import { permissionCheck } from '../../../tasks/common/access/checks/permission';
import type { Check } from '../../../tasks/common/access/check';
import type { Security } from '../../../tasks/common/access/security';
import { TaskError } from '../../../tasks/common/errors/taskError';

const HOSTILE = "x'; touch owned; echo '$(touch owned)`touch owned`";

/** An organization whose descriptors and names were chosen by a stranger. */
function observationsOf(security: Partial<Security>): Observations {
  const everything: Security = {
    answer: { status: 200, json: {}, serviceCode: undefined, activityId: undefined },
    self: { descriptor: `d;${HOSTILE}`, subjectDescriptor: HOSTILE, displayName: HOSTILE, isActive: true },
    groups: [], effective: { read: false, manageStreams: false, deleteStreams: false }, accessControl: undefined, ...security,
  };
  return {
    subject: { organization: 'fabrikam' }, settings: (page: string) => `https://dev.azure.com/fabrikam/_settings/${page}`,
    security: () => Promise.resolve(everything), tokenClaims: () => Promise.resolve({ oid: HOSTILE }),
    query: () => Promise.resolve(new TaskError('AUDIT_ACCESS_DENIED', 'No.', { status: 403 })),
  } as unknown as Observations;
}

const group = (name: string, descriptor = HOSTILE): NonNullable<Security['groups']>[number] => ({ descriptor, subjectDescriptor: `${HOSTILE}${name.length}`, name, memberOf: [] });

describe('commands with text from elsewhere', () => {
  const cases: readonly [name: string, check: Check, security: Partial<Security>][] = [
    ['a grant', permissionCheck, {}],
    ['the removal of a Deny', permissionCheck, { groups: [group(`[x]\\${HOSTILE}`)], accessControl: new Map([[HOSTILE.toLowerCase(), { allow: 0, deny: 1 }]]) }],
    ['the removal from a group', projectScopedUserCheck, { groups: [group('[x]\\Project-Scoped Users')] }],
    ['the removal of an administrator', leastPrivilegeCheck, { groups: [group('[x]\\Project Collection Administrators')] }],
    ['the removal of rights', leastPrivilegeCheck, { effective: { read: true, manageStreams: true, deleteStreams: true } }],
  ];
  for (const [name, check, security] of cases) {
    it(`are quoted: ${name}`, async function () {
      if (process.platform === 'win32') this.skip();
      const { advice = [] } = await check.run(observationsOf(security));
      const commands = advice.flatMap(({ command }) => command ?? []);
      assert.notEqual(commands.length, 0);
      for (const command of commands) {
        // The shell sees `az` replaced by a program that only prints its words.
        const words = execFileSync('/bin/sh', ['-c', command.replace(/^az/, "printf '%s\\n'")], { encoding: 'utf8', cwd: '/' }).split('\n');
        assert.ok(words.some((word) => word.startsWith(HOSTILE)), command);
      }
    });
  }
});
