import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { EntryActors } from '../../../tasks/common/report/entryActors';
import { EntryMechanisms } from '../../../tasks/common/report/entryMechanisms';
import { mechanismOf } from '../../../tasks/common/report/mechanism';
import { actorOf } from '../../../tasks/common/report/reportActor';
import type { ReportActor } from '../../../tasks/common/report/reportData';
import { entryAt } from '../../support/auditEntries';

const NOBODY = '00000000-0000-0000-0000-000000000000';
const text = fc.option(fc.constantFrom('', 'a', 'b', 'é"\\', 'a@fabrikam.example', NOBODY, 'x'.repeat(300)), { nil: undefined });
const value = fc.oneof({ weight: 9, arbitrary: text }, fc.constantFrom(null, 7, {}));
const mechanism = fc.constantFrom(undefined, null, 7, '', ' ', ' PAT', 'PAT', 'PAT x', 'SessionToken_Unscoped authorizationId: d3705156', 'é"\\ x', 'S2S_ServicePrincipal', 'S2S_ServicePrincipal x');
const anyFields = fc.record({ actorCUID: value, actorUserId: value, actorClientId: value, actorUPN: value, actorDisplayName: value, authenticationMechanism: mechanism });

describe('actors and mechanisms of entries, from their bytes', () => {
  it('are those of the parsed entry, whatever came before', () => {
    fc.assert(fc.property(fc.array(anyFields, { maxLength: 60 }), (all) => {
      const [actors, mechanisms] = [new EntryActors(), new EntryMechanisms()];
      for (const [index, fields] of all.entries()) {
        const entry = entryAt(index, index, fields);
        const name = mechanisms.of(entry);
        assert.equal(name, mechanismOf(entry.fields()));
        assert.deepEqual(actors.of(entry, name), actorOf(entry.fields()));
      }
    }), { numRuns: 300 });
  });

  it('are one object as long as they are one', () => {
    const actors = new EntryActors();
    const fields = { actorCUID: 'c', actorUserId: 'u', actorUPN: 'a@fabrikam.example', actorDisplayName: 'A' };
    const of = (more: Record<string, string>): ReportActor | undefined => actors.of(entryAt(0, 0, { ...fields, ...more }), null);
    assert.equal(of({}), of({ ipAddress: '198.51.100.7' }));
    assert.notEqual(of({}), of({ actorDisplayName: 'B' }));
  });

  it('are Azure DevOps itself where a service calls another one for nobody, and the account otherwise', () => {
    const [actors, mechanisms] = [new EntryActors(), new EntryMechanisms()];
    const kinds = ['PAT', 'S2S_ServicePrincipal', 'PAT'].map((authenticationMechanism) => {
      const entry = entryAt(0, 0, { actorCUID: 'c', actorDisplayName: 'Build', authenticationMechanism });
      return actors.of(entry, mechanisms.of(entry))?.kind;
    });
    assert.deepEqual(kinds, ['person', 'service', 'person']);
  });

  it('are told apart by each of their fields', () => {
    const actors = new EntryActors();
    const fields = { actorCUID: 'c', actorUserId: 'u', actorClientId: 'd', actorUPN: 'a@fabrikam.example', actorDisplayName: 'A' };
    const all = Object.keys(fields).map((name) => entryAt(0, 0, { ...fields, [name]: undefined })).concat(entryAt(0, 0, fields));
    const made = new Set(all.map((entry) => actors.of(entry, null)));
    assert.equal(made.size, all.length);
  });

  it('of more than one id has are made anew, and right', () => {
    const actors = new EntryActors();
    const entryOf = (number: number): AuditLogEntry => entryAt(0, 0, { actorDisplayName: `Name ${number}` });
    for (let number = 0; number < 100; number += 1) assert.equal(actors.of(entryOf(number), null)?.name, `Name ${number}`);
    assert.equal(actors.of(entryOf(7), null), actors.of(entryOf(7), null));
    assert.notEqual(actors.of(entryOf(99), null), actors.of(entryOf(99), null));
  });

  it('of more than anybody has are made anew, and right', () => {
    const actors = new EntryActors();
    const entryOf = (number: number): AuditLogEntry => entryAt(0, 0, { actorCUID: `c${number}`, actorDisplayName: `Name ${number}` });
    for (let number = 0; number < 20_000; number += 1) assert.equal(actors.of(entryOf(number), null)?.name, `Name ${number}`);
    assert.equal(actors.of(entryOf(7), null), actors.of(entryOf(7), null));
    assert.notEqual(actors.of(entryOf(19_999), null), actors.of(entryOf(19_999), null));
  });
});
