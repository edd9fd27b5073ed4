import type { AccessSettings } from '../security/accessSettings';
import { CONNECTION_CHANGES } from './connectionChanges';
import { ENTRA_CHANGES } from './entraChanges';
import { ORGANIZATION_CHANGES } from './organizationChanges';
import { RemedyError } from './remedyError';

/** A change as the advice of a check words it. */
export interface Change {
  /** What is changed, as the portal calls it. */
  readonly setting: string;
  /** The id of the thing that is changed. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Issuer, subject and audience to paste, where the advice shows them apart. */
  readonly federated?: { readonly issuer: string; readonly subject: string; readonly audience: string };
}

/** A setting of a portal. */
export interface PortalSetting {
  /** The whole text of `setting`. */
  readonly setting: RegExp;
  /**
   * @param details what the groups of the expression found
   * @throws RemedyError when the portal knows nothing with that id, or the change does not fit
   */
  readonly apply: (access: AccessSettings, change: Change, details: readonly string[]) => void;
}

const SETTINGS: readonly PortalSetting[] = [...CONNECTION_CHANGES, ...ENTRA_CHANGES, ...ORGANIZATION_CHANGES];

/**
 * Makes a change in a portal, as an administrator of tenant, organization and pipeline who reads the advice.
 * @throws RemedyError when no setting is called so, or nothing has that id; nothing has changed then
 */
export function applyChange({ access }: { readonly access: AccessSettings }, change: Change): void {
  for (const { setting, apply } of SETTINGS) {
    const found = setting.exec(change.setting);
    if (found) {
      apply(access, change, found.slice(1));
      return;
    }
  }
  throw new RemedyError(`No portal has a setting "${change.setting}".`);
}
