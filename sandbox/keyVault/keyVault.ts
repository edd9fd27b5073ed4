import type {SigningKey} from '../entra/signingKey';
import {jsonReply, type Reply, type ServiceRequest} from '../network/exchange';
import {signDigest} from './digestSigning';
import {VaultGate, vaultError, type VaultCaller} from './vaultGate';
import {describeKey, keyId, makeKey, type KeyKind, type VaultKey} from './vaultKey';

/** Name of the vault of the organization; every other vault belongs to somebody else. */
const VAULT = 'fabrikam-audit';
const KINDS: Readonly<Record<string, KeyKind>> = {'audit-log': 'rsa', 'audit-log-ec': 'ec'};
const DIGEST_BYTES = 32;

/** What administrators of the vault decide. Object ids of service principals. */
export interface VaultAccess {
  /** May read public keys. */
  readonly readers: Set<string>;
  readonly signers: Set<string>;
  /** The vault's firewall refuses the agent's address. */
  firewall: boolean;
}

/** A key vault that really signs: an RSA key `audit-log`, an elliptic one `audit-log-ec`. */
export class KeyVault {
  readonly url = `https://${VAULT}.vault.azure.net/`;
  /** Every version of every key, oldest first; a version may be disabled. */
  readonly keys: readonly VaultKey[];

  private constructor(private readonly versions: VaultKey[], private readonly gate: VaultGate, readonly access: VaultAccess) {
    this.keys = versions;
  }

  /** @param objectIds who may read and sign. @param now ms since 1970 */
  static async open(entraKey: SigningKey, tenantId: string, objectIds: readonly string[], now: number): Promise<KeyVault> {
    const versions = await Promise.all(Object.entries(KINDS).map(([name, kind]) => makeKey(name, kind, 1, now)));
    return new KeyVault(versions, new VaultGate(entraKey, tenantId), {readers: new Set(objectIds), signers: new Set(objectIds), firewall: false});
  }

  /** The latest version of a key. @throws Error when there is none of that name */
  key(name: string): VaultKey {
    const found = this.find(name, '');
    if (found === undefined) throw new Error(`The vault has no key "${name}".`);
    return found;
  }

  /** Adds a version to a key, which from now on is the latest. @param now ms since 1970 */
  async rotate(name: string, now: number): Promise<VaultKey> {
    const count = this.versions.filter((key) => key.name === name).length;
    const added = await makeKey(this.key(name).name, KINDS[name] ?? 'rsa', count + 1, now);
    this.versions.push(added);
    return added;
  }

  async answer(request: ServiceRequest): Promise<Reply> {
    const caller = await this.gate.admit(request);
    if ('status' in caller) return caller;
    if (this.access.firewall) return vaultError(403, 'Forbidden', `Client address is not authorized and caller is not a trusted service.\r\nClient address: 203.0.113.7\r\nCaller: ${describeCaller(caller)}\r\nVault: ${VAULT};location=westeurope`, {}, 'ForbiddenByFirewall');
    const version = request.url.searchParams.get('api-version') ?? '';
    if (!/^(7\.\d(-preview(\.\d)?)?|20\d\d-\d\d-\d\d)$/.test(version)) return vaultError(400, 'BadParameter', 'The specified version (api-version) is not recognized. Consider using the latest supported version.');
    const [, name, keyVersion = '', operation = ''] = /^\/keys\/([0-9a-zA-Z-]{1,127})(?:\/([0-9a-f]{32})?)?(\/sign)?\/?$/i.exec(request.url.pathname) ?? [];
    if (name === undefined) return vaultError(404, 'NotFound', 'The resource could not be found.');
    return this.answerKey(request, caller, name, keyVersion, operation !== '');
  }

  private answerKey(request: ServiceRequest, caller: VaultCaller, name: string, version: string, signs: boolean): Reply {
    const isOwn = request.url.hostname.toLowerCase() === `${VAULT}.vault.azure.net`;
    const allowed = signs ? this.access.signers : this.access.readers;
    if (!isOwn || !allowed.has(caller.objectId)) return forbidden(request, caller, name, signs ? 'sign/action' : 'read');
    if (request.method !== (signs ? 'POST' : 'GET')) return vaultError(405, 'MethodNotAllowed', 'The method is not allowed for this resource.');
    const key = this.find(name, version);
    if (key === undefined) return vaultError(404, 'KeyNotFound', `A key with (name/id) ${name}${version === '' ? '' : `/${version}`} was not found in this key vault. If you recently deleted this key you may be able to recover it.`);
    if (!signs) return jsonReply(200, describeKey(this.url, key));
    if (!key.enabled) return vaultError(403, 'Forbidden', 'Operation sign is not allowed on a disabled key.', {}, 'KeyDisabled');
    return this.sign(request, key);
  }

  private sign(request: ServiceRequest, key: VaultKey): Reply {
    const {alg, value} = readBody(request.body);
    const algorithm = key.algorithms.find((known) => known === alg);
    if (algorithm === undefined) return vaultError(400, 'BadParameter', `Key and signing algorithm are incompatible. Key ${keyId(this.url, key)} cannot be used with the algorithm ${String(alg)}.`);
    const digest = typeof value === 'string' && /^[\w-]+$/.test(value) ? Buffer.from(value, 'base64url') : Buffer.alloc(0);
    if (digest.length !== DIGEST_BYTES) return vaultError(400, 'BadParameter', `Invalid length of 'value': ${String(digest.length)} bytes. Algorithm ${algorithm} requires 32 bytes.`);
    return jsonReply(200, {kid: keyId(this.url, key), value: signDigest(key.privateKey, algorithm, digest).toString('base64url')});
  }

  private find(name: string, version: string): VaultKey | undefined {
    return this.versions.findLast((key) => key.name.toLowerCase() === name.toLowerCase() && (version === '' || key.version === version.toLowerCase()));
  }
}

function readBody(body: string): {readonly alg?: unknown; readonly value?: unknown} {
  try {
    return (JSON.parse(body) as {alg?: unknown; value?: unknown} | null) ?? {};
  } catch {
    return {};
  }
}

function forbidden({url}: ServiceRequest, caller: VaultCaller, name: string, action: string): Reply {
  const vault = url.hostname.split('.')[0] ?? '';
  const message = [
    'Caller is not authorized to perform action on resource.', 'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
    `Caller: ${describeCaller(caller)}`, `Action: 'Microsoft.KeyVault/vaults/keys/${action}'`,
    `Resource: '/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/compliance/providers/microsoft.keyvault/vaults/${vault}/keys/${name}'`,
    'Assignment: (not found)', `Vault: ${vault};location=westeurope`,
  ].join('\r\n');
  return vaultError(403, 'Forbidden', message, {}, 'ForbiddenByRbac');
}

function describeCaller({clientId, objectId, issuer}: VaultCaller): string {
  return `appid=${clientId};oid=${objectId};iss=${issuer}`;
}
