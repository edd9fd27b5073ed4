import assert from 'node:assert/strict';
import { TaskError, type ErrorCode } from '../../tasks/common/errors/taskError';

/** The failure with which a promise ends; it must be one that a user understands, with this code. */
export async function rejection(promise: Promise<unknown>, code: ErrorCode): Promise<TaskError> {
  return expected(await promise.then((value) => assert.fail(`no failure, but ${String(value)}`), (thrown: unknown) => thrown), code);
}

/** The failure that a call throws, likewise. */
export function failureOf(call: () => unknown, code: ErrorCode): TaskError {
  try {
    call();
  } catch (thrown) {
    return expected(thrown, code);
  }
  return assert.fail(`no failure, but ${code} was expected`);
}

/** All that a user may see of a failure. */
export function shown(failure: TaskError): string {
  return [failure.message, ...failure.advice, failure.activityId ?? ''].join('\n');
}

function expected(thrown: unknown, code: ErrorCode): TaskError {
  assert.ok(thrown instanceof TaskError, `not a TaskError: ${String(thrown)}`);
  assert.equal(thrown.code, code, thrown.message);
  return thrown;
}
