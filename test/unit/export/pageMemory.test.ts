import assert from 'node:assert/strict';
import { setImmediate as nextTask } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { PageMemory, type Engine } from '../../../tasks/common/export/pageMemory';

const MEBIBYTE = 1024 * 1024;

describe('page memory', () => {
  it('is collected once 12 MiB have gathered, and again after as much', () => {
    const engine = engineWith(4 * MEBIBYTE);
    const memory = new PageMemory(engine);
    const collectedAt: number[] = [];
    for (let page = 1; page <= 100; page += 1) {
      engine.allocate(MEBIBYTE);
      const before = engine.collections;
      memory.pageWritten();
      if (engine.collections > before) collectedAt.push(page);
    }
    assert.deepEqual(collectedAt, [8, 20, 32, 44, 56, 68, 80, 92]);
  });

  it('is not collected again and again while all of it is alive', () => {
    const engine = engineWith(100 * MEBIBYTE);
    const memory = new PageMemory(engine);
    for (let page = 0; page < 50; page += 1) memory.pageWritten();
    assert.equal(engine.collections, 1);
  });

  it('gives young objects room as they need it, up to 4 MiB', () => {
    let [kept, young] = [0, 0];
    const memory = new PageMemory({ ...engineWith(0), youngBytes: () => young, keepYoung: () => { kept += 1; } });
    const keptAt = [1, 2, 3, 4, 16, 16].map((size) => {
      young = size * MEBIBYTE;
      memory.pageWritten();
      return kept;
    });
    assert.deepEqual(keptAt, [0, 0, 0, 1, 1, 1]);
  });

  it('is left to the engine where that cannot be asked', () => {
    const memory = new PageMemory({ ...engineWith(1000 * MEBIBYTE), collect: undefined });
    assert.doesNotThrow(() => { memory.pageWritten(); });
  });

  it('of this engine is really collected', async () => {
    const memory = new PageMemory();
    const alive = Buffer.alloc(32 * MEBIBYTE);
    const page = new WeakRef(Buffer.alloc(MEBIBYTE));
    await nextTask();
    memory.pageWritten();
    await nextTask();
    assert.equal(page.deref(), undefined);
    assert.equal(alive.length, 32 * MEBIBYTE);
    assert.equal((globalThis as { gc?: unknown }).gc, undefined);
    assert.ok(getHeapSpaceStatistics().some(({ space_name: name }) => name === 'new_space'), 'the room for young objects is still called so');
  });
});

function engineWith(alive: number): Engine & { readonly collections: number; allocate(bytes: number): void } {
  let dead = 0;
  let collections = 0;
  return {
    bufferBytes: () => alive + dead,
    youngBytes: () => 0,
    keepYoung: () => {},
    collect: () => {
      dead = 0;
      collections += 1;
    },
    allocate: (bytes) => { dead += bytes; },
    get collections() { return collections; },
  };
}
