import assert from 'node:assert/strict';
import { readJobContext } from '../../../tasks/common/identity/jobContext';
import { readServiceConnection } from '../../../tasks/common/identity/serviceConnection';
import { FakeAgent, type FakeEndpoint } from '../../support/fakeAgent';
import { CLIENT, CONNECTION, JOB_TOKEN, PROJECT, TENANT } from '../../support/fakeCloud';
import { failureOf, shown } from '../../support/rejection';

const GOOD: FakeEndpoint = { url: 'https://dev.azure.com/fabrikam/', scheme: 'WorkloadIdentityFederation', parameters: { TenantId: TENANT, servicePrincipalId: CLIENT } };

function agentWith(endpoint: FakeEndpoint): FakeAgent {
  return new FakeAgent({ endpoints: { [CONNECTION]: endpoint } });
}

describe('service connections', () => {
  for (const kind of ['azureDevOps', 'azureRM'] as const) {
    it(`of the kind ${kind} are read, however their scheme and parameters are spelled`, () => {
      assert.deepEqual(readServiceConnection(agentWith(GOOD), kind, CONNECTION), { id: CONNECTION, kind, tenantId: TENANT, clientId: CLIENT, shownClientId: CLIENT.toUpperCase() });
    });
  }

  const refused: [scheme: string | undefined, says: RegExp][] = [
    ['ServicePrincipal', /signs in with a secret or a certificate;/], ['ManagedServiceIdentity', /the managed identity of the machine;/],
    ['PublishProfile', /a publish profile;/], ['UsernamePassword', /a user name and a password;/], ['Token', /a stored token;/],
    ['SomethingNew##vso[task.complete]', /the scheme "somethingnew\*\*vso\[task\.complete\]";/], [undefined, /the scheme "none";/],
    ['constructor', /the scheme "constructor";/],
  ];
  for (const [scheme, says] of refused) {
    it(`with the scheme ${scheme} are refused, with the way to convert them`, () => {
      const endpoint = { url: 'https://management.azure.com/', ...(scheme !== undefined && { scheme }), parameters: { ...GOOD.parameters, serviceprincipalkey: 'the-secret' } };
      const failure = failureOf(() => readServiceConnection(agentWith(endpoint), 'azureRM', CONNECTION), 'CONNECTION_NOT_FEDERATED');
      assert.match(failure.message, says);
      assert.match(failure.message, /^The Azure Resource Manager service connection/);
      assert.match(shown(failure), /Convert/);
      assert.doesNotMatch(shown(failure), /the-secret/);
    });
  }

  const incomplete: [parameters: Record<string, string>, says: RegExp][] = [
    [{}, /no valid tenant id and client id\./], [{ tenantid: TENANT }, /no valid client id\./], [{ serviceprincipalid: CLIENT }, /no valid tenant id\./],
    [{ tenantid: `${TENANT}/../x`, serviceprincipalid: CLIENT }, /no valid tenant id\./], [{ tenantid: TENANT, serviceprincipalid: 'my-app' }, /no valid client id\./],
    [{ tenantid: 'common', serviceprincipalid: CLIENT }, /no valid tenant id\./], [{ tenantid: ' ', serviceprincipalid: `{${CLIENT}}` }, /tenant id and client id/],
  ];
  for (const [parameters, says] of incomplete) {
    it(`with ${JSON.stringify(parameters)} are refused`, () => {
      assert.match(failureOf(() => readServiceConnection(agentWith({ ...GOOD, parameters }), 'azureDevOps', CONNECTION), 'CONNECTION_INCOMPLETE').message, says);
    });
  }

  it('that the agent does not hand over are named by kind', () => {
    const failure = failureOf(() => readServiceConnection(new FakeAgent(), 'azureDevOps', CONNECTION), 'CONNECTION_INCOMPLETE');
    assert.match(failure.message, /handed no Azure DevOps service connection/);
  });
});

describe('the job', () => {
  const variables = { 'System.TeamProjectId': PROJECT, 'System.TeamProject': 'Fabrikam Fiber', 'System.CollectionUri': 'https://dev.azure.com/fabrikam' };
  const system: FakeEndpoint = { url: 'https://dev.azure.com/fabrikam/', scheme: 'OAuth', parameters: { AccessToken: JOB_TOKEN } };
  const agentOf = (endpoint: FakeEndpoint, more: Record<string, string> = {}): FakeAgent => new FakeAgent({ variables: { ...variables, ...more }, endpoints: { SYSTEMVSSCONNECTION: endpoint } });

  it('is read, and its token is a secret at once', () => {
    const agent = agentOf(system);
    const job = readJobContext(agent);
    assert.equal(job.credential.authorization, `Bearer ${JOB_TOKEN}`);
    assert.equal(job.collectionUrl.href, 'https://dev.azure.com/fabrikam/');
    assert.deepEqual([job.projectId, job.projectName], [PROJECT, 'Fabrikam Fiber']);
    assert.deepEqual(agent.events, [{ kind: 'secret', value: JOB_TOKEN }]);
  });

  it('has its token registered even when the rest is missing or refused', () => {
    const noProject = agentOf(system, { 'System.TeamProjectId': '' });
    failureOf(() => readJobContext(noProject), 'JOB_CONTEXT_INCOMPLETE');
    const elsewhere = agentOf({ ...system, url: 'https://tfs.example.com/' });
    const failure = failureOf(() => readJobContext(elsewhere), 'TOKEN_HOST_REFUSED');
    assert.match(failure.message, /This job belongs to tfs\.example\.com/);
    for (const agent of [noProject, elsewhere]) assert.deepEqual(agent.secrets, [JOB_TOKEN]);
  });

  it('without token or address is refused', () => {
    failureOf(() => readJobContext(new FakeAgent({ variables })), 'JOB_CONTEXT_INCOMPLETE');
    failureOf(() => readJobContext(agentOf({ ...system, parameters: {} })), 'JOB_CONTEXT_INCOMPLETE');
    failureOf(() => readJobContext(agentOf({ scheme: 'OAuth', parameters: { AccessToken: JOB_TOKEN } })), 'JOB_CONTEXT_INCOMPLETE');
  });

  it('takes its organization from the first address that there is', () => {
    const old = { 'System.CollectionUri': '', 'System.TeamFoundationCollectionUri': 'https://fabrikam.visualstudio.com' };
    assert.equal(readJobContext(agentOf(system, old)).collectionUrl.href, 'https://fabrikam.visualstudio.com/');
    assert.equal(readJobContext(agentOf(system, { 'System.CollectionUri': 'garbage' })).collectionUrl.href, 'https://dev.azure.com/fabrikam/');
  });
});
