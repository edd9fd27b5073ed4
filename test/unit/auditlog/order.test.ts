import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareEntries, type AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { EntryOrder } from '../../../tasks/common/auditlog/order';
import { entryAt } from '../../support/auditEntries';
import { isTaskError } from '../../support/taskErrors';

/** Shuffles by loaded dice. */
function shuffled<T>(items: readonly T[], roll: () => number): T[] {
  return items.map((item) => ({ item, key: roll() })).sort((left, right) => left.key - right.key).map(({ item }) => item);
}

interface Service {
  readonly pages: readonly (readonly AuditLogEntry[])[];
  readonly expected: readonly string[];
  readonly repeats: number;
}

/**
 * What a service may do: groups of entries with one tick, in any order inside the tick, cut into pages of any size, each page
 * in any order, with entries repeated from the page itself and from earlier ones.
 */
const anyService: fc.Arbitrary<Service> = fc.record({
  groups: fc.array(fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 3 }) }, { weight: 1, arbitrary: fc.integer({ min: 4, max: 40 }) }), { maxLength: 30 }),
  sizes: fc.infiniteStream(fc.integer({ min: 1, max: 12 })),
  dice: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
  repeatRate: fc.constantFrom(0, 0.05, 0.2),
}).map(({ groups, sizes, dice, repeatRate }) => {
  const roll = (): number => dice.next().value as number;
  const newestFirst = groups.flatMap((size, group) => shuffled(Array.from({ length: size }, (_, event) => entryAt((groups.length - group) * 10, event)), roll));
  const pages: AuditLogEntry[][] = [];
  let repeats = 0;
  for (let from = 0; from < newestFirst.length;) {
    // Now and then a page of nothing new.
    const size = roll() < 0.1 && pages.length % 2 === 1 ? 0 : sizes.next().value as number;
    const own = newestFirst.slice(from, from + size);
    const repeated = [...own, ...pages.slice(-3).flat()].filter(() => roll() < repeatRate).slice(0, 20);
    repeats += repeated.length;
    pages.push(shuffled([...own, ...repeated], roll));
    from += size;
  }
  return { pages, repeats, expected: [...newestFirst].sort(compareEntries).map(({ id }) => id) };
});

describe('order of entries', () => {
  it('is newest first and each entry once, whatever the service does within its limits', () => {
    fc.assert(fc.property(anyService, ({ pages, expected, repeats }) => {
      const order = new EntryOrder();
      const handedOut = [...pages.flatMap((page) => order.push(page)), ...order.flush()];
      assert.deepEqual(handedOut.map(({ id }) => id), expected);
      assert.equal(order.duplicates, repeats);
    }), { numRuns: 300 });
  });

  it('sorts by instant, newest first, and inside a tick by id', () => {
    const order = new EntryOrder();
    const [a, b, c] = [entryAt(10, 2), entryAt(10, 1), entryAt(11, 3)];
    assert.deepEqual([...order.push([a, b, c]), ...order.flush()], [c, b, a]);
    assert.equal(compareEntries(a, a), 0);
  });

  it('holds a page and the tick before it, however many pages come', () => {
    const order = new EntryOrder();
    let read = 0;
    let handedOut = 0;
    for (let page = 0; page < 400; page += 1) {
      const entries = Array.from({ length: 25 }, (_, event) => entryAt(1_000_000 - page * 25 - event, event));
      read += entries.length;
      handedOut += order.push(entries).length;
      assert.ok(read - handedOut <= 26, `${read - handedOut} held`);
    }
  });

  it('hands a tick out only once it is over, though it fills many pages', () => {
    const order = new EntryOrder();
    const inOneTick = Array.from({ length: 300 }, (_, event) => entryAt(500, 299 - event));
    const handedOut = [order.push([entryAt(501, 0)])];
    for (let from = 0; from < inOneTick.length; from += 50) handedOut.push(order.push(inOneTick.slice(from, from + 50)));
    assert.deepEqual(handedOut.flat().map(({ ticks }) => ticks), [entryAt(501, 0).ticks]);
    assert.deepEqual(order.flush(), [...inOneTick].reverse());
  });

  it('knows an entry again that comes thousands of entries later', () => {
    const order = new EntryOrder();
    const entries = Array.from({ length: 4_000 }, (_, index) => entryAt(1_000_000 - index, 1));
    for (let from = 0; from < entries.length; from += 100) order.push(entries.slice(from, from + 100));
    assert.doesNotThrow(() => order.push([entries[0]!, entryAt(5, 1)]));
    assert.equal(order.duplicates, 1);
    assert.deepEqual(order.flush(), [...entries.slice(-2), entryAt(5, 1)]);
  });

  it('is broken by an unknown entry that comes more than a page too late', () => {
    const order = new EntryOrder();
    order.push([entryAt(100, 1), entryAt(99, 1)]);
    order.push([entryAt(98, 1), entryAt(97, 1)]);
    order.push([entryAt(96, 1), entryAt(95, 1)]);
    assert.throws(() => order.push([entryAt(98, 2), entryAt(94, 1)]), isTaskError('AUDIT_ORDER_BROKEN'));
  });

  it('is not broken by two pages that changed places in the middle of a tick', () => {
    const order = new EntryOrder();
    const [first, second, third] = [[entryAt(100, 1), entryAt(99, 1)], [entryAt(99, 2), entryAt(98, 1)], [entryAt(97, 1)]];
    const handedOut = [first, third, second].flatMap((page) => order.push(page));
    assert.deepEqual([...handedOut, ...order.flush()], [...first, ...second, ...third]);
  });

  it('is not broken by a page of nothing', () => {
    const order = new EntryOrder();
    assert.deepEqual([...order.push([]), ...order.push([entryAt(1, 1)]), ...order.push([]), ...order.push([])], []);
    assert.deepEqual(order.flush(), [entryAt(1, 1)]);
    assert.deepEqual(order.flush(), []);
  });
});
