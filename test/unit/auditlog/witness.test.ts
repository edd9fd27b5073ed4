import assert from 'node:assert/strict';
import type { AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import type { EntryBatch } from '../../../tasks/common/auditlog/readEntries';
import { Witness, type EarlierReading } from '../../../tasks/common/auditlog/witness';
import { entryAt, NOVEMBER_20_SECONDS } from '../../support/auditEntries';

const SECOND = 10_000_000;
const at = (seconds: number): number => NOVEMBER_20_SECONDS + seconds;
const CLIENT = '0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d';
const OBJECT = '5e6f7a8b-9c0d-4e1f-a2b3-c4d5e6f7a8b9';
const CONNECTION = 'c0ffee00-1234-4abc-8def-0123456789ab';
const window = { startSeconds: at(0), endSeconds: at(7_200) };
const earlier: EarlierReading = { clientId: CLIENT, objectId: OBJECT, serviceConnectionId: CONNECTION, readFrom: at(3_600), readUntil: at(3_660) };

const access = (seconds: number, more: Readonly<Record<string, unknown>> = { actorClientId: CLIENT }): AuditLogEntry => entryAt(seconds * SECOND, 1, { actionId: 'AuditLog.AccessLog', ...more });
const use = (seconds: number, data: unknown = { ConnectionId: CONNECTION }): AuditLogEntry => entryAt(seconds * SECOND, 2, { actionId: 'Library.ServiceConnectionExecuted', data });

async function seen(entries: readonly AuditLogEntry[], reading: EarlierReading | undefined = earlier, of = window): Promise<[string, string]> {
  const witness = new Witness(reading, of);
  async function* batches(): AsyncGenerator<EntryBatch> {
    await Promise.resolve();
    yield { entries: entries.slice(0, 1), pages: 1, reached: undefined };
    yield { entries: entries.slice(1), pages: 2, reached: undefined };
  }
  const passed: EntryBatch[] = [];
  for await (const batch of witness.pass(batches())) passed.push(batch);
  assert.deepEqual(passed.flatMap((batch) => batch.entries), entries);
  return [witness.accessLog, witness.serviceConnection];
}

describe('witness', () => {
  it('finds the previous reading and the use of its connection', async () => {
    assert.deepEqual(await seen([entryAt(1, 3), access(3_630), use(3_590)]), ['found', 'found']);
    assert.deepEqual(await seen([access(3_630)]), ['found', 'absent']);
    assert.deepEqual(await seen([use(3_630)]), ['absent', 'found']);
    assert.deepEqual(await seen([]), ['absent', 'absent']);
  });

  for (const [field, value] of Object.entries({ actorClientId: CLIENT.toUpperCase(), actorUserId: OBJECT, actorCUID: OBJECT.toUpperCase(), actorUPN: `${OBJECT}@tenant` })) {
    it(`knows the reader by ${field}`, async () => {
      assert.deepEqual(await seen([access(3_600, { [field]: value })]), ['found', 'absent']);
    });
  }

  it('does not take a stranger, another action or another field for it', async () => {
    const other = CLIENT.replace('0', '1');
    assert.deepEqual(await seen([access(3_600, { actorClientId: other })]), ['absent', 'absent']);
    assert.deepEqual(await seen([access(3_600, { correlationId: CLIENT })]), ['absent', 'absent']);
    assert.deepEqual(await seen([access(3_600, { actionId: 'AuditLog.DownloadLog', details: 'like AuditLog.AccessLog', actorClientId: CLIENT })]), ['absent', 'absent']);
    assert.deepEqual(await seen([use(3_600, { ConnectionId: other, note: 'Library.ServiceConnectionExecuted' })]), ['absent', 'absent']);
    assert.deepEqual(await seen([entryAt(3_600 * SECOND, 1, { actionId: 'Library.ServiceConnectionModified', details: 'Library.ServiceConnectionExecuted', data: { CONNECTION } })]), ['absent', 'absent']);
  });

  it('finds the connection wherever its data name it, in whatever case', async () => {
    for (const data of [{ Connections: [{ id: CONNECTION.toUpperCase() }] }, CONNECTION, { [CONNECTION]: true }]) assert.deepEqual(await seen([use(3_600, data)]), ['absent', 'found']);
    assert.deepEqual(await seen([use(3_600, null)]), ['absent', 'absent']);
  });

  it('looks ten minutes around the reading, because clocks differ', async () => {
    assert.deepEqual(await seen([access(3_600 - 600)]), ['found', 'absent']);
    assert.deepEqual(await seen([access(3_600 - 601)]), ['absent', 'absent']);
    assert.deepEqual(await seen([access(3_660 + 600)]), ['found', 'absent']);
    assert.deepEqual(await seen([access(3_660 + 601)]), ['absent', 'absent']);
  });

  it('misses nothing that could not be expected', async () => {
    assert.deepEqual(await seen([]), ['absent', 'absent']);
    const windows = { behind: { startSeconds: at(0), endSeconds: at(4_000) }, before: { startSeconds: at(3_100), endSeconds: at(7_200) }, elsewhere: { startSeconds: at(80_000), endSeconds: at(90_000) } };
    for (const [name, of] of Object.entries(windows)) assert.deepEqual(await seen([], earlier, of), ['unknown', 'unknown'], name);
    assert.deepEqual(await seen([access(3_630)], earlier, windows.behind), ['found', 'unknown']);
    const witness = new Witness(undefined, window);
    for await (const batch of witness.pass((async function* () { await Promise.resolve(); yield { entries: [access(3_600)], pages: 1, reached: undefined }; })())) assert.ok(batch);
    assert.deepEqual([witness.accessLog, witness.serviceConnection], ['unknown', 'unknown']);
  });

  it('looks for no id that is none', async () => {
    for (const id of ['', 'a', '-', null]) {
      assert.deepEqual(await seen([access(3_600, { actorClientId: 'abc-' }), use(3_600)], { ...earlier, clientId: id, objectId: id, serviceConnectionId: id }), ['unknown', 'unknown']);
    }
    assert.deepEqual(await seen([access(3_600)], { ...earlier, objectId: null, serviceConnectionId: null }), ['found', 'unknown']);
  });

  it('keeps no parsed fields', async () => {
    const entries = [access(3_630), use(3_620)];
    const held = entries.map((entry) => entry.fields());
    await seen(entries);
    entries.forEach((entry, index) => { assert.notEqual(entry.fields(), held[index]); });
  });
});
