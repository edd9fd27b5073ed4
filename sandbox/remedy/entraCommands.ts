import type { Application, FederatedCredential } from '../entra/applications';
import type { AccessSettings } from '../security/accessSettings';
import { jsonOption, type AzOptions } from './azArguments';
import { RemedyError } from './remedyError';

const MOST_CREDENTIALS = 20;

/** An application by its client id, in whatever case; of the tenant of the organization, to which `az login` leads. */
export function findApplication(access: AccessSettings, id: string): Application {
  const applications = access.tenants.find(({ tenantId }) => tenantId === access.tenantId)?.applications ?? [];
  const found = applications.find(({ clientId }) => clientId === id.toLowerCase());
  if (!found) throw new RemedyError(`Resource '${id}' does not exist or one of its queried reference-property objects are not present.`);
  return found;
}

/** `az ad app federated-credential create`. */
export function createFederatedCredential(access: AccessSettings, options: AzOptions): void {
  const application = findApplication(access, options.take('--id'));
  const credential = readCredential(jsonOption(options.take('--parameters')));
  options.finish();
  const { federatedCredentials } = application;
  if (federatedCredentials.some(({ name }) => name === credential.name)) throw new RemedyError(`FederatedIdentityCredential with name ${credential.name} already exists.`);
  refuseSameSubject(federatedCredentials, credential);
  if (federatedCredentials.length >= MOST_CREDENTIALS) throw new RemedyError('The application has 20 federated credentials already.');
  federatedCredentials.push(credential);
}

/** `az ad app federated-credential update`; its name stays. */
export function updateFederatedCredential(access: AccessSettings, options: AzOptions): void {
  const application = findApplication(access, options.take('--id'));
  const name = options.take('--federated-credential-id');
  const changed = readCredential({ name, ...jsonOption(options.take('--parameters')) });
  options.finish();
  const others = application.federatedCredentials.filter((credential) => credential.name !== name);
  if (others.length === application.federatedCredentials.length) throw new RemedyError(`Resource '${name}' does not exist.`);
  refuseSameSubject(others, changed);
  application.federatedCredentials = [...others, { ...changed, name }];
}

/** `az ad app update --sign-in-audience`. */
export function updateApplication(access: AccessSettings, options: AzOptions): void {
  const application = findApplication(access, options.take('--id'));
  const audience = options.take('--sign-in-audience');
  options.finish();
  if (audience !== 'AzureADMyOrg' && audience !== 'AzureADMultipleOrgs') throw new RemedyError(`Invalid value specified for property 'signInAudience': ${audience}`);
  application.signInAudience = audience;
}

/** Issuer and subject together are unique within an application. Source: Microsoft Graph, resource federatedIdentityCredential. */
function refuseSameSubject(credentials: readonly FederatedCredential[], { issuer, subject }: FederatedCredential): void {
  const exists = credentials.some((credential) => credential.issuer === issuer && credential.subject === subject);
  if (exists) throw new RemedyError('A federated credential with this issuer and subject exists already on the application.');
}

function readCredential({ name, issuer, subject, audiences, ...others }: Readonly<Record<string, unknown>>): FederatedCredential {
  const unknown = Object.keys(others).filter((key) => key !== 'description');
  if (unknown.length > 0) throw new RemedyError(`Invalid property '${unknown[0] ?? ''}'.`);
  if (typeof name !== 'string' || !/^[\w-]{3,120}$/.test(name)) throw new RemedyError('The name has to have 3 to 120 letters, digits, - and _.');
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) throw new RemedyError('The issuer has to be an address.');
  if (typeof subject !== 'string' || subject === '') throw new RemedyError('The subject is missing.');
  const [audience, ...more] = Array.isArray(audiences) ? (audiences as unknown[]) : [];
  if (typeof audience !== 'string' || more.length > 0) throw new RemedyError('The audiences have to be one text in a list.');
  return { name, issuer, subject, audience };
}
