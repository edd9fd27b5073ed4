import { TaskError } from '../errors/taskError';
import type { AzureTransport } from './azureTransport';
import { readClaims } from './claims';
import type { KeyAddress } from './keyAddress';

export interface KeyFacts {
  readonly address: KeyAddress;
  readonly transport: AzureTransport;
  /** The last token for Key Vault; undefined when none was had. */
  readonly token: string | undefined;
}

/** Key Vault's own words for keys that are there but not to be used (learn.microsoft.com/azure/key-vault/general/rest-error-codes). */
const OUT_OF_USE = /^Key(?:Disabled|Expired|NotYetValid)|Disabled$/;
const FIREWALL = /^ForbiddenBy(?:Firewall|Connection)$/;

/** The sentence for a key that could not be read or used. The library's texts are not shown: they quote the network. */
export function signingKeyFailure(thrown: unknown, facts: KeyFacts): TaskError {
  const { address, transport } = facts;
  if (thrown instanceof TaskError) return thrown;
  if (transport.failure instanceof TaskError) return transport.failure;
  const status = statusOf(thrown);
  // The library itself looks at the key's dates before it asks.
  if (status === undefined) return unusableKey(address, 'the key has expired, is not valid yet, or Key Vault answered in an unknown way');
  const codes = codesOf(thrown);
  const more = { status, activityId: transport.activityId };
  if (status === 429 || status >= 500) {
    return new TaskError('SERVICE_FAILING', `Azure Key Vault could not answer now (${address.host}, HTTP ${status}).`, { ...more, advice: ['Run the job again; if it happens again, look at azure.status.microsoft.'] });
  }
  if (status === 404) {
    return new TaskError('SIGNING_KEY_NOT_FOUND', `There is no key "${address.name}"${address.version ? ` of the version ${address.version}` : ''} in the Key Vault ${address.vault}.`, {
      ...more,
      advice: [`Correct the input signingKey; these keys are there: az keyvault key list --vault-name ${address.vault} --output table`],
    });
  }
  if (status === 401) return tenantFailure(facts, more);
  if (status !== 403 || codes.some((code) => OUT_OF_USE.test(code))) return unusableKey(address, status === 403 ? 'the key is disabled, has expired or is not valid yet' : `Key Vault does not take the request (HTTP ${status})`, more);
  return codes.some((code) => FIREWALL.test(code)) ? firewallFailure(address, more) : roleFailure(facts, more);
}

/** @param why half a sentence */
export function unusableKey(address: KeyAddress, why: string, more: { status?: number; activityId?: string | undefined } = {}): TaskError {
  return new TaskError('SIGNING_KEY_UNUSABLE', `The key "${address.name}" of the Key Vault ${address.vault} cannot sign: ${why}.`, {
    ...more,
    advice: [
      `Look at the key: az keyvault key show --vault-name ${address.vault} --name ${address.name}. It must be enabled, within its dates, permit the operation "sign", and be RSA (2048 bits or more) or EC (P-256).`,
      `Or create another and name it in the input signingKey: az keyvault key create --vault-name ${address.vault} --name NAME --kty RSA --size 3072 --ops sign verify`,
    ],
  });
}

interface Refusal { readonly status: number; readonly activityId: string | undefined }

function tenantFailure({ address, token }: KeyFacts, more: Refusal): TaskError {
  const tenant = readClaims(token ?? '').tid;
  return new TaskError('SIGNING_KEY_REFUSED', `The Key Vault ${address.vault} does not accept the sign-in of the service connection's identity.`, {
    ...more,
    advice: [`The vault must belong to the tenant${isGuid(tenant) ? ` ${tenant}` : ''} to which the service connection signs in. Its own: az keyvault show --name ${address.vault} --query properties.tenantId --output tsv`],
  });
}

function firewallFailure(address: KeyAddress, more: Refusal): TaskError {
  return new TaskError('SIGNING_KEY_REFUSED', `The firewall of the Key Vault ${address.vault} does not let this agent in.`, {
    ...more,
    advice: [`In the portal, open the Key Vault ${address.vault} > Networking, and allow this agent's address or network; a private endpoint needs an agent in that network.`],
  });
}

function roleFailure({ address, token }: KeyFacts, more: Refusal): TaskError {
  const claimed = readClaims(token ?? '').oid;
  const objectId = isGuid(claimed) ? claimed : 'OBJECT_ID';
  return new TaskError('SIGNING_KEY_REFUSED', `The service connection's identity (object id ${objectId}) may not sign with the key "${address.name}" of the Key Vault ${address.vault}.`, {
    ...more,
    advice: [
      'Give it the role "Key Vault Crypto User" on this key, and wait some minutes:',
      `az role assignment create --role "Key Vault Crypto User" --assignee-object-id ${objectId} --assignee-principal-type ServicePrincipal --scope "$(az keyvault show --name ${address.vault} --query id --output tsv)/keys/${address.name}"`,
      `Or, if the vault works with access policies: az keyvault set-policy --name ${address.vault} --object-id ${objectId} --key-permissions get sign`,
    ],
  });
}

function isGuid(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function statusOf(thrown: unknown): number | undefined {
  return thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
}

/** The codes in an error of Key Vault, outer and inner. */
function codesOf(thrown: unknown): string[] {
  const details = thrown instanceof Error && 'details' in thrown ? thrown.details : undefined;
  return [...JSON.stringify({ details }).matchAll(/"code":"(\w{1,60})"/g)].map(([, code]) => code ?? '');
}
