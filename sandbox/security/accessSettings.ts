import type { Application, Tenant } from '../entra/applications';
import type { ServiceConnection } from '../jobContext';
import type { Directory, Project } from '../organization/directory';
import { identityOfConnection, type Cast, type FederatedIdentity } from '../pipelines/cast';
import type { Switches } from '../switches';
import { groupIdentity, servicePrincipalIdentity, userIdentity, type Identity } from './identity';
import { AUDIT_BITS, OrganizationSecurity } from './organizationSecurity';

/** A target to which Azure DevOps streams the audit log. */
export interface AuditStream {
  readonly id: number;
  readonly displayName: string;
  readonly consumerType: string;
  status: 'enabled' | 'disabledByUser' | 'disabledBySystem';
  statusReason: string;
}

/** What the job may do, and whether the service still knows it. */
export interface JobRights {
  /** `accepted`, or the status with which the job's own token is refused. */
  token: 'accepted' | 401 | 203 | 302;
  plan: 'running' | 'over' | 'unknown';
  mayReadRuns: boolean;
  mayRetainRuns: boolean;
}

/** A grant that the service has stored, but that not all of its parts know yet. It is over after so many refused queries, or after a time. */
export interface Spreading {
  /** Queries of the audit log that are still refused; counted down. */
  refusals: number;
  /** How long queries are refused from the first one on, ms. */
  readonly durationMs: number;
  /** The first refused query, ms since 1970. */
  since?: number;
  /** Whether the permissions API knows the grant already. */
  readonly isEvaluated: boolean;
}

/** Everything that administrators decide and that decides whether a job can read the audit log. May be changed while the stand-in runs. */
export interface AccessSettings {
  readonly organization: string;
  readonly organizationId: string;
  readonly tenantId: string;
  readonly project: Project;
  readonly switches: Switches;
  readonly tenants: readonly Tenant[];
  /** The application that is meant to export. */
  readonly exporter: Application;
  /** A person who is a user of the organization and may view the audit log. */
  readonly person: Identity;
  /** As the agent hands them to a step. Entries are replaced, not changed. */
  readonly connections: ServiceConnection[];
  /** Issuer and subject by id of the service connection. */
  readonly federated: Map<string, FederatedIdentity>;
  /** Service connections of which the service issues no assertion for this pipeline, by id. */
  readonly withheld: Map<string, 'notPermitted' | 'deleted'>;
  readonly security: OrganizationSecurity;
  /** Policy "Log Audit Events". */
  logAuditEvents: boolean;
  /** Where a Conditional Access or IP policy refuses the agent. */
  addressPolicy: 'none' | 'everywhere' | 'auditService';
  /** What the service principals may look at beside the audit log. */
  readonly visible: { accessControl: boolean; identities: boolean; policies: boolean; permissions: boolean; streams: boolean };
  readonly streams: AuditStream[];
  spreading: Spreading | undefined;
  readonly job: JobRights;
  /** Inputs of the step in the pipeline's YAML: the service connection, and the organization where one is named. */
  stepInputs: Record<string, string>;
}

export const EXPORTER_CONNECTIONS = { azureDevOps: 'audit-log', azureRM: 'audit-log-azurerm' } as const;

