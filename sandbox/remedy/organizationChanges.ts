import { exporterIdentity, type AccessSettings } from '../security/accessSettings';
import type { Identity } from '../security/identity';
import { AUDIT_BITS } from '../security/organizationSecurity';
import type { Change, PortalSetting } from './applyChange';
import { expectExactId, expectId, expectNamed } from './matching';
import { RemedyError } from './remedyError';

function subjectOf(access: AccessSettings, change: Change): Identity {
  const found = access.security.bySubjectDescriptor(change.id);
  if (!found) throw new RemedyError(`${change.setting}: there is nobody with the id "${change.id}".`);
  return found;
}

/** "View audit log" of somebody, to what the advice says. */
function setReading(access: AccessSettings, change: Change): void {
  const subject = subjectOf(access, change);
  if (change.to === 'Allow') access.security.setEntry(subject, { allow: AUDIT_BITS.read, deny: 0 }, true);
  else if (change.to === 'Not set') access.security.resetBits(subject, AUDIT_BITS.read);
  else throw new RemedyError(`A permission cannot be "${change.to}".`);
}

/** Looks where a permission comes from, and takes away each Deny. */
function removeEveryDeny(access: AccessSettings, change: Change): void {
  const subject = subjectOf(access, change);
  for (const holder of [subject, ...access.security.groupsOf(subject)]) {
    const denied = (access.security.auditEntries.get(holder.descriptor)?.deny ?? 0) & AUDIT_BITS.read;
    access.security.resetBits(holder, denied);
  }
}

/** Makes the exporter leave a group, or the group through which it belongs to that one. */
function leaveGroup(access: AccessSettings, change: Change, name: string): void {
  const { security } = access;
  const group = security.group(name);
  expectExactId(change, group.subjectDescriptor);
  const exporter = exporterIdentity(access);
  const holders = [exporter, ...security.groupsOf(exporter)];
  const removed = holders.map((holder) => security.removeMember(group, holder));
  if (!removed.includes(true)) throw new RemedyError('The identity is no member.');
}

function entitle(access: AccessSettings, change: Change): void {
  const exporter = exporterIdentity(access);
  expectId(change, exporter.objectId ?? '');
  exporter.entitlement = 'active';
}

const JOB_RIGHTS: Readonly<Record<string, (access: AccessSettings) => void>> = {
  'Retain indefinitely': ({ job }) => { job.mayRetainRuns = true; },
  'View builds': ({ job }) => { job.mayReadRuns = true; },
  'View project-level information': ({ switches }) => { switches.projectStatus = 200; },
};

/** Organization settings, and the permissions of the project. */
export const ORGANIZATION_CHANGES: readonly PortalSetting[] = [
  { setting: /^(?:access of the identity to|users of) the organization$/, apply: entitle },
  { setting: /^members of the group (.+)$/, apply: (access, change, [name = '']) => { leaveGroup(access, change, name.split('\\').at(-1) ?? ''); } },
  { setting: /^permission "View audit log"(?: of the (?:identity|group .+))?$/, apply: setReading },
  { setting: /^a Deny that one of its groups may bring(?: \(.+\))?$/, apply: removeEveryDeny },
  {
    setting: /^permissions "Manage audit streams" and "Delete audit streams"$/,
    apply: (access, change) => { access.security.resetBits(subjectOf(access, change), AUDIT_BITS.manageStreams | AUDIT_BITS.deleteStreams); },
  },
  {
    setting: /^permission "(Retain indefinitely|View builds|View project-level information)"$/,
    apply(access, change, [name = '']) {
      expectId(change, `${access.project.name} Build Service`);
      JOB_RIGHTS[name]?.(access);
    },
  },
  {
    setting: /^policy "Log Audit Events"$/,
    apply(access, change) {
      expectId(change, 'Policy.LogAuditEvents');
      if (change.to !== 'On') throw new RemedyError('The policy is either On or Off.');
      access.logAuditEvents = true;
    },
  },
  {
    setting: /^directory of the organization$/,
    apply(access, change) {
      expectId(change, access.organization);
      expectNamed(change, 'to', access.tenantId);
      access.switches.entraBacked = true;
    },
  },
  {
    setting: /^audit stream$/,
    apply(access, change) {
      const stream = access.streams.find(({ id, displayName }) => `${displayName} ${String(id)}` === change.id);
      if (!stream) throw new RemedyError(`There is no audit stream "${change.id}".`);
      stream.status = 'enabled';
      stream.statusReason = '';
    },
  },
  {
    setting: /^time since the permission was granted$/,
    apply(access, change) {
      expectId(change, access.exporter.clientId);
      access.spreading = undefined;
    },
  },
];
