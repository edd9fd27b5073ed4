import { exporterIdentity, type AccessSettings } from '../security/accessSettings';
import type { Identity } from '../security/identity';
import { ALL_AUDIT_BITS, AUDIT_LOG_NAMESPACE } from '../security/organizationSecurity';
import { jsonOption, type AzOptions } from './azArguments';
import { RemedyError } from './remedyError';

const AZURE_DEVOPS_ID = '499b84ac-1321-427f-aa17-267ca6975798';
/** Basic, Basic + Test Plans, Stakeholder, and Visual Studio subscriptions, as the REST API calls them. */
const LICENCES: ReadonlySet<string> = new Set(['express', 'advanced', 'stakeholder', 'professional', 'earlyAdopter']);

/** `az devops security permission update`. */
export function updatePermission(access: AccessSettings, options: AzOptions): void {
  const subject = takePermissionTarget(access, options);
  const allow = takeBits(options, '--allow-bit');
  const deny = takeBits(options, '--deny-bit');
  const merge = options.takeOptional('--merge') ?? 'false';
  options.finish();
  if (allow === 0 && deny === 0) throw new RemedyError('Either --allow-bit or --deny-bit parameter should be provided.');
  if (merge !== 'true' && merge !== 'false') throw new RemedyError(`argument --merge: invalid choice: '${merge}' (choose from 'true', 'false')`);
  access.security.setEntry(subject, { allow, deny }, merge === 'true');
}

/** `az devops security permission reset`: back to "Not set". */
export function resetPermission(access: AccessSettings, options: AzOptions): void {
  const subject = takePermissionTarget(access, options);
  const bits = takeBits(options, '--permission-bit');
  options.finish();
  if (bits === 0) throw new RemedyError('the following arguments are required: --permission-bit');
  access.security.resetBits(subject, bits);
}

/** `az devops security group membership remove`; without `--yes` it asks, and a command of advice must not. */
export function removeMembership(access: AccessSettings, options: AzOptions): void {
  checkOrganization(access, options);
  const group = findSubject(access, options.take('--group-id'));
  const member = findSubject(access, options.take('--member-id'));
  if (options.takeOptional('--yes') === undefined) throw new RemedyError('Unable to prompt for confirmation as no tty available. Use --yes.');
  options.finish();
  if (group.kind !== 'group' || !access.security.removeMember(group, member)) throw new RemedyError('The membership does not exist.');
}

/** `az rest` with an entitlement for a service principal: adds it to the organization, or sets its access level again. */
export function postEntitlement(access: AccessSettings, options: AzOptions): void {
  expect(options.take('--method', '-m').toLowerCase(), 'post', '--method');
  expect(options.take('--resource').toLowerCase(), AZURE_DEVOPS_ID, '--resource');
  const address = options.take('--url', '--uri', '-u');
  if (!URL.canParse(address)) throw new RemedyError(`argument --url: "${address}" is no address.`);
  const url = new URL(address);
  expect(url.protocol + url.host, 'https:vsaex.dev.azure.com', '--url');
  expect(url.pathname.toLowerCase(), `/${access.organization}/_apis/serviceprincipalentitlements`, '--url');
  if (!/^7\.\d-preview(\.\d)?$/.test(url.searchParams.get('api-version') ?? '')) throw new RemedyError('The requested version is out of range, or the -preview flag is missing.');
  const headers = options.takeOptional('--headers');
  if (headers !== undefined) expect(headers.toLowerCase(), 'content-type=application/json', '--headers');
  const body = jsonOption(options.take('--body', '-b'));
  options.finish();
  entitle(access, body);
}

interface EntitlementBody {
  readonly accessLevel?: { readonly accountLicenseType?: unknown };
  readonly servicePrincipal?: { readonly origin?: unknown; readonly originId?: unknown; readonly subjectKind?: unknown };
}

function entitle(access: AccessSettings, { accessLevel, servicePrincipal }: EntitlementBody): void {
  if (typeof accessLevel?.accountLicenseType !== 'string' || !LICENCES.has(accessLevel.accountLicenseType)) throw new RemedyError('The access level is not known.');
  const { origin, originId, subjectKind } = servicePrincipal ?? {};
  const objectId = typeof originId === 'string' ? originId : '';
  const identity = access.security.byObjectId(objectId);
  if (origin !== 'aad' || subjectKind !== 'servicePrincipal' || identity?.kind !== 'servicePrincipal' || !isOfOwnTenant(access, identity)) {
    throw new RemedyError(`Failed to create service principal with object ID '${objectId}'.`);
  }
  identity.entitlement = 'active';
}

function isOfOwnTenant(access: AccessSettings, { descriptor }: Identity): boolean {
  const prefix = exporterIdentity(access).descriptor.split('\\')[0] ?? '';
  return descriptor.startsWith(`${prefix}\\`);
}

function takePermissionTarget(access: AccessSettings, options: AzOptions): Identity {
  checkOrganization(access, options);
  const namespace = options.take('--id', '--namespace-id');
  if (namespace.toLowerCase() !== AUDIT_LOG_NAMESPACE.id) throw new RemedyError(`The security namespace '${namespace}' does not exist.`);
  const token = options.take('--token');
  // Azure DevOps takes any text here and keeps an entry that nothing ever looks at; the stand-in refuses, so that it is noticed.
  if (token.toLowerCase() !== AUDIT_LOG_NAMESPACE.token.toLowerCase()) throw new RemedyError(`The namespace AuditLog has no token "${token}".`);
  return findSubject(access, options.take('--subject'));
}

/** Subject descriptors, as Graph knows them. */
function findSubject(access: AccessSettings, subject: string): Identity {
  const found = access.security.bySubjectDescriptor(subject);
  if (!found) throw new RemedyError(`VS860016: Could not find subject with descriptor '${subject}'.`);
  return found;
}

function checkOrganization(access: AccessSettings, options: AzOptions): void {
  const given = options.take('--org', '--organization').replace(/\/$/, '').toLowerCase();
  if (given !== `https://dev.azure.com/${access.organization}`.toLowerCase()) throw new RemedyError(`The organization ${given} is not found, or is not yours.`);
}

function takeBits(options: AzOptions, name: string): number {
  const text = options.takeOptional(name) ?? '0';
  const bits = Number(text);
  if (!/^\d+$/.test(text) || (bits & ~ALL_AUDIT_BITS) !== 0) throw new RemedyError(`argument ${name}: the namespace AuditLog has no bits ${text}.`);
  return bits;
}

function expect(value: string, expected: string, option: string): void {
  if (value !== expected.toLowerCase()) throw new RemedyError(`argument ${option}: "${value}" is not ${expected}.`);
}