/** A healthy organization in which the exporter has "View audit log" of its own, and nothing else. */
export function healthyAccess(directory: Directory, project: Project, cast: Cast, switches: Switches): AccessSettings {
  const security = new OrganizationSecurity();
  for (const { applications } of cast.tenants) {
    for (const { tenantId, objectId, displayName } of applications) security.add(servicePrincipalIdentity(tenantId, objectId, displayName)).entitlement = cast.members.has(objectId) ? 'active' : 'none';
  }
  const person = addPerson(security, directory);
  addGroups(security, directory);
  for (const member of security.identities.filter(({ kind, entitlement }) => kind !== 'group' && entitlement === 'active')) security.addMember(security.group('Project Collection Valid Users'), member);
  for (const reader of cast.readers) allow(security, security.byObjectId(reader));
  allow(security, person);
  security.setEntry(security.group('Project Collection Administrators'), { allow: 15, deny: 0 }, true);
  security.setEntry(security.group('Audit Readers'), { allow: AUDIT_BITS.read, deny: 0 }, true);
  return {
    organization: directory.organization, organizationId: directory.organizationId, tenantId: directory.tenantId, project, switches,
    tenants: cast.tenants, exporter: cast.exporter, person, connections: cast.connections, federated: cast.identities, withheld: new Map(), security,
    logAuditEvents: true, addressPolicy: 'none', visible: { accessControl: true, identities: true, policies: true, permissions: true, streams: true },
    streams: [
      { id: 17, displayName: 'Sentinel', consumerType: 'AzureMonitorLogs', status: 'enabled', statusReason: '' },
      { id: 21, displayName: 'Splunk', consumerType: 'Splunk', status: 'enabled', statusReason: '' },
    ],
    spreading: undefined, job: { token: 'accepted', plan: 'running', mayReadRuns: true, mayRetainRuns: true },
    stepInputs: { azureDevOpsServiceConnection: EXPORTER_CONNECTIONS.azureDevOps },
  };
}

function addPerson(security: OrganizationSecurity, directory: Directory): Identity {
  const actor = directory.actors.find(({ kind }) => kind === 'user');
  if (!actor) throw new Error('The organization has no people.');
  const person = security.add(userIdentity(directory.tenantId, actor.userId, actor.upn ?? '', actor.displayName));
  person.entitlement = 'active';
  return person;
}

const GROUPS = ['Project Collection Administrators', 'Project Collection Valid Users', 'Project-Scoped Users', 'Audit Readers', 'Compliance', 'Contractors', 'External Partners'];

function addGroups(security: OrganizationSecurity, { organization, organizationId }: Directory): void {
  GROUPS.forEach((name, index) => security.add(groupIdentity(organization, organizationId, name, index + 1)));
  security.addMember(security.group('Audit Readers'), security.group('Compliance'));
  security.addMember(security.group('Contractors'), security.group('External Partners'));
}

function allow(security: OrganizationSecurity, identity: Identity | undefined): void {
  if (identity) security.setEntry(identity, { allow: AUDIT_BITS.read, deny: 0 }, true);
}

/** The exporter as the organization knows it. */
export function exporterIdentity({ security, exporter }: AccessSettings): Identity {
  const identity = security.byObjectId(exporter.objectId);
  if (!identity) throw new Error('The exporter is no identity of the organization.');
  return identity;
}

/** The service connection that the step names. */
export function stepConnection(access: AccessSettings): ServiceConnection {
  const { azureSubscription, azureDevOpsServiceConnection } = access.stepInputs;
  const found = access.connections.find(({ name }) => name === (azureSubscription ?? azureDevOpsServiceConnection));
  if (!found) throw new Error('The step names no service connection of the project.');
  return found;
}

/** Replaces what the agent hands over for a service connection. */
export function changeConnection(access: AccessSettings, id: string, changes: Partial<Pick<ServiceConnection, 'scheme' | 'parameters'>>): void {
  const index = access.connections.findIndex((connection) => connection.id === id);
  const connection = access.connections[index];
  if (connection) access.connections[index] = { ...connection, ...changes };
}

/** Lets a service connection sign in as an application that trusts it. */
export function connectTo(access: AccessSettings, id: string, application: Application): void {
  const connection = access.connections.find((candidate) => candidate.id === id);
  if (!connection) return;
  const isAzureDevOps = connection.type === 'workloadidentityuser';
  const before = access.federated.get(id);
  const identity = isAzureDevOps && before?.subject.startsWith('/eid1/') ? identityOfConnection(access.organizationId, id, application) : before;
  if (!identity) return;
  access.federated.set(id, identity);
  const { tenantid: _tenant, serviceprincipalid: _client, ...others } = connection.parameters;
  changeConnection(access, id, { parameters: { serviceprincipalid: application.clientId, tenantid: application.tenantId, ...others } });
  const isTrusted = application.federatedCredentials.some(({ issuer, subject }) => issuer === identity.issuer && subject === identity.subject);
  if (!isTrusted) application.federatedCredentials.push({ name: `for-${connection.name}`, ...identity, audience: 'api://AzureADTokenExchange' });
}
