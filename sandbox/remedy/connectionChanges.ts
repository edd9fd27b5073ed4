import { changeConnection, connectTo, type AccessSettings } from '../security/accessSettings';
import type { Change, PortalSetting } from './applyChange';
import { connectionOf, expectId, expectNamed } from './matching';
import { RemedyError } from './remedyError';

/** Lets the connection of the change sign in as the exporter, which is what its administrator means. */
function useExporter(access: AccessSettings, change: Change): void {
  const { id } = connectionOf(access, change);
  connectTo(access, id, access.exporter);
  delete access.exporter.tokenChanges;
}

function expectFormer(access: AccessSettings, change: Change, parameter: string): void {
  expectNamed(change, 'from', connectionOf(access, change).parameters[parameter] ?? '');
}

/** Project settings > Service connections, and the pipeline itself. */
export const CONNECTION_CHANGES: readonly PortalSetting[] = [
  {
    setting: /^authentication of the service connection$/,
    apply(access, change) {
      const { id, scheme } = connectionOf(access, change);
      if (scheme !== 'ServicePrincipal' && scheme !== 'ManagedServiceIdentity' && scheme !== 'PublishProfile') throw new RemedyError('The connection federates already.');
      changeConnection(access, id, { scheme: 'WorkloadIdentityFederation', parameters: {} });
      useExporter(access, change);
    },
  },
  { setting: /^client id and tenant id of the service connection$/, apply: useExporter },
  {
    setting: /^client id of the service connection$/,
    apply(access, change) {
      expectFormer(access, change, 'serviceprincipalid');
      expectNamed(change, 'to', access.tenantId);
      useExporter(access, change);
    },
  },
  {
    setting: /^tenant id of the service connection$/,
    apply(access, change) {
      expectFormer(access, change, 'tenantid');
      useExporter(access, change);
    },
  },
  {
    setting: /^tenant of the service connection$/,
    apply(access, change) {
      expectFormer(access, change, 'tenantid');
      if (/[0-9a-f]{8}-/i.test(change.to)) expectNamed(change, 'to', access.tenantId);
      useExporter(access, change);
    },
  },
  {
    setting: /^pipelines that may use the service connection$/,
    apply(access, change) {
      const { id } = connectionOf(access, change);
      if (access.withheld.get(id) === 'deleted') throw new RemedyError('The service connection does not exist any more.');
      access.withheld.delete(id);
    },
  },
  { setting: /^service connection$/, apply: (access, change) => { access.withheld.delete(connectionOf(access, change).id); } },
  {
    setting: /^this run$/,
    apply(access, change) {
      expectId(change, access.project.id);
      access.job.token = 'accepted';
      access.job.plan = 'running';
      // A run that is queued anew asks for whatever connection the YAML names now: one that was deleted stays so.
    },
  },
  {
    setting: /^input organization of the step$/,
    apply(access, change) {
      const { organization, ...others } = access.stepInputs;
      if (organization === undefined) throw new RemedyError('The step has no input organization.');
      expectId(change, organization);
      access.stepInputs = others;
    },
  },
];
