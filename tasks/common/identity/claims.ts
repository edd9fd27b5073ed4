/** Claims of a JSON Web Token that harm nobody when shown. */
export interface Claims {
  readonly aud?: string;
  readonly iss?: string;
  readonly sub?: string;
  readonly tid?: string;
  readonly appid?: string;
  /** What tokens of version 2 call `appid`. */
  readonly azp?: string;
  readonly oid?: string;
  /** Delegated permissions; absent in a token of an application itself. */
  readonly scp?: string;
  readonly roles?: readonly string[];
  /** Seconds since 1970. */
  readonly iat?: number;
  readonly exp?: number;
}

const TEXTS = ['aud', 'iss', 'tid', 'appid', 'azp', 'oid', 'sub', 'scp'];
const INSTANTS = ['iat', 'exp'];

/** The claims of a token as they stand in it; its signature is not checked, which is for whom it is addressed to. */
export function readClaims(token: string): Claims {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof payload !== 'object' || payload === null) return {};
    return Object.fromEntries(Object.entries(payload).filter(([name, value]) => isHarmless(name, value)));
  } catch {
    return {};
  }
}

function isHarmless(name: string, value: unknown): boolean {
  if (TEXTS.includes(name)) return typeof value === 'string';
  if (INSTANTS.includes(name)) return typeof value === 'number' && Number.isSafeInteger(value);
  return name === 'roles' && Array.isArray(value) && value.every((role) => typeof role === 'string');
}
