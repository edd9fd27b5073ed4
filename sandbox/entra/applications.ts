/** Trust of an app registration in somebody else's tokens. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

/** An app registration with its service principal. */
export interface Application {
  readonly displayName: string;
  readonly clientId: string;
  /** Object id of the service principal: claim `oid` of its tokens. */
  readonly objectId: string;
  readonly tenantId: string;
  readonly federatedCredentials: readonly FederatedCredential[];
}

/** A tenant of Entra. */
export interface Tenant {
  readonly tenantId: string;
  readonly applications: readonly Application[];
  /** Whether the tenant knows Azure DevOps (resource 499b84ac-1321-427f-aa17-267ca6975798). */
  readonly knowsAzureDevOps: boolean;
}
