/** Claims of a JSON Web Token that harm nobody when shown. */
export interface Claims {
  readonly aud?: string;
  readonly iss?: string;
  readonly sub?: string;
  readonly tid?: string;
  readonly appid?: string;
  readonly oid?: string;
}

/** The claims of a token as they stand in it; its signature is not checked, which is for whom it is addressed to. */
export function readClaims(token: string): Claims {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof payload !== 'object' || payload === null) return {};
    const known = ['aud', 'iss', 'sub', 'tid', 'appid', 'oid'] as const;
    return Object.fromEntries(known.flatMap((name) => {
      const value = (payload as Record<string, unknown>)[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }));
  } catch {
    return {};
  }
}
