import assert from 'node:assert/strict';
import { PassThrough, Transform } from 'node:stream';
import { createGzip, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { PumpedTransform } from '../../../tasks/common/export/pumpedTransform';

const tick = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
const piece = (size: number): Buffer => Buffer.alloc(size, 'abcdefg');

describe('pumped transform', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => { unhandled.push(reason); };
  before(() => { process.on('unhandledRejection', note); });
  after(() => { process.off('unhandledRejection', note); });
  afterEach(async () => {
    await tick();
    assert.deepEqual(unhandled, []);
  });

  it('brings everything to a slow target, in order', async () => {
    const received: Buffer[] = [];
    const pumped = new PumpedTransform(createGzip({ chunkSize: 64 }), async (output) => {
      await tick();
      received.push(output);
    });
    for (let number = 0; number < 20; number += 1) await pumped.write([piece(number * 100), piece(3)]);
    await pumped.end();
    assert.equal(gunzipSync(Buffer.concat(received)).toString(), Array.from({ length: 20 }, (_, number) => piece(number * 100).toString() + piece(3).toString()).join(''));
  });

  it('waits for its target instead of filling the memory', async () => {
    let taken = 0;
    let given = 0;
    const pumped = new PumpedTransform(new PassThrough({ highWaterMark: 1_000 }), async (output) => {
      await tick();
      taken += output.length;
      assert.ok(given - taken < 10_000, `${given - taken} bytes on the way`);
    });
    for (let number = 0; number < 200; number += 1) {
      given += 500;
      await pumped.write([piece(500)]);
    }
    await pumped.end();
    assert.equal(taken, 100_000);
  });

  it('ends with the target\'s failure, whenever it comes, and never hangs', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 30 }), fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 30 }), fc.boolean(), fc.boolean(), fc.boolean(), async (failsAt, sizes, isGzip, isSlow, isThrough) => {
      const failure = new Error('the disk is full');
      let outputs = 0;
      const transform = isGzip ? createGzip({ chunkSize: 64, level: 0 }) : new PassThrough({ highWaterMark: 100 });
      const pumped = new PumpedTransform(transform, async () => {
        if (isSlow) await tick();
        outputs += 1;
        if (outputs > failsAt) throw failure;
      });
      const writing = (async () => {
        for (const size of sizes) await (isThrough ? pumped.writeThrough(piece(size)) : pumped.write([piece(size)]));
        await pumped.end();
      })();
      const outcome = await writing.then(() => undefined, (thrown: unknown) => thrown);
      assert.equal(outcome, outputs > failsAt ? failure : undefined);
    }), { numRuns: 300 });
  });

  it('ends with the transform\'s own failure', async () => {
    const failure = new Error('cannot compress');
    const pumped = new PumpedTransform(new Transform({ transform: (_piece, _encoding, done) => { done(failure); } }), () => Promise.resolve());
    await assert.rejects(async () => {
      await pumped.write([piece(1)]);
      await pumped.end();
    }, failure);
  });

  it('leaves nothing unhandled when its target fails and nobody writes any more', async () => {
    let calls = 0;
    const pumped = new PumpedTransform(new PassThrough(), () => {
      calls += 1;
      return Promise.reject(new Error('the disk is full'));
    });
    await pumped.write([piece(1)]);
    for (let turn = 0; turn < 5; turn += 1) await tick();
    pumped.abandon();
    assert.equal(calls, 1);
  });

  it('has taken a piece in once it is written through', async () => {
    const received: Buffer[] = [];
    const pumped = new PumpedTransform(createGzip({ chunkSize: 64, level: 0 }), (output) => {
      received.push(Buffer.from(output));
      return tick();
    });
    const reused = Buffer.alloc(20_000);
    for (let number = 0; number < 10; number += 1) await pumped.writeThrough(reused.fill(number));
    reused.fill(99);
    await pumped.end();
    assert.deepEqual(gunzipSync(Buffer.concat(received)), Buffer.concat(Array.from({ length: 10 }, (_, number) => Buffer.alloc(20_000, number))));
  });

  it('leaves nothing unhandled when it is abandoned in the middle of a write', async () => {
    const pumped = new PumpedTransform(new PassThrough({ highWaterMark: 10 }), () => new Promise(() => {}));
    const writing = pumped.write([piece(100), piece(100), piece(100_000)]);
    await tick();
    pumped.abandon();
    await tick();
    // The target never answers, so nothing more can be known than that nothing is left unhandled.
    writing.catch(() => undefined);
  });
});
