import assert from 'node:assert/strict';
import { OTHER_NAMES, TallyFold } from '../../../tasks/common/auditlog/tally';
import { entryAt, idOf, ticksAfter } from '../../support/auditEntries';

describe('tally', () => {
  it('counts by category, area and action, and knows newest and oldest', () => {
    const tally = new TallyFold();
    tally.add(entryAt(30, 1, { category: 'access', area: 'Auditing', actionId: 'AuditLog.AccessLog' }));
    tally.add(entryAt(20, 1));
    tally.add(entryAt(10, 1));
    assert.deepEqual([tally.entries, tally.newest, tally.oldest], [3, ...[30, 10].map((after) => ({ id: idOf(ticksAfter(after), 1), ticks: ticksAfter(after) }))]);
    assert.deepEqual([...tally.byCategory], [['access', 1], ['create', 2]]);
    assert.deepEqual([...tally.byArea], [['Auditing', 1], ['Project', 2]]);
    assert.deepEqual([...tally.byAction], [['AuditLog.AccessLog', 1], ['Project.CreateCompleted', 2]]);
  });

  it('of nothing is empty', () => {
    const tally = new TallyFold();
    assert.deepEqual([tally.entries, tally.newest, tally.oldest, tally.byAction.size], [0, undefined, undefined, 0]);
  });

  it('counts what has no name among the others', () => {
    const tally = new TallyFold();
    for (const category of [undefined, null, '', 7, {}, ['create']]) tally.add(entryAt(1, 1, { category }));
    assert.deepEqual([...tally.byCategory], [[OTHER_NAMES, 6]]);
  });

  it('keeps names such as __proto__ apart', () => {
    const tally = new TallyFold();
    for (const area of ['__proto__', 'constructor', '__proto__']) tally.add(entryAt(1, 1, { area }));
    assert.deepEqual([...tally.byArea], [['__proto__', 2], ['constructor', 1]]);
  });

  it('stays small whatever names come, and loses no entry', () => {
    const tally = new TallyFold();
    for (let number = 0; number < 5_000; number += 1) tally.add(entryAt(1, 1, { actionId: `${number} ${'long '.repeat(2_000)}` }));
    tally.add(entryAt(1, 1, { actionId: '7 '.padEnd(300, 'long ') }));
    assert.ok(tally.byAction.size <= 2_001);
    assert.ok([...tally.byAction.keys()].every((name) => name.length <= 200));
    assert.equal([...tally.byAction.values()].reduce((sum, count) => sum + count, 0), 5_001);
    assert.equal(tally.byAction.get('7 '.padEnd(200, 'long ')), 2);
    assert.equal(tally.byAction.get(OTHER_NAMES), 3_000);
  });
});
