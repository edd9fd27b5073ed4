import {randomBytes, randomUUID} from 'node:crypto';
import {createLocalJWKSet, decodeJwt, errors, jwtVerify, type JWTPayload} from 'jose';
import {jsonReply, textReply, type Reply, type ServiceRequest} from '../network/exchange';
import type {Application, Tenant} from './applications';
import type {SigningKey} from './signingKey';

/** Application id of Azure DevOps, the audience of its tokens. Source: Microsoft's page on service principals. */
export const AZURE_DEVOPS_ID = '499b84ac-1321-427f-aa17-267ca6975798';
/** Resource and audience of Key Vault in the public cloud. */
export const KEY_VAULT_AUDIENCE = 'https://vault.azure.net';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** What the token endpoint needs. */
export interface EntraOptions {
  readonly tenants: readonly Tenant[];
  /** Signs access tokens. */
  readonly key: SigningKey;
  /** Verifies the assertions of Azure Pipelines. */
  readonly pipelinesKey: SigningKey;
  /** Seconds; read at each request. */
  readonly tokenLifetime: () => number;
  readonly onToken: (token: string) => void;
}

/** An error that Entra answers with. */
class SignInError extends Error {
  constructor(readonly status: number, readonly error: string, readonly code: number, message: string) {
    super(`AADSTS${String(code)}: ${message}`);
  }
}

/** Sign-in of Entra: exchanges assertions for access tokens, and refuses what Entra refuses. */
export class TokenEndpoint {
  constructor(private readonly options: EntraOptions) {}

  async answer(request: ServiceRequest): Promise<Reply> {
    const match = /^\/([^/]+)\/oauth2\/v2\.0\/token$/i.exec(request.url.pathname);
    if (match === null) return textReply(404, 'text/html', '<html><body>404</body></html>');
    if (request.method !== 'POST') return textReply(405, 'text/html', '', {allow: 'POST'});
    try {
      return await this.exchange(match[1] ?? '', new URLSearchParams(request.body), request.now);
    } catch (error) {
      if (error instanceof SignInError) return errorReply(error, request);
      throw error;
    }
  }

