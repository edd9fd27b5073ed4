import assert from 'node:assert/strict';
import { readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { FreeSpace, type Extent } from '../../../tasks/common/files/freeSpace';
import { SpillFile } from '../../../tasks/common/files/spillFile';
import { isTaskError } from '../../support/taskErrors';
import { temporaryFolder } from '../../support/temporaryFolder';

/** The rights of a file that this process holds open although its name is gone. */
function modeOfRemoved(folder: string): number {
  const found = readdirSync('/proc/self/fd').map((descriptor) => `/proc/self/fd/${descriptor}`).find((descriptor) => {
    try {
      return readlinkSync(descriptor).startsWith(folder);
    } catch {
      // The one with which the list was read.
      return false;
    }
  });
  assert.ok(found, 'the file is not open');
  return statSync(found).mode;
}

describe('free space of a file', () => {
  it('never gives a place twice, uses again what is given back, and needs none when all is', () => {
    fc.assert(fc.property(fc.array(fc.record({ length: fc.integer({ min: 1, max: 50 }), givesBack: fc.nat() }), { maxLength: 80 }), (steps) => {
      const space = new FreeSpace();
      const taken: Extent[] = [];
      for (const { length, givesBack } of steps) {
        const extent = space.take(length);
        assert.equal(extent.length, length);
        for (const other of taken) assert.ok(extent.at + length <= other.at || other.at + other.length <= extent.at, 'overlaps');
        taken.push(extent);
        if (givesBack % 3 !== 0) space.giveBack(taken.splice(givesBack % taken.length, 1)[0] as Extent);
        assert.equal(space.end >= Math.max(0, ...taken.map((other) => other.at + other.length)), true);
      }
      for (const extent of taken) space.giveBack(extent);
      assert.equal(space.end, 0);
    }));
  });

  it('fills a hole before it makes the file longer', () => {
    const space = new FreeSpace();
    const [first, second] = [space.take(10), space.take(10), space.take(10)];
    space.giveBack(second);
    space.giveBack(first);
    assert.deepEqual([space.take(15), space.take(5), space.take(1)], [{ at: 0, length: 15 }, { at: 15, length: 5 }, { at: 30, length: 1 }]);
  });
});

describe('spill file', () => {
  const folder = temporaryFolder();

  it('gives back what was written, in any order, and grows no longer than what it holds', async () => {
    const file = await SpillFile.create(folder());
    const texts = ['é'.repeat(1_000), 'b'.repeat(200_000), 'c'];
    const extents: Extent[] = [];
    for (const text of texts) extents.push(await file.write(Buffer.from(text)));
    for (const index of [1, 0, 2]) assert.equal((await file.take(extents[index] as Extent)).toString(), texts[index]);
    await file.write(Buffer.from('again'));
    assert.equal(file.bytes, 5);
    await file.close();
  });

  it('leaves nothing behind, and nobody else can read it while it is there', async () => {
    const file = await SpillFile.create(path.join(folder(), 'new', 'folder'));
    await file.write(Buffer.from('secret'));
    if (process.platform === 'linux') assert.equal(modeOfRemoved(path.join(folder(), 'new', 'folder')) & 0o077, 0);
    // Where a name can be taken from an open file, it is gone already: nothing stays behind a killed process.
    if (process.platform !== 'win32') assert.deepEqual(readdirSync(path.join(folder(), 'new', 'folder')), []);
    await file.close();
    await file.close();
    assert.deepEqual(readdirSync(path.join(folder(), 'new', 'folder')), []);
  });

  it('says in a sentence where it cannot be made or used', async () => {
    writeFileSync(path.join(folder(), 'a-file'), '');
    await assert.rejects(SpillFile.create(path.join(folder(), 'a-file')), isTaskError('OUTPUT_NOT_WRITABLE'));
    const file = await SpillFile.create(folder());
    const extent = await file.write(Buffer.from('x'));
    await assert.rejects(file.take({ at: extent.at, length: 100 }), isTaskError('OUTPUT_NOT_WRITABLE', /EIO/));
    await file.close();
    await assert.rejects(file.write(Buffer.from('x')), isTaskError('OUTPUT_NOT_WRITABLE', /EBADF/));
  });
});
