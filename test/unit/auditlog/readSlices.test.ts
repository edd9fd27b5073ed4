import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { AuditLogEntry, compareEntries } from '../../../tasks/common/auditlog/entry';
import type { AuditLogQuery } from '../../../tasks/common/auditlog/query';
import type { EntryBatch } from '../../../tasks/common/auditlog/readEntries';
import { readSlices, type SlicesOptions } from '../../../tasks/common/auditlog/readSlices';
import { TaskError } from '../../../tasks/common/errors/taskError';
import type { ThreadTime } from '../../../tasks/common/auditlog/waitShare';
import { entryAt, idOf, NOVEMBER_20_SECONDS, ticksAfter } from '../../support/auditEntries';
import { ScriptedService, USUAL_HABITS, VirtualTime, type ScriptedFault, type ServiceHabits } from '../../support/scriptedService';
import { isTaskError } from '../../support/taskErrors';
import { temporaryFolder } from '../../support/temporaryFolder';

const SECOND = 10_000_000;
const DAY = 86_400;
/** The window begins so many seconds after midnight, so that there are entries before it. */
const BEFORE = 10;
const never = new AbortController().signal;
const LARGE = 1e12;
const RUNS = 120;
/** As if nothing were known of what is waited for: everything is read ahead. */
const WAITING: ThreadTime = { now: () => 0, idle: () => 0 };

/** Time that goes on by a second whenever somebody looks. @param idle ms of it in which there is nothing to do, by number of the look */
function steppedTime(idle: (look: number) => number): ThreadTime {
  let [now, looks, idleMs] = [0, 0, 0];
  return { now: () => (now += 1_000), idle: () => (idleMs += idle(looks += 1)) };
}

function queryOf(seconds: number): AuditLogQuery {
  const startSeconds = NOVEMBER_20_SECONDS + BEFORE;
  return { organization: 'fabrikam', window: { startSeconds, endSeconds: startSeconds + seconds }, skipAggregation: true };
}

/** No more refused tokens than a chain bears in a row: where all entries are of one tick, it gains none between them. */
function patientlyRefused(faults: readonly [number, ScriptedFault][]): Map<number, ScriptedFault> {
  let refused = 0;
  return new Map(faults.filter(([, fault]) => fault !== 'tokenRefused' || (refused += 1) <= 3));
}

/** What a window holds, in the order of every file. */
function truth(entries: readonly AuditLogEntry[], seconds: number): string[] {
  const [first, beyond] = [ticksAfter(BEFORE * SECOND), ticksAfter((BEFORE + seconds) * SECOND)];
  return entries.filter(({ ticks }) => ticks >= first && ticks < beyond).sort(compareEntries).map(({ id, raw }) => `${id} ${raw.toString()}`);
}

interface Reading {
  readonly texts: string[];
  readonly batches: Omit<EntryBatch, 'entries'>[];
}

/** @param between done between one batch and the next, as writing would be */
async function readAll(service: ScriptedService, seconds: number, options: SlicesOptions, between?: () => Promise<void>, signal = never): Promise<Reading> {
  const texts: string[] = [];
  const batches: Omit<EntryBatch, 'entries'>[] = [];
  for await (const { entries, ...rest } of readSlices(service, queryOf(seconds), { time: WAITING, ...options }, signal)) {
    for (const { id, raw } of entries) texts.push(`${id} ${raw.toString()}`);
    batches.push(rest);
    await between?.();
  }
  return { texts, batches };
}

