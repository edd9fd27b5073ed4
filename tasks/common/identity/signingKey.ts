import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { CryptographyClientOptions, JsonWebKey, KeyVaultKey } from '@azure/keyvault-keys';
import { keyVaultCredential } from '../http/credential';
import type { Http } from '../http/http';
import type { AccessTokens } from './accessToken';
import { AzureTransport } from './azureTransport';
import { derSignature } from './derSignature';
import { readKeyAddress, type KeyAddress } from './keyAddress';
import { signingKeyFailure, unusableKey } from './signingKeyFailure';

/** `RS256`: RSASSA-PKCS1-v1_5 with SHA-256; `ES256`: ECDSA on P-256 with SHA-256 (RFC 7518 §3). */
export type SigningAlgorithm = 'RS256' | 'ES256';

/** A key that signs but never leaves its vault. */
export interface SigningKey {
  /** Address of the key with the version that signs. */
  readonly keyId: string;
  readonly algorithm: SigningAlgorithm;
  /** SubjectPublicKeyInfo as PEM. */
  readonly publicKeyPem: string;
  /** SHA-256 of the SubjectPublicKeyInfo's DER, lower-case hexadecimal. */
  readonly publicKeySha256: string;
  /**
   * Signs a content by its SHA-256 (32 bytes); the signature is one that `openssl dgst -sha256 -verify` takes.
   * @throws TaskError SIGNING_KEY_REFUSED, SIGNING_KEY_NOT_FOUND, SIGNING_KEY_UNUSABLE, SERVICE_FAILING, and what {@link Http.send} throws
   */
  sign(sha256: Buffer): Promise<Buffer>;
}

export interface SigningKeyParts {
  readonly http: Http;
  /** Of the scope KEY_VAULT_SCOPE. */
  readonly tokens: AccessTokens;
  readonly address: KeyAddress;
  readonly signal: AbortSignal;
}

/**
 * Reads the key's public half and finds out how it signs.
 * @throws TaskError as {@link SigningKey.sign}, and what signing in throws
 */
export async function openSigningKey(parts: SigningKeyParts): Promise<SigningKey> {
  // Loaded only here: a run that signs nothing does not pay for it.
  const { CryptographyClient, KeyClient } = await import('./keyVaultLibrary');
  const { address } = parts;
  const vault = connect(parts);
  const key = await vault.ask(() => new KeyClient(`https://${address.host}`, vault.credential, vault.options()).getKey(address.name, address.version ? { version: address.version } : {}));
  const keyId = idOf(key, address);
  const publicKey = publicKeyOf(key, address);
  const algorithm = publicKey.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
  const signer = new CryptographyClient(key, vault.credential, vault.options());
  return {
    keyId,
    algorithm,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    publicKeySha256: createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('hex'),
    sign: async (sha256) => {
      const { result } = await vault.ask(() => signer.sign(algorithm, sha256));
      return signatureOf(Buffer.from(result), publicKey, address);
    },
  };
}

interface Vault {
  readonly credential: { getToken(): Promise<{ token: string; expiresOnTimestamp: number }> };
  options(): CryptographyClientOptions;
  /** The library's answer, or the sentence for its failure. */
  ask<T>(call: () => Promise<T>): Promise<T>;
}

function connect({ http, tokens, address, signal }: SigningKeyParts): Vault {
  const transport = new AzureTransport(http, (token) => keyVaultCredential(token, address.host), signal);
  let token: string | undefined;
  return {
    // Which token is good is ours to know: the scope and tenant that the vault's challenge asks for are not heeded.
    credential: { getToken: async () => ({ token: (token = await tokens.get(signal)), expiresOnTimestamp: 0 }) },
    // A new object each time, because the library changes it.
    options: () => ({ httpClient: transport, retryOptions: { maxRetries: 0 }, redirectOptions: { maxRetries: 0 } }),
    async ask(call) {
      try {
        return await call();
      } catch (thrown) {
        signal.throwIfAborted();
        throw signingKeyFailure(thrown, { address, transport, token });
      }
    },
  };
}

function idOf(key: KeyVaultKey, asked: KeyAddress): string {
  const found = readKeyAddress(key.id ?? '');
  const isAsked = found?.host === asked.host && found.name.toLowerCase() === asked.name.toLowerCase() && (asked.version ?? found.version) === found.version;
  if (!isAsked || found.version === undefined) throw unusableKey(asked, 'Key Vault answered with another key than the one asked for');
  return `https://${found.host}/keys/${found.name}/${found.version}`;
}

const SHORTEST_RSA_BITS = 2048;

/** @throws TaskError SIGNING_KEY_UNUSABLE for a key that cannot make signatures which everybody can check */
function publicKeyOf({ key, keyOperations, properties }: KeyVaultKey, address: KeyAddress): KeyObject {
  if (properties.enabled === false) throw unusableKey(address, 'the key is disabled');
  if (keyOperations && !keyOperations.includes('sign')) throw unusableKey(address, 'the operation "sign" is not among the key\'s permitted operations');
  const publicKey = key && readPublicKey(key);
  const isFit = publicKey?.asymmetricKeyType === 'rsa'
    ? (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) >= SHORTEST_RSA_BITS
    : publicKey?.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (!publicKey || !isFit) throw unusableKey(address, 'the key is neither RSA of 2048 bits or more nor EC on the curve P-256');
  return publicKey;
}

function readPublicKey({ kty, n, e, crv, x, y }: JsonWebKey): KeyObject | undefined {
  const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('base64url');
  // What a hardware module holds is called RSA-HSM and EC-HSM, and is the same to whoever verifies.
  const jwk = kty?.startsWith('RSA') ? { kty: 'RSA', n: text(n), e: text(e) } : { kty: 'EC', crv: crv ?? '', x: text(x), y: text(y) };
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function signatureOf(answer: Buffer, publicKey: KeyObject, address: KeyAddress): Buffer {
  const modulusBits = publicKey.asymmetricKeyDetails?.modulusLength;
  if (answer.length !== (modulusBits === undefined ? 64 : modulusBits / 8)) throw unusableKey(address, 'Key Vault answered with something that is no signature of this key');
  return modulusBits === undefined ? derSignature(answer) : answer;
}
