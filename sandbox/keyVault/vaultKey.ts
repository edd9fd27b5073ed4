import {generateKeyPair, randomBytes, type KeyObject} from 'node:crypto';
import {promisify} from 'node:util';
import type {SignatureAlgorithm} from './digestSigning';

/** One version of a key in the vault. */
export interface VaultKey {
  readonly name: string;
  /** 32 hexadecimal digits. */
  readonly version: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicKeyPem: string;
  readonly algorithms: readonly SignatureAlgorithm[];
  /** ms since 1970. */
  readonly createdOn: number;
  /** An administrator may disable a version; it signs nothing then. */
  enabled: boolean;
}

export type KeyKind = 'rsa' | 'ec';

const generate = promisify(generateKeyPair);
const made = new Map<string, ReturnType<typeof makePair>>();

/** Makes a version of a key. The pairs are made once per process, name and ordinal, because making one takes long. */
export async function makeKey(name: string, kind: KeyKind, ordinal: number, createdOn: number): Promise<VaultKey> {
  const id = `${name} ${kind} ${String(ordinal)}`;
  const pair = made.get(id) ?? makePair(kind);
  made.set(id, pair);
  const {privateKey, publicKey} = await pair;
  return {
    name, version: randomBytes(16).toString('hex'), privateKey, publicKey, publicKeyPem: publicKey.export({type: 'spki', format: 'pem'}).toString(),
    algorithms: kind === 'rsa' ? ['RS256', 'PS256'] : ['ES256'], createdOn, enabled: true,
  };
}

async function makePair(kind: KeyKind): Promise<{privateKey: KeyObject; publicKey: KeyObject}> {
  return kind === 'rsa' ? generate('rsa', {modulusLength: 2048}) : generate('ec', {namedCurve: 'P-256'});
}

/** The key as Key Vault describes it: `KeyBundle`. Times in `attributes` are seconds since 1970. */
export function describeKey(vaultUrl: string, key: VaultKey): object {
  const seconds = Math.floor(key.createdOn / 1000);
  return {
    key: {kid: keyId(vaultUrl, key), key_ops: ['sign', 'verify'], ...key.publicKey.export({format: 'jwk'})},
    attributes: {enabled: key.enabled, created: seconds, updated: seconds, recoveryLevel: 'Recoverable+Purgeable', recoverableDays: 90, exportable: false},
    tags: {},
  };
}

/** The address of a version. */
export function keyId(vaultUrl: string, {name, version}: VaultKey): string {
  return `${vaultUrl}keys/${name}/${version}`;
}
