import { FIELD_NUMBER } from './documentedFields';
import type { FieldPlaces } from './fieldPlaces';
import { NameTable } from './nameTable';

type TextField = 'actorCUID' | 'actorUserId' | 'actorClientId' | 'actorUPN' | 'actorDisplayName' | 'authenticationMechanism' | 'ipAddress' | 'projectId' | 'projectName';

/** By what every export counts its entries; undefined where an entry has no text there. */
export interface EntryNames {
  readonly category: string | undefined;
  readonly area: string | undefined;
  readonly action: string | undefined;
}

/** Who did something, where and how; undefined where an entry has no text there. */
export type EntryTexts = Readonly<Record<TextField, string | undefined>>;

/** What an organization has of people, projects and addresses comes again in entry after entry: of each only one text is made. */
const SLOTS = 16_384;
const known = new NameTable(SLOTS);

/** Reads names without parsing the entry. */
export function namesAt(raw: Buffer, places: FieldPlaces): EntryNames {
  return { category: text(raw, places, FIELD_NUMBER.category), area: text(raw, places, FIELD_NUMBER.area), action: text(raw, places, FIELD_NUMBER.actionId) };
}

/** Reads texts without parsing the entry. */
export function textsAt(raw: Buffer, places: FieldPlaces): EntryTexts {
  return {
    actorCUID: text(raw, places, FIELD_NUMBER.actorCUID), actorUserId: text(raw, places, FIELD_NUMBER.actorUserId), actorClientId: text(raw, places, FIELD_NUMBER.actorClientId),
    actorUPN: text(raw, places, FIELD_NUMBER.actorUPN), actorDisplayName: text(raw, places, FIELD_NUMBER.actorDisplayName),
    authenticationMechanism: text(raw, places, FIELD_NUMBER.authenticationMechanism), ipAddress: text(raw, places, FIELD_NUMBER.ipAddress),
    projectId: text(raw, places, FIELD_NUMBER.projectId), projectName: text(raw, places, FIELD_NUMBER.projectName),
  };
}

function text(raw: Buffer, places: FieldPlaces, field: number): string | undefined {
  return known.textOf(raw, places.from(field), places.to(field));
}
