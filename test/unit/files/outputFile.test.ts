import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TaskError } from '../../../tasks/common/errors/taskError';
import { OutputFile } from '../../../tasks/common/files/outputFile';
import { outputFailure } from '../../../tasks/common/files/outputFailure';
import { isTaskError, shownTo } from '../../support/taskErrors';
import { temporaryFolder } from '../../support/temporaryFolder';

describe('output file', () => {
  const folder = temporaryFolder();

  it('holds what was written, and knows its size and hash', async () => {
    const file = await OutputFile.create(path.join(folder(), 'a'));
    for (const text of ['é', '', 'b'.repeat(100_000)]) await file.write(Buffer.from(text));
    const content = readFileSync(path.join(folder(), 'a'));
    assert.deepEqual(await file.close(), { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
    assert.equal(content.toString(), `é${'b'.repeat(100_000)}`);
  });

  it('can be read by its group and by nobody else', async function () {
    if (process.platform === 'win32') this.skip();
    await (await OutputFile.create(path.join(folder(), 'a'))).close();
    assert.equal(statSync(path.join(folder(), 'a')).mode & 0o037, 0);
  });

  it('is never written over another', async () => {
    writeFileSync(path.join(folder(), 'a'), 'mine');
    await assert.rejects(OutputFile.create(path.join(folder(), 'a')), isTaskError('OUTPUT_NOT_WRITABLE'));
    assert.equal(readFileSync(path.join(folder(), 'a'), 'utf8'), 'mine');
  });

  it('that lost its handle takes nothing more, and says so instead of hanging', async () => {
    const file = await OutputFile.create(path.join(folder(), 'a'));
    await file.abandon();
    await assert.rejects(file.write(Buffer.from('late')), isTaskError('OUTPUT_NOT_WRITABLE', /EBADF/));
    await assert.rejects(file.close(), isTaskError('OUTPUT_NOT_WRITABLE', /EBADF/));
    await file.abandon();
  });

  it('that is abandoned during a write ends that write', async () => {
    const file = await OutputFile.create(path.join(folder(), 'a'));
    const writing = file.write(Buffer.alloc(30_000_000)).catch((thrown: unknown) => thrown);
    await Promise.all([file.abandon(), file.abandon()]);
    const outcome = await writing;
    assert.ok(outcome === undefined || outcome instanceof TaskError);
  });
});

describe('failure of the file system', () => {
  const failures: [code: string, becomes: string][] = [
    ['ENOSPC', 'OUTPUT_DISK_FULL'], ['EDQUOT', 'OUTPUT_DISK_FULL'], ['EFBIG', 'OUTPUT_DISK_FULL'],
    ['EACCES', 'OUTPUT_NOT_WRITABLE'], ['EROFS', 'OUTPUT_NOT_WRITABLE'], ['EIO', 'OUTPUT_NOT_WRITABLE'], ['ENOTDIR', 'OUTPUT_NOT_WRITABLE'],
  ];
  for (const [code, becomes] of failures) {
    it(`${code} is ${becomes}, names the place, and disarms it`, () => {
      const failure = outputFailure(Object.assign(new Error('library text'), { code }), '/a/##vso[task.complete]/\u001bb');
      isTaskError(becomes as 'OUTPUT_DISK_FULL')(failure);
      assert.match(shownTo(failure), /\/a\/\*\*vso/);
      assert.doesNotMatch(shownTo(failure), /library text|##|\u001b/);
    });
  }

  it('is left alone where it is something else', () => {
    for (const thrown of [new TypeError('x'), Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }), new TaskError('CANCELED', 'Canceled.'), 'text']) assert.equal(outputFailure(thrown, '/a'), thrown);
  });
});
