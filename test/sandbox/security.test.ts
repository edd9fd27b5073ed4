import assert from 'node:assert/strict';
import { groupIdentity, servicePrincipalIdentity, type Identity } from '../../sandbox/security/identity';
import { AUDIT_BITS, OrganizationSecurity } from '../../sandbox/security/organizationSecurity';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { SandboxClient, type Answer } from './client';

const TENANT = '11111111-1111-4111-8111-111111111111';
const NAMESPACE = 'a6cc6381-a1ca-4b36-b3c1-4e65211e82b6';
const DEV = 'https://dev.azure.com/fabrikam';

describe('the stand-in\'s permissions', () => {
  let security: OrganizationSecurity;
  let principal: Identity;
  let inner: Identity;
  let outer: Identity;

  beforeEach(() => {
    security = new OrganizationSecurity();
    principal = security.add(servicePrincipalIdentity(TENANT, '22222222-2222-4222-8222-222222222222', 'exporter'));
    inner = security.add(groupIdentity('fabrikam', TENANT, 'Inner', 1));
    outer = security.add(groupIdentity('fabrikam', TENANT, 'Outer', 2));
    security.addMember(inner, principal);
    security.addMember(outer, inner);
  });

  const isReader = (): boolean => security.isAllowed(principal, AUDIT_BITS.read);

  it('are not set until somebody sets them', () => {
    assert.equal(isReader(), false);
  });

  it('come directly, through a group, and through a group of a group', () => {
    for (const holder of [principal, inner, outer]) {
      security.setEntry(holder, { allow: AUDIT_BITS.read, deny: 0 }, true);
      assert.equal(isReader(), true, holder.displayName);
      security.resetBits(holder, AUDIT_BITS.read);
      assert.equal(isReader(), false, holder.displayName);
    }
  });

  it('are lost to one Deny, wherever it stands', () => {
    security.setEntry(principal, { allow: AUDIT_BITS.read, deny: 0 }, true);
    security.setEntry(outer, { allow: 0, deny: AUDIT_BITS.read }, true);
    assert.equal(isReader(), false);
    assert.ok(security.removeMember(outer, inner));
    assert.equal(isReader(), true);
  });

  it('are evaluated for all bits asked for', () => {
    security.setEntry(principal, { allow: AUDIT_BITS.read, deny: 0 }, true);
    assert.equal(security.isAllowed(principal, AUDIT_BITS.read | AUDIT_BITS.manageStreams), false);
  });

  it('are merged bit by bit, the newer word winning, or replaced', () => {
    security.setEntry(principal, { allow: 0, deny: AUDIT_BITS.read | AUDIT_BITS.deleteStreams }, true);
    security.setEntry(principal, { allow: AUDIT_BITS.read, deny: 0 }, true);
    assert.deepEqual(security.auditEntries.get(principal.descriptor), { allow: AUDIT_BITS.read, deny: AUDIT_BITS.deleteStreams });
    security.setEntry(principal, { allow: AUDIT_BITS.manageStreams, deny: 0 }, false);
    assert.deepEqual(security.auditEntries.get(principal.descriptor), { allow: AUDIT_BITS.manageStreams, deny: 0 });
  });

  it('hold groups that contain each other', () => {
    security.addMember(inner, outer);
    assert.deepEqual(security.groupsOf(principal).map(({ displayName }) => displayName), ['[fabrikam]\\Inner', '[fabrikam]\\Outer']);
  });

  it('leave only the direct membership by removing a member', () => {
    assert.equal(security.removeMember(outer, principal), false);
    assert.equal(security.belongsTo(principal, 'Outer'), true);
  });
});

