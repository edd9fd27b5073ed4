import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Continuation } from '../../../tasks/common/auditlog/continuation';
import type { AuditLogPage } from '../../../tasks/common/auditlog/page';
import { entryAt } from '../../support/auditEntries';
import { isTaskError } from '../../support/taskErrors';

const broken = isTaskError('AUDIT_PAGING_BROKEN');
const ENTRY = entryAt(1, 1);
const page = (continuationToken: string | undefined, hasMore = true, isEmpty = false): AuditLogPage => ({ entries: isEmpty ? [] : [ENTRY], continuationToken, hasMore });

describe('continuation', () => {
  it('follows token after token while more entries follow', () => {
    const continuation = new Continuation();
    for (let number = 0; number < 20_000; number += 1) assert.equal(continuation.next(page(`token ${number}`)), `token ${number}`);
  });

  it('ends when no more entries follow, whatever token comes along', () => {
    for (const token of ['token', undefined]) {
      const continuation = new Continuation();
      assert.equal(continuation.next(page('token')), 'token');
      assert.equal(continuation.next(page(token, false)), undefined);
    }
    assert.equal(new Continuation().next(page('token', false, true)), undefined);
  });

  it('is broken when more entries follow and no token says where', () => {
    assert.throws(() => new Continuation().next(page(undefined)), broken);
  });

  it('is broken by the token that was just followed', () => {
    const continuation = new Continuation();
    continuation.next(page('a'));
    continuation.next(page('b'));
    continuation.next(page('c'));
    continuation.next(page('d'));
    assert.throws(() => continuation.next(page('d')), broken);
  });

  it('finds a circle of any length behind any beginning, soon', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 400 }), (beginning, length) => {
      const continuation = new Continuation();
      const bound = 3 * (beginning + length) + 3;
      const follow = (): void => {
        for (let step = 0; step < bound; step += 1) continuation.next(page(String(step < beginning ? step : beginning + ((step - beginning) % length))));
      };
      assert.throws(follow, broken);
    }), { numRuns: 150 });
  });

  it('bears fifty pages without an entry, and no more', () => {
    const continuation = new Continuation();
    for (let number = 0; number < 50; number += 1) continuation.next(page(`a${number}`, true, true));
    continuation.next(page('an entry'));
    for (let number = 0; number < 50; number += 1) continuation.next(page(`b${number}`, true, true));
    assert.throws(() => continuation.next(page('c', true, true)), broken);
  });
});
