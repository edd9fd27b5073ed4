import { counted } from './counted';
import type { ExportSource } from './exportSource';
import type { Notes } from './notes';
import { ViewFailure } from './viewFailure';

/** Where neither a manifest nor a folder's name tells. */
const UNKNOWN = '(unknown)';
const MOST_NAMED = 20;

/**
 * The exports of one organization: entries of two in one report would be told apart by nothing.
 * @param wanted lower case; undefined takes the only one there is. Exports that do not tell whose they are go along with the only one
 * @throws ViewFailure
 */
export function chooseOrganization(sources: readonly ExportSource[], wanted: string | undefined, notes: Notes): { readonly organization: string; readonly sources: readonly ExportSource[] } {
  const names = [...new Set(sources.flatMap(({ organization }) => organization ?? []))].sort();
  const listed = `${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''}`;
  if (wanted === undefined && names.length > 1) throw new ViewFailure(`These exports are of ${names.length} organizations: ${listed}. Choose one, such as --organization ${names[0] ?? ''}.`);
  if (wanted !== undefined && !names.includes(wanted)) throw new ViewFailure(`None of these exports is of ${wanted}. ${names.length === 0 ? 'They do not tell of which organization they are.' : `They are of ${listed}.`}`);
  const organization = wanted ?? names[0] ?? UNKNOWN;
  const unknown = sources.filter((source) => source.organization === undefined);
  const isAlone = names.length <= 1;
  for (const { place } of unknown) notes.add(place, isAlone ? `It does not tell of which organization it is; it is shown as one of ${organization}.` : 'It does not tell of which organization it is; it is not shown.');
  const others = sources.filter((source) => source.organization !== undefined && source.organization !== organization).length;
  if (others > 0) notes.add('', `${counted(others, 'export of another organization is', 'exports of other organizations are')} not shown.`);
  return { organization, sources: sources.filter((source) => source.organization === organization || (isAlone && source.organization === undefined)) };
}
