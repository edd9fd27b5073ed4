import {p256} from '@noble/curves/nist.js';
import {constants, createHash, privateEncrypt, randomBytes, type KeyObject} from 'node:crypto';

/** Algorithms of Key Vault that sign a SHA-256 digest. */
export type SignatureAlgorithm = 'RS256' | 'PS256' | 'ES256';

/** What stands before a SHA-256 digest in a signature of PKCS #1 v1.5 (RFC 8017, section 9.2, note 1). */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');
const DIGEST_BYTES = 32;

/**
 * Signs a digest of 32 bytes that somebody else computed, which `node:crypto` cannot do for two of the three algorithms.
 * An ES256 signature is r and s side by side, as in JWS.
 */
export function signDigest(key: KeyObject, algorithm: SignatureAlgorithm, digest: Buffer): Buffer {
  switch (algorithm) {
    case 'RS256': return privateEncrypt({key, padding: constants.RSA_PKCS1_PADDING}, Buffer.concat([SHA256_PREFIX, digest]));
    case 'PS256': return privateEncrypt({key, padding: constants.RSA_NO_PADDING}, encodePss(digest, key.asymmetricKeyDetails?.modulusLength ?? 2048));
    case 'ES256': return Buffer.from(p256.sign(digest, Buffer.from(key.export({format: 'jwk'}).d ?? '', 'base64url'), {prehash: false, lowS: false}));
  }
}

/** EMSA-PSS with SHA-256 and a salt as long as the digest (RFC 8017, section 9.1.1). */
function encodePss(digest: Buffer, modulusBits: number): Buffer {
  const length = modulusBits / 8;
  const salt = randomBytes(DIGEST_BYTES);
  const hash = sha256(Buffer.concat([Buffer.alloc(8), digest, salt]));
  const block = Buffer.alloc(length - DIGEST_BYTES - 1);
  block[block.length - DIGEST_BYTES - 1] = 1;
  salt.copy(block, block.length - DIGEST_BYTES);
  const mask = expandMask(hash, block.length);
  for (const [index, byte] of mask.entries()) block[index] = (block[index] ?? 0) ^ byte;
  // The encoded message is one bit shorter than the modulus.
  block[0] = (block[0] ?? 0) & 0x7f;
  return Buffer.concat([block, hash, Buffer.from([0xbc])]);
}

/** MGF1 with SHA-256 (RFC 8017, section B.2.1). */
function expandMask(seed: Buffer, length: number): Buffer {
  const parts = Array.from({length: Math.ceil(length / DIGEST_BYTES)}, (_, index) => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(index);
    return sha256(Buffer.concat([seed, counter]));
  });
  return Buffer.concat(parts).subarray(0, length);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
