import { exporterIdentity, type AccessSettings } from '../security/accessSettings';
import { ALL_AUDIT_BITS, AUDIT_BITS } from '../security/organizationSecurity';
import { failing, warning, type HealthyVariant, type Misconfiguration } from './misconfiguration';

function takeAway(access: AccessSettings): void {
  access.security.resetBits(exporterIdentity(access), ALL_AUDIT_BITS);
}

function join(access: AccessSettings, groupName: string): void {
  access.security.addMember(access.security.group(groupName), exporterIdentity(access));
}

/** Permission through a group alone. */
export function grantThrough(groupName: string): HealthyVariant['apply'] {
  return (access) => {
    takeAway(access);
    join(access, groupName);
  };
}

function denyTo(access: AccessSettings, groupName: string): void {
  access.security.setEntry(access.security.group(groupName), { allow: 0, deny: AUDIT_BITS.read }, true);
}

function denyDirectly(access: AccessSettings): void {
  access.security.setEntry(exporterIdentity(access), { allow: 0, deny: AUDIT_BITS.read }, true);
}

function denyThrough(access: AccessSettings, groupName: string): void {
  denyTo(access, groupName);
  join(access, groupName);
}

/** A minute as the stand-in's clock goes, ms. */
const MINUTE = 60_000;

/** What keeps a user of the organization from the audit log. */
export const PERMISSION: readonly Misconfiguration[] = [
  failing('permission', 'permission-not-set', '"View audit log" is not set', takeAway),
  failing('permission', 'permission-not-set-acl-unreadable', 'the same, and the identity may not read the access control list', (access) => { takeAway(access); access.visible.accessControl = false; }),
  failing('permission', 'permission-other-bits', 'the identity may manage audit streams, but not view the audit log', (access) => { takeAway(access); access.security.setEntry(exporterIdentity(access), { allow: AUDIT_BITS.manageStreams, deny: 0 }, true); }),
  failing('permission', 'bom-before-error', '"View audit log" is not set, and errors begin with a byte order mark', (access) => { takeAway(access); access.switches.byteOrderMark = 'errors'; }),
  failing('permission', 'denied-directly', 'the identity is allowed through a group, and denied itself', (access) => { grantThrough('Audit Readers')(access); denyDirectly(access); }),
  failing('permission', 'denied-directly-and-not-allowed', 'the identity is denied itself, and allowed nowhere', (access) => { takeAway(access); denyDirectly(access); }, { rounds: 2 }),
  failing('permission', 'denied-through-group', 'one group allows, another denies', (access) => { grantThrough('Audit Readers')(access); denyThrough(access, 'Contractors'); }),
  failing('permission', 'denied-through-group-although-allowed', 'the identity is allowed itself, and a group denies', (access) => { denyThrough(access, 'Contractors'); }),
  failing('permission', 'denied-through-nested-group', 'a group inside which its group is denies', (access) => { denyTo(access, 'Contractors'); join(access, 'External Partners'); }),
  failing('permission', 'denied-twice', 'the identity and one of its groups are denied', (access) => { grantThrough('Audit Readers')(access); denyDirectly(access); denyThrough(access, 'Contractors'); }),
  failing('permission', 'denied-acl-unreadable', 'a group denies, and the identity may not read the access control list', (access) => { denyThrough(access, 'Contractors'); access.visible.accessControl = false; }),
  failing('permission', 'denied-groups-unreadable', 'a group denies, and the identity may not see its groups', (access) => { denyThrough(access, 'Contractors'); access.visible.identities = false; }),
  failing('permission', 'permission-just-granted-nowhere', 'granted a moment ago, and not even the permissions API knows it for some queries', (access) => { access.spreading = { refusals: 3, durationMs: 0, isEvaluated: false }; }, { passes: true }),
  failing('query', 'permission-just-granted', 'granted a moment ago; the Audit service refuses some more queries', (access) => { access.spreading = { refusals: 3, durationMs: 0, isEvaluated: true }; }, { passes: true }),
  failing('query', 'permission-just-granted-minutes', 'granted a moment ago; the Audit service refuses for seven minutes', (access) => { access.spreading = { refusals: 0, durationMs: 7 * MINUTE, isEvaluated: true }; }, { passes: true }),
  failing('auditing', 'auditing-off-404', 'auditing is off, answered with 404, and the policy cannot be read', (access) => { access.logAuditEvents = false; access.visible.policies = false; }),
  failing('auditing', 'auditing-off-403-policy-readable', 'auditing is off, answered with 403; the policy can be read', (access) => { access.logAuditEvents = false; access.switches.auditingOffStatus = 403; }),
  failing('query', 'auditing-off-403-policy-unreadable', 'auditing is off, answered with 403, and the policy cannot be read', (access) => { access.logAuditEvents = false; access.switches.auditingOffStatus = 403; access.visible.policies = false; }),
  failing('auditing', 'auditing-off-400', 'auditing is off, answered with 400; the policy can be read', (access) => { access.logAuditEvents = false; access.switches.auditingOffStatus = 400; }),
];

/** What works and should be changed nevertheless. */
export const WARNINGS: readonly Misconfiguration[] = [
  warning('clock', 'clock-ahead', 'the clock of the agent is five minutes ahead', ({ switches }) => { switches.dateSkewMs = -5 * MINUTE; }),
  warning('clock', 'clock-behind', 'the clock of the agent is five minutes behind', ({ switches }) => { switches.dateSkewMs = 5 * MINUTE; }),
  warning('least-privilege', 'too-much-privilege-streams', 'the identity may also manage and delete audit streams', (access) => { access.security.setEntry(exporterIdentity(access), { allow: AUDIT_BITS.manageStreams | AUDIT_BITS.deleteStreams, deny: 0 }, true); }),
  warning('least-privilege', 'administrator', 'the identity is a Project Collection Administrator', (access) => { join(access, 'Project Collection Administrators'); }),
  warning('audit-streams', 'stream-disabled', 'an audit stream was disabled by the system', ({ streams }) => { if (streams[0]) Object.assign(streams[0], { status: 'disabledBySystem', statusReason: 'The target refused the key.' }); }),
  warning('continuity', 'job-may-not-retain', 'the build service may not retain runs', ({ job }) => { job.mayRetainRuns = false; }),
  warning('continuity', 'job-may-not-read-runs', 'the build service may not see the runs of the pipeline', ({ job }) => { job.mayReadRuns = false; }),
  warning('continuity', 'job-may-not-read-project', 'the build service may not see the project', ({ switches }) => { switches.projectStatus = 403; }),
];
