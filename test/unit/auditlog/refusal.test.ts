import assert from 'node:assert/strict';
import { refusal, type Caller } from '../../../tasks/common/auditlog/refusal';
import { shownTo } from '../../support/taskErrors';
import { ACTIVITY_ID, response } from './answers';

const TENANT = '11111111-aaaa-4aaa-8aaa-111111111111';
const OTHER_TENANT = '22222222-bbbb-4bbb-8bbb-222222222222';
const caller: Caller = { organization: 'fabrikam', clientId: '33333333-cccc-4ccc-8ccc-333333333333', tenantId: TENANT, organizationTenantId: TENANT };
const BODY = 'TF400813: secret-word ##vso[task.complete]<html>eyJ0eXAi';

const codes: [status: number, code: string][] = [
  [203, 'AUDIT_SIGN_IN_REFUSED'], [200, 'AUDIT_SIGN_IN_REFUSED'], [302, 'AUDIT_SIGN_IN_REFUSED'], [401, 'AUDIT_SIGN_IN_REFUSED'],
  [403, 'AUDIT_ACCESS_DENIED'], [404, 'AUDIT_NOT_FOUND'], [400, 'AUDIT_REQUEST_REFUSED'],
  [408, 'SERVICE_FAILING'], [429, 'SERVICE_FAILING'], [500, 'SERVICE_FAILING'], [503, 'SERVICE_FAILING'],
];

describe('refusal of the audit service', () => {
  for (const [status, code] of codes) {
    it(`with ${status} is ${code}: a sentence, advice and the activity id, and of the answer only its code`, () => {
      const failure = refusal(response(status, BODY), caller);
      assert.equal(failure.code, code);
      assert.equal(failure.activityId, ACTIVITY_ID);
      assert.match(failure.message, new RegExp(`\\(HTTP ${status}, TF400813\\)`));
      assert.ok(failure.advice.length > 0);
      assert.doesNotMatch(shownTo(failure), /secret-word|##|html|eyJ0/);
      assert.doesNotMatch(refusal(response(status, 'secret-word'), caller).message, /secret-word|undefined/);
    });
  }

  it('for want of the permission names permission, page and identity', () => {
    const failure = refusal(response(403), caller);
    assert.match(failure.message, /33333333-cccc-4ccc-8ccc-333333333333 may not read the audit log of the organization "fabrikam"/);
    assert.match(failure.advice[0] ?? '', /https:\/\/dev\.azure\.com\/fabrikam\/_settings\/groups.*"View audit log"/);
  });

  it('of an unknown identity says where to add it', () => {
    assert.match(refusal(response(401), caller).advice[0] ?? '', /https:\/\/dev\.azure\.com\/fabrikam\/_settings\/users/);
  });

  for (const status of [401, 203, 302, 429]) {
    it(`with ${status} names both tenants first, where they differ`, () => {
      const [advice] = refusal(response(status), { ...caller, organizationTenantId: OTHER_TENANT }).advice;
      assert.match(advice ?? '', new RegExp(`connected to the tenant ${OTHER_TENANT}, but the service connection signs in to ${TENANT}`));
    });

    it(`with ${status} says nothing of tenants that are the same, or of one that is not known`, () => {
      for (const known of [{ ...caller, tenantId: TENANT.toUpperCase() }, { ...caller, organizationTenantId: undefined }]) {
        assert.doesNotMatch(shownTo(refusal(response(status), known)), /signs in to/);
      }
    });
  }
});