describe('a window read in slices', function () {
  this.timeout(180_000);
  const folder = temporaryFolder();

  /** Entries in parts of the window with very different densities, some of them many in one tick, and a second around it. */
  const anyOrganization = fc.record({
    seconds: fc.oneof({ weight: 1, arbitrary: fc.integer({ min: 2, max: 60 }) }, { weight: 4, arbitrary: fc.integer({ min: 60, max: 40_000 }) }),
    parts: fc.array(fc.record({ at: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100), width: fc.constantFrom(0, 0.0001, 0.01, 0.05, 0.4, 1), count: fc.constantFrom(0, 1, 30, 150, 300, 500) }), { minLength: 1, maxLength: 4, size: 'max' }),
    grain: fc.constantFrom(1, 10_000, SECOND / 10, SECOND),
    dice: fc.infiniteStream(fc.noBias(fc.nat({ max: 999_999 }))),
  }).map(({ seconds, parts, grain, dice }) => {
    const roll = (): number => (dice.next().value as number) / 1e6;
    const entries: AuditLogEntry[] = [];
    for (const { at, width, count } of parts) {
      for (let index = 0; index < count; index += 1) {
        const place = Math.min(1.001, at + width * roll()) * (seconds + 3) - 1.5;
        entries.push(entryAt(Math.floor((BEFORE + place) * SECOND / grain) * grain, entries.length, entries.length % 50 === 7 ? { details: 'é'.repeat(300) } : {}));
      }
    }
    return { seconds, entries, [fc.toStringMethod]: () => `${entries.length} entries in ${seconds} s, ${JSON.stringify(parts)}, grain ${grain}` };
  });

  const habits: fc.Arbitrary<ServiceHabits> = fc.record({
    startBound: fc.constantFrom('inclusive', 'exclusive'),
    endBound: fc.constantFrom('inclusive', 'exclusive'),
    lostDigits: fc.constantFrom(0, 4, 7),
    pageCap: fc.integer({ min: 4, max: 16 }),
    tokenBoundToWindow: fc.boolean(),
    orderInsideTick: fc.constantFrom('id', 'reversed'),
    lastToken: fc.constantFrom('id', 'none'),
    token: fc.constantFrom('id', 'opaque'),
    faults: fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom<ScriptedFault>('repeatedEntries', 'duplicateWithinPage', 'swappedPages', 'outOfOrder', 'emptyPage', 'clampedPage', 'tokenRefused')), { maxLength: 12 }).map(patientlyRefused),
  });

  it('is what the log holds, each entry once and in order, whatever the service does and whenever it answers', async () => {
    let sliced = 0;
    await fc.assert(fc.asyncProperty(anyOrganization, habits, fc.integer({ min: 1, max: 16 }), fc.constantFrom(0, 2_000, LARGE), fc.constantFrom(1, 30_000, LARGE), fc.constantFrom(1, 2, 7), fc.scheduler(),
      async ({ seconds, entries }, given, concurrency, memoryBytes, mostHeldBytes, turns, scheduler) => {
        const service = new ScriptedService(entries, given, () => scheduler.schedule(Promise.resolve()));
        const reading = readAll(service, seconds, { concurrency, folder: folder(), memoryBytes, mostHeldBytes, time: steppedTime((look) => (look % turns === 0 ? 2_000 : 0)) });
        const { texts } = await scheduler.waitFor(reading);
        assert.deepEqual(texts, truth(entries, seconds));
        assert.ok(service.mostInFlight <= concurrency, `${service.mostInFlight} in flight`);
        assert.deepEqual(readdirSync(folder()), []);
        if (service.mostInFlight > 1) sliced += 1;
      },
    ), { numRuns: RUNS });
    assert.ok(sliced > RUNS / 4, `only ${sliced} were read in slices`);
  });

  /** So many entries in a window of a day; `dense` is where the 5 % of it begin that hold 95 % of them, undefined for nowhere. */
  function organization(count: number, dense?: number, raw = Buffer.from('{}')): AuditLogEntry[] {
    let seed = 1;
    const roll = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    return Array.from({ length: count }, (_, event) => {
      const at = dense === undefined || roll() < 0.05 ? roll() : dense + roll() * 0.05;
      const ticks = ticksAfter(Math.floor((BEFORE + at * DAY) * SECOND));
      return new AuditLogEntry(raw, idOf(ticks, event), ticks);
    }).sort(compareEntries);
  }

  /** Reads a day through a service that takes 100 ms for an answer. */
  async function timed(entries: readonly AuditLogEntry[], concurrency: number, given = USUAL_HABITS): Promise<{ ms: number; requests: number }> {
    const time = new VirtualTime();
    const service = new ScriptedService(entries, given, () => time.pass(100));
    const { texts } = await time.until(readAll(service, DAY, { concurrency, folder: folder(), memoryBytes: LARGE }));
    assert.deepEqual(texts, truth(entries, DAY));
    return { ms: time.nowMs, requests: service.requests };
  }

  describe('of 500 pages at 100 ms', () => {
    const PAGES = 500;
    const habitsOfSmallPages = { ...USUAL_HABITS, pageCap: 100 };
    for (const [name, dense, share] of [['uniform', undefined, 1], ['95 % in the newest 5 %', 0.95, 0.85], ['95 % in 5 % amid it', 0.4, 0.85], ['95 % in the oldest 5 %', 0, 0.85]] as const) {
      it(`is as much faster as there are requests at once, with few more of them: ${name}`, async () => {
        const entries = organization(PAGES * 100, dense);
        for (const [concurrency, least] of [[4, 3.7], [8, 7], [16, 12]] as const) {
          const { ms, requests } = await timed(entries, concurrency, habitsOfSmallPages);
          const faster = PAGES * 100 / ms;
          assert.ok(faster >= least * share, `${concurrency} at once: ${faster.toFixed(2)} times`);
          if (concurrency === 8) assert.ok(requests <= PAGES * 1.05, `${requests} requests`);
        }
      });
    }

    it('is so too with entries of a size of which not all may be held back', async () => {
      const entries = organization(PAGES * 100, 0, Buffer.alloc(2_600, ' '));
      for (const [concurrency, least, most] of [[8, 7, 1.05], [16, 12, 1.1]] as const) {
        const time = new VirtualTime();
        const service = new ScriptedService(entries, habitsOfSmallPages, () => time.pass(100));
        let count = 0;
        const reading = (async () => {
          for await (const batch of readSlices(service, queryOf(DAY), { concurrency, folder: folder(), memoryBytes: LARGE, time: WAITING }, never)) count += batch.entries.length;
        })();
        await time.until(reading);
        assert.equal(count, entries.length);
        assert.ok(PAGES * 100 / time.nowMs >= least * 0.85, `${concurrency} at once: ${time.nowMs} ms`);
        assert.ok(service.requests <= PAGES * most, `${concurrency} at once: ${service.requests} requests`);
      }
    });

    it('is so too where tokens do not tell where they continue', async () => {
      const { ms, requests } = await timed(organization(PAGES * 100), 8, { ...habitsOfSmallPages, token: 'opaque' });
      assert.ok(PAGES * 100 / ms >= 7, `${ms} ms`);
      assert.ok(requests <= PAGES * 1.05, `${requests} requests`);
    });
  });

  it('stays one chain, with not a request more, below 20 pages and where one request at once is wanted', async () => {
    assert.equal((await timed(organization(20 * 200), 16)).requests, 20);
    assert.equal((await timed(organization(60 * 200), 1)).requests, 60);
    assert.ok((await timed(organization(60 * 200), 16)).ms < 60 * 100 / 2);
  });

  it('stays one chain where entries are merged', async () => {
    const service = new ScriptedService(organization(10_000), USUAL_HABITS, () => new Promise((resolve) => { setImmediate(resolve); }));
    const query = { ...queryOf(DAY), skipAggregation: false };
    for await (const batch of readSlices(service, query, { concurrency: 16, folder: folder() }, never)) assert.ok(batch);
    assert.deepEqual([service.requests, service.mostInFlight], [50, 1]);
  });

  it('costs a request more for a part in which there is nothing, and no more', async () => {
    // All in one minute; the estimate after the first page is a thousand times too much.
    const entries = organization(30 * 200).map((_, index) => entryAt((BEFORE + DAY) * SECOND - 1 - index * 90_000, index));
    const { requests } = await timed(entries, 8);
    assert.ok(requests <= 30 + 25, `${requests} requests`);
  });

  it('holds back no more than it may, however slowly it is written, and comes to its end', async () => {
    const entries = organization(300 * 200).map(({ id, ticks }) => new AuditLogEntry(Buffer.from(`{"x":"${'x'.repeat(90)}"}`), id, ticks));
    const time = new VirtualTime();
    let taken = 0;
    const service = new ScriptedService(entries, USUAL_HABITS, () => time.pass(100));
    const held: number[] = [];
    const reading = readAll(service, DAY, { concurrency: 8, folder: folder(), memoryBytes: LARGE, mostHeldBytes: 60 * 200 * 98 }, async () => {
      taken += 1;
      held.push(service.handedOut - taken);
      await time.pass(40);
    });
    const { texts } = await time.until(reading);
    assert.equal(texts.length, entries.length);
    // Pages on their way and those that each chain keeps for their order come on top.
    assert.ok(Math.max(...held) <= 60 + 3 * 8, `${Math.max(...held)} pages`);
    assert.ok(service.mostInFlight === 8);
  });

  it('reads no further ahead of who is slower than the service than memory holds', async () => {
    const entries = organization(100 * 200);
    const noFolder = path.join(folder(), 'a-file');
    writeFileSync(noFolder, '');
    const reading = async (time: ThreadTime): Promise<number> => {
      const service = new ScriptedService(entries, USUAL_HABITS, () => new Promise((resolve) => { setImmediate(resolve); }));
      const { texts } = await readAll(service, DAY, { concurrency: 8, folder: noFolder, memoryBytes: 1_000, time });
      assert.deepEqual(texts, truth(entries, DAY));
      return service.mostInFlight;
    };
    assert.equal(await reading(steppedTime(() => 0)), 1);
    // As if it waited all the time: what is read ahead needs the disk.
    await assert.rejects(reading(WAITING), isTaskError('OUTPUT_NOT_WRITABLE'));
  });

  it('tells of progress that never goes back, down to the oldest entry', async () => {
    const entries = organization(100 * 200, 0.5);
    const time = new VirtualTime();
    const service = new ScriptedService(entries, USUAL_HABITS, () => time.pass(100));
    const { batches } = await time.until(readAll(service, DAY, { concurrency: 8, folder: folder() }));
    const reached = batches.map((batch) => batch.reached ?? '9');
    assert.deepEqual(reached, [...reached].sort().reverse());
    assert.equal(reached.at(-1), entries.at(-1)?.ticks);
    assert.equal(batches.at(-1)?.pages, service.requests);
    const shares = batches.map(({ ahead }) => ahead?.share ?? -1);
    assert.deepEqual(shares, [...shares].sort((left, right) => left - right));
    assert.deepEqual([batches.at(-1)?.ahead, Math.max(...batches.map(({ ahead }) => ahead?.entries ?? 0)) > 200 * 8], [{ entries: 0, share: 1 }, true]);
  });

  describe('when something fails', () => {
    const many = organization(200 * 200);
    const failure = new TaskError('AUDIT_ACCESS_DENIED', 'Not allowed.', { advice: ['Allow it.'] });

    it('ends with the first failure, ends all other requests and starts no further one', async () => {
      const aborted: unknown[] = [];
      const service: ScriptedService = new ScriptedService(many, USUAL_HABITS, (signal) => {
        if (service.requests === 37) return new Promise((_, reject) => { setTimeout(reject, 5, failure); });
        if (service.requests < 30) return new Promise((resolve) => { setImmediate(resolve); });
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => { aborted.push(signal.reason); reject(signal.reason as Error); }, { once: true });
        });
      });
      await assert.rejects(readAll(service, DAY, { concurrency: 8, folder: folder(), memoryBytes: 0 }), failure);
      const { requests } = service;
      assert.equal(aborted.length, 7);
      assert.ok(aborted.every((reason) => reason === failure));
      await new Promise((resolve) => { setTimeout(resolve, 20); });
      assert.deepEqual([service.requests, service.inFlight, readdirSync(folder()).length], [requests, 0, 0]);
    });

    it('starts no request after a halt, whenever it comes', async () => {
      await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 2, max: 16 }), fc.scheduler(), async (halted, concurrency, scheduler) => {
        const halt = new AbortController();
        const reason = new TaskError('MAX_DURATION_REACHED', 'Too long.', { advice: ['Less.'] });
        let atHalt = 0;
        const service: ScriptedService = new ScriptedService(many.slice(0, 30_000), USUAL_HABITS, async () => {
          if (service.requests === halted) {
            atHalt = service.requests;
            halt.abort(reason);
          }
          await scheduler.schedule(Promise.resolve());
        });
        if (halted === 0) halt.abort(reason);
        await assert.rejects(scheduler.waitFor(readAll(service, DAY, { concurrency, folder: folder() }, undefined, halt.signal)), reason);
        assert.equal(service.requests, atHalt);
        assert.deepEqual([service.inFlight, getEventListeners(halt.signal, 'abort').length], [0, 0]);
      }), { numRuns: 40 });
    });

    it('leaves no listener and no warning behind', async () => {
      const warnings: Error[] = [];
      const onWarning = (warning: Error): void => { warnings.push(warning); };
      process.on('warning', onWarning);
      const { signal } = new AbortController();
      const service = new ScriptedService(many, USUAL_HABITS, () => new Promise((resolve) => { setImmediate(resolve); }));
      await readAll(service, DAY, { concurrency: 16, folder: folder(), memoryBytes: 1_000 }, undefined, signal);
      await new Promise((resolve) => { setTimeout(resolve, 20); });
      process.off('warning', onWarning);
      assert.deepEqual([warnings, getEventListeners(signal, 'abort').length, readdirSync(folder())], [[], 0, []]);
    });

    it('ends its requests when nobody wants the entries any more', async () => {
      const service = new ScriptedService(many, USUAL_HABITS, () => new Promise((resolve) => { setImmediate(resolve); }));
      let batches = 0;
      for await (const batch of readSlices(service, queryOf(DAY), { concurrency: 8, folder: folder(), memoryBytes: 0, time: WAITING }, never)) {
        assert.ok(batch);
        batches += 1;
        if (batches === 20) break;
      }
      const { requests } = service;
      await new Promise((resolve) => { setTimeout(resolve, 20); });
      assert.deepEqual([service.requests, service.inFlight, readdirSync(folder())], [requests, 0, []]);
    });

    it('ends in the sentence for the disk when what is held back finds no room', async () => {
      writeFileSync(path.join(folder(), 'a-file'), '');
      const service = new ScriptedService(many, USUAL_HABITS, () => new Promise((resolve) => { setImmediate(resolve); }));
      await assert.rejects(readAll(service, DAY, { concurrency: 8, folder: path.join(folder(), 'a-file'), memoryBytes: 0 }), isTaskError('OUTPUT_NOT_WRITABLE'));
      assert.equal(service.inFlight, 0);
    });
  });

  describe('when a token is no longer accepted', () => {
    const many = organization(100 * 200);
    const faults = (...numbers: number[]): ServiceHabits => ({ ...USUAL_HABITS, faults: new Map(numbers.map((number): [number, ScriptedFault] => [number, 'tokenRefused'])) });

    it('begins its slice anew, below what is certain', async () => {
      for (const concurrency of [1, 8]) {
        const entries = organization(100 * 200, 0.3);
        const whole = (await timed(entries, concurrency)).requests;
        const { requests } = await timed(entries, concurrency, faults(14, 50, 51, 90));
        // Each time the refused request, and the page that was held for its order.
        assert.ok(requests <= whole + 4 * 3, `${requests} instead of ${whole} requests`);
      }
    });

    it('does so a few times, then it is a failure', async () => {
      const service = new ScriptedService(many, faults(...Array.from({ length: 200 }, (_, index) => index + 30)));
      await assert.rejects(readAll(service, DAY, { concurrency: 1, folder: folder() }), isTaskError('AUDIT_REQUEST_REFUSED'));
      assert.ok(service.requests < 45, `${service.requests} requests`);
    });
  });
});