describe('the stand-in\'s security APIs', () => {
  let sandbox: Sandbox;
  let client: SandboxClient;
  let authorization: string;

  beforeEach(async () => {
    sandbox = await startSandbox({ recordAccess: false });
    client = new SandboxClient(sandbox);
    authorization = `Bearer ${await client.token(sandbox.job)}`;
  });
  afterEach(async () => {
    await client[Symbol.asyncDispose]();
    await sandbox.close();
  });

  const get = async (url: string): Promise<{ status: number; json: unknown }> => parsed(await client.send('GET', url, { authorization }));
  const permission = (bits: number): Promise<{ status: number; json: unknown }> => get(`${DEV}/_apis/permissions/${NAMESPACE}/${String(bits)}?tokens=/AllPermissions&alwaysAllowAdministrators=false&api-version=7.1-preview.2`);

  it('evaluate the caller\'s own permissions', async () => {
    assert.deepEqual(await permission(1), { status: 200, json: { count: 1, value: [true] } });
    assert.deepEqual((await permission(4)).json, { count: 1, value: [false] });
    assert.deepEqual((await get(`${DEV}/_apis/permissions/${NAMESPACE}/1?tokens=AllPermissions`)).json, { count: 1, value: [false] });
    assert.equal((await get(`${DEV}/_apis/permissions/${NAMESPACE.replace('a6', 'a7')}/1?tokens=/AllPermissions`)).status, 404);
  });

  it('describe the caller alike in connectionData, identities and the access control list', async () => {
    const { authenticatedUser: user } = (await get(`${DEV}/_apis/connectionData`)).json as { authenticatedUser: { descriptor: string; subjectDescriptor: string; isActive: boolean } };
    assert.equal(user.descriptor, `Microsoft.VisualStudio.Services.Claims.AadServicePrincipal;${sandbox.access.tenantId}\\${sandbox.access.exporter.objectId}`);
    assert.match(user.subjectDescriptor, /^aadsp\./);
    const lists = (await get(`${DEV}/_apis/accesscontrollists/${NAMESPACE}?token=/AllPermissions&includeExtendedInfo=true`)).json as { value: { acesDictionary: Record<string, { allow: number }> }[] };
    assert.equal(lists.value[0]?.acesDictionary[user.descriptor]?.allow, 1);
    const identities = (await get(`https://vssps.dev.azure.com/fabrikam/_apis/identities?descriptors=${encodeURIComponent(user.descriptor)}&queryMembership=expanded`)).json as { value: { subjectDescriptor: string; memberOf: string[] }[] };
    assert.equal(identities.value[0]?.subjectDescriptor, user.subjectDescriptor);
    assert.deepEqual(identities.value[0].memberOf, [sandbox.access.security.group('Project Collection Valid Users').descriptor]);
  });

  it('show nothing that is not visible', async () => {
    Object.assign(sandbox.access.visible, { accessControl: false, identities: false, policies: false, permissions: false, streams: false });
    const urls = [`${DEV}/_apis/accesscontrollists/${NAMESPACE}`, 'https://vssps.dev.azure.com/fabrikam/_apis/identities?descriptors=x', `${DEV}/_settings/organizationPolicy?__rt=fps`, 'https://auditservice.dev.azure.com/fabrikam/_apis/audit/streams?api-version=7.1-preview.1'];
    assert.deepEqual(await Promise.all(urls.map(async (url) => (await get(url)).status)), [403, 403, 403, 403]);
    assert.equal((await permission(1)).status, 403);
  });

  it('let administrators grant and take away, and nobody else', async () => {
    const { security } = sandbox.access;
    const exporter = security.byObjectId(sandbox.access.exporter.objectId);
    assert.ok(exporter);
    const body = JSON.stringify({ token: '/AllPermissions', merge: true, accessControlEntries: [{ descriptor: exporter.descriptor, allow: 4, deny: 0 }] });
    const grant = (): Promise<Answer> => client.send('POST', `${DEV}/_apis/accesscontrolentries/${NAMESPACE}?api-version=7.1-preview.1`, { authorization, 'content-type': 'application/json' }, body);
    assert.equal((await grant()).status, 403);
    security.addMember(security.group('Project Collection Administrators'), exporter);
    assert.equal((await grant()).status, 200);
    assert.equal(security.auditEntries.get(exporter.descriptor)?.allow, 5);
  });
});

function parsed({ status, text }: Answer): { status: number; json: unknown } {
  return { status, json: JSON.parse(text) };
}
