import { TaskError } from '../../errors/taskError';
import { formatDuration } from '../../window/duration';
import { failed, passed, unknown, warning, type Check } from '../check';
import { projectSettings } from './signIn';

/** More than this between two clocks is worth a word, ms. */
const TOLERATED_SKEW_MS = 2 * 60_000;

export const clockCheck: Check = {
  id: 'clock',
  title: 'Clock of the agent agrees with the service',
  needs: ['organization'],
  async run(observations) {
    const { dateMs } = await observations.probe();
    if (dateMs === undefined) return unknown('the service did not tell its time');
    const skewMs = observations.subject.clock() - dateMs;
    const apart = formatDuration(Math.max(1000, Math.round(Math.abs(skewMs) / 1000) * 1000));
    if (Math.abs(skewMs) <= TOLERATED_SKEW_MS) return passed('agrees');
    return warning(`The clock of this agent is ${apart} ${skewMs > 0 ? 'ahead of' : 'behind'} the service's.`, apart, `less than ${formatDuration(TOLERATED_SKEW_MS)}`, [{
      setting: 'clock of this agent', id: 'agent', from: `${apart} off`, to: 'right (NTP)', who: 'the administrator of the agent', where: 'the machine of the agent',
    }]);
  },
};

export const organizationCheck: Check = {
  id: 'organization',
  title: 'Organization exists',
  needs: [],
  async run(observations) {
    const { organization } = observations.subject;
    try {
      await observations.probe();
      return passed(organization);
    } catch (thrown) {
      if (!(thrown instanceof TaskError)) throw thrown;
      const isAbsent = thrown.code === 'ORGANIZATION_NOT_FOUND';
      return failed(thrown.message, isAbsent ? 'HTTP 404' : thrown.code, 'an organization of this name', [{
        setting: isAbsent ? 'input organization of the step' : 'way from this agent to dev.azure.com', id: organization, from: isAbsent ? `"${organization}"` : thrown.message,
        to: isAbsent ? 'the name after https://dev.azure.com/ in the address of your projects; leave it out for the organization of this pipeline' : 'reachable',
        who: isAbsent ? 'whoever edits the pipeline' : 'the administrator of the agent',
        where: isAbsent ? 'the YAML of the pipeline, input organization' : thrown.advice[0] ?? 'the network of this agent',
      }]);
    }
  },
};

export const tenantCheck: Check = {
  id: 'tenant',
  title: 'Organization is connected to the identity\'s tenant',
  needs: ['organization', 'service-connection'],
  async run(observations) {
    const { tenantId: organizationTenant, isEntraBacked } = await observations.probe();
    const { tenantId } = observations.connection();
    const where = `Organization settings > Microsoft Entra: ${observations.settings('organizationAad')}`;
    if (isEntraBacked === false) {
      return failed('The organization is not connected to Microsoft Entra, and audit logs exist only in organizations that are.', 'no tenant', tenantId, [{
        setting: 'directory of the organization', id: observations.subject.organization, from: 'none', to: `the tenant ${tenantId}`, who: 'the owner of the organization', where,
      }]);
    }
    if (organizationTenant === undefined) return unknown('the organization did not tell its tenant');
    if (organizationTenant === tenantId.toLowerCase()) return passed(tenantId);
    return failed('The service connection signs in to another tenant than the one the organization is connected to.', tenantId, organizationTenant, [{
      setting: 'tenant of the service connection', id: observations.subject.connection.id, from: tenantId, to: organizationTenant, who: 'an administrator of the service connection, with an identity of that tenant',
      where: `Project settings > Service connections > New service connection: ${projectSettings(observations)} (the organization's tenant: ${observations.settings('organizationAad')})`,
    }]);
  },
};
