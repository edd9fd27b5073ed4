import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';

/** What is needed to check who made a manifest; all of it may come from strangers. */
export interface SignedManifest {
  /** `manifest.json`, byte for byte. */
  readonly manifestBytes: Uint8Array;
  /** RSASSA-PKCS1-v1_5 or ECDSA as DER, over SHA-256. */
  readonly signature: Uint8Array;
  /** SubjectPublicKeyInfo as PEM. */
  readonly publicKeyPem: string;
}

/**
 * Whether the signature is that of this key over these bytes; whose the key is, only its {@link fingerprint} can tell.
 * The same as `openssl dgst -sha256 -verify key.pem -signature manifest.sig manifest.json`. Whatever cannot be read is `invalid`.
 */
export function verifySignature({ manifestBytes, signature, publicKeyPem }: SignedManifest): 'valid' | 'invalid' {
  const key = readPublicKey(publicKeyPem);
  if (!key || !isFit(key)) return 'invalid';
  try {
    return verify('sha256', manifestBytes, key, signature) ? 'valid' : 'invalid';
  } catch {
    return 'invalid';
  }
}

/** SHA-256 of a public key's SubjectPublicKeyInfo in DER, lower-case hexadecimal; undefined for a text that is none. */
export function fingerprint(publicKeyPem: string): string | undefined {
  const key = readPublicKey(publicKeyPem);
  return key && createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('hex');
}

/** One public key and nothing else: Node would also take a private key or a certificate, and read past what surrounds them. */
const PEM = /^\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]{1,10000}-----END PUBLIC KEY-----\s*$/;

function readPublicKey(pem: string): KeyObject | undefined {
  if (!PEM.test(pem)) return undefined;
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

const SHORTEST_RSA_BITS = 2048;
/** Longer keys take so long to verify that a stranger's could be a trap. */
const LONGEST_RSA_BITS = 16_384;

/** Whether it is one of the keys that sign here; a shorter one could be forged. */
function isFit({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  return asymmetricKeyType === 'rsa' ? bits >= SHORTEST_RSA_BITS && bits <= LONGEST_RSA_BITS : asymmetricKeyDetails?.namedCurve === 'prime256v1';
}
