import { disarm } from '../../errors/disarm';
import { TaskError } from '../../errors/taskError';
import type { Claims } from '../../identity/claims';
import { AZURE_DEVOPS_SCOPE } from '../../identity/accessToken';
import { failed, passed, type Check, type Finding } from '../check';
import type { Observations } from '../observations';
import { federationFinding } from './federation';

/** The application id of Azure DevOps in Entra, which is the audience of its tokens. */
const AZURE_DEVOPS_ID = AZURE_DEVOPS_SCOPE.split('/')[0] ?? '';
/** The same as a resource URI; a token can carry either. */
const AZURE_DEVOPS_URI = 'https://app.vssps.visualstudio.com';

export const serviceConnectionCheck: Check = {
  id: 'service-connection',
  title: 'Service connection signs in by workload identity federation',
  needs: [],
  run: (observations) => Promise.resolve(serviceConnection(observations)),
};

function serviceConnection(observations: Observations): Finding {
  const { subject } = observations;
  try {
    const { shownClientId, tenantId } = observations.connection();
    return passed(`client id ${shownClientId}, tenant ${tenantId}`);
  } catch (thrown) {
    if (!(thrown instanceof TaskError)) throw thrown;
    const isOtherScheme = thrown.code === 'CONNECTION_NOT_FEDERATED';
    const where = `Project settings > Service connections: ${projectSettings(observations)}?resourceId=${subject.connection.id}`;
    return failed(thrown.message, isOtherScheme ? 'a connection of another authentication scheme' : 'incomplete data of the connection', 'workload identity federation, with client id and tenant id', [{
      setting: isOtherScheme ? 'authentication of the service connection' : 'client id and tenant id of the service connection',
      id: subject.connection.id,
      from: isOtherScheme ? 'a stored secret, certificate or the machine\'s identity' : 'missing or no GUID',
      to: isOtherScheme ? 'workload identity federation (the button Convert)' : 'the application (client) id and directory (tenant) id of the identity',
      who: 'an administrator of the service connection',
      where,
    }]);
  }
}

export function projectSettings(observations: Observations): string {
  const { job } = observations.subject;
  return new URL(`${encodeURIComponent(job.projectName)}/_settings/adminservices`, job.collectionUrl).href;
}

export const assertionCheck: Check = {
  id: 'assertion',
  title: 'Azure Pipelines issues an assertion (OIDC token)',
  needs: ['service-connection'],
  async run(observations) {
    try {
      const claims = await observations.assertionClaims();
      return passed('issued', claimLines('assertion', claims));
    } catch (thrown) {
      if (!(thrown instanceof TaskError)) throw thrown;
      return assertionFailure(thrown, observations);
    }
  },
};

function assertionFailure(failure: TaskError, observations: Observations): Finding {
  const { connection, job } = observations.subject;
  const observed = failure.status === undefined ? failure.code : `HTTP ${failure.status}`;
  const isToken = failure.status === 401 || failure.status === 203 || failure.status === 302;
  const who = 'an administrator of the service connection';
  if (failure.code === 'ASSERTION_REFUSED' && !isToken && failure.status !== 404 && failure.serviceCode !== 'PLAN') {
    return failed(failure.message, observed, 'an assertion of this service connection', [{
      setting: 'pipelines that may use the service connection', id: connection.id, from: 'this pipeline is not among them', to: 'this pipeline is permitted', who,
      where: `Project settings > Service connections > the connection > ... > Security > Pipeline permissions: ${projectSettings(observations)}?resourceId=${connection.id}`,
    }]);
  }
  if (failure.status === 404 && failure.serviceCode !== 'PLAN') {
    return failed(failure.message, observed, 'an assertion of this service connection', [{
      setting: 'service connection', id: connection.id, from: 'deleted, or made anew, since the run was queued', to: 'existing', who,
      where: `Project settings > Service connections: ${projectSettings(observations)}; name an existing one in the YAML, and run the pipeline again`,
    }]);
  }
  const isRunOver = isToken || failure.serviceCode === 'PLAN';
  return failed(failure.message, observed, 'an assertion of this service connection', [{
    setting: isRunOver ? 'this run' : 'way from this agent to Azure Pipelines', id: job.projectId, from: isRunOver ? 'its own token is no longer accepted' : failure.message,
    to: isRunOver ? 'a new run of the pipeline' : 'reachable', who: isRunOver ? 'anybody who may run the pipeline' : 'the administrator of the agent',
    where: isRunOver ? 'Pipelines > this pipeline > Run pipeline' : failure.advice[0] ?? 'the network of this agent',
  }]);
}

