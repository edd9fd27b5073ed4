import path from 'node:path';
import type { Manifest } from '../manifest';
import { MANIFEST_FILE } from '../manifestText';
import { SIGNATURE_FILE, SIGNING_KEY_FILE } from '../sealFolder';
import { fingerprint, verifySignature } from '../signature';
import { readSmall } from './fileContent';
import type { Findings } from './verdict';

/** A public key that the verifying person has got by a way of their own. */
export interface PinnedKey {
  readonly pem: string;
  /** SHA-256 of the key's SPKI DER, lower-case hexadecimal. */
  readonly sha256: string;
}

/** @returns undefined when the text is no public key */
export function pinnedKey(pem: string): PinnedKey | undefined {
  const sha256 = fingerprint(pem);
  return sha256 === undefined ? undefined : { pem, sha256 };
}

/** No key and no signature is larger, bytes. */
const MOST_BYTES = 64 * 1024;

export interface SignatureParts {
  readonly folder: string;
  readonly place: string;
  readonly bytes: Buffer;
  readonly manifest: Manifest;
  readonly pinned: readonly PinnedKey[];
  readonly findings: Findings;
}

/** Looks at the signature of one manifest. With pinned keys every manifest must be signed by one of them. @returns the hash of the key that signed it */
export async function checkSignature(parts: SignatureParts): Promise<string | undefined> {
  const { folder, place, manifest, pinned, findings, bytes } = parts;
  const { signedBy } = manifest;
  if (signedBy === null) {
    if (pinned.length > 0) findings.invalid('signature invalid', { folder: place, file: MANIFEST_FILE }, 'The manifest is not signed, though a key is pinned.');
    return undefined;
  }
  const signature = await readSmall(path.join(folder, SIGNATURE_FILE), MOST_BYTES);
  if (signature === undefined) {
    findings.invalid('not found', { folder: place, file: SIGNATURE_FILE }, 'The manifest says that it is signed, but its signature is missing.');
    return undefined;
  }
  const invalid = (sentence: string): undefined => {
    findings.invalid('signature invalid', { folder: place, file: SIGNATURE_FILE }, sentence);
    return undefined;
  };
  const own = pinned.find(({ sha256 }) => sha256 === signedBy.publicKeySha256);
  const key = own ?? await enclosedKey(parts);
  if (key === undefined) return undefined;
  if (key.sha256 !== signedBy.publicKeySha256) { invalid('The enclosed key is not the one that the manifest names.'); return; }
  if (signature === 'tooLarge' || verifySignature({ manifestBytes: bytes, signature, publicKeyPem: key.pem }) !== 'valid') { invalid('The signature does not fit the manifest.'); return; }
  if (own === undefined) unpinned(parts);
  return key.sha256;
}

function unpinned({ place, pinned, findings }: SignatureParts): void {
  const where = { folder: place, file: SIGNATURE_FILE };
  if (pinned.length > 0) findings.invalid('signed by an unpinned key', where, 'The signature is of another key than those that are pinned.');
  else findings.note('signed by an unpinned key', where, 'The signature fits the key that lies beside it; only a key that was pinned (--key) says who signed.');
}

async function enclosedKey({ folder, place, findings }: SignatureParts): Promise<PinnedKey | undefined> {
  const pem = await readSmall(path.join(folder, SIGNING_KEY_FILE), MOST_BYTES);
  const where = { folder: place, file: SIGNING_KEY_FILE };
  if (pem === undefined) {
    findings.invalid('not found', where, 'The key to the signature is neither here nor pinned.');
    return undefined;
  }
  const key = pem === 'tooLarge' ? undefined : pinnedKey(pem.toString('utf8'));
  if (key === undefined) findings.invalid('invalid format', where, 'This file holds no public key.');
  return key;
}
