import assert from 'node:assert/strict';
import { setImmediate as nextTask } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { PageMemory, type Engine } from '../../../tasks/common/auditlog/pageMemory';

const MEBIBYTE = 1024 * 1024;

describe('page memory', () => {
  /** After which pages of 1 MiB each it is collected. */
  function collectedAt(engine: ReturnType<typeof engineWith>, pages: number): number[] {
    const memory = new PageMemory(engine);
    return Array.from({ length: pages }, (_, index) => index + 1).filter(() => {
      engine.allocate(MEBIBYTE);
      const before = engine.collections;
      memory.pageRead();
      return engine.collections > before;
    });
  }

  it('is collected once buffers take 32 MiB, and again when they do', () => {
    assert.deepEqual(collectedAt(engineWith(4 * MEBIBYTE), 100), [28, 56, 84]);
  });

  it('is collected after every 8 MiB while nearly as much is alive', () => {
    assert.deepEqual(collectedAt(engineWith(30 * MEBIBYTE), 30), [2, 10, 18, 26]);
  });

  it('is collected as often where the engine lets go of the dead a while after the collection', () => {
    assert.deepEqual(collectedAt(engineWith(30 * MEBIBYTE, 1), 30), [2, 11, 20, 29]);
  });

  it('is not collected again and again while all of it is alive', () => {
    const engine = engineWith(100 * MEBIBYTE);
    const memory = new PageMemory(engine);
    for (let page = 0; page < 50; page += 1) memory.pageRead();
    assert.equal(engine.collections, 1);
  });

  it('gives young objects room as they need it, up to 4 MiB', () => {
    let [kept, young] = [0, 0];
    const memory = new PageMemory({ ...engineWith(0), youngBytes: () => young, keepYoung: () => { kept += 1; } });
    const keptAt = [1, 2, 3, 4, 16, 16].map((size) => {
      young = size * MEBIBYTE;
      memory.pageRead();
      return kept;
    });
    assert.deepEqual(keptAt, [0, 0, 0, 1, 1, 1]);
  });

  it('is left to the engine where that cannot be asked', () => {
    const memory = new PageMemory({ ...engineWith(1000 * MEBIBYTE), collect: undefined });
    assert.doesNotThrow(() => { memory.pageRead(); });
  });

  it('of this engine is really collected', async () => {
    const memory = new PageMemory();
    const alive = Buffer.alloc(32 * MEBIBYTE);
    const page = new WeakRef(Buffer.alloc(MEBIBYTE));
    await nextTask();
    memory.pageRead();
    await nextTask();
    assert.equal(page.deref(), undefined);
    assert.equal(alive.length, 32 * MEBIBYTE);
    assert.equal((globalThis as { gc?: unknown }).gc, undefined);
    assert.ok(getHeapSpaceStatistics().some(({ space_name: name }) => name === 'new_space'), 'the room for young objects is still called so');
  });
});

/** @param lag how often it is asked for its bytes after a collection until it has let go of what was dead */
function engineWith(alive: number, lag = 0): Engine & { readonly collections: number; allocate(bytes: number): void } {
  let dead = 0;
  let collections = 0;
  let [leaving, asked] = [0, 0];
  return {
    bufferBytes: () => {
      if (asked === lag) leaving = 0;
      asked += 1;
      return alive + dead + leaving;
    },
    youngBytes: () => 0,
    keepYoung: () => {},
    collect: () => {
      [leaving, asked, dead] = [dead, 0, 0];
      collections += 1;
    },
    allocate: (bytes) => { dead += bytes; },
    get collections() { return collections; },
  };
}