  private async exchange(tenantName: string, form: URLSearchParams, now: number): Promise<Reply> {
    const tenant = this.options.tenants.find(({tenantId}) => tenantId === tenantName.toLowerCase());
    if (tenant === undefined) throw new SignInError(400, 'invalid_request', 90002, `Tenant '${tenantName}' not found.`);
    if (form.get('grant_type') !== 'client_credentials') throw new SignInError(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
    const clientId = form.get('client_id') ?? '';
    const application = tenant.applications.find((candidate) => candidate.clientId === clientId.toLowerCase());
    if (application === undefined) {
      throw new SignInError(400, 'unauthorized_client', 700016, `Application with identifier '${clientId}' was not found in the directory '${tenant.tenantId}'.`);
    }
    if (form.get('client_assertion_type') !== ASSERTION_TYPE) {
      throw new SignInError(401, 'invalid_client', 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
    }
    if (application.isOfOtherCloud) throw new SignInError(400, 'invalid_request', 900382, 'Confidential Client is not supported in Cross Cloud request.');
    await this.verifyAssertion(form.get('client_assertion') ?? '', application, tenant, now);
    if (application.isBlocked) throw new SignInError(400, 'invalid_grant', 53003, 'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.');
    return this.issue(application, audienceOf(form.get('scope') ?? '', tenant), now);
  }

  private async verifyAssertion(assertion: string, application: Application, tenant: Tenant, now: number): Promise<void> {
    const claims = await this.verifySignature(assertion, now);
    if (tenant.issuerPolicy) throw new SignInError(400, 'invalid_request', tenant.issuerPolicy, `The configured policy does not allow the issuer '${String(claims.iss)}' of the presented assertion.`);
    if (application.signInAudience === 'AzureADMultipleOrgs' && claims.iss?.startsWith('https://login.microsoftonline.com/')) {
      throw new SignInError(400, 'invalid_request', 70052, `The application '${application.clientId}' must be single-tenant for assertions of this issuer.`);
    }
    matchCredential(application, claims);
  }

  private async verifySignature(assertion: string, now: number): Promise<JWTPayload> {
    try {
      const keys = createLocalJWKSet(this.options.pipelinesKey.keySet);
      const {payload} = await jwtVerify(assertion, keys, {algorithms: ['RS256'], currentDate: new Date(now), requiredClaims: ['iss', 'sub', 'aud', 'exp']});
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired || (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf')) {
        throw new SignInError(401, 'invalid_client', 700024, `Client assertion is not within its valid time range. Current time: ${new Date(now).toISOString()}, ${validity(assertion)}.`);
      }
      if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
        throw new SignInError(401, 'invalid_client', 700027, 'The certificate with identifier used to sign the client assertion is not registered on application.');
      }
      throw new SignInError(400, 'invalid_request', 50027, 'JWT token is invalid or malformed.');
    }
  }

  private async issue(application: Application, audience: string, now: number): Promise<Reply> {
    const {tenantId, clientId, objectId} = application;
    const seconds = Math.floor(now / 1000);
    const lifetime = this.options.tokenLifetime();
    const issuer = `https://sts.windows.net/${tenantId}/`;
    const token = await this.options.key.sign({
      aud: audience, iss: issuer, iat: seconds, nbf: seconds, exp: seconds + lifetime, aio: randomBytes(24).toString('base64'), appid: clientId,
      appidacr: '2', idp: issuer, oid: objectId, rh: `1.${randomBytes(18).toString('base64url')}.`, sub: objectId, tid: tenantId,
      uti: randomBytes(16).toString('base64url'), ver: '1.0', ...application.tokenChanges, ...(audience === AZURE_DEVOPS_ID ? {} : {aud: audience}),
    });
    this.options.onToken(token);
    return jsonReply(200, {token_type: 'Bearer', expires_in: lifetime, ext_expires_in: lifetime, access_token: token}, {'cache-control': 'no-store, no-cache'});
  }
}

/** Finds the federated credential for an assertion, or says which part of it matches none. */
function matchCredential(application: Application, claims: JWTPayload): void {
  const {clientId, displayName, federatedCredentials: credentials} = application;
  if (credentials.length === 0) {
    throw new SignInError(401, 'invalid_client', 70025, `The client '${clientId}'(${displayName}) has no configured federated identity credentials.`);
  }
  const noMatch = (code: number, part: string, value: string): SignInError => noRecord(application.hasOldCodes ? 70021 : code, part, value);
  const sameIssuer = credentials.filter(({issuer}) => issuer === claims.iss);
  if (sameIssuer.length === 0) throw noMatch(700211, 'issuer', String(claims.iss));
  const sameSubject = sameIssuer.filter(({subject}) => subject === claims.sub);
  if (sameSubject.length === 0) {
    const differsInCase = sameIssuer.some(({subject}) => subject.toLowerCase() === claims.sub?.toLowerCase());
    throw noMatch(application.matchesByExpression ? 7002137 : differsInCase ? 7002138 : 700213, 'subject', String(claims.sub));
  }
  if (!sameSubject.some(({audience}) => audience === claims.aud)) throw noMatch(700212, 'audience', String(claims.aud));
}

function audienceOf(scope: string, tenant: Tenant): string {
  const resource = /^(.+)\/\.default$/.exec(scope)?.[1];
  if (resource === undefined) throw new SignInError(400, 'invalid_scope', 1002012, `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.`);
  if (resource === KEY_VAULT_AUDIENCE) return resource;
  if (resource !== AZURE_DEVOPS_ID || !tenant.knowsAzureDevOps) {
    throw new SignInError(400, 'invalid_resource', 500011, `The resource principal named ${resource} was not found in the tenant named ${tenant.tenantId}.`);
  }
  return resource;
}

function noRecord(code: number, part: string, value: string): SignInError {
  return new SignInError(401, 'invalid_client', code, `No matching federated identity record found for presented assertion ${part} '${value}'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion.`);
}

function validity(assertion: string): string {
  const {nbf, exp} = decodeJwt(assertion);
  const time = (seconds: number | undefined): string => (seconds === undefined ? 'unknown' : new Date(seconds * 1000).toISOString());
  return `assertion valid from ${time(nbf)}, expiry time of assertion ${time(exp)}`;
}

function errorReply(error: SignInError, request: ServiceRequest): Reply {
  const trace = randomUUID();
  const correlation = request.headers['client-request-id'] ?? randomUUID();
  const timestamp = `${new Date(request.now).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return jsonReply(error.status, {
    error: error.error,
    error_description: `${error.message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [error.code], timestamp, trace_id: trace, correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${String(error.code)}`,
  });
}
