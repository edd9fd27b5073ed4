import {SeededRandom} from './random';

/** A project of the organization. */
export interface Project {
  readonly id: string;
  readonly name: string;
}

/** Who an audit log entry names as its author. */
export interface Actor {
  readonly kind: 'user' | 'servicePrincipal' | 'service';
  readonly displayName: string;
  readonly cuid: string;
  /** The id inside the organization; for the service itself a well-known service id. */
  readonly userId: string;
  /** Application id in Entra; service principals only. */
  readonly clientId?: string;
  readonly upn?: string;
  readonly imageUrl: string | null;
}

/** What stays the same about an organization for one seed. */
export interface Directory {
  readonly organization: string;
  readonly organizationId: string;
  readonly tenantId: string;
  readonly projects: readonly Project[];
  readonly actors: readonly Actor[];
  readonly addresses: readonly string[];
}

const GIVEN_NAMES = 'Amara Björn Chiara Dmitri Elif Farid Grace Hugo Ines Jürgen Katarzyna Luca Mei Noor Olga Pedro Quynh Rosa Søren Tomás Uma Viktor Wanjiru 雪 Yusuf Zoë'.split(' ');
const FAMILY_NAMES = "Abe O'Brien Castillo Dąbrowski Eriksen Fischer García Haddad Ito Jovanović Kowalski Lindqvist Müller Nguyen Okafor Petrov Rossi Schäfer Tanaka Weiß".split(' ');
const PROJECT_NAMES = ['Fiber', 'Payments', 'Website (public)', 'Data Platform', 'Mobile Ünïcode', 'Infra; Ops', 'Legacy "Core"'];

/** Builds the organization's projects, people and service principals. */
export function buildDirectory(organization: string, seed: number): Directory {
  const random = new SeededRandom(seed, 1);
  const organizationId = random.guid();
  const tenantId = random.guid();
  const projects = PROJECT_NAMES.map((name) => ({id: random.guid(), name}));
  const users = Array.from({length: 60}, (_, index) => buildUser(organization, random, index));
  const principals = ['release-bot', 'terraform', 'audit-export', 'sentinel-reader'].map((name) => buildPrincipal(random, name));
  const addresses = Array.from({length: 40}, (_, index) => address(random, index));
  return {organization, organizationId, tenantId, projects, actors: [...users, ...principals, ...platformServices()], addresses};
}

/**
 * A person: the `actorCUID` and `actorUserId` of one person differ only in the first digit of the third group (7 and 6),
 * as in the examples that Google publishes for its audit log parser.
 */
function buildUser(organization: string, random: SeededRandom, index: number): Actor {
  const given = GIVEN_NAMES[index % GIVEN_NAMES.length] as string;
  const family = random.pick(FAMILY_NAMES);
  const id = random.guid();
  const account = `${given}.${family}`.normalize('NFKD').replace(/[^A-Za-z.]/gu, '').toLowerCase();
  return {
    kind: 'user',
    displayName: `${given} ${family}`,
    cuid: `${id.slice(0, 14)}7${id.slice(15)}`,
    userId: `${id.slice(0, 14)}6${id.slice(15)}`,
    upn: `${account}${String(index)}@${organization}.example`,
    imageUrl: `https://dev.azure.com/${organization}/_apis/GraphProfile/MemberAvatars/aad.${Buffer.from(id).toString('base64url')}`,
  };
}

function buildPrincipal(random: SeededRandom, name: string): Actor {
  return {
    kind: 'servicePrincipal', displayName: name, cuid: random.guid(), userId: random.guid(), clientId: random.guid(), imageUrl: null,
  };
}

function platformServices(): Actor[] {
  const cuid = '00000000-0000-0000-0000-000000000000';
  return ['00000002-0000-8888-8000-000000000000', '0000000d-0000-8888-8000-000000000000']
    .map((userId) => ({kind: 'service', displayName: 'Azure DevOps Service', cuid, userId, imageUrl: null}));
}

function address(random: SeededRandom, index: number): string {
  if (index % 8 === 0) return `2001:db8:${random.below(65_536).toString(16)}::${random.below(65_536).toString(16)}`;
  return index % 2 === 0 ? `203.0.113.${String(random.below(256))}` : `198.51.100.${String(random.below(256))}`;
}
