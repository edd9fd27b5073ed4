import type {JWTPayload} from 'jose';

/** Trust of an app registration in somebody else's tokens. */
export interface FederatedCredential {
  /** Unique in its application. */
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

/** An app registration with its service principal. What can be changed are settings that administrators have. */
export interface Application {
  readonly displayName: string;
  readonly clientId: string;
  /** Object id of the service principal: claim `oid` of its tokens. */
  readonly objectId: string;
  readonly tenantId: string;
  federatedCredentials: FederatedCredential[];
  /** Supported account types; left out: single-tenant. */
  signInAudience?: 'AzureADMyOrg' | 'AzureADMultipleOrgs';
  /** A Conditional Access policy for workload identities blocks its sign-in. */
  isBlocked?: boolean;
  /** It lives in another cloud than the issuer of the assertions. */
  isOfOtherCloud?: boolean;
  /** Whatever does not match gets the one code that Entra used before it told the parts apart. */
  hasOldCodes?: boolean;
  /** The subjects are matched by an expression, for which Entra has a code of its own. */
  matchesByExpression?: boolean;
  /** Claims that differ from those of an app-only token. */
  tokenChanges?: JWTPayload;
}

/** A tenant of Entra. */
export interface Tenant {
  readonly tenantId: string;
  readonly applications: readonly Application[];
  /** Whether the tenant knows Azure DevOps (resource 499b84ac-1321-427f-aa17-267ca6975798). */
  knowsAzureDevOps: boolean;
  /** A policy forbids federation with issuers that it does not list; the code with which it says so. */
  issuerPolicy?: 700223 | 700238 | undefined;
}
