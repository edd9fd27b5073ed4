import { mechanismOf } from './mechanism';
import type { ReportActor } from './reportData';

/**
 * How entries show Azure DevOps itself: this id in `actorCUID`, or a call from service to service that acts for nobody.
 * Source: official example of the Audit query; the second: MicrosoftDocs/azure-devops-docs issue 9036.
 */
const NOBODY = '00000000-0000-0000-0000-000000000000';
const SERVICE_TO_SERVICE = 'S2S_ServicePrincipal';

type Fields = Readonly<Record<string, unknown>>;

/** Who acted. Undefined where the entry says nothing of it. */
export function actorOf(fields: Fields): ReportActor | undefined {
  const clientId = idIn(fields['actorClientId']);
  const account = idIn(fields['actorUserId']) || idIn(fields['actorCUID']);
  const upn = textIn(fields['actorUPN']);
  const kind = clientId ? 'servicePrincipal' : isService(fields, upn) ? 'service' : 'person';
  const id = clientId || account || upn;
  const name = textIn(fields['actorDisplayName']) || id;
  if (name === '') return undefined;
  return { kind, name, upn: kind === 'person' && upn !== '' ? upn : null, id: id || name };
}

/** The actor of a row whose entry names none. */
export const NO_ACTOR: ReportActor = { kind: 'service', name: '', upn: null, id: '' };

/** Whether a service called another one; for whom is another question. @param mechanism as {@link mechanismOf} gives it */
export function isServiceToService(mechanism: string | null): boolean {
  return mechanism === SERVICE_TO_SERVICE;
}

function isService(fields: Fields, upn: string): boolean {
  return fields['actorCUID'] === NOBODY || (isServiceToService(mechanismOf(fields)) && !upn.includes('@'));
}

function idIn(value: unknown): string {
  return value === NOBODY ? '' : textIn(value);
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
