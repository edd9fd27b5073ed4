import type { AccessSettings } from '../security/accessSettings';
import { AzOptions, parseAzCommand } from './azArguments';
import { createFederatedCredential, updateApplication, updateFederatedCredential } from './entraCommands';
import { postEntitlement, removeMembership, resetPermission, updatePermission } from './organizationCommands';
import { RemedyError } from './remedyError';
import { shellWords } from './shellWords';

type Run = (access: AccessSettings, options: AzOptions) => void;

const COMMANDS: Readonly<Record<string, Run>> = {
  'ad app federated-credential create': createFederatedCredential,
  'ad app federated-credential update': updateFederatedCredential,
  'ad app update': updateApplication,
  'devops security permission update': updatePermission,
  'devops security permission reset': resetPermission,
  'devops security group membership remove': removeMembership,
  rest: postEntitlement,
};

/**
 * Runs a line of a POSIX shell, as an administrator of tenant and organization who pastes it.
 * @throws RemedyError for whatever az, the shell or Azure would refuse; nothing has changed then
 */
export function applyCommand({ access }: { readonly access: AccessSettings }, commandLine: string): void {
  const { name, options } = parseAzCommand(shellWords(commandLine));
  const run = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!run) throw new RemedyError(`'az ${name}' is misspelled, or the stand-in does not know it.`);
  run(access, new AzOptions(options));
}
