import { EntryScanner } from './entryScanner';
import { NameTable } from './nameTable';

/** The fields that say who did what, where and how. */
export const TEXT_FIELDS = [
  'actionId', 'area', 'category', 'actorCUID', 'actorUserId', 'actorClientId', 'actorUPN', 'actorDisplayName', 'authenticationMechanism', 'ipAddress', 'projectId', 'projectName',
] as const;

/** These fields of an entry; undefined where there is none, or no text. */
export type EntryTexts = Readonly<Record<(typeof TEXT_FIELDS)[number], string | undefined>>;

/** What an organization has of people, projects and addresses comes again in entry after entry. */
const SLOTS = 16_384;
const scanner = new EntryScanner(TEXT_FIELDS);
const known = new NameTable(SLOTS);

/** Reads these fields without parsing the entry; of names that come again and again no new text is made. @param raw valid JSON, compact */
export function textsOf(raw: Buffer): EntryTexts {
  scanner.scan(raw, 0, raw.length);
  return {
    actionId: text(raw, 0), area: text(raw, 1), category: text(raw, 2), actorCUID: text(raw, 3), actorUserId: text(raw, 4), actorClientId: text(raw, 5),
    actorUPN: text(raw, 6), actorDisplayName: text(raw, 7), authenticationMechanism: text(raw, 8), ipAddress: text(raw, 9), projectId: text(raw, 10), projectName: text(raw, 11),
  };
}

/** @param field its place among {@link TEXT_FIELDS} */
function text(raw: Buffer, field: number): string | undefined {
  return known.textOf(raw, scanner.from[field] as number, scanner.to[field] as number);
}