export const federationCheck: Check = {
  id: 'federation',
  title: 'Entra accepts the assertion',
  needs: ['assertion'],
  async run(observations) {
    try {
      const claims = await observations.tokenClaims();
      return passed('access token issued', claimLines('access token', claims));
    } catch (thrown) {
      if (!(thrown instanceof TaskError)) throw thrown;
      return federationFinding(thrown, observations.connection(), await observations.assertionClaims());
    }
  },
};

export const tokenAudienceCheck: Check = {
  id: 'token-audience',
  title: 'Access token is for Azure DevOps',
  needs: ['federation'],
  async run(observations) {
    const { aud = '' } = await observations.tokenClaims();
    const isRight = aud === AZURE_DEVOPS_ID || aud.replace(/\/$/, '') === AZURE_DEVOPS_URI;
    return isRight ? passed(`aud ${aud}`) : failed('The access token is for something else than Azure DevOps.', `aud ${disarm(aud, 100) || 'missing'}`, `aud ${AZURE_DEVOPS_ID}`, [{
      setting: 'scope for which the token is asked', id: AZURE_DEVOPS_ID, from: disarm(aud, 100), to: AZURE_DEVOPS_SCOPE, who: 'the makers of this extension',
      where: 'this cannot be configured: look for a proxy that answers for login.microsoftonline.com, and report it as an issue of this extension',
    }]);
  },
};

export const tokenIdentityCheck: Check = {
  id: 'token-identity',
  title: 'Access token is of the connection\'s identity',
  needs: ['federation'],
  async run(observations) {
    const claims = await observations.tokenClaims();
    const { clientId, shownClientId, tenantId } = observations.connection();
    const isDelegated = claims.scp !== undefined;
    const kind = isDelegated ? `delegated (scp ${disarm(claims.scp ?? '', 100)})` : 'app-only';
    const isOurs = (claims.appid ?? claims.azp ?? '').toLowerCase() === clientId.toLowerCase() && claims.tid?.toLowerCase() === tenantId.toLowerCase();
    if (isOurs && isDelegated && !/\b(user_impersonation|vso\.auditlog)\b/.test(claims.scp ?? '')) {
      return failed('The access token is a person\'s and may not read the audit log.', kind, 'user_impersonation or vso.auditlog among its scopes, or an app-only token', [{
        setting: 'delegated permissions of the application', id: shownClientId, from: disarm(claims.scp ?? '', 100), to: 'user_impersonation', who: 'an administrator of the application',
        where: `https://entra.microsoft.com > App registrations > ${shownClientId} > API permissions`,
      }]);
    }
    return isOurs ? passed(`${kind}, object id ${claims.oid ?? 'missing'}`) : failed('The access token belongs to another identity than the service connection.', `appid ${disarm(claims.appid ?? 'missing', 60)}, tid ${disarm(claims.tid ?? 'missing', 60)}`, `appid ${shownClientId}, tid ${tenantId}`, [{
      setting: 'client id and tenant id of the service connection', id: observations.subject.connection.id, from: `${shownClientId}, ${tenantId}`, to: 'those of the identity that is to read the audit log', who: 'an administrator of the service connection',
      where: `Project settings > Service connections: ${projectSettings(observations)}?resourceId=${observations.subject.connection.id}`,
    }]);
  },
};

/** The harmless claims, so that nobody pastes a token into a web page. */
function claimLines(what: string, claims: Claims): string[] {
  return [`Claims of the ${what}:`, ...Object.entries(claims).map(([name, value]) => `  ${name.padEnd(5)} ${claimText(name, value)}`)];
}

function claimText(name: string, value: unknown): string {
  if ((name === 'iat' || name === 'exp') && typeof value === 'number') return new Date(value * 1000).toISOString();
  const text = disarm(Array.isArray(value) ? value.join(' ') : String(value), 300);
  // The agent masks the client id as it stands in the connection, which is in small letters.
  return name === 'appid' || name === 'azp' ? text.toUpperCase() : text;
}
