import type { AccessSettings } from '../security/accessSettings';
import { CONNECTION } from './connection';
import { FEDERATION } from './federation';
import { HEALTHY } from './healthy';
import type { Misconfiguration } from './misconfiguration';
import { ORGANIZATION } from './organization';
import { PERMISSION, WARNINGS } from './permission';

/** Everything that can be wrong, in the order in which access fails, then what only deserves a warning. */
export const MISCONFIGURATIONS: readonly Misconfiguration[] = [...CONNECTION, ...FEDERATION, ...ORGANIZATION, ...PERMISSION, ...WARNINGS];

/** Everything that must raise neither a failure nor a warning. */
export const HEALTHY_VARIANTS = HEALTHY;

/**
 * Applies a misconfiguration, or a healthy variant, by its name.
 * @throws Error for a name that is not in the catalog
 */
export function applyMisconfiguration(name: string, access: AccessSettings): void {
  const found = [...MISCONFIGURATIONS, ...HEALTHY].find((candidate) => candidate.name === name);
  if (!found) throw new Error(`"${name}" is no known misconfiguration.`);
  found.apply(access);
}
