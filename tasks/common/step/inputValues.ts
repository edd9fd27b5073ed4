import { parsed, quoted, refused, type Parsed } from '../window/parsed';

/** One of several words; case does not matter, as elsewhere in Azure Pipelines. */
export function parseChoice<const T extends string>(text: string, allowed: readonly T[]): Parsed<T> {
  const found = allowed.find((word) => word.toLowerCase() === text.toLowerCase());
  return found === undefined ? refused(`${quoted(text)} is not allowed. Allowed: ${allowed.join(', ')}. Example: ${allowed[0] ?? ''}.`) : parsed(found);
}

/** Some of several words, separated by commas or lines, at least one. */
export function parseChoices<const T extends string>(text: string, allowed: readonly T[]): Parsed<readonly T[]> {
  const words = text.split(/[,\n]/).map((word) => word.trim()).filter((word) => word !== '');
  const found = words.map((word) => allowed.find((candidate) => candidate.toLowerCase() === word.toLowerCase()));
  const unknown = words.filter((_, index) => found[index] === undefined);
  if (words.length === 0 || unknown.length > 0) {
    const what = words.length === 0 ? 'nothing is chosen' : `${unknown.map((word) => quoted(word)).join(', ')} is not allowed`;
    return refused(`${what}. Allowed, separated by commas: ${allowed.join(', ')}. Example: ${allowed.slice(0, 2).join(',')}.`);
  }
  return parsed([...new Set(found.filter((word) => word !== undefined))]);
}

export function parseBoolean(text: string | undefined, standard: boolean): Parsed<boolean> {
  if (text === undefined) return parsed(standard);
  const word = text.toLowerCase();
  return word === 'true' || word === 'false' ? parsed(word === 'true') : refused(`${quoted(text)} is not allowed. Allowed: true, false. Example: ${standard}.`);
}

/** A whole number from 0 to `most`. */
export function parseCount(text: string, most: number, least = 0): Parsed<number> {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  return number >= least && number <= most ? parsed(number) : refused(`${quoted(text)} is not a whole number from ${least} to ${most}. Example: ${Math.min(400, most)}.`);
}

/** What Azure DevOps allows in the name of an organization: letters, digits and hyphens, at most 50, a letter or digit first and last. */
const ORGANIZATION_NAME = /^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/i;

/**
 * An organization's name, from the name itself or one of its two addresses.
 * @param given the input; undefined means the organization of `ownAddress`
 */
export function parseOrganization(given: string | undefined, ownAddress: string | undefined): Parsed<string> {
  const text = given ?? ownAddress;
  if (text === undefined) return refused('is empty, and the agent does not say in which organization the pipeline runs. Example: fabrikam.');
  const name = text.includes('/') || text.includes('.') || text.includes(':') ? nameInAddress(text) : text;
  return name !== undefined && ORGANIZATION_NAME.test(name)
    ? parsed(name)
    : refused(`${quoted(text)} is not an organization. Allowed: its name, https://dev.azure.com/NAME or https://NAME.visualstudio.com, without a project or anything else behind it. Example: fabrikam.`);
}

function nameInAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  if (url.hostname === 'dev.azure.com') return segments.length === 1 ? segments[0] : undefined;
  const match = /^([a-z0-9-]+)\.visualstudio\.com$/.exec(url.hostname);
  return segments.length === 0 ? match?.[1] : undefined;
}

const LONGEST_ARTIFACT_NAME = 100;

/** Characters that Azure Pipelines refuses in the name of an artifact, and those no file system takes. */
export function parseArtifactName(text: string): Parsed<string> {
  const isBad = /[\\/:*?"<>|;\]\u0000-\u001f\u007f]/.test(text) || /^\.+$/.test(text) || text.endsWith('.') || text.length > LONGEST_ARTIFACT_NAME;
  return isBad
    ? refused(`${quoted(text)} cannot be the name of an artifact. Not allowed: \\ / : * ? " < > | ; ] and control characters, a dot at the end, more than ${LONGEST_ARTIFACT_NAME} characters. Example: audit-log.`)
    : parsed(text);
}
