import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ActorTable } from '../../../tasks/common/report/actorTable';
import { actorOf } from '../../../tasks/common/report/reportActor';

const NOBODY = '00000000-0000-0000-0000-000000000000';

describe('actors of entries', () => {
  it('are those of each entry by itself, whatever came before', () => {
    const text = fc.option(fc.constantFrom('', 'a', 'b', 'a@fabrikam.example', NOBODY, 'x'.repeat(300)), { nil: undefined });
    const value = fc.oneof({ weight: 9, arbitrary: text }, fc.constantFrom(null, 7, {}));
    const fields = fc.record({ actorCUID: value, actorUserId: value, actorClientId: value, actorUPN: value, actorDisplayName: value, authenticationMechanism: fc.constantFrom(undefined, 'PAT', 'S2S_ServicePrincipal') });
    fc.assert(fc.property(fc.array(fields, { maxLength: 60 }), (entries) => {
      const table = new ActorTable();
      for (const entry of entries) assert.deepEqual(table.of(entry), actorOf(entry));
    }), { numRuns: 300 });
  });

  it('are one object as long as they are one', () => {
    const table = new ActorTable();
    const entry = { actorCUID: 'c', actorUserId: 'u', actorUPN: 'a@fabrikam.example', actorDisplayName: 'A' };
    assert.equal(table.of({ ...entry }), table.of({ ...entry, ipAddress: '198.51.100.7' }));
    assert.notEqual(table.of(entry), table.of({ ...entry, actorDisplayName: 'B' }));
  });
});
