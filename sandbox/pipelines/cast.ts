import {randomUUID} from 'node:crypto';
import type {Application, Tenant} from '../entra/applications';
import type {ServiceConnection} from '../jobContext';
import type {Directory} from '../organization/directory';
import {SeededRandom} from '../organization/random';

/** What a service connection's assertion says. */
export interface FederatedIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/** The service connections of the project, and the applications behind them. */
export interface Cast {
  readonly connections: ServiceConnection[];
  /** Issuer and subject by id of the service connection. */
  readonly identities: Map<string, FederatedIdentity>;
  readonly tenants: readonly Tenant[];
  /** Object ids of the service principals that were added to the organization. */
  readonly members: ReadonlySet<string>;
  /** Object ids of those that may view the audit log. */
  readonly readers: ReadonlySet<string>;
  /** The principal behind the connection `audit-log`. */
  readonly exporter: Application;
}

const AUDIENCE = 'api://AzureADTokenExchange';

/**
 * Sets the stage. The connections `audit-log` (Azure DevOps) and `audit-log-azurerm` work; every other one is wrong in the way
 * its name says.
 */
export function buildCast(directory: Directory, projectName: string, seed: number): Cast {
  const stage = new Stage(directory, projectName, new SeededRandom(seed, 2));
  const exporter = stage.application('audit-export');
  stage.connect('audit-log', exporter, {trusted: true});
  stage.connect('audit-log-azurerm', exporter, {trusted: true, kind: 'azurerm'});
  const noPermission = stage.application('no-permission');
  stage.connect('no-permission', noPermission, {trusted: true});
  const stranger = stage.application('not-a-member');
  stage.connect('not-a-member', stranger, {trusted: true});
  stage.connect('no-federated-credential', stage.application('no-federated-credential'), {trusted: false});
  stage.connect('renamed', stage.application('renamed'), {trusted: true, oldStyle: true, trustedSubject: `sc://${directory.organization}/${projectName}/old-name`});
  stage.connect('subject-case', stage.application('subject-case'), {trusted: true, oldStyle: true, trustedSubject: `sc://${directory.organization.toUpperCase()}/${projectName}/subject-case`});
  stage.connect('other-issuer', stage.application('other-issuer'), {trusted: true, trustedIssuer: `https://vstoken.dev.azure.com/${randomUUID()}`});
  stage.connect('other-tenant', stage.application('other-tenant', stage.foreignTenantId), {trusted: true});
  stage.connect('unknown-tenant', {...exporter, tenantId: stage.random.guid()}, {trusted: false});
  stage.connect('unknown-application', {...exporter, clientId: stage.random.guid()}, {trusted: false});
  stage.connectSecrets(exporter);
  return {
    connections: stage.connections, identities: stage.identities, exporter,
    tenants: [{tenantId: directory.tenantId, applications: stage.applicationsOf(directory.tenantId), knowsAzureDevOps: true},
      {tenantId: stage.foreignTenantId, applications: stage.applicationsOf(stage.foreignTenantId), knowsAzureDevOps: true}],
    members: new Set([exporter.objectId, noPermission.objectId]),
    readers: new Set([exporter.objectId]),
  };
}

interface ConnectOptions {
  /** Whether the application trusts the connection. */
  readonly trusted: boolean;
  readonly kind?: 'azurerm';
  /** Issuer and subject as Azure Pipelines made them before Entra issued them. */
  readonly oldStyle?: boolean;
  readonly trustedSubject?: string;
  readonly trustedIssuer?: string;
}

class Stage {
  readonly connections: ServiceConnection[] = [];
  readonly identities = new Map<string, FederatedIdentity>();
  readonly foreignTenantId: string;
  private readonly applications: Application[] = [];

  constructor(private readonly directory: Directory, private readonly projectName: string, readonly random: SeededRandom) {
    this.foreignTenantId = random.guid();
  }

  application(displayName: string, tenantId = this.directory.tenantId): Application {
    const application: Application = {displayName, clientId: this.random.guid(), objectId: this.random.guid(), tenantId, federatedCredentials: []};
    this.applications.push(application);
    return application;
  }

