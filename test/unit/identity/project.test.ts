import assert from 'node:assert/strict';
import type { Http } from '../../../tasks/common/http/http';
import { jobCredential } from '../../../tasks/common/http/credential';
import type { JobContext } from '../../../tasks/common/identity/jobContext';
import { probeOrganization } from '../../../tasks/common/identity/organizationProbe';
import { refusePublicProject } from '../../../tasks/common/identity/project';
import { FakeCloud, JOB_TOKEN, PROJECT, TENANT } from '../../support/fakeCloud';
import { rejection, shown } from '../../support/rejection';
import { json, type Answer } from '../../support/tlsServer';

const GUID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const signal = new AbortController().signal;

describe('what is asked before the sign-in', () => {
  let cloud: FakeCloud;
  let http: Http;
  before(async () => { cloud = await FakeCloud.start(); });
  after(() => cloud.close());
  beforeEach(() => {
    cloud.reset();
    http = cloud.open().http;
  });
  afterEach(() => http.close());

  describe('the project\'s visibility', () => {
    const job: JobContext = {
      credential: jobCredential(JOB_TOKEN, 'https://dev.azure.com/fabrikam/'),
      collectionUrl: new URL('https://dev.azure.com/fabrikam/'), projectId: PROJECT, projectName: 'Fabrikam ##vso[x]',
    };

    it('is read with the job token', async () => {
      await refusePublicProject(http, job, signal);
      assert.equal(cloud.requests[0]?.path, `/fabrikam/_apis/projects/${PROJECT}?api-version=7.1`);
      assert.equal(cloud.requests[0].headers.authorization, `Bearer ${JOB_TOKEN}`);
    });

    for (const visibility of ['private', 'Private']) {
      it(`"${visibility}" lets the export go on`, () => {
        cloud.replace('project', (response) => response.end(`\ufeff${JSON.stringify({ visibility })}`));
        return refusePublicProject(http, job, signal);
      });
    }

    for (const visibility of ['public', 'PUBLIC', 'somethingNew']) {
      it(`"${visibility}" stops it`, async () => {
        cloud.replace('project', json({ visibility }));
        const failure = await rejection(refusePublicProject(http, job, signal), 'PROJECT_IS_PUBLIC');
        assert.match(shown(failure), /allowPublicProject: true/);
        assert.doesNotMatch(shown(failure), /##/);
      });
    }

    const unknown: Record<string, Answer> = {
      'no visibility': json({ id: PROJECT }), 'a visibility that is no text': json({ visibility: 1 }), 'null': json(null), 'a page': (response) => response.end('<html>'),
      '203': json({ visibility: 'private' }, 203), '401': json({}, 401), '403': json({}, 403), '404': json({}, 404), '302': json({}, 302),
    };
    for (const [name, answer] of Object.entries(unknown)) {
      it(`${name}: unknown, and that stops it`, async () => {
        cloud.replace('project', (response, ...rest) => {
          response.setHeader('activityid', GUID);
          answer(response, ...rest);
        });
        const failure = await rejection(refusePublicProject(http, job, signal), 'PROJECT_VISIBILITY_UNKNOWN');
        assert.equal(failure.activityId, GUID);
        assert.match(shown(failure), /View project-level information/);
        assert.doesNotMatch(shown(failure), /##|job\.token/);
      });
    }

    for (const status of [429, 500, 503]) {
      it(`${status}: the service fails, which is no question of permissions`, async () => {
        cloud.replace('project', json({}, status));
        const failure = await rejection(refusePublicProject(http, job, signal), 'SERVICE_FAILING');
        assert.doesNotMatch(shown(failure), /permission/);
      });
    }

    it('is not asked for at another host', async () => {
      await rejection(refusePublicProject(http, { ...job, collectionUrl: new URL('https://evil.example/') }, signal), 'TOKEN_HOST_REFUSED');
      assert.equal(cloud.requests.length, 0);
    });
  });

  describe('the organization', () => {
    const answers = (status: number, headers: Record<string, string>): void => cloud.replace('other', json({}, status, headers));

    it('is asked without any token', async () => {
      answers(401, { 'x-vss-resourcetenant': TENANT.toUpperCase(), date: 'Fri, 20 Nov 2026 12:00:00 GMT' });
      const probe = await probeOrganization(http, 'fabrikam', signal);
      assert.equal(probe.dateMs, Date.UTC(2026, 10, 20, 12));
      assert.equal(probe.tenantId, TENANT);
      const [request] = cloud.requests;
      assert.deepEqual([request?.host, request?.path], ['dev.azure.com', '/fabrikam/_apis/connectionData']);
      assert.equal(request?.headers.authorization, undefined);
      assert.equal(request?.headers['x-tfs-fedauthredirect'], 'Suppress');
    });

    for (const status of [200, 203, 302, 401, 403, 500]) {
      it(`need not answer well: ${status}`, async () => {
        answers(status, { 'x-vss-resourcetenant': TENANT });
        assert.equal((await probeOrganization(http, 'fabrikam', signal)).tenantId, TENANT);
      });
    }

    for (const tenant of ['00000000-0000-0000-0000-000000000000', '##vso[task.complete]', '', 'not-a-guid']) {
      it(`tells no tenant by "${tenant}"`, async () => {
        answers(401, { 'x-vss-resourcetenant': tenant, date: 'soon' });
        const probe = await probeOrganization(http, 'fabrikam', signal);
        assert.deepEqual([probe.tenantId, probe.dateMs], [undefined, undefined]);
      });
    }

    it('that does not exist is named', async () => {
      answers(404, { activityid: GUID });
      const failure = await rejection(probeOrganization(http, 'nobody', signal), 'ORGANIZATION_NOT_FOUND');
      assert.match(failure.message, /no organization "nobody"/);
      assert.equal(failure.activityId, GUID);
    });
  });
});
