import {createLocalJWKSet, errors, jwtVerify, type JWTPayload} from 'jose';
import type {SigningKey} from '../entra/signingKey';
import {KEY_VAULT_AUDIENCE} from '../entra/tokenEndpoint';
import {jsonReply, type Reply, type ServiceRequest} from '../network/exchange';

/** Who asks the vault, by the claims of the token. */
export interface VaultCaller {
  readonly objectId: string;
  readonly clientId: string;
  readonly issuer: string;
}

/** Checks the tokens that arrive at a vault, with signature, audience, tenant and expiry. */
export class VaultGate {
  private readonly keys: ReturnType<typeof createLocalJWKSet>;

  constructor(entraKey: SigningKey, private readonly tenantId: string) {
    this.keys = createLocalJWKSet(entraKey.keySet);
  }

  /** Resolves to the caller, or to the answer that turns it away. */
  async admit(request: ServiceRequest): Promise<VaultCaller | Reply> {
    const token = /^Bearer (.+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
    if (token === undefined) return this.challenge('AKV10000: Request is missing a Bearer or PoP token.');
    let claims: JWTPayload;
    try {
      ({payload: claims} = await jwtVerify(token, this.keys, {algorithms: ['RS256'], currentDate: new Date(request.now)}));
    } catch (error) {
      return this.challenge(error instanceof errors.JWTExpired ? 'Error validating token: IDX10223: Lifetime validation failed. The token is expired.' : 'Error validating token: IDX10511: Signature validation failed.');
    }
    if (claims.aud !== KEY_VAULT_AUDIENCE) return this.challenge(`AKV10022: Invalid audience. Expected ${KEY_VAULT_AUDIENCE}, found: ${String(claims.aud)}.`);
    if (claims['tid'] !== this.tenantId) return this.challenge(`AKV10032: Invalid issuer. Expected one of https://sts.windows.net/${this.tenantId}/, found ${String(claims.iss)}.`);
    return {objectId: String(claims['oid']), clientId: String(claims['appid']), issuer: String(claims.iss)};
  }

  private challenge(message: string): Reply {
    return vaultError(401, 'Unauthorized', message, {'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/${this.tenantId}", resource="${KEY_VAULT_AUDIENCE}"`});
  }
}

/** An error in the envelope of Key Vault. */
export function vaultError(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}, innerCode?: string): Reply {
  return jsonReply(status, {error: {code, message, ...(innerCode === undefined ? {} : {innererror: {code: innerCode}})}}, headers);
}
