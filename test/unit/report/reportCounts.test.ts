import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LocalClock } from '../../../tasks/common/report/localClock';
import { TimeSlots } from '../../../tasks/common/report/timeSlots';
import { WeekdayHours } from '../../../tasks/common/report/weekdayHours';
import { offsetSeconds } from '../../../tasks/common/window/timeZone';

const second = (instant: string): number => Date.parse(instant) / 1000;
const DAY = 86_400;
const start = second('2026-11-20T00:00:00Z');

function slots(windowSeconds: number, ...added: readonly (readonly [second: number, category?: unknown])[]): ReturnType<TimeSlots['overTime']> {
  const counts = new TimeSlots({ startSeconds: start, endSeconds: start + windowSeconds }, 0);
  for (const [at, category = 'modify'] of added) counts.add(at, category);
  return counts.overTime();
}

describe('entries over time', () => {
  for (const [length, windowSeconds, step, count] of [['an hour', 3_600, 60, 60], ['a day', DAY, 900, 96], ['a week', 7 * DAY, 3_600, 168], ['a month', 31 * DAY, 21_600, 124], ['90 days', 90 * DAY, DAY, 90], ['two years', 730 * DAY, 7 * DAY, 105], ['nothing', 0, 60, 1]] as const) {
    it(`of ${length} have slots of ${step} s`, () => {
      const { stepSeconds, counts } = slots(windowSeconds, [start]);
      assert.deepEqual([stepSeconds, counts[0]!.length], [step, count]);
    });
  }

  it('grow to what came late, however old, and lose nothing', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), { maxLength: 30 }), fc.integer({ min: -50_400, max: 50_400 }), (seconds, offset) => {
      const counts = new TimeSlots({ startSeconds: start, endSeconds: start + DAY }, offset);
      for (const at of seconds) counts.add(at, 'modify');
      const made = counts.overTime();
      assert.ok((made.counts[0]?.length ?? 0) <= 200);
      assert.equal(made.counts.flat().reduce((sum, count) => sum + count, 0), seconds.length);
      for (const at of seconds.filter((each) => each >= 0 && each < 5_000_000_000)) assert.ok((made.counts[0]![Math.floor((at - second(made.start)) / made.stepSeconds)] ?? 0) > 0);
    }));
  });

  it('are the same in whatever order they come', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -300 * DAY, max: 300 * DAY }), { maxLength: 40 }), (offsets) => {
      const seconds = offsets.map((offset) => [start + offset] as const);
      assert.deepEqual(slots(DAY, ...seconds), slots(DAY, ...[...seconds].reverse()));
    }));
  });

  it('have days that begin at local midnight', () => {
    const counts = new TimeSlots({ startSeconds: start, endSeconds: start + 90 * DAY }, 3_600);
    counts.add(second('2026-11-20T23:00:00Z'), 'modify');
    const { start: first, counts: [days] } = counts.overTime();
    assert.deepEqual([first, days?.indexOf(1)], ['2026-11-19T23:00:00Z', 1]);
  });

  it('put categories with most entries first, and those without or beyond reason together', () => {
    const { categories, counts } = slots(3_600, [start, 'create'], [start + 60, 'modify'], [start + 60, 'modify'], [start, null], [start, ''], [start, 7], ...Array.from({ length: 50 }, (_, number) => [start, `name ${number}`] as const));
    assert.deepEqual([categories.slice(0, 2), categories.length], [['(other)', 'modify'], 12]);
    assert.deepEqual(counts[1]!.slice(0, 3), [0, 2, 0]);
  });
});

describe('entries by weekday and hour', () => {
  const hourOf = (timeZone: string, instant: string): [number, number] => {
    const hours = new WeekdayHours(new LocalClock(timeZone));
    hours.add(second(instant));
    const day = hours.counts().findIndex((counts) => counts.includes(1));
    return [day, hours.counts()[day]!.indexOf(1)];
  };

  for (const [timeZone, instant, expected] of [
    ['UTC', '2026-11-20T00:00:00Z', [4, 0]], ['UTC', '1969-12-31T23:59:59Z', [2, 23]], ['Europe/Berlin', '2026-11-22T22:59:59Z', [6, 23]], ['Europe/Berlin', '2026-11-22T23:00:00Z', [0, 0]],
    ['Europe/Berlin', '2026-03-29T00:59:59Z', [6, 1]], ['Europe/Berlin', '2026-03-29T01:00:00Z', [6, 3]], ['Europe/Berlin', '2026-10-25T00:30:00Z', [6, 2]], ['Europe/Berlin', '2026-10-25T01:30:00Z', [6, 2]],
    ['Asia/Kathmandu', '2026-11-20T18:14:59Z', [4, 23]], ['Asia/Kathmandu', '2026-11-20T18:15:00Z', [5, 0]], ['Australia/Lord_Howe', '2026-10-03T15:30:00Z', [6, 2]],
  ] as const) {
    it(`are where the clocks of ${timeZone} were at ${instant}`, () => assert.deepEqual(hourOf(timeZone, instant), expected));
  }

  it('ask the calendar once a day, and still know every offset', () => {
    fc.assert(fc.property(fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Africa/Casablanca', 'Australia/Lord_Howe', 'Pacific/Apia'), fc.array(fc.integer({ min: 63_072_000, max: 2_000_000_000 }), { maxLength: 30 }), (timeZone, seconds) => {
      const clock = new LocalClock(timeZone);
      for (const at of seconds) assert.equal(clock.offsetAt(at), offsetSeconds(timeZone, at), `${timeZone} ${at}`);
    }));
  });
});
