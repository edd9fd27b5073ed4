import { disarm } from '../../errors/disarm';
import { ADMINISTRATORS, type Advice } from '../advice';
import { failed, passed, unknown, warning, type Check } from '../check';
import { arrayAt, numberAt, objectAt, stringAt } from '../json';
import type { Observations } from '../observations';
import { isPage } from '../outcome';

export const auditingCheck: Check = {
  id: 'auditing',
  title: 'Auditing is switched on',
  needs: ['permission'],
  async run(observations) {
    const query = await observations.query();
    if (isPage(query)) return passed('on');
    const policy = await readAuditingPolicy(observations);
    if (policy === true) return passed('on, by the policy of the organization');
    if (policy === false || query.status === 404) {
      return failed('Auditing is switched off in the organization.', policy === false ? 'policy Log Audit Events is off' : `the Audit service answers HTTP 404 for the existing organization "${observations.subject.organization}"`, 'on', [switchOn(observations, 'Off')]);
    }
    return unknown('the identity may not see the policy');
  },
};

function switchOn(observations: Observations, from: string): Advice {
  return {
    setting: 'policy "Log Audit Events"', id: 'Policy.LogAuditEvents', from, to: 'On', who: ADMINISTRATORS,
    where: `Organization settings > Policies > Security policies > Log Audit Events: ${observations.settings('organizationPolicy')}`,
  };
}

const POLICY_PROVIDER = 'ms.vss-admin-web.organization-policies-data-provider';

/**
 * Whether the organization records audit events: its policy, as the settings page shows it; undefined where it was not seen.
 * That page is no documented interface: whatever does not fit is "not seen".
 */
export async function readAuditingPolicy(observations: Observations): Promise<boolean | undefined> {
  const { status, json } = await (await observations.api()).get('dev.azure.com', '_settings/organizationPolicy', { __rt: 'fps', __ver: '2' });
  if (status !== 200) return undefined;
  const policies = objectAt(objectAt(objectAt(objectAt(json, 'fps'), 'dataProviders'), 'data'), POLICY_PROVIDER);
  for (const item of arrayAt(objectAt(policies, 'policies'), 'security') ?? []) {
    const policy = objectAt(item, 'policy');
    const value = policy?.['effectiveValue'] ?? policy?.['value'];
    if (stringAt(policy, 'name') === 'Policy.LogAuditEvents' && typeof value === 'boolean') return value;
  }
  return undefined;
}

export const queryCheck: Check = {
  id: 'query',
  title: 'A query of one audit log entry succeeds',
  needs: ['permission', 'auditing'],
  async run(observations) {
    const query = await observations.query();
    if (isPage(query)) return passed(query.entries.length === 0 ? 'answered; the last hour is quiet' : 'answered');
    const observed = `${query.status === undefined ? query.code : `HTTP ${query.status}`}${query.serviceCode === undefined ? '' : `, ${query.serviceCode}`}${query.activityId === undefined ? '' : `, activity id ${query.activityId}`}`;
    if (query.status !== 403 && query.status !== 401) {
      return failed(query.message, observed, 'a page', [{ setting: 'the Audit service', id: observations.subject.organization, from: query.message, to: 'an answer', who: 'nobody: try again later', where: query.advice[0] ?? 'https://status.dev.azure.com' }]);
    }
    return failed('The audit log is refused although nothing that can be seen from here is wrong.', observed, 'a page', [
      { setting: 'time since the permission was granted', id: observations.connection().shownClientId, from: 'perhaps less than 10 minutes', to: '10 minutes or more (through an Entra group: up to an hour)', who: 'nobody: wait, or set waitForPermission: 15m', where: 'the YAML of the pipeline' },
      switchOn(observations, 'Off, if that is the cause: it cannot be seen from here'),
    ]);
  },
};

const STREAM_STATES = ['unknown', 'enabled', 'disabledByUser', 'disabledBySystem', 'deleted', 'backfilling'];

export const auditStreamsCheck: Check = {
  id: 'audit-streams',
  title: 'Audit streams work',
  needs: ['query'],
  async run(observations) {
    const { status, json } = await (await observations.api()).get('auditservice.dev.azure.com', '_apis/audit/streams', { 'api-version': '7.1-preview.1' });
    const streams = status === 200 ? arrayAt(json, 'value') ?? (Array.isArray(json) ? json as unknown[] : undefined) : undefined;
    if (!streams) return unknown('the identity may not list them');
    const lines = streams.map((stream) => `  ${disarm(stringAt(stream, 'displayName') ?? stringAt(stream, 'consumerType') ?? '?', 80)} (${disarm(stringAt(stream, 'consumerType') ?? '?', 40)}): ${stateOf(stream)}`);
    const disabled = streams.filter((stream) => stateOf(stream).startsWith('disabled'));
    if (disabled.length === 0) return passed(streams.length === 0 ? 'there are none' : `${streams.length} listed`, lines);
    return {
      ...warning(`${disabled.length === 1 ? 'An audit stream is' : `${disabled.length} audit streams are`} disabled; after seven days what it missed is lost to its target.`, disabled.map(stateOf).join(', '), 'enabled', disabled.map((stream) => ({
        setting: 'audit stream', id: `${stringAt(stream, 'displayName') ?? ''} ${numberAt(stream, 'id') ?? ''}`.trim(), from: stateOf(stream), to: 'enabled', who: 'whoever may manage audit streams',
        where: `Organization settings > Auditing > Streams: ${observations.settings('audit')}?view=streams`,
      }))),
      details: lines,
    };
  },
};

function stateOf(stream: unknown): string {
  const number = numberAt(stream, 'status');
  const state = stringAt(stream, 'status') ?? (number === undefined ? 'unknown' : STREAM_STATES[number] ?? 'unknown');
  const reason = stringAt(stream, 'statusReason');
  return disarm(reason === undefined || reason === '' ? state : `${state} (${reason})`, 160);
}
