import type { AccessSettings } from '../security/accessSettings';

/** Something that an administrator set wrong, by a name that stays. */
export interface Misconfiguration {
  readonly name: string;
  /** What is wrong, in one line. */
  readonly what: string;
  apply(access: AccessSettings): void;
  /** The first check that fails because of it; for a warning, the check that warns while access works. */
  readonly expected: { readonly check: string; readonly result: 'failed' | 'warning' };
  /** How often somebody has to follow advice until access works: where a second thing is missing that shows only once the first is right. */
  readonly rounds: number;
  /** Nobody can set it right: it passes. */
  readonly passes: boolean;
}

/** A healthy setting that could be taken for a wrong one. */
export interface HealthyVariant {
  readonly name: string;
  readonly what: string;
  apply(access: AccessSettings): void;
}

type More = Partial<Pick<Misconfiguration, 'rounds' | 'passes'>>;

/** Something because of which access fails at a check. */
export function failing(check: string, name: string, what: string, apply: Misconfiguration['apply'], more: More = {}): Misconfiguration {
  return { name, what, apply, expected: { check, result: 'failed' }, rounds: 1, passes: false, ...more };
}

/** Something that a check warns of. */
export function warning(check: string, name: string, what: string, apply: Misconfiguration['apply']): Misconfiguration {
  return { name, what, apply, expected: { check, result: 'warning' }, rounds: 1, passes: false };
}
