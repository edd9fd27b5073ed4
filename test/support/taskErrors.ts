import assert from 'node:assert/strict';
import { TaskError, type ErrorCode } from '../../tasks/common/errors/taskError';

/** For `assert.throws` and `assert.rejects`: a failure for users with this code, a whole sentence, and advice. */
export function isTaskError(code: ErrorCode, sentence = /./): (thrown: unknown) => true {
  return (thrown) => {
    assert.ok(thrown instanceof TaskError, `not a TaskError: ${String(thrown)}`);
    assert.equal(thrown.code, code);
    assert.match(thrown.message, sentence);
    assert.match(thrown.message, /\.$/);
    assert.ok(thrown.advice.length > 0);
    return true;
  };
}

/** All that a user could be shown of a failure. */
export function shownTo(thrown: unknown): string {
  assert.ok(thrown instanceof TaskError, `not a TaskError: ${String(thrown)}`);
  return [thrown.code, thrown.message, thrown.activityId ?? '', ...thrown.advice].join('\n');
}
