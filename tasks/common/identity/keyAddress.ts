import { disarm } from '../errors/disarm';

/** A key of Azure Key Vault in the public cloud. */
export interface KeyAddress {
  /** Of the vault, lower-case. */
  readonly vault: string;
  /** `VAULT.vault.azure.net` */
  readonly host: string;
  readonly name: string;
  /** 32 hexadecimal digits; undefined: the newest version. */
  readonly version: string | undefined;
}

/**
 * Names of vaults: 3 to 24 letters, digits and single hyphens, a letter first and no hyphen last; of keys: up to 127 letters,
 * digits and hyphens (learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates).
 */
const ADDRESS = /^https:\/\/([a-z](?:-?[a-z0-9]){2,23})\.vault\.azure\.net\/keys\/([a-z0-9-]{1,127})(?:\/([0-9a-f]{32}))?$/i;
const LONGEST_VAULT_NAME = 24;

/** A key's address from its text, with or without a version; undefined for any other text. */
export function readKeyAddress(text: string): KeyAddress | undefined {
  const [, vault = '', name = '', version] = ADDRESS.exec(text) ?? [];
  if (vault === '' || vault.length > LONGEST_VAULT_NAME) return undefined;
  const lowered = vault.toLowerCase();
  return { vault: lowered, host: `${lowered}.vault.azure.net`, name, version: version?.toLowerCase() };
}

/** The key that signs, as a user names it; or, when the text names none, what is wrong with it and what to write instead. */
export function parseKeyAddress(text: string): { readonly ok: true; readonly value: KeyAddress } | { readonly ok: false; readonly problem: string } {
  const value = readKeyAddress(text);
  return value ? { ok: true, value } : {
    ok: false,
    problem: `"${disarm(text, 60)}" is not the address of a key. Allowed: https://VAULT.vault.azure.net/keys/NAME, with /VERSION behind it to use that version alone. Example: https://fabrikam-audit.vault.azure.net/keys/audit-log.`,
  };
}
