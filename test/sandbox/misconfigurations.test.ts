import assert from 'node:assert/strict';
import type { JobContext } from '../../sandbox/jobContext';
import { HEALTHY_VARIANTS, MISCONFIGURATIONS } from '../../sandbox/misconfigurations/catalog';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { stepConnection } from '../../sandbox/security/accessSettings';
import { SandboxClient, type Answer } from './client';

/** How far a naive caller comes, and the words it ends with: what the documents, or the field, say of each misconfiguration. */
const ANSWERS: Readonly<Record<string, RegExp>> = {
  'secret-connection': /^scheme ServicePrincipal$/, 'certificate-connection': /^scheme ServicePrincipal$/, 'managed-identity-connection': /^scheme ManagedServiceIdentity$/, 'publish-profile': /^scheme PublishProfile$/,
  'client-id-missing': /^entra 400 .*AADSTS700016/, 'tenant-id-missing': /^entra 404/,
  'connection-not-permitted': /^assertion 403 .*AccessCheckException/, 'connection-deleted': /^assertion 404 .*ServiceEndpointDoesNotExist/,
  'job-token-expired-401': /^assertion 401 .*TF400813/, 'job-token-expired-203': /^assertion 203 .*Sign In/, 'job-token-expired-302': /^assertion 302/,
  'plan-over': /^assertion 403 .*TaskOrchestrationPlanSecurityException/, 'plan-unknown': /^assertion 404 .*TaskOrchestrationPlanNotFoundException/,
  'token-other-audience': /^audit 401 .*TF400813: The user 'aaaaaaaa-/, 'token-other-application': /^audit 403 .*AccessCheckException/, 'delegated-without-scope': /^audit 401 .*TF400813/,
  'no-federated-credential': /^entra 401 .*AADSTS70025:/, 'no-federated-credential-azurerm': /^entra 401 .*AADSTS70025:/, 'no-matching-credential': /^entra 401 .*AADSTS70021:/,
  'issuer-old-style': /^entra 401 .*AADSTS700211:/, 'subject-renamed': /^entra 401 .*AADSTS700213:/, 'subject-renamed-azurerm': /^entra 401 .*AADSTS700213:/, 'subject-of-other-connection': /^entra 401 .*AADSTS700213:/,
  'subject-case': /^entra 401 .*AADSTS7002138:/, 'subject-expression': /^entra 401 .*AADSTS7002137:/, 'audience-wrong': /^entra 401 .*AADSTS700212:/, 'assertion-expired': /^entra 401 .*AADSTS700024:/,
  'application-deleted': /^entra 400 .*AADSTS700016:/, 'tenant-unknown': /^entra 400 .*AADSTS90002:/, 'cross-cloud': /^entra 400 .*AADSTS900382:/, 'issuer-policy': /^entra 400 .*AADSTS700223:/, 'issuer-policy-application': /^entra 400 .*AADSTS700238:/,
  'multi-tenant-app': /^entra 400 .*AADSTS70052:/, 'conditional-access-entra': /^entra 400 .*AADSTS53003:/, 'resource-unknown': /^entra 400 .*AADSTS500011:/,
  'organization-typo': /^audit 404 The resource cannot be found/, 'organization-of-other-tenant': /^audit 401 .*TF400813/, 'other-tenant-429': /^audit 429 .*TF400733/, 'organization-without-entra': /^audit 401 .*TF400813/,
  'not-a-member': /^audit 401 .*TF401444/, 'not-a-member-403': /^audit 403 .*TF401444/, 'not-a-member-redirected': /^audit 401 .*TF401444/, 'project-member-only': /^audit 401 .*InvalidIdentityException/, 'entitlement-pending': /^audit 401 .*TF400813/,
  'project-scoped-user': /^audit 403 .*AccessCheckException/, 'project-scoped-user-nested': /^audit 403 .*AccessCheckException/, 'conditional-access': /^audit 403 .*VS403463/, 'ip-policy': /^audit 403 .*VS403463/,
  'auditing-off-404': /^audit 404 \{/, 'auditing-off-403-policy-readable': /^audit 403/, 'auditing-off-403-policy-unreadable': /^audit 403/, 'auditing-off-400': /^audit 400/,
};

/** What all the others about the permission answer. */
const NO_PERMISSION = /^audit 403 .*\/AllPermissions to perform this action: View audit log.*AccessCheckException/;

describe('misconfigurations', () => {
  for (const { name, what, expected } of MISCONFIGURATIONS) {
    const answer = expected.result === 'warning' ? /^audit 200/ : ANSWERS[name] ?? NO_PERMISSION;
    it(`${name}: ${what}`, () => withBroken([name], async (sandbox, client) => { assert.match(await read(sandbox, client), answer); }));
  }

  for (const { name, what } of HEALTHY_VARIANTS) {
    it(`healthy, ${name}: ${what}`, () => withBroken([name], async (sandbox, client) => { assert.match(await read(sandbox, client), /^audit 200/); }));
  }

  it('have names of their own, one line each, and an answer for each name', () => {
    const names = [...MISCONFIGURATIONS, ...HEALTHY_VARIANTS].map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual([...MISCONFIGURATIONS, ...HEALTHY_VARIANTS].filter(({ name, what }) => !/^[a-z0-9-]+$/.test(name) || what.includes('\n') || what === ''), []);
    assert.deepEqual(Object.keys(ANSWERS).filter((name) => !names.includes(name)), []);
  });

  it('come in pairs, the earlier one showing first', () => withBroken(['permission-not-set', 'not-a-member', 'audience-wrong'], async (sandbox, client) => {
    assert.match(await read(sandbox, client), /AADSTS700212/);
  }));

  it('are refused by a name that is not theirs', async () => {
    await assert.rejects(startSandbox({ misconfigurations: ['no-such-thing'] }), /"no-such-thing" is no known misconfiguration/);
  });

  it('put a byte order mark before errors alone', () => withBroken(['bom-before-error'], async (sandbox, client) => {
    const begin = async (): Promise<string> => (await client.bytes(await client.token(sandbox.job), {})).bytes.toString('hex', 0, 3);
    assert.equal(await begin(), 'efbbbf');
    const { security, exporter } = sandbox.access;
    security.addMember(security.group('Audit Readers'), security.byObjectId(exporter.objectId)!);
    assert.notEqual(await begin(), 'efbbbf');
  }));

  it('let a grant spread by queries, and by the clock', async () => {
    await withBroken(['permission-just-granted'], async (sandbox, client) => {
      const statuses = [];
      for (let attempt = 0; attempt < 4; attempt += 1) statuses.push((await read(sandbox, client)).slice(0, 9));
      assert.deepEqual(statuses, ['audit 403', 'audit 403', 'audit 403', 'audit 200']);
    });
    let now = Date.parse('2026-11-20T12:00:00Z');
    await withBroken(['permission-just-granted-minutes'], async (sandbox, client) => {
      assert.match(await read(sandbox, client), /^audit 403/);
      now += 6 * 60_000;
      assert.match(await read(sandbox, client), /^audit 403/);
      now += 60_000;
      assert.match(await read(sandbox, client), /^audit 200/);
    }, () => now);
  });
});

async function withBroken(misconfigurations: readonly string[], body: (sandbox: Sandbox, client: SandboxClient) => Promise<void>, clock = Date.now): Promise<void> {
  await using sandbox = await startSandbox({ misconfigurations, recordAccess: false, entriesPerDay: 100, clock });
  await using client = new SandboxClient(sandbox);
  await body(sandbox, client);
}

/** Goes the way of the task, believing everything, and says where it ended. */
async function read(sandbox: Sandbox, client: SandboxClient): Promise<string> {
  const connection = stepConnection(sandbox.access);
  if (connection.scheme !== 'WorkloadIdentityFederation') return `scheme ${connection.scheme}`;
  const assertion = await askAssertion(sandbox.job, client, connection.id);
  if (assertion.status !== 200) return told('assertion', assertion);
  const exchanged = await client.exchange(connection, (JSON.parse(assertion.text) as { oidcToken: string }).oidcToken);
  if (exchanged.status !== 200) return told('entra', exchanged);
  const { access_token: token } = JSON.parse(exchanged.text.replace(/^\uFEFF/, '')) as { access_token: string };
  const organization = sandbox.access.stepInputs['organization'] ?? 'fabrikam';
  return told('audit', await client.send('GET', `https://auditservice.dev.azure.com/${organization}/_apis/audit/auditlog?api-version=7.1-preview.1&batchSize=1`, { authorization: `Bearer ${token}` }));
}

async function askAssertion(job: JobContext, client: SandboxClient, id: string): Promise<Answer> {
  const answer = await client.send('POST', `${job.variables['System.OidcRequestUri'] ?? ''}?api-version=7.1&serviceConnectionId=${id}`, { authorization: `Bearer ${job.jobToken}`, 'x-tfs-fedauthredirect': 'Suppress' });
  return { ...answer, text: answer.status === 200 ? answer.text.replace(/^\uFEFF/, '') : answer.text };
}

function told(where: string, { status, text }: Answer): string {
  return `${where} ${String(status)} ${text.replace(/\s+/g, ' ')}`;
}
