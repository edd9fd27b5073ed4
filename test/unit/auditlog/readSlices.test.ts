import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { compareEntries, type AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import type { AuditLogQuery } from '../../../tasks/common/auditlog/query';
import type { EntryBatch } from '../../../tasks/common/auditlog/readEntries';
import { readSlices, type SlicesOptions } from '../../../tasks/common/auditlog/readSlices';
import { TaskError } from '../../../tasks/common/errors/taskError';
import { entryAt, NOVEMBER_20_SECONDS, ticksAfter } from '../../support/auditEntries';
import { ScriptedService, USUAL_HABITS, VirtualTime, type ScriptedFault, type ServiceHabits } from '../../support/scriptedService';
import { isTaskError } from '../../support/taskErrors';
import { temporaryFolder } from '../../support/temporaryFolder';

const SECOND = 10_000_000;
/** The window begins so many seconds after midnight, so that there are entries before it. */
const BEFORE = 10;
const never = new AbortController().signal;
const LARGE = 1e12;
const RUNS = 200;

function queryOf(seconds: number): AuditLogQuery {
  const startSeconds = NOVEMBER_20_SECONDS + BEFORE;
  return { organization: 'fabrikam', window: { startSeconds, endSeconds: startSeconds + seconds }, skipAggregation: true };
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
  for await (const { entries, ...rest } of readSlices(service, queryOf(seconds), options, signal)) {
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
    faults: fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom<ScriptedFault>('repeatedEntries', 'duplicateWithinPage', 'swappedPages', 'outOfOrder', 'emptyPage', 'clampedPage', 'tokenRefused')), { maxLength: 12 }).map((faults) => new Map(faults)),
  });

  it('is what the log holds, each entry once and in order, whatever the service does and whenever it answers', async () => {
    let sliced = 0;
    await fc.assert(fc.asyncProperty(anyOrganization, habits, fc.integer({ min: 1, max: 16 }), fc.constantFrom(0, 2_000, LARGE), fc.constantFrom(1, 30_000, LARGE), fc.scheduler(),
      async ({ seconds, entries }, given, concurrency, memoryBytes, mostHeldBytes, scheduler) => {
        const service = new ScriptedService(entries, given, () => scheduler.schedule(Promise.resolve()));
        const reading = readAll(service, seconds, { concurrency, folder: folder(), memoryBytes, mostHeldBytes });
        const { texts } = await scheduler.waitFor(reading);
        assert.deepEqual(texts, truth(entries, seconds));
        assert.ok(service.mostInFlight <= concurrency, `${service.mostInFlight} in flight`);
        assert.deepEqual(readdirSync(folder()), []);
        if (service.mostInFlight > 1) sliced += 1;
      },
    ), { numRuns: RUNS });
    assert.ok(sliced > RUNS / 4, `only ${sliced} were read in slices`);
  });
});
