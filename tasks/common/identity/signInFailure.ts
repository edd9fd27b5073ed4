import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';
import { readClaims } from './claims';
import type { ServiceConnection } from './serviceConnection';

/**
 * The sentence for a sign-in that Entra refused. The library's own text is only searched for the AADSTS code, and not even
 * kept as the cause: it quotes what came back from the network.
 * Codes: learn.microsoft.com/entra/identity-platform/reference-error-codes and, for federation,
 * learn.microsoft.com/azure/devops/pipelines/release/troubleshoot-workload-identity.
 */
export function signInFailure(
  thrown: unknown, status: number | undefined, connection: ServiceConnection, assertion: string, service: 'Azure DevOps' | 'Azure Key Vault' = 'Azure DevOps',
): TaskError {
  const text = thrown instanceof Error ? thrown.message : '';
  const code = /AADSTS(\d{5,8})/.exec(text)?.[1] ?? /Error\(s\): (\d{5,8})/.exec(text)?.[1];
  if (code === undefined && (status === 429 || (status !== undefined && status >= 500))) {
    return new TaskError('SERVICE_FAILING', `Entra could not sign anybody in now (login.microsoftonline.com answered HTTP ${status}).`, {
      status,
      advice: ['Run the job again; if it happens again, look at azure.status.microsoft.'],
    });
  }
  const { iss = '', sub = '', aud = '' } = readClaims(assertion);
  const federation = [
    `In Entra, open the app registration (or managed identity) ${connection.shownClientId} > Certificates & secrets > Federated credentials, and let one of them have exactly these values:`,
    `Issuer: ${disarm(iss)}`,
    `Subject identifier: ${disarm(sub)}`,
    `Audience: ${disarm(aud)}`,
  ];
  const known = code === undefined ? undefined : explain(code, connection, federation, service);
  const message = known?.message ?? `Entra refused the sign-in of the service connection's identity ${connection.shownClientId}.`;
  return new TaskError('SIGN_IN_REFUSED', code === undefined ? message : `${message} (AADSTS${code})`, {
    status,
    serviceCode: code === undefined ? undefined : `AADSTS${code}`,
    advice: known?.advice ?? ['Open the service connection, choose Edit > Verify and save, and follow what it reports.', ...federation],
  });
}

function explain(code: string, connection: ServiceConnection, federation: string[], service: string): { message: string; advice: string[] } | undefined {
  switch (code) {
    case '70021':
    case '70025':
    case '700211':
    case '700212':
    case '700213':
    case '7002137':
    case '7002138':
      return { message: 'The identity has no federated credential that matches this service connection; upper and lower case count.', advice: federation };
    case '700024':
      return { message: 'Entra found the assertion outside its time of validity, although it was just issued.', advice: ['Set the clock of this agent, then run the job again.'] };
    case '700016':
      return { message: `The application ${connection.shownClientId} does not exist in the tenant ${connection.tenantId}.`, advice: ['Correct the client id or the tenant id in the service connection.', 'If the application is new, wait some minutes and run the job again.'] };
    case '90002':
      return { message: `Entra knows no tenant ${connection.tenantId}.`, advice: ['Correct the tenant id in the service connection.'] };
    case '500011':
      return { message: `The tenant ${connection.tenantId} does not know ${service}.`, advice: ['Use an identity of the tenant to which the organization is connected (Organization settings > Microsoft Entra).'] };
    case '700223':
    case '700238':
      return { message: 'A policy of the tenant forbids workload identity federation with this issuer.', advice: ['Ask an administrator of the tenant to allow the issuer below for this application.', ...federation] };
    case '53003':
      return { message: 'A Conditional Access policy of the tenant blocks this sign-in.', advice: ['Ask an administrator of the tenant to exclude this workload identity from the policy, or to allow this agent\'s address.'] };
    default:
      return undefined;
  }
}
