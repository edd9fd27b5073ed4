import {exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JSONWebKeySet, type JWTPayload} from 'jose';

/** A key that signs tokens, and what a verifier needs to know of it. */
export interface SigningKey {
  sign(claims: JWTPayload): Promise<string>;
  readonly keySet: JSONWebKeySet;
}

const made = new Map<string, Promise<SigningKey>>();

/** The RSA key of a token issuer; made once per process and name, because making one takes long. */
export function signingKey(name: string): Promise<SigningKey> {
  const existing = made.get(name);
  if (existing !== undefined) return existing;
  const key = makeKey(name);
  made.set(name, key);
  return key;
}

async function makeKey(name: string): Promise<SigningKey> {
  const {privateKey, publicKey} = await generateKeyPair('RS256', {modulusLength: 2048, extractable: true});
  const keySet = {keys: [{...(await exportJWK(publicKey)), kid: name, alg: 'RS256', use: 'sig'}]};
  return {keySet, sign: (claims) => signWith(privateKey, name, claims)};
}

function signWith(key: CryptoKey, kid: string, claims: JWTPayload): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({alg: 'RS256', typ: 'JWT', kid, x5t: kid}).sign(key);
}
