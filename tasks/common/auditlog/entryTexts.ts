import { FIELD_NUMBER } from './documentedFields';
import type { FieldPlaces } from './fieldPlaces';
import { NameTable } from './nameTable';

type TextField =
  | 'actionId' | 'area' | 'category' | 'actorCUID' | 'actorUserId' | 'actorClientId' | 'actorUPN' | 'actorDisplayName' | 'authenticationMechanism' | 'ipAddress' | 'projectId' | 'projectName';

/** The fields that say who did what, where and how; undefined where there is none, or no text. */
export type EntryTexts = Readonly<Record<TextField, string | undefined>>;

/** What an organization has of people, projects and addresses comes again in entry after entry. */
const SLOTS = 16_384;
const known = new NameTable(SLOTS);

/** Reads these fields without parsing the entry; of names that come again and again no new text is made. */
export function textsAt(raw: Buffer, places: FieldPlaces): EntryTexts {
  const text = (field: number): string | undefined => known.textOf(raw, places.from(field), places.to(field));
  return {
    actionId: text(FIELD_NUMBER.actionId), area: text(FIELD_NUMBER.area), category: text(FIELD_NUMBER.category),
    actorCUID: text(FIELD_NUMBER.actorCUID), actorUserId: text(FIELD_NUMBER.actorUserId), actorClientId: text(FIELD_NUMBER.actorClientId),
    actorUPN: text(FIELD_NUMBER.actorUPN), actorDisplayName: text(FIELD_NUMBER.actorDisplayName),
    authenticationMechanism: text(FIELD_NUMBER.authenticationMechanism), ipAddress: text(FIELD_NUMBER.ipAddress),
    projectId: text(FIELD_NUMBER.projectId), projectName: text(FIELD_NUMBER.projectName),
  };
}
