import {createLocalJWKSet, errors, jwtVerify, type JWTPayload} from 'jose';
import {refusal, signInPage, signInRedirect, suppressesRedirect, unauthenticated} from '../network/signIn';
import {jsonReply, type Reply, type ServiceRequest} from '../network/exchange';
import type {AccessSettings} from '../security/accessSettings';
import {policyRefusal, userRefusal} from '../security/auditAccess';
import type {Switches} from '../switches';
import type {SigningKey} from './signingKey';
import {AZURE_DEVOPS_ID} from './tokenEndpoint';

/** A service principal, or a person for whom an application asks. */
export interface PrincipalCaller {
  readonly kind: 'principal';
  readonly objectId: string;
  readonly clientId: string;
  /** Of a delegated token; undefined for an application itself. */
  readonly scopes: string | undefined;
}

/** Who a request comes from, or why it is turned away. */
export type Caller =
  | {readonly kind: 'job'}
  | PrincipalCaller
  | {readonly kind: 'refused'; readonly reply: Reply};

/** What the gate of an organization knows. */
export interface GateOptions {
  readonly organization: string;
  readonly tenantId: string;
  readonly entraKey: SigningKey;
  readonly jobToken: string;
  readonly access: AccessSettings;
  readonly switches: Readonly<Switches>;
}

/** The same as {@link AZURE_DEVOPS_ID} where a token names a resource URI. */
const AZURE_DEVOPS_URI = /^https:\/\/app\.vssps\.visualstudio\.com\/?$/;

/** Stands where requests get no further without a good token of a member. */
const NOBODY = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';

/** Checks the tokens that arrive at the services of one organization, with signature, audience, tenant, expiry and membership. */
export class Gate {
  private readonly keys: ReturnType<typeof createLocalJWKSet>;

  constructor(private readonly options: GateOptions) {
    this.keys = createLocalJWKSet(options.entraKey.keySet);
  }

  /** Finds out who asks. Never throws: whoever is not let in gets `refused` with the answer. */
  async admit(request: ServiceRequest): Promise<Caller> {
    const authorization = request.headers['authorization'];
    if (authorization === undefined) return this.unauthenticated(request, 'TF400813: Resource not available for anonymous access. Client authentication required.');
    const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) return this.refused(`TF400813: The user '${NOBODY}' is not authorized to access this resource.`);
    if (token === this.options.jobToken) return this.admitJob(request);
    return this.admitPrincipal(request, token);
  }

  /** The headers with which Azure DevOps says how to sign in, and to which tenant the organization belongs. */
  challenge(): Record<string, string> {
    const {entraBacked} = this.options.switches;
    const bearer = entraBacked ? `Bearer authorization_uri=https://login.microsoftonline.com/${this.options.tenantId}, ` : '';
    return {
      'www-authenticate': `${bearer}Basic realm="https://tfsprodweu1.visualstudio.com/", TFS-Federated`,
      'x-vss-resourcetenant': entraBacked ? this.options.tenantId : '00000000-0000-0000-0000-000000000000',
    };
  }

  private admitJob(request: ServiceRequest): Caller {
    switch (this.options.access.job.token) {
      case 'accepted': return {kind: 'job'};
      case 203: return {kind: 'refused', reply: signInPage()};
      case 302: return {kind: 'refused', reply: signInRedirect(request)};
      case 401: return this.unauthenticated(request, "TF400813: The user '' is not authorized to access this resource.");
    }
  }

  private async admitPrincipal(request: ServiceRequest, token: string): Promise<Caller> {
    const {switches} = this.options;
    let claims: JWTPayload;
    try {
      ({payload: claims} = await jwtVerify(token, this.keys, {algorithms: ['RS256'], currentDate: new Date(request.now)}));
    } catch (error) {
      if (error instanceof errors.JWTExpired) return this.unauthenticated(request, "TF400813: The user '' is not authorized to access this resource.");
      return this.refused(`TF400813: The user '${NOBODY}' is not authorized to access this resource.`);
    }
    if (!isForAzureDevOps(claims.aud)) return this.refused(`TF400813: The user '${NOBODY}' is not authorized to access this resource.`);
    if (claims['tid'] !== this.options.tenantId || !switches.entraBacked) return this.foreign();
    if (switches.refuseSuppressed && suppressesRedirect(request)) return this.refused(`TF400813: The user '${NOBODY}' is not authorized to access this resource.`);
    const scopes = typeof claims['scp'] === 'string' ? claims['scp'] : undefined;
    return this.admitMember({kind: 'principal', objectId: String(claims['oid']), clientId: String(claims['appid']), scopes});
  }

  private admitMember(caller: PrincipalCaller): Caller {
    const {tenantId, switches, access} = this.options;
    const {objectId} = caller;
    if (access.addressPolicy === 'everywhere') return {kind: 'refused', reply: policyRefusal()};
    const identity = access.security.byObjectId(objectId);
    if (identity?.entitlement === 'projectOnly') return {kind: 'refused', reply: userRefusal(identity.id)};
    if (identity && identity.entitlement !== 'none' && switches.member) return caller;
    const message = `TF401444: Please sign-in at least once as ${tenantId}\\${tenantId}\\${objectId} in a web browser to enable access to the service.`;
    return {kind: 'refused', reply: refusal(switches.notMemberStatus, message, 'AadUserStateException', this.challenge())};
  }

  private foreign(): Caller {
    if (this.options.switches.foreignTenant === 401) return this.refused(`TF400813: The user '${NOBODY}' is not authorized to access this resource.`);
    const message = "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'DBCPU' in namespace ''.";
    const headers = {'retry-after': '619', 'x-ratelimit-remaining': '0', 'x-ratelimit-limit': '4000', ...this.challenge()};
    return {kind: 'refused', reply: jsonReply(429, {$id: '1', message, typeKey: 'RequestBlockedException', errorCode: 0, eventId: 3000}, headers)};
  }

  private unauthenticated(request: ServiceRequest, message: string): Caller {
    return {kind: 'refused', reply: unauthenticated(request, message, this.challenge(), this.options.switches.signIn)};
  }

  private refused(message: string): Caller {
    return {kind: 'refused', reply: refusal(401, message, 'UnauthorizedRequestException', this.challenge())};
  }
}

function isForAzureDevOps(audience: JWTPayload['aud']): boolean {
  return typeof audience === 'string' && (audience === AZURE_DEVOPS_ID || AZURE_DEVOPS_URI.test(audience));
}