  applicationsOf(tenantId: string): readonly Application[] {
    return this.applications.filter((application) => application.tenantId === tenantId);
  }

  connect(name: string, application: Application, options: ConnectOptions): void {
    const id = this.random.guid();
    const identity = options.oldStyle === true || options.kind === 'azurerm' ? this.oldIdentity(name) : identityOfConnection(this.directory.organizationId, id, application);
    this.identities.set(id, identity);
    const registered = this.applications.find(({objectId}) => objectId === application.objectId);
    if (options.trusted) {
      registered?.federatedCredentials.push({name: `for-${name}`, issuer: options.trustedIssuer ?? identity.issuer, subject: options.trustedSubject ?? identity.subject, audience: AUDIENCE});
    }
    const parameters = {serviceprincipalid: application.clientId, tenantid: application.tenantId};
    const federation = {workloadIdentityFederationIssuer: identity.issuer, workloadIdentityFederationSubject: identity.subject};
    this.connections.push(options.kind === 'azurerm' ? this.azureResourceManager(name, id, 'WorkloadIdentityFederation', {...parameters, ...federation}) : {
      name, id, type: 'workloadidentityuser', url: `https://dev.azure.com/${this.directory.organization}/`, scheme: 'WorkloadIdentityFederation', parameters,
      data: {organizationUrl: `https://dev.azure.com/${this.directory.organization}/`},
    });
  }

  /** Connections that hold a secret, or use one of the machine. */
  connectSecrets({clientId, tenantId}: Application): void {
    const principal = {serviceprincipalid: clientId, tenantid: tenantId};
    const add = (name: string, scheme: string, parameters: Record<string, string>): void => {
      this.connections.push(this.azureResourceManager(name, this.random.guid(), scheme, parameters));
    };
    add('azurerm-secret', 'ServicePrincipal', {...principal, authenticationType: 'spnKey', serviceprincipalkey: 'a-secret-of-this-connection'});
    add('azurerm-certificate', 'ServicePrincipal', {...principal, authenticationType: 'spnCertificate', servicePrincipalCertificate: '-----BEGIN CERTIFICATE-----'});
    add('azurerm-managed-identity', 'ManagedServiceIdentity', {tenantid: tenantId});
    add('azurerm-publish-profile', 'PublishProfile', {tenantid: tenantId, publishProfile: '<publishData/>'});
    this.connections.push({name: 'generic', id: this.random.guid(), type: 'generic', url: 'https://fabrikam.example/', scheme: 'UsernamePassword', parameters: {username: 'someone', password: 'a-password'}, data: {}});
  }

  private azureResourceManager(name: string, id: string, scheme: string, parameters: Record<string, string>): ServiceConnection {
    const data = {
      environment: 'AzureCloud', scopeLevel: 'Subscription', subscriptionId: '00000000-0000-0000-0000-000000000000', subscriptionName: 'none',
      creationMode: 'Manual', activeDirectoryAuthority: 'https://login.microsoftonline.com/', environmentAuthorityUrl: 'https://login.windows.net/',
    };
    return {name, id, type: 'azurerm', url: 'https://management.azure.com/', scheme, parameters, data};
  }

  private oldIdentity(name: string): FederatedIdentity {
    const {organization, organizationId} = this.directory;
    return {issuer: `https://vstoken.dev.azure.com/${organizationId}`, subject: `sc://${organization}/${this.projectName}/${name}`};
  }
}

/** Issuer and subject of a new service connection. */
export function identityOfConnection(organizationId: string, connectionId: string, {tenantId, clientId}: Application): FederatedIdentity {
  const short = (guid: string): string => Buffer.from(guid.replaceAll('-', ''), 'hex').toString('base64url');
  const subject = `/eid1/c/pub/t/${short(tenantId)}/a/${short(clientId)}/sc/${organizationId}/${connectionId}`;
  return {issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`, subject};
}
